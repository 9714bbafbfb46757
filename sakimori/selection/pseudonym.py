"""Replace mailbox local parts by keyed pseudonyms (強化法24(1) 非識別化措置).

pseudonym = "p-" + first 32 hex digits of HMAC-SHA-256(key of the authority, local part || 0x00 || domain).
The key of an authority = HKDF-SHA-256(master key, info = "sakimori selection pseudonym" || authority id): one
authority's pseudonyms
tell nothing about another's. The domain is part of the input so that the same local part elsewhere is another
pseudonym.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sakimori.selection.facts import Mailbox

_INFO = b"sakimori selection pseudonym\x00"
_REHEARSAL_MASTER = b"rehearsal: not secret, same on every machine"
_SHOWN = 32


def authority_key(master: bytes, authority: str) -> bytes:
    """Return the pseudonym key of an authority (32 bytes) from the deployment's master key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO + authority.encode()).derive(master)


def rehearsal_key(authority: str) -> bytes:
    """Return the key used in rehearsals without a master key; it hides nothing and is the same everywhere."""
    return authority_key(_REHEARSAL_MASTER, authority)


class Pseudonyms:
    """Gives pseudonyms under one key and remembers whom they stand for, until they are sealed."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.identities: dict[str, Mailbox] = {}

    def of(self, mailbox: Mailbox) -> str:
        """Return the pseudonym of a mailbox's local part."""
        message = mailbox.local + b"\x00" + mailbox.domain.encode()
        pseudonym = "p-" + hmac.new(self._key, message, hashlib.sha256).hexdigest()[:_SHOWN]
        self.identities[pseudonym] = mailbox
        return pseudonym
