"""Envelopes carry one act from one deployment to another, by HTTP or as a file; an acknowledgement answers.

Envelope: {type: "sakimori.envelope/1", id, from, to, sent_at, world, act: {bytes, salt?}, receipt, inclusion?,
key_id, signature}. One whose act has files is of type "sakimori.envelope/2" and has `files`: [{digest, name,
media_type, size}] too; it travels as a parcel (parcel.py). Acknowledgement: {type: "sakimori.ack/1", envelope_id,
envelope_digest, from, to, received_at, outcome: accepted | refused, reason: null | {code, ja, en}, effects: [act id],
key_id, signature}.

Both are documents (see document.py) signed with a key of purpose `envelope` owned by `from`. The receipt inside is the
sender's own, of the same world, without blocks; unknown fields are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.proofs.blocks import Act, Inclusion, read_act, read_inclusion
from sakimori.proofs.canonical import canonical, digest
from sakimori.proofs.document import sign_document, verify_document
from sakimori.proofs.encoding import parse_json
from sakimori.proofs.errors import MalformedError, MismatchError
from sakimori.proofs.fields import Fields
from sakimori.proofs.keyring import KeyRing
from sakimori.proofs.parcel import Carried, read_files
from sakimori.proofs.receipt import Receipt, verify_receipt

ENVELOPE_TYPE = "sakimori.envelope/1"
FILES_TYPE = "sakimori.envelope/2"
"""The type of an envelope whose act has files."""
ACK_TYPE = "sakimori.ack/1"
MAX_ENVELOPE_BYTES = 64 << 20
"""A larger envelope is refused unread (house rule)."""
MAX_ACK_BYTES = 1 << 20
"""A larger acknowledgement is refused unread (house rule)."""

_MAX_EFFECTS = 1000
_DIGEST_BYTES = 32
_ENVELOPE = {"type", "id", "from", "to", "sent_at", "world", "act", "receipt", "key_id", "signature"}
_ACK = {
    *("type", "envelope_id", "envelope_digest", "from", "to", "received_at", "outcome", "reason", "effects"),
    *("key_id", "signature"),
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A verified envelope; `digest` is the SHA-256 (hex) of its canonical bytes, which the acknowledgement names."""

    id: str
    sender: str
    recipient: str
    sent_at: datetime
    world: str
    act: Act
    receipt: Receipt
    inclusion: Inclusion | None
    files: tuple[Carried, ...]
    key_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an envelope was refused: a stable code and one sentence in each language."""

    code: str
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Ack:
    """A verified acknowledgement: `outcome` is `accepted` (reason None) or `refused` (with a reason, no effects)."""

    envelope_id: str
    envelope_digest: str
    sender: str
    recipient: str
    received_at: datetime
    outcome: str
    reason: Reason | None
    effects: tuple[str, ...]
    key_id: str


def envelope_bytes(envelope: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an envelope or acknowledgement, as sent and as digested."""
    return canonical(dict(envelope))


