"""Read the headers of a block's frames: link, tags and common tunnels, IP, transport; one row for each frame.

The rules are those of `link`, `ip`, `decap` and `decode`, for the shapes a line is full of. Whatever is rarer, cut off
or damaged is left SLOW: the reference's own decoder takes it, so that no rule has to be written twice to be right.
Every load stands behind a check against the packet's own end, never only the buffer's.
"""

from sakimori.selection.fast.kernel import be16, be32, kernel, put, u8
from sakimori.selection.fast.rows import (
    DATA,
    ENDS,
    FRAME,
    GOOD,
    LOW,
    META,
    NOT_IP,
    SIZES,
    SLOW,
    STATE,
    TCP,
    TIME,
)

_ETHERNET, _RAW_OLD, _RAW_BSD, _RAW, _RAW4, _RAW6, _SLL = 1, 12, 14, 101, 228, 229, 113
_DEEPEST = 8
_AT_ETHERNET, _AT_TYPE, _AT_IP = 0, 1, 2


@kernel
def parse(base, limit, count, offsets, lengths, times, links, rows, totals):
    """Fill a row for each of `count` frames; add to `totals`: good packets, their bytes, packets not IP, their bytes.

    Returns how many rows are SLOW.
    """
    slow = 0
    good = good_bytes = not_ip = not_ip_bytes = 0
    for number in range(count):
        offset = offsets[number]
        length = lengths[number]
        put(rows, number * 8 + TIME, times[number])
        put(rows, number * 8 + FRAME, offset)
        state = SLOW
        if times[number] >= 0:
            state = frame(base, limit, offset, offset + length, links[number], rows, number)
        if state == GOOD:
            good += 1
            good_bytes += length
        elif state == NOT_IP:
            not_ip += 1
            not_ip_bytes += length
            put(rows, number * 8 + STATE, NOT_IP)
        else:
            slow += 1
            put(rows, number * 8 + STATE, SLOW)
    totals[0] += good
    totals[1] += good_bytes
    totals[2] += not_ip
    totals[3] += not_ip_bytes
    return slow


