"""Receiving a webhook: is it from whom it says, is it fresh, and is it the first of its kind?

Standard Webhooks specification: the headers `webhook-id`, `webhook-timestamp` (seconds since 1970) and
`webhook-signature` (`v1a,<base64 Ed25519>`, several parted by blanks) over `id.timestamp.body`. A sender that changes
its key is verified with whichever of its keys was good at that time, so old and new may stand in the ring together.
"""

import base64
import binascii
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from sakimori.proofs.encoding import parse_json
from sakimori.proofs.errors import KeyRingError, MalformedError, ProofError, SignatureError
from sakimori.proofs.keyring import KeyRing, PublicKey

TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours, and how old a message may be (house rule)."""
MAX_BODY_BYTES = 64 << 10
"""A larger body is refused unread (house rule): a webhook only says that something waits."""
MAX_SIGNATURES = 8
_MAX_ID = 200


class ReplayError(ProofError):
    """The message is good, but has been received before or is too old: answer it, and do nothing again."""

    code = "replay"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A verified message: its id (stable over retries), when it was signed, by which key, and what it says."""

    id: str
    signed_at: datetime
    key: str
    body: Any


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    keys: KeyRing,
    now: datetime,
    seen: Container[str],
    *,
    sender: str | None = None,
) -> Webhook:
    """Return a webhook once its signature, its time and its newness hold.

    `headers` in any case; `now` is aware; `seen` holds the ids taken in before (keep them for twice `TOLERANCE`, add
    the id after the work is done); `sender` names the deployment it must come from.

    Raises:
        MalformedError: headers or body are not of the form.
        SignatureError, KeyRingError: no good signature by a key that was good at that time.
        ReplayError: signed too long ago (or ahead), or received before.
    """
    given = {name.lower(): value for name, value in headers.items()}
    identity, stamp = _header(given, "webhook-id", _MAX_ID), _header(given, "webhook-timestamp", 20)
    if len(body) > MAX_BODY_BYTES:
        raise MalformedError("本文が大きすぎます。", "the body is too large.", where="body")
    signed_at = _moment(stamp)
    key = _signer(given, f"{identity}.{stamp}.".encode() + body, keys, signed_at, sender)
    if abs(now - signed_at) > TOLERANCE:
        raise ReplayError(
            "署名の時刻が現在と離れすぎています。", "it was signed too long ago or ahead.", where="webhook-timestamp"
        )
    if identity in seen:
        raise ReplayError("この通知は既に受け取りました。", "this message has been received.", where="webhook-id")
    return Webhook(identity, signed_at, key.id, parse_json(body, "body", MAX_BODY_BYTES))


def _header(given: Mapping[str, str], name: str, longest: int) -> str:
    value = given.get(name, "")
    if not value or len(value) > longest or not value.isascii() or not value.isprintable() or "." in value:
        raise MalformedError(
            f"ヘッダー {name} がないか、形が違います。", f"header {name} is missing or wrong.", where=name
        )
    return value


def _moment(stamp: str) -> datetime:
    seconds = int(stamp) if stamp.isdecimal() else -1
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds >= 0 else _unreadable()
    except (ValueError, OverflowError, OSError):
        return _unreadable()


def _unreadable() -> NoReturn:
    raise MalformedError("署名の時刻が読めません。", "the time of signing cannot be read.", where="webhook-timestamp")


def _signer(given: Mapping[str, str], signed: bytes, keys: KeyRing, at: datetime, sender: str | None) -> PublicKey:
    """Return the key that made one of the signatures and was good at that time."""
    found = list(_signatures(given))
    good = [key for key in keys if key.purpose == "envelope" and sender in (None, key.owner) and _good_at(key, at)]
    if not good:
        raise KeyRingError(
            "この時刻に有効な送り手の鍵がありません。", "no key of the sender was good then.", where="keys"
        )
    for key in good:
        for signature in found:
            try:
                key.verify(signature, signed)
            except SignatureError:
                continue
            return key
    raise SignatureError("署名が正しくありません。", "no signature is good.", where="webhook-signature")


def _good_at(key: PublicKey, at: datetime) -> bool:
    try:
        key.check_time(at)
    except KeyRingError:
        return False
    return True


def _signatures(given: Mapping[str, str]) -> Iterator[bytes]:
    parts = given.get("webhook-signature", "").split(" ")
    if len(parts) > MAX_SIGNATURES:
        raise MalformedError("署名が多すぎます。", "there are too many signatures.", where="webhook-signature")
    for part in parts:
        version, _, encoded = part.partition(",")
        if version != "v1a":
            continue  # other schemes of the specification, for other receivers
        try:
            yield base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise MalformedError(
                "署名が読めません。", "a signature cannot be read.", where="webhook-signature"
            ) from None
