"""The hash of flows, and of datagrams that wait for fragments, under a secret of the run.

Who sends packets chooses addresses and ports. With a hash known beforehand he could choose thousands that fall upon the
same slots and have to be looked for one after another. So every run draws a secret, which all its processes share: on
one host by being begun after it was drawn, in a cluster with their task. It is written nowhere; no answer tells of it.

`value = K0 + (K1 + x1)(K2 + x2) + (K3 + x3)(K4 + x4) + ... mod 2**64` over 32-bit words is multilinear hashing by pairs
(D. Lemire, O. Kaser, "Strongly universal string hashing is fast", 2014): its upper half is strongly universal, so
whichever two keys a sender chooses, they meet with a probability of 2**-32 at most. What follows loses nothing
(both steps can be undone) and carries the upper half into the bits the tables use. A cryptographic function (SipHash)
would hold against somebody who sees hashes, or learns from answers which keys met; a tap answers nobody. Cost: three
multiplications of 64 bits for IPv4, six for IPv6, as many as without a secret or two more (docs/selection.md).
"""

import os

import numpy as np

from sakimori.selection.fast.kernel import get, kernel
from sakimori.selection.fast.rows import LOW
from sakimori.selection.fast.store import Table

_WORDS = 12
SIZE = 8 * _WORDS
_FIRST, _SECOND = -49064778989728563, -4265267296055464877  # of MurmurHash3 (A. Appleby, in the public domain)


class Secret:
    """The secret words of a run: drawn, or those `raw` (SIZE bytes) holds. It has no `repr`."""

    def __init__(self, raw: bytes | None = None) -> None:
        words = np.frombuffer(raw or os.urandom(SIZE), dtype=np.int64)
        self._table = Table(_WORDS)
        self._table.lines[:] = words
        self._table.lines[-1] |= 1  # the last one multiplies: odd, so that nothing is lost
        self.address = self._table.address

    @property
    def raw(self) -> bytes:
        """Return the words, for another process of the same run."""
        found: bytes = self._table.lines.tobytes()
        return found


@kernel
def spread(value, odd):
    """Mix a number so that its upper half reaches all bits; an odd `odd` loses nothing."""
    value = (value ^ ((value >> 32) & LOW)) * odd
    return value ^ ((value >> 32) & LOW)


@kernel
def scatter(value):
    """Mix a number so that numbers which follow one another are in no order (the last steps of MurmurHash3)."""
    value = (value ^ ((value >> 33) & 0x7FFF_FFFF)) * _FIRST
    value = (value ^ ((value >> 33) & 0x7FFF_FFFF)) * _SECOND
    return value ^ ((value >> 33) & 0x7FFF_FFFF)


@kernel
def of_words4(s0, d0, key, k0, k1, k2, k3, k4, odd):
    """Hash IPv4 addresses and the rest of a key, with words of the secret already loaded."""
    return spread(k0 + (k1 + s0) * (k2 + d0) + (k3 + ((key >> 32) & LOW)) * (k4 + (key & LOW)), odd)


@kernel
def hash_key(secret, s0, s1, d0, d1, key):
    """Hash a key: source and destination (IPv4: in the first word of each), and a word whose lowest half names IPv4."""
    if key & 0xFFFF == 4:
        return of_words4(
            s0, d0, key, get(secret, 0), get(secret, 1), get(secret, 2), get(secret, 3), get(secret, 4), get(secret, 11)
        )
    return spread(
        get(secret, 0)
        + (get(secret, 1) + (s0 & LOW)) * (get(secret, 2) + (d0 & LOW))
        + (get(secret, 3) + ((key >> 32) & LOW)) * (get(secret, 4) + (key & LOW))
        + (get(secret, 5) + ((s0 >> 32) & LOW)) * (get(secret, 6) + ((d0 >> 32) & LOW))
        + (get(secret, 7) + (s1 & LOW)) * (get(secret, 8) + (d1 & LOW))
        + (get(secret, 9) + ((s1 >> 32) & LOW)) * (get(secret, 10) + ((d1 >> 32) & LOW)),
        get(secret, 11),
    )
