"""Restoring a backup into an empty home: nothing is put in place before every byte has been verified.

What comes out is read-only until an administrator has cleared it (`sakimori.acts.standing`): others may have seen more.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sakimori import __version__, proofs
from sakimori.cli.floor import of_system
from sakimori.cli.upkeep import database, manifest, sealing, unpacking
from sakimori.cli.upkeep.errors import BackupError, UpgradeError
from sakimori.text import Text

_WORKING, _MARK, _DESCRIPTION = ".restoring", "readonly.json", "deployment.json"
_NOTHING = frozenset({_WORKING, "lost+found"})
"""What an empty home may hold: what a restore that was killed left, and what a file system of its own begins with."""


@dataclass(frozen=True, slots=True)
class KeysFrom:
    """Where the private keys come from: sealed in the backup (`passphrase`), a directory, or made anew."""

    passphrase: str | None = None
    directory: Path | None = None
    anew: bool = False


def lay_out(path: Path, home: Path, keys: KeysFrom, ring: proofs.KeyRing | None = None) -> manifest.Manifest:
    """Unpack and verify a backup within the empty `home`, then put it in place with its keys; return its manifest.

    `home` may be there already, also as a mount point of its own: it is filled, never replaced. Django is not needed
    yet. Raises `BackupError` and leaves nothing behind: home not empty or not writable, backup tampered with, keys
    neither in it nor named, PostgreSQL dump without an empty database to load it into.
    """
    try:
        _require_empty(home)
        with _working_in(home) as working:
            told = unpacking.unpack(path, working, ring)
            _require_not_newer(str(told.document["version"]))
            _require_database(told)
            (working / manifest.NAME).unlink()
            _put_keys(working, keys, sealed=bool(told.document["keys"]))
            if (working / database.SQLITE).exists():
                database.restore_sqlite(working / database.SQLITE, working)
                (working / database.SQLITE).unlink()
            _mark(working, told)
            _move_in(working, home)
    except OSError as error:
        raise of_system(error, BackupError, code="backup.place", where=str(home)) from error
    return told


def _require_empty(home: Path) -> None:
    if home.exists() and any(one.name not in _NOTHING for one in home.iterdir()):
        raise BackupError(
            Text("復元先のホームが空ではありません。", "The home to restore into is not empty."),
            code="backup.not_empty",
            where=str(home),
            mend=Text("新しいディレクトリを --home に指定してください。", "Name a new directory with --home."),
        )


@contextmanager
def _working_in(home: Path) -> Iterator[Path]:
    """Yield a directory within `home`; away afterwards, and `home` too where it was not there before and it failed."""
    made = not home.exists()
    if made:
        home.mkdir(parents=True, mode=0o700)
    working = home / _WORKING
    try:
        if working.exists():
            shutil.rmtree(working)
        working.mkdir(mode=0o700)
        yield working
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        if made:
            shutil.rmtree(home, ignore_errors=True)
        raise
    working.rmdir()


def _move_in(working: Path, home: Path) -> None:
    """Move what was unpacked up into `home`; after a failure nothing of it stays.

    The mark of being read-only comes first, and the description, which makes it a deployment, last. PostgreSQL is
    loaded only once every file is in its place: a database that was filled could not be restored into again.
    """
    with suppress(PermissionError):  # a mount point may belong to somebody else; the doctor looks at its mode
        home.chmod(0o700)
    last = {_DESCRIPTION: 2, database.POSTGRESQL: 1, _MARK: -1}
    moved: list[Path] = []
    try:
        for found in sorted(working.iterdir(), key=lambda one: (last.get(one.name, 0), one.name)):
            if found.name == database.POSTGRESQL:
                database.restore_postgresql(found, os.environ["SAKIMORI_DATABASE_URL"])
                found.unlink()
            else:
                found.rename(home / found.name)
                moved.append(home / found.name)
    except BaseException:
        for one in reversed(moved):
            _remove(one)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def finish(*, anew: bool) -> None:
    """Do what needs Django: make keys that were not restored, bring the tables up to date, log everybody out."""
    from sakimori.acts import clock  # noqa: PLC0415 - needs Django
    from sakimori.acts import keys as deployment_keys  # noqa: PLC0415
    from sakimori.web import founding  # noqa: PLC0415

    if anew:
        deployment_keys.replace_all(clock.wall())
    founding.migrate()
    database.end_sessions()


def _require_not_newer(version: str) -> None:
    if parsed(version) > parsed(__version__):
        raise UpgradeError(
            Text(
                f"この控えは新しい版（{version}）のものです。この版（{__version__}）には戻せません。",
                f"This backup is of a newer version ({version}); it cannot be restored by {__version__}.",
            ),
            code="upgrade.downgrade",
            mend=Text("その版を導入してから復元してください。", "Install that version, then restore."),
        )


def parsed(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 0.10 comes after 0.9."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _require_database(told: manifest.Manifest) -> None:
    url = os.environ.get("SAKIMORI_DATABASE_URL", "")
    wanted = database.POSTGRESQL if url else database.SQLITE
    if wanted not in told.files:
        raise BackupError(
            Text(
                "控えのデータベースと、この機械の設定の種類が違います。",
                "The backup's database is of another kind than this machine is set up for.",
            ),
            code="backup.database",
            where=wanted,
            mend=Text(
                "PostgreSQL の控えには SAKIMORI_DATABASE_URL（空のデータベース）を指定し、SQLite の控えでは外します。",
                "For a backup of PostgreSQL set SAKIMORI_DATABASE_URL (an empty database); for SQLite leave it unset.",
            ),
        )


def _put_keys(working: Path, keys: KeysFrom, *, sealed: bool) -> None:
    directory = working / "keys"
    directory.mkdir(mode=0o700)
    found: dict[str, bytes] = {}
    if keys.directory is not None:
        found = {path.name: path.read_bytes() for path in keys.directory.iterdir() if path.is_file()}
    elif sealed and keys.passphrase is not None:
        found = sealing.unseal((working / unpacking.SEALED).read_bytes(), keys.passphrase)
    if not keys.anew and not {"receipt.pem", "log.pem", "envelope.pem"} <= set(found):
        raise BackupError(
            Text("秘密鍵がありません。", "The private keys are missing."),
            code="backup.keys",
            mend=Text(
                "控えに封じた鍵のパスフレーズ、--keys-from（鍵のディレクトリ）、または --new-keys（新しく作り、"
                "相手方に登録し直してもらう）を指定してください。",
                "Give the passphrase of the sealed keys, or --keys-from DIRECTORY, or --new-keys (made anew; the peers "
                "must then take the new ring).",
            ),
        )
    for name, data in found.items():
        with os.fdopen(os.open(directory / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(data)
    (working / unpacking.SEALED).unlink(missing_ok=True)


def _mark(working: Path, told: manifest.Manifest) -> None:
    """Set the mark of being read-only; in place before the home is, so that no moment without it exists."""
    document = {
        "type": "sakimori.standing/1",
        "reason": "restored",
        "since": told.document["made_at"],
        "size": told.size,
        "known": told.size,
        "backup_made_at": told.document["made_at"],
    }
    (working / _MARK).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
