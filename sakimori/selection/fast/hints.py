"""May a DNS message or a TLS hello hold a name the order lists? Read here only to say no; a maybe is the reference's.

The rules are those of `app_dns`, `app_tls` and `names`, for whole messages in one piece and plain ASCII names; anything
else is a maybe. Listed names stand in a hash set, each under the hash of its bytes from the last to the first, so that
a name and all names above it are looked up while it is read once. Two names with one hash make a maybe, never a no.
"""

from collections.abc import Iterable

import numpy as np

from sakimori.selection.app_dns import MOST_POINTERS, MOST_QUESTIONS
from sakimori.selection.fast.kernel import be16, get, kernel, put, u8, words
from sakimori.selection.fast.store import Table

_SEED, _PRIME = 0x1B873593, 0x100000001B3
_DOT = 46
LABELS = 160  # places of the labels of one name: 255 bytes hold 127 at most


def listed(names: Iterable[str]) -> Table:
    """Return the set of names."""
    text = np.frombuffer("\n".join(names).encode("ascii"), dtype=np.uint8)
    count = int((text == ord("\n")).sum()) + 1
    table = Table(1 << max((4 * count).bit_length(), 4))
    _fill(text.ctypes.data, len(text), table.address)
    return table


@kernel
def _add(value, byte):
    return (value ^ byte) * _PRIME


@kernel
def _slot(table, value):
    return (value ^ (value >> 29)) & (words(table) - 1)


@kernel
def _fill(base, size, table):
    """Enter names divided by line feeds."""
    value = _SEED
    for back in range(size, -1, -1):
        byte = u8(base, size, back - 1) if back > 0 else 10
        if byte != 10:
            value = _add(value, byte)
            continue
        if value != _SEED:
            slot = _slot(table, value)
            while get(table, slot) not in (0, value):
                slot = (slot + 1) & (words(table) - 1)
            put(table, slot, value)
        value = _SEED


@kernel
def _known(table, value):
    slot = _slot(table, value)
    while True:
        found = get(table, slot)
        if found == value:
            return True
        if found == 0:
            return False
        slot = (slot + 1) & (words(table) - 1)


@kernel
def _lower(byte):
    return byte + 32 if 65 <= byte <= 90 else byte


@kernel
def _label_hit(base, limit, labels, count, table):
    """Say whether the name of these labels, or one above it, is listed."""
    value = _SEED
    for number in range(count - 1, -1, -1):
        if number < count - 1:
            value = _add(value, _DOT)
        place = get(labels, number)
        for back in range(u8(base, limit, place), 0, -1):
            value = _add(value, _lower(u8(base, limit, place + back)))
        if _known(table, value):
            return True
    return False


@kernel
def _labels(base, limit, begin, end, place, labels):
    """Collect where the labels of a name lie; returns (how many, place after the name), or (-1, 0) if it is none."""
    count = size = pointers = 0
    after = -1
    lowest = place
    while True:
        if place >= end:
            return -1, 0
        length = u8(base, limit, place)
        if length == 0:
            return count, place + 1 if after < 0 else after
        if length >= 0xC0:
            if place + 2 > end:
                return -1, 0
            if after < 0:
                after = place + 2
            target = begin + (be16(base, limit, place) & 0x3FFF)
            pointers += 1
            if target >= lowest or pointers > MOST_POINTERS:
                return -1, 0
            place = lowest = target
            continue
        size += length + 1
        if length >= 0x40 or place + 1 + length > end or size > 255:
            return -1, 0
        put(labels, count, place)
        count += 1
        place += 1 + length


@kernel
def dns(base, limit, begin, size, table, labels):
    """Say whether a DNS message may hold a listed name."""
    end = begin + size
    if size < 12:
        return False
    questions, answers = be16(base, limit, begin + 4), be16(base, limit, begin + 6)
    if questions > MOST_QUESTIONS:
        return False
    place = begin + 12
    hit = False
    for _ in range(questions):
        count, place = _labels(base, limit, begin, end, place, labels)
        if count < 0 or place + 4 > end:
            return False
        hit = hit or _label_hit(base, limit, labels, count, table)
        place += 4
    if hit:
        return True
    for _ in range(answers):
        count, place = _labels(base, limit, begin, end, place, labels)
        if count < 0 or place + 10 > end:
            return False
        kind, length = be16(base, limit, place), be16(base, limit, place + 8)
        data = place + 10
        place = data + length
        if place > end:
            return False
        if _label_hit(base, limit, labels, count, table):
            return True
        if kind in (2, 5, 12, 15, 33):
            skip = 2 if kind == 15 else 6 if kind == 33 else 0
            count, _after = _labels(base, limit, begin, end, data + skip, labels)
            if count < 0:
                return False
            if _label_hit(base, limit, labels, count, table):
                return True
    return False


@kernel
def tls(base, limit, place, size, table):
    """Say whether a stream that begins like TLS may hold a listed name in its first hello."""
    if size < 11:
        return True
    length = be16(base, limit, place + 3)
    kind = u8(base, limit, place + 5)
    if u8(base, limit, place + 1) != 3 or u8(base, limit, place + 2) > 4 or length < 1 or length > 18_432:
        return False
    if kind != 1:
        return False
    if length < 4 or size < 5 + length:
        return True
    hello = u8(base, limit, place + 6) << 16 | be16(base, limit, place + 7)
    if 4 + hello > length:
        return True
    end = place + 9 + hello
    at = place + 9 + 34
    for width in (1, 2, 1):
        if at + width > end:
            return False
        at += width + (be16(base, limit, at) if width == 2 else u8(base, limit, at))
    if at + 2 > end:
        return False
    end = min(end, at + 2 + be16(base, limit, at))
    at += 2
    while at + 4 <= end:
        number, inside = be16(base, limit, at), be16(base, limit, at + 2)
        if number == 0:
            return at + 4 + inside > end or _server(base, limit, at + 4, at + 4 + inside, table)
        at += 4 + inside
    return False


@kernel
def _server(base, limit, at, end, table):
    """Say whether the host name in a server name extension may be listed."""
    at += 2
    while at + 3 <= end:
        kind, length = u8(base, limit, at), be16(base, limit, at + 1)
        at += 3
        if at + length > end:
            return True
        if kind == 0:
            return _host(base, limit, at, length, table)
        at += length
    return False


@kernel
def _host(base, limit, at, length, table):
    value = _SEED
    begun = False
    for back in range(length - 1, -1, -1):
        byte = _lower(u8(base, limit, at + back))
        if byte == _DOT:
            if not begun:
                continue
            if _known(table, value):
                return True
        elif not (97 <= byte <= 122 or 48 <= byte <= 57 or byte in (42, 45, 95)):
            return True
        begun = True
        value = _add(value, byte)
    return begun and _known(table, value)


@kernel
def quic(base, limit, place, size):
    """Say whether a datagram is QUIC, as `apps` does: a long header of version 1, 2 or an IETF draft."""
    if size < 7 or u8(base, limit, place) & 0xC0 != 0xC0 or u8(base, limit, place + 5) > 20:
        return False
    version = 0
    for step in range(1, 5):
        version = version << 8 | u8(base, limit, place + step)
    return version in (1, 0x6B3343CF) or version >> 8 == 0xFF0000
