"""A real, throw-away PostgreSQL server for one test run, shared by all xdist workers, ended by its own pid.

It listens on a free port of 127.0.0.1 with a random password, keeps fsync on, and runs as user `postgres` when the
tests run as root. Tests connect as the role `sakimori`, which owns its databases but is no superuser: row-level
security and triggers hold for it as they do in service.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import pytest

from tests.support import run
from tests.support.absent import skip_absent

ROLE = "sakimori"
APP_ROLE = "sakimori_app"
_STOPPED_WITHIN = 30.0


class PostgresAbsentError(Exception):
    """No PostgreSQL server programs on this machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port on 127.0.0.1 and the password shared by `postgres` and `sakimori`."""

    port: int
    password: str

    def url(self, database: str, role: str = ROLE) -> str:
        """Return the connection URL in the form `SAKIMORI_DATABASE_URL` takes."""
        return f"postgresql://{role}:{self.password}@127.0.0.1:{self.port}/{database}"

    def administer(self, statement: str) -> None:
        """Run one SQL statement as superuser, outside any transaction."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create_database(self, prefix: str = "t") -> str:
        """Create an empty database owned by `sakimori`; return its name."""
        name = f"{prefix}_{uuid.uuid4().hex[:12]}"
        self.administer(f'CREATE DATABASE "{name}" OWNER {ROLE}')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whoever is still connected to it."""
        self.administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def programs() -> Path | None:
    """Return the directory holding `initdb` and `postgres` (newest version first), or None when absent."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    if found:
        return found[0]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def server() -> Server:
    """Return the server of this test run, starting it if no process of the run has done so yet.

    Raises:
        PostgresAbsentError: no server programs are installed.
    """
    base = run.directory()
    described = base / "postgres.json"
    with (base / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not described.exists():
            started = _start(base / "postgres")
            described.write_text(json.dumps(asdict(started)), encoding="ascii")
            described.chmod(0o600)
        return Server(**json.loads(described.read_text(encoding="ascii")))


def stop() -> None:
    """End the server of this test run, if one was started; its pid comes from its own pid file."""
    pid_file = run.directory() / "postgres" / "data" / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text(encoding="ascii").splitlines()[0])
    for how, patience in ((signal.SIGINT, _STOPPED_WITHIN), (signal.SIGQUIT, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + patience
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        if not pid_file.exists():
            return


def _start(base: Path) -> Server:
    found = programs()
    if found is None:
        raise PostgresAbsentError
    base.mkdir(mode=0o700)
    password = secrets.token_urlsafe(18).replace("-", "x").replace("_", "y")
    (base / "password").write_text(password, encoding="ascii")
    if owner := _owner():
        for path in (base, base / "password"):
            shutil.chown(path, owner, owner)
    data = base / "data"
    _as_owner(
        [
            str(found / "initdb"),
            f"--pgdata={data}",
            "--username=postgres",
            "--auth=scram-sha-256",
            f"--pwfile={base / 'password'}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        ],
        base,
    )
    port = _free_port()
    options = f"--port={port} --listen_addresses=127.0.0.1 --unix_socket_directories={base} --max_connections=200"
    _as_owner(
        [str(found / "pg_ctl"), f"--pgdata={data}", f"--log={base / 'server.log'}", f"--options={options}", "start"],
        base,
    )
    started = Server(port=port, password=password)
    started.administer(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'")
    started.administer(f"CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{password}'")
    started.administer(f"GRANT {APP_ROLE} TO {ROLE}")
    return started


def _owner() -> str | None:
    """The server refuses to run as root; then it runs as Debian's user for it."""
    return "postgres" if os.geteuid() == 0 else None


def _as_owner(command: list[str], base: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(base), "TZ": "UTC"}
    with (base / "commands.log").open("ab") as log:
        done = subprocess.run(
            command,
            check=False,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            user=_owner(),
            group=_owner(),
            extra_groups=[] if _owner() else None,
            env=environment,
            cwd=base,
        )
    logs = "".join(path.read_text(errors="replace") for path in sorted(base.glob("*.log")))
    assert done.returncode == 0, f"{command[0]} failed: {logs}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Server:
    """The PostgreSQL server of this run; the test is skipped, with the reason named, where it is absent."""
    try:
        return server()
    except PostgresAbsentError:
        skip_absent("PostgreSQL server", "apt-get install postgresql")


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """URL of a new empty database, dropped after the test; give it to a deployment as `SAKIMORI_DATABASE_URL`."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)
