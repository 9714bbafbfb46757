"""Seal identities to custody's public key, so that only custody can undo the pseudonyms (強化法24(2) 再識別化).

Construction (ECIES): ephemeral X25519, HKDF-SHA-256 over the shared secret with both public keys as salt, AES-256-GCM.
    file = "SKMSEAL1" || ephemeral public key (32) || nonce (12) || AES-256-GCM(RFC 8785 JSON)
    key  = HKDF-SHA-256(secret, salt = ephemeral public key || custody public key, info = "sakimori identities" ||
    context)
    additional data = "SKMSEAL1" || context, where context is the authority's id.
The JSON is a list, sorted by pseudonym, of {"pseudonym", "local" (hex), "domain"}.
"""

import json
import os
from collections.abc import Mapping

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sakimori.selection.errors import SealError
from sakimori.selection.facts import Mailbox
from sakimori.text import Text

_MAGIC = b"SKMSEAL1"
_KEY, _NONCE = 32, 12


def seal(identities: Mapping[str, Mailbox], public: bytes, context: str) -> bytes:
    """Return the sealed list; `public` is custody's raw X25519 public key, `context` the authority's id."""
    listed = [
        {"pseudonym": pseudonym, "local": mailbox.local.hex(), "domain": mailbox.domain}
        for pseudonym, mailbox in sorted(identities.items())
    ]
    ephemeral = X25519PrivateKey.generate()
    own = ephemeral.public_key().public_bytes_raw()
    key = _derive(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), own + public, context)
    nonce = os.urandom(_NONCE)
    return _MAGIC + own + nonce + AESGCM(key).encrypt(nonce, rfc8785.dumps(listed), _MAGIC + context.encode())


def unseal(sealed: bytes, private: X25519PrivateKey, context: str) -> dict[str, Mailbox]:
    """Open a sealed list: pseudonym to mailbox.

    Raises:
        SealError: another key or authority, or the file was altered.
    """
    head = len(_MAGIC)
    own, nonce = sealed[head : head + _KEY], sealed[head + _KEY : head + _KEY + _NONCE]
    public = private.public_key().public_bytes_raw()
    try:
        key = _derive(private.exchange(X25519PublicKey.from_public_bytes(own)), own + public, context)
        plain = AESGCM(key).decrypt(nonce, sealed[head + _KEY + _NONCE :], sealed[:head] + context.encode())
    except (InvalidTag, ValueError):
        raise SealError(
            Text("封をした識別情報を開けません。", "the sealed identities cannot be opened."),
            mend=Text("鍵と承認の番号を確かめてください。", "Check the key and the authority's id."),
            article="強化法24",
        ) from None
    return {entry["pseudonym"]: Mailbox(bytes.fromhex(entry["local"]), entry["domain"]) for entry in json.loads(plain)}


def _derive(secret: bytes, salt: bytes, context: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=b"sakimori identities\x00" + context.encode()).derive(
        secret
    )
