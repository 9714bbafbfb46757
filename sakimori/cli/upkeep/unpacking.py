"""Reading a backup file without trusting it: every byte against the manifest, the manifest against a key ring.

The manifest comes last in the tar and names every file with its digest; what it does not name is refused, and so is
any name that would lead out of the home. Needs no Django: a backup is verified on any machine.
"""

import errno
import hashlib
import json
import os
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from sakimori import proofs
from sakimori.cli.upkeep import manifest
from sakimori.text import Text

RING, SEALED, LOG = "keyring.json", "keys.sealed", "log"
_CHUNK = 1 << 20
_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)


def unpack(path: Path, target: Path | None, ring: proofs.KeyRing | None = None) -> manifest.Manifest:
    """Return the manifest of a backup once every byte of it verifies; with `target` given, unpacked there.

    `ring`: public keys the reader trusts; without it, those in the backup itself, which shows only that it is whole.
    Raises `BackupError` (tampered, truncated, no backup at all); `OSError` where the machine cannot read or write.
    """
    found: dict[str, tuple[int, str]] = {}
    small: dict[str, bytes] = {}
    try:
        with tarfile.open(path, mode="r:") as tar:
            for entry in tar:
                _take(tar, entry, found, small, target)
    except (tarfile.TarError, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
            raise
        raise manifest.bad(
            Text("控えのファイルではないか、途中で切れています。", "This is no backup, or it is cut off.")
        ) from None
    if manifest.NAME not in small or RING not in small:
        raise manifest.bad(Text("控えに目録か鍵束がありません。", "The backup has no manifest or no key ring."))
    told = manifest.read(small[manifest.NAME], ring if ring is not None else _ring(small[RING]))
    found.pop(manifest.NAME)
    if found != dict(told.files):
        wrong = sorted(name for name in {*found, *told.files} if found.get(name) != told.files.get(name))
        raise manifest.bad(
            Text("控えの中身が目録と違います。", "Contents differ from the manifest."), ", ".join(wrong[:5])
        )
    return told


def _take(
    tar: tarfile.TarFile,
    entry: tarfile.TarInfo,
    found: dict[str, tuple[int, str]],
    small: dict[str, bytes],
    target: Path | None,
) -> None:
    place = PurePosixPath(entry.name)
    stream = tar.extractfile(entry) if entry.isreg() else None
    if stream is None or place.is_absolute() or ".." in place.parts or entry.name in found or not place.parts:
        raise manifest.bad(Text("控えに許されない名前があります。", "The backup holds a name it must not."), entry.name)
    digest, size = hashlib.sha256(), 0
    keep = entry.name in (manifest.NAME, RING)
    out = _open(target, place) if target is not None else None
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if keep:
            small[entry.name] = small.get(entry.name, b"") + chunk
        if out is not None:
            out.write(chunk)
    if out is not None:
        out.flush()
        os.fsync(out.fileno())
        out.close()
    found[entry.name] = (size, digest.hexdigest())


def _open(target: Path, place: PurePosixPath) -> IO[bytes]:
    path = target / place
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _ring(data: bytes) -> proofs.KeyRing:
    try:
        return proofs.parse_keyring(json.loads(data))
    except (proofs.ProofError, ValueError):
        raise manifest.bad(Text("控えの鍵束が読めません。", "The key ring of the backup cannot be read.")) from None