@kernel
def frame(base, limit, begin, end, link, rows, number):
    """Decode one frame that lies from `begin` to `end` of the buffer; returns GOOD, NOT_IP or SLOW."""
    place = begin
    levels = 0
    kind = 0
    version = 0
    if link == _ETHERNET:
        at = _AT_ETHERNET
    elif link in (_RAW, _RAW_OLD, _RAW_BSD):
        at = _AT_IP
    elif link == _RAW4:
        at, version = _AT_IP, 4
    elif link == _RAW6:
        at, version = _AT_IP, 6
    elif link == _SLL:
        if place + 16 > end:
            return SLOW
        kind = be16(base, limit, place + 14)
        place += 16
        if kind == 4:
            return SLOW
        at = _AT_TYPE
    else:
        return SLOW
    while True:
        if at == _AT_ETHERNET:
            if place + 14 > end:
                return SLOW
            kind = be16(base, limit, place + 12)
            place += 14
            if kind < 0x0600:
                return SLOW
            at = _AT_TYPE
        if at == _AT_TYPE:
            while kind in (0x8100, 0x88A8, 0x9100):
                if place + 4 > end:
                    return SLOW
                kind = be16(base, limit, place + 2)
                place += 4
                levels += 1
                if kind < 0x0600:
                    return SLOW
            if kind == 0x0800:
                version = 4
            elif kind == 0x86DD:
                version = 6
            elif kind in (0x8847, 0x8848):
                levels += 1
                bottom = 0
                while bottom == 0:
                    if place + 4 > end:
                        return SLOW
                    bottom = u8(base, limit, place + 2) & 1
                    place += 4
                if place >= end:
                    return SLOW
                version = u8(base, limit, place) >> 4
                if version not in (4, 6):
                    return SLOW
            elif kind == 0x8864:
                if place + 8 > end or be16(base, limit, place) != 0x1100:
                    return SLOW
                levels += 1
                inside = be16(base, limit, place + 6)
                place += 8
                if inside == 0x0021:
                    version = 4
                elif inside == 0x0057:
                    version = 6
                else:
                    return SLOW
            elif kind == 0x880B:
                return SLOW
            elif levels <= _DEEPEST:
                return NOT_IP
            else:
                return SLOW
        if levels > _DEEPEST:
            return SLOW
        # the IP header
        if place >= end:
            return SLOW
        found = u8(base, limit, place) >> 4
        if version not in (0, found):
            return SLOW
        address = place
        if found == 4:
            if place + 20 > end:
                return SLOW
            header = (u8(base, limit, place) & 15) * 4
            total = be16(base, limit, place + 2)
            if total == 0:
                total = end - place
            if header < 20 or total < header or place + header > end:
                return SLOW
            if be16(base, limit, place + 6) & 0x3FFF:
                return SLOW
            protocol = u8(base, limit, place + 9)
            end = min(end, place + total)
            place += header
            stated = total - header
            address += 12
        elif found == 6:
            if place + 40 > end:
                return SLOW
            stated = be16(base, limit, place + 4)
            protocol = u8(base, limit, place + 6)
            if stated == 0 and protocol != 59:
                stated = end - place - 40
            total = stated + 40
            place += 40
            end = min(end, place + stated)
            while protocol in (0, 43, 51, 60):
                if place + 8 > end:
                    return SLOW
                size = u8(base, limit, place + 1)
                size = (size + 2) * 4 if protocol == 51 else (size + 1) * 8
                if place + size > end:
                    return SLOW
                protocol = u8(base, limit, place)
                place += size
                stated -= size
            if protocol == 44:
                return SLOW
            address += 8
        else:
            return SLOW
        # the transport header
        source = destination = sequence = flags = header = 0
        captured = end - place
        if protocol == 6:
            if stated < 20 or captured < 20:
                return SLOW
            header = (u8(base, limit, place + 12) >> 4) * 4
            if header < 20 or header > stated:
                return SLOW
            sequence = be32(base, limit, place + 4)
            flags = u8(base, limit, place + 13)
            source = be16(base, limit, place)
            destination = be16(base, limit, place + 2)
        elif protocol == 17:
            if stated < 8 or captured < 8:
                return SLOW
            header = 8
            size = be16(base, limit, place + 4)
            if size == 0:
                size = stated
            if size < 8:
                return SLOW
            stated = min(stated, size)
            source = be16(base, limit, place)
            destination = be16(base, limit, place + 2)
            if destination in (6081, 3544) or source == 3544:
                return SLOW
            if destination == 4789:
                rest = place + 16
                if stated < 16 or rest > end or u8(base, limit, place + 8) & 8 == 0:
                    return SLOW
                place = rest
                end = min(end, place - 16 + stated)
                at = _AT_ETHERNET
                levels += 1
                continue
            if source == 2152 or destination == 2152:
                rest = place + 16
                if stated < 17 or rest >= end or be16(base, limit, place + 8) != 0x30FF:
                    return SLOW
                end = min(end, place + stated)
                place = rest
                if place >= end or u8(base, limit, place) >> 4 not in (4, 6):
                    return SLOW
                at, version = _AT_IP, 0
                levels += 1
                continue
        elif protocol == 132:
            if stated < 12 or captured < 12:
                return SLOW
            header = 12
            source = be16(base, limit, place)
            destination = be16(base, limit, place + 2)
        elif protocol in (1, 58):
            if stated < 4 or captured < 4:
                return SLOW
            header = 4
            source = u8(base, limit, place)
            destination = u8(base, limit, place + 1)
        elif protocol in (4, 41):
            end = min(end, place + stated)
            at, version = _AT_IP, 4 if protocol == 4 else 6
            levels += 1
            continue
        elif protocol == 47:
            if place + 4 > end:
                return SLOW
            word = be16(base, limit, place)
            if word & 0x4007:
                return SLOW
            kind = be16(base, limit, place + 2)
            size = 4
            if word & 0x8000:
                size += 4
            if word & 0x2000:
                size += 4
            if word & 0x1000:
                size += 4
            if place + size > end:
                return SLOW
            place += size
            if kind in (0x88BE, 0x22EB):
                return SLOW
            at = _AT_ETHERNET if kind == 0x6558 else _AT_TYPE
            levels += 1
            continue
        data = place + header
        payload = min(captured, stated) - header
        payload = max(payload, 0)
        missing = stated - header - payload
        if (protocol == 1 and source in (3, 4, 5, 11, 12)) or (protocol == 58 and source <= 127):
            payload = missing = 0
        put(rows, number * 8 + SIZES, payload)
        put(rows, number * 8 + META, (source << 48) | (destination << 32) | (protocol << 16) | found)
        if found == 4:
            put(rows, number * 8 + ENDS, (be32(base, limit, address) << 32) | be32(base, limit, address + 4))
        else:
            put(rows, number * 8 + ENDS, address)
        put(rows, number * 8 + TCP, (sequence << 32) | total)
        put(rows, number * 8 + DATA, (data << 32) | (missing & LOW))
        put(rows, number * 8 + STATE, (flags << 8) | GOOD)
        return GOOD
