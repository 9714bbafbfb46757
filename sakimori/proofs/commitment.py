"""What the log holds of an act: a salted commitment, so that content and salt can be erased and the log stays whole."""

import hashlib
import hmac

from sakimori.proofs.encoding import HASH_BYTES
from sakimori.proofs.errors import MalformedError, MismatchError
from sakimori.proofs.merkle import leaf_hash

SALT_BYTES = 32
"""Length of a salt in bytes."""

_DOMAIN = b"sakimori.act-commitment/1\n"


def commit(act_bytes: bytes, salt: bytes) -> bytes:
    """Return the 32-byte commitment SHA-256(domain || salt || act_bytes); this is the whole log entry of an act.

    `salt` is 32 random bytes (fixed length, so no other split of the same bytes is possible). Without the salt the
    commitment tells nothing about the act, not even to who can guess it. Raises MalformedError for another length.
    """
    if len(salt) != SALT_BYTES:
        raise MalformedError(
            f"ソルトは{SALT_BYTES}バイトであるべきところ{len(salt)}バイトです。",
            f"a salt must be {SALT_BYTES} bytes; this is {len(salt)}.",
            where="salt",
        )
    return hashlib.sha256(_DOMAIN + salt + act_bytes).digest()


def commitment_leaf(commitment: bytes) -> bytes:
    """Return the 32-byte RFC 9162 leaf hash of a commitment (the log entry); MalformedError unless 32 bytes."""
    if len(commitment) != HASH_BYTES:
        raise MalformedError(
            f"コミットメントは{HASH_BYTES}バイトであるべきです。",
            f"a commitment must be {HASH_BYTES} bytes.",
            where="commitment",
        )
    return leaf_hash(commitment)


def verify_commitment(commitment: bytes, act_bytes: bytes, salt: bytes) -> None:
    """Return None when `commitment` is that of `act_bytes` under `salt`; MismatchError otherwise."""
    if not hmac.compare_digest(commit(act_bytes, salt), commitment):
        raise MismatchError(
            "行為の内容が、記録された約束 (コミットメント) と一致しません。",
            "the act's content does not match the recorded commitment.",
            where="act",
        )
