"""Decode one frame, or one datagram put together from fragments, to its innermost packet: a row, or why there is none.

The rules are those of `decode`, `ip` and `link`, every shape they know; nothing is left to another decoder. Every load
stands behind a check against the packet's own end, never only the buffer's.
"""

from sakimori.selection.fast import links, tunnels
from sakimori.selection.fast.kernel import be16, be32, kernel, put, u8
from sakimori.selection.fast.rows import (
    DATA,
    ENDS,
    FRAGMENT,
    FRAGMENT_NESTED,
    GOOD,
    IP6_EXTENSION,
    IP_HEADER,
    IP_TRUNCATED,
    IP_VERSION,
    LOST,
    LOW,
    META,
    SIZES,
    STATE,
    TCP,
    TOO_DEEP,
    TRANSPORT_HEADER,
    TRANSPORT_TRUNCATED,
)

_DEEPEST = 8
_IP, _IP6, _UDP, _TCP, _GRE, _ICMP, _ICMPV6, _SCTP = 4, 41, 17, 6, 47, 1, 58, 132


@kernel
def frame(base, limit, begin, end, link, rows, number):
    """Decode a captured frame; returns GOOD or FRAGMENT (the row is filled), or LOST and a reason."""
    at, kind, place = links.first(base, limit, link, begin, end)
    if at >= LOST:
        return at
    return _layers(base, limit, at, kind, place, end, 0, rows, number)


@kernel
def whole(base, limit, address, version, protocol, total, place, end, levels, rows, number):
    """Decode a datagram put together from fragments that lies from `place` to `end`; returns as `frame`.

    `address` is where the addresses lie, `total` the sum of the fragments' IP lengths.
    """
    stated = end - place
    if version == 6:
        protocol, place, stated, offset, _more, _identification = _extensions(base, limit, protocol, place, end, stated)
        if protocol < 0:
            return IP6_EXTENSION
        if offset >= 0:
            return FRAGMENT_NESTED
    outcome, at, kind, place, end = _transport(
        base, limit, address, version, protocol, total, place, end, stated, rows, number
    )
    if outcome:
        return outcome
    return _layers(base, limit, at, kind, place, end, levels + 1, rows, number)


@kernel
def _layers(base, limit, at, kind, place, end, levels, rows, number):
    while True:
        at, version, place, used = links.to_ip(base, limit, at, kind, place, end)
        if at >= LOST:
            return at
        levels += used
        if levels > _DEEPEST:
            return TOO_DEEP
        if place >= end:
            return IP_TRUNCATED
        found = u8(base, limit, place) >> 4
        if found not in (4, 6) or version not in (0, found):
            return IP_VERSION
        offset = -1
        more = identification = 0
        if found == 4:
            if place + 20 > end:
                return IP_TRUNCATED
            header = (u8(base, limit, place) & 15) * 4
            total = be16(base, limit, place + 2)
            if total == 0:
                total = end - place
            if header < 20 or total < header:
                return IP_HEADER
            if place + header > end:
                return IP_TRUNCATED
            word = be16(base, limit, place + 6)
            if word & 0x3FFF:
                offset, more = (word & 0x1FFF) * 8, (word >> 13) & 1
                identification = be16(base, limit, place + 4)
            protocol = u8(base, limit, place + 9)
            address = place + 12
            end = min(end, place + total)
            place += header
            stated = total - header
        else:
            if place + 40 > end:
                return IP_TRUNCATED
            stated = be16(base, limit, place + 4)
            protocol = u8(base, limit, place + 6)
            if stated == 0 and protocol != 59:
                stated = end - place - 40
            total = stated + 40
            address = place + 8
            place += 40
            end = min(end, place + stated)
            protocol, place, stated, offset, more, identification = _extensions(
                base, limit, protocol, place, end, stated
            )
            if protocol < 0:
                return IP6_EXTENSION
        if offset >= 0:
            put(rows, number * 8 + SIZES, end - place)
            put(rows, number * 8 + ENDS, address)
            put(
                rows,
                number * 8 + META,
                (offset << 48) | (levels << 40) | (more << 32) | (protocol << 16) | found,
            )
            put(rows, number * 8 + TCP, (identification << 32) | total)
            put(rows, number * 8 + DATA, (place << 32) | stated)
            put(rows, number * 8 + STATE, FRAGMENT)
            return FRAGMENT
        outcome, at, kind, place, end = _transport(
            base, limit, address, found, protocol, total, place, end, stated, rows, number
        )
        if outcome:
            return outcome
        levels += 1


