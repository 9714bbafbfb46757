"""Deployments of a test's own, on SQLite and on PostgreSQL, and processes that work on them with real commits."""

import json
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest

from tests.support import deployment, run
from tests.support.run import REPOSITORY, inherited


class Place:
    """A deployment of its own (`url` empty: SQLite), and processes of an actor module that work on it."""

    def __init__(self, home: Path, url: str, actor: str):
        self.home, self.url, self.actor = home, url, actor

    def start(self, *step, **environment):
        own = {
            "SAKIMORI_HOME": str(self.home),
            "SAKIMORI_SECRET_KEY": "only-for-tests",
            "SAKIMORI_DATABASE_URL": self.url,
        }
        return subprocess.Popen(
            [sys.executable, "-m", self.actor, *map(str, step)],
            env={**inherited(), **own, **environment}, cwd=REPOSITORY,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def status(self, *step, **environment):
        """Run one step and return its exit status."""
        running = self.start(*step, **environment)
        running.communicate()
        return running.returncode

    def run(self, *step):
        """Run one step, which must succeed, and return what it said."""
        running = self.start(*step)
        said, _ = running.communicate()
        assert running.returncode == 0
        return json.loads(said.splitlines()[-1]) if said else None

    def sql(self, statement):
        """Run one statement as a plain connection would; return its rows."""
        if not self.url:
            with sqlite3.connect(self.home / "sakimori.sqlite3") as connection:
                return connection.execute(statement).fetchall()
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def count(self, table, where="1=1"):
        """Return how many rows of a table there are."""
        return self.sql(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]  # noqa: S608 - names of the tests

    def race(self, *steps):
        racers = [self.start(*step) for step in steps]
        for one in racers:
            assert one.stdout.readline() == '"ready"\n'
        for one in racers:
            one.stdin.write("go\n")
            one.stdin.flush()
        told = [json.loads(one.communicate()[0]) for one in racers]
        assert {one.returncode for one in racers} == {0}
        return told


def copied(root: Path, names: Iterable[str], into: Path, actor: str) -> dict[str, Place]:
    """Return the deployments of that name below `root`, each copied for one test."""
    return {name: Place(Path(shutil.copytree(root / name, into / name)), "", actor) for name in names}


def alone(into: Path) -> Path:
    """Return `into` as a deployment that knows no other and has done one act, founded once a run."""

    def found(root: Path) -> None:
        deployment.write_home(root / "home", name="north")
        place = Place(root / "home", "", "tests.acts.recovery_actor")
        assert place.status("prepare") == 0
        assert place.status("found_alone") == 0

    return Path(shutil.copytree(run.once("alone", found) / "home", into))


def placed(actor, *, mail=""):
    """Return two fixtures: `founded` (a deployment founded once a run) and `place` (a copy of it for one test)."""

    def found(root, url):
        deployment.write_home(root / "home")
        assert Place(root / "home", url, actor).status("found", CRASH_MAIL=mail) == 0

    @pytest.fixture(scope="module", params=["sqlite", "postgresql"])
    def founded(request):
        if request.param == "sqlite":
            return Place(run.once(f"{actor}-sqlite", lambda root: found(root, "")) / "home", "", actor)
        server = request.getfixturevalue("postgres_server")

        def found_in_a_database(root):
            name = server.create_database("place")  # it ends with the server
            found(root, server.url(name))
            (root / "database").write_text(name, encoding="ascii")

        root = run.once(f"{actor}-postgresql", found_in_a_database)
        return Place(root / "home", server.url((root / "database").read_text(encoding="ascii")), actor)

    @pytest.fixture
    def place(founded, request, tmp_path):
        home = Path(shutil.copytree(founded.home, tmp_path / "home"))
        if not founded.url:
            yield Place(home, "", actor)
            return
        server = request.getfixturevalue("postgres_server")
        name = f"copy_{uuid.uuid4().hex[:12]}"
        template = founded.url.rpartition("/")[2]
        server.administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER sakimori')
        yield Place(home, server.url(name), actor)
        server.drop_database(name)

    return founded, place
