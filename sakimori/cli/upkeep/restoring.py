"""Restoring a backup into an empty home: nothing is put in place before every byte has been verified.

What comes out is read-only until an administrator has cleared it (`sakimori.acts.standing`): others may have seen more.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sakimori import __version__, proofs
from sakimori.cli.upkeep import database, manifest, sealing, unpacking
from sakimori.cli.upkeep.errors import BackupError, UpgradeError
from sakimori.text import Text


@dataclass(frozen=True, slots=True)
class KeysFrom:
    """Where the private keys come from: sealed in the backup (`passphrase`), a directory, or made anew."""

    passphrase: str | None = None
    directory: Path | None = None
    anew: bool = False


def lay_out(path: Path, home: Path, keys: KeysFrom, ring: proofs.KeyRing | None = None) -> manifest.Manifest:
    """Unpack and verify a backup beside `home`, then put it in place with its keys; return its manifest.

    Django is not needed yet. Raises `BackupError` and leaves nothing behind: home not empty, backup tampered with, keys
    neither in it nor named, PostgreSQL dump without an empty database to load it into.
    """
    if home.exists() and any(home.iterdir()):
        raise BackupError(
            Text("復元先のホームが空ではありません。", "The home to restore into is not empty."),
            code="backup.not_empty",
            where=str(home),
            mend=Text("新しいディレクトリを --home に指定してください。", "Name a new directory with --home."),
        )
    home.parent.mkdir(parents=True, exist_ok=True)
    working = home.with_name(f".{home.name}.restoring")
    if working.exists():
        shutil.rmtree(working)
    working.mkdir(mode=0o700)
    try:
        told = unpacking.unpack(path, working, ring)
        _require_not_newer(str(told.document["version"]))
        _require_database(told)
        (working / manifest.NAME).unlink()
        _put_keys(working, keys, sealed=bool(told.document["keys"]))
        _put_database(working)
        _mark(working, told)
        if home.exists():
            home.rmdir()
        working.rename(home)
    finally:
        if working.exists():
            shutil.rmtree(working)
    return told


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


def _put_database(working: Path) -> None:
    if (working / database.SQLITE).exists():
        database.restore_sqlite(working / database.SQLITE, working)
        (working / database.SQLITE).unlink()
    else:
        database.restore_postgresql(working / database.POSTGRESQL, os.environ["SAKIMORI_DATABASE_URL"])
        (working / database.POSTGRESQL).unlink()


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
    (working / "readonly.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