@kernel
def _extensions(base, limit, protocol, place, end, stated):
    """Step over IPv6 extension headers; a fragment header that tells of a fragment ends the walk.

    Returns protocol (-1: cut off), place, stated size; of a fragment its offset (else -1), whether more follow, its
    identification.
    """
    while protocol in (0, 43, 44, 51, 60):
        if place + 8 > end:
            return -1, place, stated, -1, 0, 0
        following = u8(base, limit, place)
        size = u8(base, limit, place + 1)
        size = (size + 2) * 4 if protocol == 51 else (size + 1) * 8
        if protocol == 44:
            size = 8
            word = be16(base, limit, place + 2)
            if word & 0xFFF9:
                identification = be32(base, limit, place + 4)
                return following, place + 8, stated - 8, word & 0xFFF8, word & 1, identification
        if place + size > end:
            return -1, place, stated, -1, 0, 0
        protocol = following
        place += size
        stated -= size
    return protocol, place, stated, -1, 0, 0


@kernel
def _transport(base, limit, address, version, protocol, total, place, end, stated, rows, number):
    """Read the transport header; returns (GOOD or a reason, …), or 0 and the layer inside with its begin and end."""
    source = destination = sequence = flags = header = 0
    captured = end - place
    if protocol == _TCP:
        if stated < 20:
            return TRANSPORT_HEADER, 0, 0, 0, 0
        if captured < 20:
            return TRANSPORT_TRUNCATED, 0, 0, 0, 0
        header = (u8(base, limit, place + 12) >> 4) * 4
        if header < 20 or header > stated:
            return TRANSPORT_HEADER, 0, 0, 0, 0
        sequence = be32(base, limit, place + 4)
        flags = u8(base, limit, place + 13)
        source, destination = be16(base, limit, place), be16(base, limit, place + 2)
    elif protocol == _UDP:
        if stated < 8:
            return TRANSPORT_HEADER, 0, 0, 0, 0
        if captured < 8:
            return TRANSPORT_TRUNCATED, 0, 0, 0, 0
        header = 8
        size = be16(base, limit, place + 4)
        if 0 < size < 8:
            return TRANSPORT_HEADER, 0, 0, 0, 0
        if size > 0:
            stated = min(stated, size)
        source, destination = be16(base, limit, place), be16(base, limit, place + 2)
        if tunnels.by_port(source, destination):
            inner = place + 8
            after = min(end, place + stated)
            at, kind, inside = tunnels.in_udp(base, limit, source, destination, inner, after, stated - 8)
            if at >= LOST:
                return at, 0, 0, 0, 0
            if at != links.NONE:
                return 0, at, kind, inside, after
    elif protocol == _SCTP:
        if stated < 12:
            return TRANSPORT_HEADER, 0, 0, 0, 0
        if captured < 12:
            return TRANSPORT_TRUNCATED, 0, 0, 0, 0
        header = 12
        source, destination = be16(base, limit, place), be16(base, limit, place + 2)
    elif protocol in (_ICMP, _ICMPV6):
        if stated < 4:
            return TRANSPORT_HEADER, 0, 0, 0, 0
        if captured < 4:
            return TRANSPORT_TRUNCATED, 0, 0, 0, 0
        header = 4
        source, destination = u8(base, limit, place), u8(base, limit, place + 1)
    elif protocol in (_IP, _IP6):
        return 0, links.AT_IP, 4 if protocol == _IP else 6, place, end
    elif protocol == _GRE:
        at, kind, inside = tunnels.in_gre(base, limit, place, end)
        if at >= LOST:
            return at, 0, 0, 0, 0
        return 0, at, kind, inside, end
    payload = max(min(captured, stated) - header, 0)
    missing = stated - header - payload
    if (protocol == _ICMP and source in (3, 4, 5, 11, 12)) or (protocol == _ICMPV6 and source <= 127):
        payload = missing = 0
    put(rows, number * 8 + SIZES, payload)
    put(rows, number * 8 + META, (source << 48) | (destination << 32) | (protocol << 16) | version)
    if version == 4:
        put(rows, number * 8 + ENDS, (be32(base, limit, address) << 32) | be32(base, limit, address + 4))
    else:
        put(rows, number * 8 + ENDS, address)
    put(rows, number * 8 + TCP, (sequence << 32) | total)
    put(rows, number * 8 + DATA, ((place + header) << 32) | (missing & LOW))
    put(rows, number * 8 + STATE, (flags << 8) | GOOD)
    return GOOD, 0, 0, 0, 0
