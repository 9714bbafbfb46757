"""Checkpoints: the signed head of a log (c2sp.org/tlog-checkpoint) and its cosignatures (c2sp.org/tlog-cosignature).

A checkpoint is a signed note whose text is: origin, tree size, base64 root hash, then extension lines if any.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.proofs.encoding import HASH_BYTES, b64decode, b64encode
from sakimori.proofs.errors import MalformedError, MismatchError, SignatureError
from sakimori.proofs.note import (
    COSIGNATURE,
    ED25519,
    GoodSignature,
    Note,
    NoteSignature,
    VerifierKey,
    cosign_text,
    format_note,
    parse_note,
    sign_text,
    verify_note,
)

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: origin, number of leaves, 32-byte root hash, extension lines (none in our own logs)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the note text; MalformedError when a field does not fit the format."""
        lines = [self.origin, str(self.size), b64encode(self.root), *self.extensions]
        text = "".join(line + "\n" for line in lines)
        if parse_checkpoint_text(text) != self:
            raise _not_a_checkpoint()
        return text


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint whose log signature is good, with the good witness cosignatures and the unexplained lines."""

    checkpoint: Checkpoint
    log_key: VerifierKey
    cosignatures: tuple[GoodSignature, ...]
    unknown: tuple[NoteSignature, ...]


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Return the checkpoint a note text holds; MalformedError otherwise."""
    lines = text.split("\n")
    # Three lines at least, the last one ended by a newline, none of them empty.
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004
        raise _not_a_checkpoint()
    root, size = b64decode(lines[2], "checkpoint"), int(lines[1])
    if len(root) != HASH_BYTES or size > _MAX_SIZE:
        raise _not_a_checkpoint()
    return Checkpoint(lines[0], size, root, tuple(lines[3:-1]))


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Return the checkpoint in a checkpoint file, its signatures unverified; MalformedError when it is not one."""
    return parse_checkpoint_text(parse_note(data).text)


def sign_checkpoint(origin: str, size: int, root: bytes, private_key: Ed25519PrivateKey) -> bytes:
    """Return the signed checkpoint file of log `origin` with `size` leaves and the 32-byte `root`.

    The key name is the origin, as the specification recommends. Raises MalformedError when a field does not fit.
    """
    text = Checkpoint(origin, size, root).text()
    return format_note(Note(text, (sign_text(text, origin, private_key),)))


def cosign_checkpoint(data: bytes, name: str, private_key: Ed25519PrivateKey, timestamp: int) -> NoteSignature:
    """Return the cosignature of witness `name` on a checkpoint file, made at `timestamp` (POSIX seconds).

    The caller has verified the log's signature and the consistency with what it cosigned before (see witness.py).
    """
    note = parse_note(data)
    parse_checkpoint_text(note.text)
    return cosign_text(note.text, name, private_key, timestamp)


def add_signatures(data: bytes, signatures: Sequence[NoteSignature]) -> bytes:
    """Return the checkpoint file with further signature lines (each once), unverified."""
    note = parse_note(data)
    fresh = [signature for signature in signatures if signature not in note.signatures]
    return format_note(Note(note.text, (*note.signatures, *fresh)))


def verify_checkpoint(
    data: bytes, *, origin: str, keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey] = (), quorum: int = 0
) -> VerifiedCheckpoint:
    """Return the checkpoint in `data` once it is of log `origin`, signed by its key, cosigned by `quorum` witnesses.

    `keys` are the log's keys (type 0x01), `witnesses` the trusted witnesses (type 0x04). A bad signature by any of
    them spoils the checkpoint. Raises MalformedError, MismatchError (another log) or SignatureError.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint_text(note.text)
    if checkpoint.origin != origin:
        raise MismatchError(
            f"このチェックポイントは別のログ「{checkpoint.origin}」のものです。",
            f"this checkpoint is of another log, {checkpoint.origin}.",
            where="checkpoint",
        )
    log_keys = {key for key in keys if key.type == ED25519 and key.name == origin}
    verified = verify_note(note, log_keys | {key for key in witnesses if key.type == COSIGNATURE})
    log_key = next((good.key for good in verified.good if good.key in log_keys), None)
    if log_key is None:
        raise SignatureError(
            "ログ自身の鍵による署名がありません。", "there is no signature by the log's own key.", where="checkpoint"
        )
    cosignatures = tuple(good for good in verified.good if good.key.type == COSIGNATURE)
    names = {good.key.name for good in cosignatures}
    if len(names) < quorum:
        raise SignatureError(
            f"立会人の署名が足りません ({len(names)}/{quorum})。",
            f"too few witnesses cosigned ({len(names)} of {quorum}).",
            where="checkpoint",
        )
    return VerifiedCheckpoint(checkpoint, log_key, cosignatures, verified.unknown)


def _not_a_checkpoint() -> MalformedError:
    return MalformedError(
        "チェックポイント (ログの署名済みの先頭) の形ではありません。", "this is not a checkpoint.", where="checkpoint"
    )
