"""Make a row of each frame of a block. What a line is full of is decoded here, all else by `layers`.

Most frames are Ethernet, IPv4 without options, TCP or UDP, whole: for those every check of `layers` is made at once.
"""

from sakimori.selection.fast.kernel import be16, be32, be64, inlined, kernel, prefetch, put, u8
from sakimori.selection.fast.layers import frame
from sakimori.selection.fast.rows import (
    DATA,
    ENDS,
    FRAGMENT,
    FRAME,
    GOOD,
    LOST,
    LOW,
    META,
    NO_TIMESTAMP,
    NOTHING,
    SIZES,
    STATE,
    TCP,
    TIME,
)
from sakimori.selection.fast.tunnels import by_port

ETHERNET = 1
_AHEAD = 12
_OUTCOME = 24  # more than the numbers of a block's frames need


@kernel
def parse(base, limit, count, offsets, lengths, times, links, rows, totals, losses):
    """Fill a row for each of `count` frames; returns how many are a FRAGMENT.

    Packets and bytes decoded are added to `totals`, those lost to `losses`, two places for each reason.
    """
    fragments = 0
    for number in range(count):
        length = lengths[number]
        if number + _AHEAD < count:
            prefetch(base + offsets[number + _AHEAD] + 12)
        outcome = row(base, limit, offsets[number], length, times[number], links[number], rows, number)
        if outcome == GOOD:
            totals[0] += 1
            totals[1] += length
        elif outcome == FRAGMENT:
            fragments += 1
        else:
            losses[2 * (outcome - LOST)] += 1
            losses[2 * (outcome - LOST) + 1] += length
    return fragments


@kernel
def entry(number, length, outcome):
    """Return one word that tells of a frame that is not decoded, or not yet: length, what became of it, number."""
    return (length << 32) | (outcome << _OUTCOME) | number


@kernel
def account_for(odd, odds, count, size, lengths, totals, losses):
    """Account for `count` frames of `size` bytes of which `walk_many` made rows, as `parse` does.

    Puts the `lengths` of fragments, which are needed later.
    """
    fragments = 0
    totals[0] += count - odds
    totals[1] += size
    for step in range(odds):
        number = odd[step] & ((1 << _OUTCOME) - 1)
        outcome = (odd[step] >> _OUTCOME) & 0xFF
        length = odd[step] >> 32
        totals[1] -= length
        if outcome == FRAGMENT:
            lengths[number] = length
            fragments += 1
        else:
            losses[2 * (outcome - LOST)] += 1
            losses[2 * (outcome - LOST) + 1] += length
    return fragments


@kernel
def row(base, limit, offset, length, time, link, rows, number):
    """Fill the row of a frame; returns GOOD, FRAGMENT, or LOST and a reason."""
    put(rows, number * 8 + TIME, time)
    put(rows, number * 8 + FRAME, offset)
    if time < 0:
        put(rows, number * 8 + STATE, NOTHING)
        return NO_TIMESTAMP
    if link == ETHERNET and plain(base, limit, offset, length, rows, number):
        return GOOD
    return other(base, limit, offset, length, link, rows, number)


@kernel
def other(base, limit, offset, length, link, rows, number):
    """As `row`, of a frame that is not `plain`; TIME and FRAME are put already."""
    if link == ETHERNET and _plain6(base, limit, offset, length, rows, number):
        return GOOD
    outcome = frame(base, limit, offset, offset + length, link, rows, number)
    if outcome >= LOST:
        put(rows, number * 8 + STATE, NOTHING)
    return outcome


@inlined
def plain(base, limit, offset, length, rows, number):
    """Fill the row of an Ethernet, IPv4, TCP or UDP frame that is neither fragment nor tunnel; else say False.

    It may be captured short, but not its headers.
    """
    if length < 54:
        return False
    middle = be64(base, limit, offset + 16)
    if be32(base, limit, offset + 12) >> 8 != 0x080045 or middle & 0x3FFF0000:
        return False
    total = (middle >> 48) & 0xFFFF
    captured = min(length - 14, total) - 20
    ends = be64(base, limit, offset + 26)
    return _ports(base, limit, offset + 34, middle & 0xFF, total - 20, captured, total, ends, 4, rows, number)


@kernel
def _plain6(base, limit, offset, length, rows, number):
    """As `plain`, of IPv6 without tag or extension."""
    if length < 74 or be32(base, limit, offset + 12) >> 4 != 0x86DD6:
        return False
    stated = be16(base, limit, offset + 18)
    captured = min(length - 54, stated)
    protocol = u8(base, limit, offset + 20)
    return _ports(base, limit, offset + 54, protocol, stated, captured, stated + 40, offset + 22, 6, rows, number)


@inlined
def _ports(base, limit, place, protocol, stated, captured, total, ends, version, rows, number):
    """Fill the row of TCP or UDP; 20 bytes from `place` on may be read, whatever they are."""
    begin = be64(base, limit, place)  # ports; sequence number, or size and checksum
    ports = (begin >> 32) & LOW
    sequence = begin & LOW
    flags = be16(base, limit, place + 12)
    header = (flags >> 12) * 4
    if protocol != 6:
        if protocol != 17 or sequence >> 16 != stated or by_port(ports >> 16, ports & 0xFFFF):
            return False
        header = 8
        sequence = flags = 0
    elif header < 20:
        return False
    if header > captured:
        return False
    put(rows, number * 8 + SIZES, captured - header)
    put(rows, number * 8 + ENDS, ends)
    put(rows, number * 8 + META, (ports << 32) | (protocol << 16) | version)
    put(rows, number * 8 + TCP, (sequence << 32) | total)
    put(rows, number * 8 + DATA, ((place + header) << 32) | (stated - captured))
    put(rows, number * 8 + STATE, ((flags & 0xFF) << 8) | GOOD)
    return True
