"""The database in and out of a backup: SQLite by its backup API, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from sakimori.cli.upkeep.errors import BackupError
from sakimori.text import Text

SQLITE, POSTGRESQL = "database.sqlite3", "database.pgdump"


def name_in_backup() -> str:
    """Return what the database is called in a backup made here."""
    return SQLITE if connection.vendor == "sqlite" else POSTGRESQL


def dump(directory: Path) -> Path:
    """Write a consistent copy of the database, as of one moment and while others write, into `directory`."""
    target = directory / name_in_backup()
    if connection.vendor == "sqlite":
        _copy_sqlite(target)
    else:
        from sakimori.record import fences  # noqa: PLC0415 - needs Django; restoring begins without

        # Fences let whoever says so see every row: what a backup is.
        everything = f"-c sakimori.viewer={fences.EVERYTHING}"
        arguments = ["--format=custom", "--no-owner", "--enable-row-security", "--file", str(target)]
        _run("pg_dump", arguments, _postgresql(), everything)
    return target


def _copy_sqlite(target: Path) -> None:
    source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)  # all pages in one step: one read transaction, writers go on in the WAL
        found = copy.execute("PRAGMA integrity_check").fetchone()
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        source.close()
    if found != ("ok",):
        raise BackupError(
            Text("データベースが壊れています。", "The database is damaged."), code="backup.damaged", where=str(found[0])
        )


def restore_sqlite(source: Path, home: Path) -> None:
    """Put an SQLite database in place in a home that has none."""
    shutil.copyfile(source, home / "sakimori.sqlite3")
    (home / "sakimori.sqlite3").chmod(0o600)


def restore_postgresql(source: Path, url: str) -> None:
    """Load a dump into the empty database that `url` names; `BackupError` where it is not empty."""
    target = _from_url(url)
    found = _run("psql", ["-Atc", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"], target)
    if found.strip() != "0":
        raise BackupError(
            Text("復元先のデータベースが空ではありません。", "The database to restore into is not empty."),
            code="backup.not_empty",
            where=target["NAME"],
            mend=Text("空のデータベースを作り直してください。", "Create an empty database and name that."),
        )
    arguments = ["--no-owner", "--exit-on-error", "--single-transaction", "--dbname", target["NAME"], str(source)]
    _run("pg_restore", arguments, target)


def end_sessions() -> None:
    """Log everybody out: sessions of a backup must not come back to life."""
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - needs Django set up

    Session.objects.all().delete()


def applied() -> list[str]:
    """Return the migrations the database has seen, as `app.name`, sorted."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _postgresql() -> dict[str, Any]:
    url = os.environ.get("SAKIMORI_BACKUP_DATABASE_URL", "")
    return _from_url(url) if url else settings.DATABASES["default"]


def _from_url(url: str) -> dict[str, Any]:
    parts = urlparse(url)
    return {
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def _run(program: str, arguments: list[str], target: dict[str, Any], options: str = "") -> str:
    """Run a PostgreSQL program on a database (password by environment, never on the command line)."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            Text(f"{program} が見つかりません。", f"{program} was not found."),
            code="backup.program",
            mend=Text("postgresql-client を導入してください。", "Install postgresql-client."),
        )
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    environment = {**os.environ, **{to: str(target[name]) for name, to in names.items() if target.get(name)}}
    environment["PGOPTIONS"] = options
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with our own arguments
        [found, *arguments], env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [""])[0]
        raise BackupError(
            Text(f"{program} が失敗しました。", f"{program} failed."),
            code="backup.program",
            where=said,
            mend=Text(
                "接続先と権限を確かめてください。行ごとの権限を用いる場合は、控え専用の役割を "
                "SAKIMORI_BACKUP_DATABASE_URL に指定します。",
                "Check address and rights. With row-level security, name a role of its own for backups in "
                "SAKIMORI_BACKUP_DATABASE_URL.",
            ),
        )
    return done.stdout
