"""The stage: three deployments on loopback, each in a home of its own, served by processes of their own.

`operator` is one operator's installation, `authority` hosts the ministries, the cabinet office and everybody with an
account there, `committee` is the oversight committee's. They talk only by envelopes over HTTP.
"""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from sakimori.cli import watching
from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web import founding

WORLD = "sample"
REHEARSAL = "sample-rehearsal"
DEPLOYMENTS = {
    "authority": Text("見本・官庁（架空）", "Sample authorities (fictitious)"),
    "operator": Text("見本・事業者（架空）", "Sample operator (fictitious)"),
    "committee": Text("見本・監理委員会（架空）", "Sample committee (fictitious)"),
}
RUN_BY = {"operator": "power", "authority": "cabinet", "committee": "committee"}
_START_SECONDS = 60
MARKER = ".sakimori-sample-world"


class StageError(SakimoriError):
    """A process of the stage did not do its part."""

    code = "sample.stage"


class Player:
    """One deployment's player process; `call` runs a function of `sakimori.sample` there."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sakimori.sample.player"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "SAKIMORI_HOME": str(home)},
            text=True,
        )

    def call(self, function: str, **arguments: Any) -> Any:
        """Return what `module:function` returned; `StageError` where it failed, with the refusal's own words."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise StageError(Text("役者の起動に失敗しました。", "The player did not start."), where=self.name)
        process.stdin.write(json.dumps({"call": function, "with": arguments}, default=str) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        answer = json.loads(line) if line else {"failed": "ended"}
        if "result" in answer:
            return answer["result"]
        reason = answer.get("message") or answer.get("failed")
        if "trace" in answer:
            sys.stderr.write(answer["trace"])
        raise StageError(
            Text(
                f"{self.name} での {function} が失敗しました: {reason}", f"{function} at {self.name} failed: {reason}"
            ),
            where=function,
        )

    def end(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


class Stage:
    """The three deployments; a context manager that ends whatever it started."""

    def __init__(self, root: Path, first_port: int = 0) -> None:
        self.root = root
        self.ports = self._ports(first_port)
        self.players: dict[str, Player] = {}
        self._children: list[watching.Child] = []

    def __enter__(self) -> Self:
        self._clear()
        self._found()
        for name in DEPLOYMENTS:
            self._serve(name)
            self.players[name] = Player(name, self.home(name))
        return self

    def _clear(self) -> None:
        """Make room for a new world: only an empty directory, or a world of an earlier run that nobody serves."""
        marker = self.root / MARKER
        if self.root.exists() and any(self.root.iterdir()) and not marker.exists():
            raise StageError(
                Text(
                    f"{self.root} は見本の世界ではないので消しません。",
                    f"{self.root} is no sample world: it is left alone.",
                ),
                where=str(self.root),
                mend=Text("空のディレクトリを --root に指定してください。", "Name an empty directory with --root."),
            )
        self.root.mkdir(parents=True, exist_ok=True)
        self._held = marker.open("a+")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StageError(
                Text(f"{self.root} の見本の世界は動いています。", f"The sample world in {self.root} is running."),
                where=str(self.root),
                mend=Text("先に止めるか、別の --root を指定してください。", "Stop it first, or name another --root."),
            ) from None
        for path in self.root.iterdir():
            if path.name == MARKER:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for player in self.players.values():
            player.end()
        watching.end(self._children)
        self._held.close()

    def home(self, name: str) -> Path:
        """Return a deployment's home directory."""
        return self.root / name

    def url(self, name: str) -> str:
        """Return where a deployment is served."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def work(self) -> None:
        """End the players and let every deployment's own worker take over (for serving after the story)."""
        for name, player in self.players.items():
            player.end()
            arguments = [sys.executable, "-m", "sakimori.cli", "worker"]
            self._children.append(watching.Child(f"{name} worker", arguments, self._environment(name)))
        self.players = {}

    def keep(self, stop: threading.Event) -> None:
        """Keep sites and workers running until `stop` is set; `ChildError` where one cannot be kept."""
        watching.keep(self._children, stop)

    def _environment(self, name: str) -> dict[str, str]:
        return {**os.environ, "SAKIMORI_HOME": str(self.home(name))}

    def wait_until_served(self) -> None:
        """Wait until every deployment answers; `StageError` where one does not."""
        for name in DEPLOYMENTS:
            self._wait(name)

    def _ports(self, first: int) -> dict[str, int]:
        ports: dict[str, int] = {}
        wanted = first
        for name in DEPLOYMENTS:
            port = wanted if wanted and _is_free(wanted) else _free_port()
            ports[name] = port
            wanted = wanted + 1 if wanted else 0
        return ports

    def _found(self) -> None:
        """Found the deployments; the tables are made once and copied, which is quicker than making them three times."""
        from sakimori.sample.organisations import identifier, sample_date  # noqa: PLC0415 - reads data

        day = sample_date().isoformat()
        for name, title in DEPLOYMENTS.items():
            founding.write_home(
                self.home(name),
                name=name,
                edition=name,
                title=title,
                worlds={WORLD: {"date": day}, REHEARSAL: {"of": WORLD, "rehearsal": True}},
                default_world=WORLD,
                url=self.url(name),
                run_by=identifier("organisation", RUN_BY[name]),
            )
        names = list(DEPLOYMENTS)
        code = "from sakimori.cli.floor import set_up; set_up(); from sakimori.web import founding; "
        self._python(names[0], code + "founding.create_keys(); founding.migrate()")
        for name in names[1:]:
            for path in self.home(names[0]).glob("sakimori.sqlite3*"):
                shutil.copy2(path, self.home(name) / path.name)
            self._python(name, code + "founding.create_keys()")

    def _python(self, name: str, code: str) -> None:
        environment = {**os.environ, "SAKIMORI_HOME": str(self.home(name)), "SAKIMORI_DATABASE_URL": ""}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)  # noqa: S603 - our own code

    def _serve(self, name: str) -> None:
        home = self.home(name)
        arguments = [
            sys.executable, "-m", "gunicorn", "sakimori.web.wsgi:application", "--bind",
            f"127.0.0.1:{self.ports[name]}", "--workers", "1", "--threads", "4", "--log-level", "error",
            "--control-socket", str(home / "gunicorn.ctl"),
        ]  # fmt: skip
        site = watching.Child(f"{name} site", arguments, self._environment(name))
        site.start()
        self._children.append(site)

    def _wait(self, name: str) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url(name)}/livez", timeout=5).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise StageError(Text(f"{name} が起動しません。", f"{name} does not start."), where=self.url(name))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
