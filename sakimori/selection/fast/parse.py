"""Make a row of each frame of a block. What a line is full of is decoded here, all else by `layers`.

Most frames are Ethernet, IPv4 without options, TCP or UDP, whole: for those every check of `layers` is made at once.
"""

from sakimori.selection.fast.kernel import be16, be32, be64, kernel, prefetch, put, u8
from sakimori.selection.fast.layers import frame
from sakimori.selection.fast.rows import (
    DATA,
    ENDS,
    FRAGMENT,
    FRAME,
    GOOD,
    LOST,
    META,
    NO_TIMESTAMP,
    NOTHING,
    SIZES,
    STATE,
    TCP,
    TIME,
)
from sakimori.selection.fast.tunnels import by_port

_ETHERNET = 1
_AHEAD = 12


@kernel
def parse(base, limit, count, offsets, lengths, times, links, rows, totals, losses):
    """Fill a row for each of `count` frames; returns how many are a FRAGMENT.

    Packets and bytes decoded are added to `totals`, those lost to `losses`, two places for each reason.
    """
    fragments = good = good_bytes = 0
    for number in range(count):
        offset = offsets[number]
        length = lengths[number]
        time = times[number]
        if number + _AHEAD < count:
            prefetch(base + offsets[number + _AHEAD] + 12)
        put(rows, number * 8 + TIME, time)
        put(rows, number * 8 + FRAME, offset)
        if time >= 0 and links[number] == _ETHERNET and _plain(base, limit, offset, length, rows, number):
            good += 1
            good_bytes += length
            continue
        state = NO_TIMESTAMP
        if time >= 0:
            state = frame(base, limit, offset, offset + length, links[number], rows, number)
        if state == GOOD:
            good += 1
            good_bytes += length
        elif state == FRAGMENT:
            fragments += 1
        else:
            losses[2 * (state - LOST)] += 1
            losses[2 * (state - LOST) + 1] += length
            put(rows, number * 8 + STATE, NOTHING)
    totals[0] += good
    totals[1] += good_bytes
    return fragments


@kernel
def _plain(base, limit, offset, length, rows, number):
    """Fill the row of a whole Ethernet, IPv4, TCP or UDP frame that is neither fragment nor tunnel; else say False."""
    if length < 42 or be32(base, limit, offset + 12) >> 8 != 0x080045:
        return False
    total = be16(base, limit, offset + 16)
    if total + 14 > length or be16(base, limit, offset + 20) & 0x3FFF:
        return False
    ports = be32(base, limit, offset + 34)
    protocol = u8(base, limit, offset + 23)
    sequence = flags = 0
    header = 8
    if protocol == 6:
        if total < 40:
            return False
        sequence = be32(base, limit, offset + 38)
        header = (u8(base, limit, offset + 46) >> 4) * 4
        flags = u8(base, limit, offset + 47)
        if header < 20 or header + 20 > total:
            return False
    elif protocol == 17:
        if total < 28 or be16(base, limit, offset + 38) != total - 20 or by_port(ports >> 16, ports & 0xFFFF):
            return False
    else:
        return False
    put(rows, number * 8 + SIZES, total - 20 - header)
    put(rows, number * 8 + ENDS, be64(base, limit, offset + 26))
    put(rows, number * 8 + META, (ports << 32) | (protocol << 16) | 4)
    put(rows, number * 8 + TCP, (sequence << 32) | total)
    put(rows, number * 8 + DATA, (offset + 34 + header) << 32)
    put(rows, number * 8 + STATE, (flags << 8) | GOOD)
    return True
