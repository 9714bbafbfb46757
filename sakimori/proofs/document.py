"""Signed JSON documents: the common form of receipts, envelopes, acknowledgements and selection authorities.

A document is a JSON object with `type` (which sets one kind of document apart from every other), `key_id` and
`signature`: base64 of the Ed25519 signature (RFC 8032) on the RFC 8785 bytes of the document without `signature`
and without those fields its format adds later (they prove themselves).
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.proofs.canonical import canonical
from sakimori.proofs.encoding import b64decode, b64encode
from sakimori.proofs.errors import MalformedError
from sakimori.proofs.keyring import KeyRing, PublicKey, key_id

_NOTHING: frozenset[str] = frozenset()


def sign_document(
    fields: Mapping[str, Any], private_key: Ed25519PrivateKey, unsigned: AbstractSet[str] = _NOTHING
) -> dict[str, Any]:
    """Return `fields` with `key_id` and `signature` added; the fields named in `unsigned` stay outside the signature.

    Raises MalformedError when there is no `type`, when `key_id` is already there and another key's, or when a value
    is not JSON.
    """
    document = dict(fields)
    own_id = key_id(private_key.public_key().public_bytes_raw())
    if document.setdefault("key_id", own_id) != own_id or not isinstance(document.get("type"), str):
        raise MalformedError(
            "文書の種類 (type) がないか、鍵IDが署名する鍵のものではありません。",
            "the document has no type, or its key id is not that of the signing key.",
            where="key_id",
        )
    document["signature"] = b64encode(private_key.sign(signed_bytes(document, unsigned)))
    return document


def verify_document(
    document: Mapping[str, Any],
    ring: KeyRing,
    *,
    purpose: str,
    owner: str,
    at: datetime,
    unsigned: AbstractSet[str] = _NOTHING,
) -> PublicKey:
    """Return the key that signed `document`, once it is `owner`'s for `purpose`, good at `at`, and the signature holds.

    Raises MalformedError, KeyRingError or SignatureError. The caller checks the fields themselves.
    """
    named = document.get("key_id")
    if not isinstance(named, str):
        raise MalformedError("鍵IDがありません。", "there is no key id.", where="key_id")
    key = ring.find(named, purpose=purpose, owner=owner, at=at)
    key.verify(b64decode(document.get("signature"), "signature"), signed_bytes(document, unsigned))
    return key


def signed_bytes(document: Mapping[str, Any], unsigned: AbstractSet[str] = _NOTHING) -> bytes:
    """Return the bytes a document's signature is over; MalformedError when it is not JSON."""
    return canonical({name: value for name, value in document.items() if name != "signature" and name not in unsigned})