def sign_envelope(fields: Mapping[str, Any], private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the signed envelope: `fields` is everything but type, key_id and signature (see the module).

    Raises MalformedError when the result would not be an envelope or would be too large.
    """
    kind = FILES_TYPE if "files" in fields else ENVELOPE_TYPE
    signed = sign_document({"type": kind, **fields}, private_key)
    _read_envelope(signed)
    _within(len(envelope_bytes(signed)), MAX_ENVELOPE_BYTES, "envelope")
    return signed


def verify_envelope(
    envelope: bytes | str | Mapping[str, Any], ring: KeyRing, *, recipient: str | None = None
) -> Envelope:
    """Return the envelope once all of it holds: form, signature, receipt, act against commitment, inclusion.

    The bytes of its files are not here: `parcel.file_chunks` compares each with the digest the envelope names.

    With `recipient` given, it must be addressed to it. Keys must have been good at `sent_at` (the receipt's at its
    `recorded_at`). Without a salt in the act block, `act.committed` is False: only the sender's signature then binds
    the bytes. Raises ProofError.
    """
    value = envelope if isinstance(envelope, Mapping) else parse_json(envelope, "envelope", MAX_ENVELOPE_BYTES)
    fields = _read_envelope(value)
    sender, sent_at = fields.text("from"), fields.time("sent_at")
    key = verify_document(value, ring, purpose="envelope", owner=sender, at=sent_at)
    if recipient is not None and fields.text("to") != recipient:
        raise _misaddressed(fields.text("to"), recipient)
    receipt = verify_receipt(fields.raw("receipt"), ring)
    if (receipt.deployment, receipt.world) != (sender, fields.text("world")):
        raise MismatchError(
            "記録証明が差出人のものではないか、別の世界のものです。",
            "the receipt is not the sender's own or is of another world.",
            where="envelope.receipt",
        )
    inclusion = None
    if fields.has("inclusion"):
        inclusion = read_inclusion(
            fields.raw("inclusion"),
            "envelope.inclusion",
            receipt.leaf_hash,
            origin=receipt.origin,
            owner=sender,
            ring=ring,
        )
    return Envelope(
        id=fields.text("id"),
        sender=sender,
        recipient=fields.text("to"),
        sent_at=sent_at,
        world=fields.text("world"),
        act=read_act(fields.raw("act"), "envelope.act", receipt.commitment, salt_needed=False),
        receipt=receipt,
        inclusion=inclusion,
        files=read_files(fields) if fields.has("files") else (),
        key_id=key.id,
        digest=digest(envelope_bytes(value)),
    )


def sign_ack(fields: Mapping[str, Any], private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the signed acknowledgement: `fields` is everything but type, key_id and signature.

    Raises MalformedError when the result would not be an acknowledgement.
    """
    signed = sign_document({"type": ACK_TYPE, **fields}, private_key)
    _read_ack(signed)
    return signed


def verify_ack(
    ack: bytes | str | Mapping[str, Any], ring: KeyRing, *, envelope: Mapping[str, Any] | None = None
) -> Ack:
    """Return the acknowledgement once form and signature hold and, with `envelope` given, it answers exactly that one.

    The key must be of purpose `envelope`, owned by the acknowledging deployment, good at `received_at`.
    Raises ProofError.
    """
    value = ack if isinstance(ack, Mapping) else parse_json(ack, "ack", MAX_ACK_BYTES)
    read = _read_ack(value)
    verify_document(value, ring, purpose="envelope", owner=read.sender, at=read.received_at)
    if envelope is not None:
        sent = _read_envelope(envelope)
        wanted = (sent.text("id"), digest(envelope_bytes(envelope)), sent.text("to"), sent.text("from"))
        if (read.envelope_id, read.envelope_digest, read.sender, read.recipient) != wanted:
            raise MismatchError(
                "この受領確認は別の封筒のものです。", "this acknowledgement answers another envelope.", where="ack"
            )
    return read


def _read_envelope(value: object) -> Fields:
    fields = Fields(value, "envelope", _ENVELOPE, {"inclusion", "files"})
    fields.constant("type", FILES_TYPE if fields.has("files") else ENVELOPE_TYPE)
    if fields.has("files"):
        read_files(fields)
    for name in ("id", "from", "to", "world", "key_id", "signature"):
        fields.text(name)
    fields.time("sent_at")
    Fields(fields.raw("act"), "envelope.act", {"bytes"}, {"salt"})
    receipt = fields.raw("receipt")
    if not isinstance(receipt, Mapping) or "act" in receipt or "inclusion" in receipt:
        raise MalformedError(
            "封筒の記録証明には、行為や包含証明を入れません (封筒自身が持ちます)。",
            "the receipt in an envelope carries no act or inclusion of its own (the envelope does).",
            where="envelope.receipt",
        )
    return fields


def _read_ack(value: object) -> Ack:
    fields = Fields(value, "ack", _ACK)
    fields.constant("type", ACK_TYPE)
    outcome, reason = fields.text("outcome"), _read_reason(fields)
    effects = _read_effects(fields.items("effects", _MAX_EFFECTS))
    if outcome not in ("accepted", "refused") or (outcome == "refused") != (reason is not None):
        raise MalformedError(
            "結果は accepted (理由なし) か refused (理由あり) です。",
            "an outcome is accepted (without reason) or refused (with one).",
            where="ack.outcome",
        )
    if reason is not None and effects:
        raise MalformedError(
            "拒んだ封筒に効果はありません。", "a refused envelope has no effects.", where="ack.effects"
        )
    fields.text("signature")
    return Ack(
        envelope_id=fields.text("envelope_id"),
        envelope_digest=fields.hex("envelope_digest", _DIGEST_BYTES).hex(),
        sender=fields.text("from"),
        recipient=fields.text("to"),
        received_at=fields.time("received_at"),
        outcome=outcome,
        reason=reason,
        effects=effects,
        key_id=fields.text("key_id"),
    )


def _read_reason(ack: Fields) -> Reason | None:
    if ack.null("reason"):
        return None
    fields = Fields(ack.raw("reason"), ack.where("reason"), {"code", "ja", "en"})
    return Reason(fields.text("code"), fields.text("ja"), fields.text("en"))


def _read_effects(items: Sequence[Any]) -> tuple[str, ...]:
    named = {str(place): item for place, item in enumerate(items)}
    fields = Fields(named, "ack.effects", set(named))
    return tuple(fields.text(name) for name in named)


def _within(size: int, limit: int, where: str) -> None:
    if size > limit:
        raise MalformedError(
            f"大きすぎます ({size}バイト。上限{limit}バイト)。",
            f"this is too large ({size} bytes; the limit is {limit}).",
            where=where,
        )


def _misaddressed(to: str, recipient: str) -> MismatchError:
    return MismatchError(
        f"この封筒の宛先は{to}であり、{recipient}ではありません。",
        f"this envelope is addressed to {to}, not to {recipient}.",
        where="envelope.to",
    )
