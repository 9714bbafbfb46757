"""`sakimori database prepare` on a real PostgreSQL: an owner that migrates, a role that serves and owns nothing."""

import os
import subprocess
import sys
import uuid

import psycopg
import pytest

from tests.support.deployment import write_home
from tests.support.run import REPOSITORY


def _sakimori(home, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "SAKIMORI_DATABASE_URL": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_sql_is_printed_without_a_password(tmp_path):
    done = _sakimori(tmp_path, "database", "prepare", SAKIMORI_APP_PASSWORD="hunter2-hunter2")  # noqa: S106
    assert done.returncode == 0, done.stderr
    assert "NOBYPASSRLS" in done.stdout
    assert "\\password sakimori_app" in done.stdout
    assert "hunter2" not in done.stdout


@pytest.mark.parametrize("name", ['x"; DROP ROLE postgres; --', "", "Ä", "a" * 60])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    done = _sakimori(tmp_path, "database", "prepare", "--app", name)
    assert done.returncode != 0
    assert "database.name" in done.stderr + done.stdout or "役割" in done.stderr + done.stdout or done.stderr


def test_one_role_cannot_be_both(tmp_path):
    done = _sakimori(tmp_path, "database", "prepare", "--app", "one", "--owner", "one")
    assert done.returncode != 0


def test_what_is_missing_is_named(tmp_path):
    done = _sakimori(tmp_path, "database", "prepare", "--execute")
    assert done.returncode != 0
    assert "SAKIMORI_DATABASE_ADMIN_URL" in done.stderr + done.stdout


def test_the_site_runs_as_a_role_that_owns_nothing(tmp_path, postgres_server):
    write_home(tmp_path)
    mark = uuid.uuid4().hex[:8]
    name, owner, app = f"d_{mark}", f"o_{mark}", f"a_{mark}"
    environment = {
        "SAKIMORI_DATABASE_ADMIN_URL": postgres_server.url("postgres", "postgres"),
        "SAKIMORI_OWNER_PASSWORD": "owner-password",
        "SAKIMORI_APP_PASSWORD": "app-password",
    }
    arguments = ("database", "prepare", "--execute", "--database", name, "--owner", owner, "--app", app)
    try:
        for _ in range(2):  # safe to repeat
            done = _sakimori(tmp_path, *arguments, **environment)
            assert done.returncode == 0, done.stderr
        at = f"127.0.0.1:{postgres_server.port}/{name}"
        migrate = subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v0", "--settings", "sakimori.web.settings"],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "SAKIMORI_HOME": str(tmp_path),
                "SAKIMORI_DATABASE_URL": f"postgresql://{owner}:owner-password@{at}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert migrate.returncode == 0, migrate.stderr[-2000:]
        as_owner = _sakimori(
            tmp_path, "database", "check", SAKIMORI_DATABASE_URL=f"postgresql://{owner}:owner-password@{at}"
        )
        assert (as_owner.returncode, as_owner.stdout) == (1, "owner\n")
        as_app = _sakimori(tmp_path, "database", "check", SAKIMORI_DATABASE_URL=f"postgresql://{app}:app-password@{at}")
        assert as_app.returncode == 0, as_app.stdout + as_app.stderr
        with psycopg.connect(f"postgresql://{app}:app-password@{at}", autocommit=True) as connection:
            assert connection.execute("SELECT count(*) FROM incidents_case").fetchone() == (0,)
            for forbidden in ("CREATE TABLE mine (a int)", "TRUNCATE incidents_draft", "DROP TABLE incidents_draft"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(forbidden)
    finally:
        postgres_server.drop_database(name)
        for role in (app, owner):
            postgres_server.administer(f'DROP ROLE IF EXISTS "{role}"')
