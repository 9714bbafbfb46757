"""What a backup says of itself, signed by the deployment with its envelope key.

`{type, deployment, edition, version, made_at, migrations, acts, log: {origin, size, checkpoint}, keys, files: {name:
[bytes, sha256]}, key_id, signature}`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sakimori import proofs
from sakimori.cli.upkeep.errors import BackupError
from sakimori.text import Text

TYPE = "sakimori.backup/1"
NAME = "manifest.json"
_FIELDS = {
    *("type", "deployment", "edition", "version", "made_at", "migrations", "acts", "log", "keys", "files"),
    *("key_id", "signature"),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """A verified manifest: its fields, and the files with size in bytes and SHA-256 (hex)."""

    document: Mapping[str, Any]
    files: Mapping[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Return how many leaves the log had."""
        return int(self.document["log"]["size"])


def read(data: bytes, ring: proofs.KeyRing) -> Manifest:
    """Return the manifest once its form and signature hold under `ring`; `BackupError` otherwise."""
    try:
        document = json.loads(data)
        formed = set(document) == _FIELDS and document["type"] == TYPE
        at = datetime.fromisoformat(document["made_at"])
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in document["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        formed = False
    if not formed:
        raise bad(Text("控えの目録の形が正しくありません。", "The manifest of the backup is not of the right form."))
    try:
        proofs.verify_document(document, ring, purpose="envelope", owner=document["deployment"], at=at)
    except proofs.ProofError as error:
        raise bad(Text(error.ja, error.en)) from None
    return Manifest(document, files)


def bad(what: Text, where: str | None = None) -> BackupError:
    """Return the refusal of a backup that is not what it was when it was made."""
    return BackupError(
        what,
        code="backup.tampered",
        where=where,
        mend=Text("別の控えを使ってください。", "Use another backup."),
    )
