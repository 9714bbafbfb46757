"""A backup file: an uncompressed tar of the database, the log's files, the key ring, the description and attachments.

Private keys are never in it in the clear: `keys.sealed` holds them under a passphrase where asked for.
"""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

from sakimori import __version__, proofs
from sakimori.acts import clock, keys
from sakimori.acts.models import Act
from sakimori.acts.tiles import TileLog, TileLogError
from sakimori.cli.upkeep import database, manifest, sealing
from sakimori.cli.upkeep.errors import BackupError
from sakimori.cli.upkeep.unpacking import LOG, SEALED
from sakimori.text import Text

_NEVER = frozenset(
    {
        "keys",
        "catch-up",
        "catch-up.json",
        "readonly.json",
        "init.answers.json",
        "worker.pulse",
        "spool",
        "spools",
        "gunicorn.ctl",
        "log",
        "run",
        "lost+found",
    }
)
_COPY_TRIES = 10


def make(target: Path, *, passphrase: str | None = None) -> manifest.Manifest:
    """Write a backup of this deployment to `target` while it serves, and return its manifest.

    `passphrase` given: with the private keys, sealed. The log's files are copied first and the database after, so that
    the database of a backup is never older than its log. Raises `BackupError`; `target` is written whole or not at all.
    """
    if target.exists():
        raise BackupError(
            Text("その控えは既にあります。", "That backup exists already."),
            code="backup.exists",
            where=str(target),
            mend=Text("別の名前を指定してください。", "Name another file."),
        )
    if not target.parent.is_dir():
        # Made here, it would be on this disk where the one for backups is not mounted.
        raise BackupError(
            Text("控えを置くディレクトリがありません。", "The directory for the backup does not exist."),
            code="backup.directory",
            where=str(target.parent),
            mend=Text(
                "控えの装置が接続されているか確かめ、ディレクトリを作ってください。",
                "See whether the device for backups is mounted, and create the directory.",
            ),
        )
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".sakimori-backup-") as working:
            made = _write(temporary, Path(working), passphrase)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return made


def _write(path: Path, working: Path, passphrase: str | None) -> manifest.Manifest:
    checkpoint = _copy_log(working / LOG)
    copied = database.dump(working)
    files: dict[str, tuple[int, str]] = {}
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream, tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, files, copied.name, copied)
        for found in sorted((working / LOG).rglob("*")):
            if found.is_file():
                _add(tar, files, found.relative_to(working).as_posix(), found)
        for name, found in _of_home():
            _add(tar, files, name, found)
        if passphrase is not None:
            _add_bytes(tar, files, SEALED, sealing.seal(_private_keys(), passphrase))
        document = _describe(files, checkpoint, with_keys=passphrase is not None)
        data = proofs.canonical(document)
        _add_bytes(tar, {}, manifest.NAME, data)
        stream.flush()
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return manifest.Manifest(document, files)


def _describe(files: dict[str, tuple[int, str]], checkpoint: bytes, *, with_keys: bool) -> dict[str, object]:
    size = proofs.parse_checkpoint(checkpoint).size if checkpoint else 0
    fields = {
        "type": manifest.TYPE,
        "deployment": settings.SAKIMORI_DEPLOYMENT["name"],
        "edition": settings.SAKIMORI_DEPLOYMENT["edition"],
        "version": __version__,
        "made_at": clock.wall().isoformat(),
        "migrations": database.applied(),
        "acts": Act.objects.count(),
        "log": {"origin": keys.origin(), "size": size, "checkpoint": checkpoint.decode()},
        "keys": with_keys,
        "files": {name: list(what) for name, what in files.items()},
    }
    return proofs.sign_document(fields, keys.private("envelope"))


def _copy_log(target: Path) -> bytes:
    """Copy the log's files as of one checkpoint, while the sequencer may go on; return the checkpoint."""
    source = Path(settings.SAKIMORI_LOG)
    for _ in range(_COPY_TRIES):
        try:
            return _copied(source, target)
        except (FileNotFoundError, TileLogError):
            continue  # a partial tile became a full one meanwhile: from the newer checkpoint, then
    raise BackupError(
        Text("記録のファイルを写せません。", "The files of the log cannot be copied."),
        code="backup.log",
        mend=Text("`sakimori log verify` で確かめてください。", "See `sakimori log verify`."),
    )


def _copied(source: Path, target: Path) -> bytes:
    checkpoint = TileLog(source).checkpoint()
    target.mkdir(exist_ok=True)
    if not checkpoint:
        return b""
    size = proofs.parse_checkpoint(checkpoint).size
    for found in source.rglob("*"):
        name = found.relative_to(source)
        if found.is_file() and not found.name.startswith(".") and name.as_posix() != "checkpoint":
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(found.read_bytes())
    (target / "checkpoint").write_bytes(checkpoint)
    TileLog(target).recover(size)  # takes away what lies beyond; fails where a file of the checkpoint is missing
    return checkpoint


def _of_home() -> Iterator[tuple[str, Path]]:
    """Yield name and path of what else belongs to the deployment: description, key ring, attachments, old logs."""
    home = Path(settings.SAKIMORI_HOME)
    for found in sorted(home.rglob("*")):
        name = found.relative_to(home)
        first = name.parts[0]
        if first in _NEVER or first.startswith((".", "sakimori.sqlite3")) or found.is_symlink():
            continue
        if found.is_file() and not found.name.endswith((".tmp", ".turn", ".lock", ".ctl")):
            yield name.as_posix(), found


def _private_keys() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(keys.directory().iterdir()) if path.is_file()}


def _add(tar: tarfile.TarFile, files: dict[str, tuple[int, str]], name: str, path: Path) -> None:
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        reader = _Hashing(stream)
        tar.addfile(entry, reader)
    files[name] = (size, reader.digest.hexdigest())


def _add_bytes(tar: tarfile.TarFile, files: dict[str, tuple[int, str]], name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, io.BytesIO(data))
    files[name] = (len(data), hashlib.sha256(data).hexdigest())


class _Hashing(io.RawIOBase):
    """Passes a file on and takes its SHA-256 by the way."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data
