"""The sample world for the browser: played once a run, copied and served anew for each process that tests."""

import fcntl
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.run import REPOSITORY, inherited

DEPLOYMENTS = ("operator", "authority", "committee")
PASSWORD = "correct horse battery staple"  # noqa: S105 - of people that do not exist
_PLAY = """
import sys
from pathlib import Path
from sakimori.sample.stage import Stage
from sakimori.sample.story import Story
from sakimori.sample.telling import Teller
with Stage(Path(sys.argv[1])) as stage:
    story = Story(stage, Teller(), None, operators=6, assets=60)
    story.password = sys.argv[2]
    story.play()
"""
_START_SECONDS = 60
_ENVIRONMENT = {**inherited(), "SAKIMORI_DATABASE_URL": "", "SAKIMORI_SECRET_KEY": "", "SAKIMORI_LIMITS": "off"}


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody in one role of one organisation, with a session of their own in one deployment."""

    deployment: str
    organisation: str
    type: str
    role: str
    world: str
    login: str
    cookie: tuple[str, str]

    @property
    def name(self) -> str:
        """Return how a test names it: `ministry/intake`."""
        return f"{self.type}/{self.role}"


@dataclass(slots=True)
class Served:
    """The three deployments on loopback; a context manager that ends what it started."""

    root: Path
    urls: dict[str, str] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        for name in DEPLOYMENTS:
            self._serve(name)
        try:
            for name in DEPLOYMENTS:
                self._wait(name)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        known = self.root / "roles.json"
        if not known.exists():
            found = [one for name in DEPLOYMENTS for one in _roles(name, self.root / name)]
            known.write_text(json.dumps(found), encoding="utf-8")
        told = json.loads(known.read_text(encoding="utf-8"))
        self.roles = [Role(**{**one, "cookie": tuple(one["cookie"])}) for one in told]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait()

    def role(
        self, organisation_type: str, role: str, *, world: str = "sample", deployment: str = "", login: str = ""
    ) -> Role:
        """Return the first role of that kind (`deployment`: hosted there; `login`: what it begins with)."""
        return next(
            one
            for one in self.roles
            if (one.type, one.role, one.world) == (organisation_type, role, world)
            and (not deployment or one.deployment == deployment)
            and one.login.startswith(login)
        )

    def _serve(self, name: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self.urls[name] = f"http://127.0.0.1:{port}"
        home = self.root / name
        arguments = [
            sys.executable, "-m", "gunicorn", "sakimori.web.wsgi:application", "--bind", f"127.0.0.1:{port}",
            "--workers", "1", "--threads", "4", "--log-level", "error", "--control-socket", str(home / "gunicorn.ctl"),
        ]  # fmt: skip
        self._servers.append(subprocess.Popen(arguments, env=_environment(home), cwd=REPOSITORY))

    def _wait(self, name: str) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.urls[name]}/livez", timeout=10).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(f"{name} does not start")


def play(into: Path, look: Callable[["Served"], None]) -> Path:
    """Return the directory with the played world; the first process of a run plays it, the others wait for it.

    `look` is called once with the world served: what it writes beside the homes (`*.json`) is copied with them.
    """
    into.mkdir(parents=True, exist_ok=True)
    with (into / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        world = into / "world"
        if not (into / "played").exists():
            shutil.rmtree(world, ignore_errors=True)
            told = subprocess.run(
                [sys.executable, "-c", _PLAY, str(world), PASSWORD],
                cwd=REPOSITORY,
                env=_ENVIRONMENT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-4000:]
            with Served(world) as served:
                look(served)
            (into / "played").touch()
    return world


def copy(world: Path, to: Path) -> Path:
    """Return a copy of the three homes with their sessions, to be changed by one process only."""
    for name in DEPLOYMENTS:
        shutil.copytree(world / name, to / name, ignore=shutil.ignore_patterns("*.ctl"))
    for path in world.glob("*.json"):
        shutil.copy2(path, to / path.name)
    return to


def _environment(home: Path) -> dict[str, str]:
    return {**_ENVIRONMENT, "SAKIMORI_HOME": str(home)}


def _roles(name: str, home: Path) -> list[dict[str, Any]]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.browser.entering"],
        cwd=REPOSITORY,
        env=_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return [{"deployment": name, **one} for one in json.loads(told.stdout)]
