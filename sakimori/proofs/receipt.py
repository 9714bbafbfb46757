"""The receipt (記録証明): a deployment's signed word that it recorded an act. It is never an acceptance (受理).

{type: "sakimori.receipt/1", deployment, origin, world, act_id, kind, kind_version, recorded_at, commitment, leaf_hash,
key_id, statement: {ja, en}, signature}, signed as a document (see document.py) with a key of purpose `receipt` owned
by `deployment`. Two blocks prove themselves and are outside the signature: `inclusion` and `act` (see blocks.py);
with both it is a receipt file its user keeps and can check offline with nothing but the key ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.proofs.blocks import Act, Inclusion, read_act, read_inclusion
from sakimori.proofs.commitment import commitment_leaf
from sakimori.proofs.document import sign_document, verify_document
from sakimori.proofs.encoding import HASH_BYTES, hex_decode, parse_json
from sakimori.proofs.errors import MismatchError
from sakimori.proofs.fields import Fields, read_bilingual
from sakimori.proofs.keyring import KeyRing

RECEIPT_TYPE = "sakimori.receipt/1"
MAX_RECEIPT_BYTES = 64 << 20
"""A larger receipt file is refused unread (house rule; the act it carries may be large)."""
STATEMENT = {
    "ja": "この記録証明は、上記の行為を上記の日時に記録したことを証明するものであり、届出・報告の受理を意味しません。",
    "en": "This receipt certifies that the act above was recorded at the time above; it does not mean acceptance.",
}
"""What a receipt says of itself unless its maker says it otherwise."""

_REQUIRED = {
    *("type", "deployment", "origin", "world", "act_id", "kind", "kind_version", "recorded_at"),
    *("commitment", "leaf_hash", "key_id", "statement", "signature"),
}
_BLOCKS = {"inclusion", "act"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified receipt; `inclusion` and `act` are None when the receipt carries no such block."""

    deployment: str
    origin: str
    world: str
    act_id: str
    kind: str
    kind_version: int
    recorded_at: datetime
    commitment: bytes
    leaf_hash: bytes
    key_id: str
    statement: tuple[str, str]
    inclusion: Inclusion | None
    act: Act | None


def sign_receipt(fields: Mapping[str, Any], private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the signed receipt (a JSON object).

    `fields` has deployment, origin, world, act_id, kind, kind_version, recorded_at (RFC 3339 text) and commitment
    (64 hex digits); type, leaf_hash, key_id and statement are filled in when absent. Raises MalformedError when the
    result would not be a receipt.
    """
    receipt = {"type": RECEIPT_TYPE, "statement": dict(STATEMENT), **fields}
    commitment = hex_decode(receipt.get("commitment"), "receipt.commitment", HASH_BYTES)
    receipt.setdefault("leaf_hash", commitment_leaf(commitment).hex())
    signed = sign_document(receipt, private_key, _BLOCKS)
    _read(signed)
    return signed


def verify_receipt(receipt: bytes | str | Mapping[str, Any], public_keys: KeyRing) -> Receipt:
    """Return the receipt once everything in it holds: form, key, signature, leaf hash, and each block it carries.

    `receipt` is a file's bytes or the parsed JSON. Raises ProofError (MalformedError, KeyRingError, SignatureError,
    MismatchError) otherwise. The key must have been good at `recorded_at`.
    """
    value = receipt if isinstance(receipt, Mapping) else parse_json(receipt, "receipt", MAX_RECEIPT_BYTES)
    fields, plain = _read(value)
    verify_document(
        value, public_keys, purpose="receipt", owner=plain.deployment, at=plain.recorded_at, unsigned=_BLOCKS
    )
    inclusion = act = None
    if fields.has("inclusion"):
        inclusion = read_inclusion(
            fields.raw("inclusion"),
            "receipt.inclusion",
            plain.leaf_hash,
            origin=plain.origin,
            owner=plain.deployment,
            ring=public_keys,
        )
    if fields.has("act"):
        act = read_act(fields.raw("act"), "receipt.act", plain.commitment, salt_needed=True)
    return replace(plain, inclusion=inclusion, act=act)


def _read(value: object) -> tuple[Fields, Receipt]:
    fields = Fields(value, "receipt", _REQUIRED, _BLOCKS)
    fields.constant("type", RECEIPT_TYPE)
    commitment, leaf = fields.hex("commitment", HASH_BYTES), fields.hex("leaf_hash", HASH_BYTES)
    if commitment_leaf(commitment) != leaf:
        raise MismatchError(
            "葉のハッシュがコミットメントのものではありません。",
            "the leaf hash is not that of the commitment.",
            where="receipt.leaf_hash",
        )
    return fields, Receipt(
        deployment=fields.text("deployment"),
        origin=fields.text("origin"),
        world=fields.text("world"),
        act_id=fields.text("act_id"),
        kind=fields.text("kind"),
        kind_version=fields.integer("kind_version"),
        recorded_at=fields.time("recorded_at"),
        commitment=commitment,
        leaf_hash=leaf,
        key_id=fields.text("key_id"),
        statement=read_bilingual(fields.raw("statement"), "receipt.statement"),
        inclusion=None,
        act=None,
    )
