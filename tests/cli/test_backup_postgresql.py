"""Backup and restore with PostgreSQL below: by its own programs, into an empty database only."""

import os
import subprocess
import sys

import pytest

from tests.acts.places import Place
from tests.support import deployment
from tests.support.run import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def command(home, url, *words):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SAKIMORI_", "DJANGO_"))}
    own = {"SAKIMORI_DATABASE_URL": url, "SAKIMORI_SECRET_KEY": "only-for-tests"}
    return subprocess.run(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), *map(str, words)],
        env={**inherited, **own}, cwd=REPOSITORY, check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_a_backup_of_postgresql_comes_back_whole(tmp_path, postgres_server):
    names = [postgres_server.create_database(name) for name in ("kept", "back")]
    first, second = (postgres_server.url(name) for name in names)
    try:
        deployment.write_home(tmp_path / "home", name="north")
        place = Place(tmp_path / "home", first, "tests.acts.recovery_actor")
        assert place.status("prepare") == 0
        assert place.status("found_alone") == 0
        before = place.run("state")
        saved, keys = tmp_path / "a.sakimori", tmp_path / "home" / "keys"
        made = command(tmp_path / "home", first, "backup", saved)
        assert made.returncode == 0, made.stderr
        full = command(tmp_path / "new", first, "restore", saved, "--keys-from", keys)
        assert (full.returncode, "not empty" in full.stderr) == (1, True)
        assert not (tmp_path / "new").exists()
        wrong = command(tmp_path / "new", "", "restore", saved, "--keys-from", keys)
        assert (wrong.returncode, "another kind" in wrong.stderr) == (1, True)
        done = command(tmp_path / "new", second, "restore", saved, "--keys-from", keys)
        assert done.returncode == 0, done.stderr
        after = Place(tmp_path / "new", second, "tests.acts.recovery_actor")
        assert after.run("state") == before
        assert set(after.run("refused").values()) == {"deployment.read_only"}
    finally:
        for name in names:
            postgres_server.drop_database(name)
