"""The two blocks a receipt or envelope may carry with it: the act itself, and the proof that the log includes it.

- act: {bytes, salt}: checked against the commitment (in an envelope the salt may be withheld)
- inclusion: {checkpoint, index, proof}: the signed checkpoint as text, the leaf's index, the proof as base64 hashes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sakimori.proofs.checkpoint import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from sakimori.proofs.commitment import SALT_BYTES, verify_commitment
from sakimori.proofs.encoding import HASH_BYTES, b64encode
from sakimori.proofs.errors import MalformedError
from sakimori.proofs.fields import Fields
from sakimori.proofs.keyring import KeyRing
from sakimori.proofs.merkle import verify_inclusion
from sakimori.proofs.note import MAX_NOTE_BYTES

_MAX_PROOF = 64


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A verified inclusion: the checkpoint, and the index of the act's leaf under it."""

    checkpoint: VerifiedCheckpoint
    index: int


@dataclass(frozen=True, slots=True)
class Act:
    """The act a block carries: its canonical bytes, its salt (or None), whether they were checked to be committed."""

    content: bytes
    salt: bytes | None
    committed: bool


def act_block(act_bytes: bytes, salt: bytes | None) -> dict[str, str]:
    """Return the act block of a receipt file (with salt) or envelope (the salt may be None: withheld)."""
    block = {"bytes": b64encode(act_bytes)}
    if salt is not None:
        block["salt"] = b64encode(salt)
    return block


def inclusion_block(checkpoint: bytes, index: int, proof: Sequence[bytes]) -> dict[str, Any]:
    """Return the inclusion block for leaf `index` under the signed `checkpoint` file."""
    parse_checkpoint(checkpoint)
    return {"checkpoint": checkpoint.decode(), "index": index, "proof": [b64encode(node) for node in proof]}


def read_act(value: object, where: str, commitment: bytes, *, salt_needed: bool) -> Act:
    """Return the act of a block once it matches `commitment`; without a salt nothing is matched.

    Raises MalformedError or MismatchError.
    """
    fields = Fields(value, where, {"bytes", "salt"} if salt_needed else {"bytes"}, {"salt"})
    act_bytes = fields.b64("bytes")
    if not fields.has("salt"):
        return Act(act_bytes, None, committed=False)
    salt = fields.b64("salt")
    if len(salt) != SALT_BYTES:
        raise MalformedError(
            f"ソルトは{SALT_BYTES}バイトです。", f"a salt is {SALT_BYTES} bytes.", where=fields.where("salt")
        )
    verify_commitment(commitment, act_bytes, salt)
    return Act(act_bytes, salt, committed=True)


def read_inclusion(value: object, where: str, leaf: bytes, *, origin: str, owner: str, ring: KeyRing) -> Inclusion:
    """Return the inclusion of `leaf` in log `origin` of `owner` once block, checkpoint and proof are verified.

    Raises MalformedError, MismatchError, SignatureError or KeyRingError (a cosignature outside its key's validity).
    """
    fields = Fields(value, where, {"checkpoint", "index", "proof"})
    text = fields.raw("checkpoint")
    if not isinstance(text, str) or len(text) > MAX_NOTE_BYTES:
        raise MalformedError("文字列であるべきです。", "this must be a text.", where=fields.where("checkpoint"))
    checkpoint = verify_with_ring(text.encode("utf-8", "replace"), origin=origin, owner=owner, ring=ring)
    proof = _read_proof(fields)
    head = checkpoint.checkpoint
    verify_inclusion(leaf, fields.integer("index"), head.size, proof, head.root)
    return Inclusion(checkpoint, fields.integer("index"))


def verify_with_ring(
    data: bytes, *, origin: str, ring: KeyRing, owner: str | None = None, quorum: int = 0
) -> VerifiedCheckpoint:
    """Return the verified checkpoint of log `origin` (of `owner` when given), its keys and witnesses from the ring.

    A cosignature counts only when its witness key was good at the time the cosignature carries.
    Raises MalformedError, MismatchError, SignatureError or KeyRingError.
    """
    verified = verify_checkpoint(
        data, origin=origin, keys=ring.log_keys(origin, owner), witnesses=ring.witnesses(), quorum=quorum
    )
    for cosignature in verified.cosignatures:
        ring.check_cosignature(cosignature)
    return verified


def _read_proof(block: Fields) -> list[bytes]:
    items = block.items("proof", _MAX_PROOF)
    names = [str(place) for place in range(len(items))]
    entries: Mapping[str, Any] = dict(zip(names, items, strict=True))
    fields = Fields(entries, block.where("proof"), set(names))
    proof = [fields.b64(name) for name in names]
    if any(len(node) != HASH_BYTES for node in proof):
        raise MalformedError(
            f"ハッシュは{HASH_BYTES}バイトです。", f"a hash is {HASH_BYTES} bytes.", where=block.where("proof")
        )
    return proof
