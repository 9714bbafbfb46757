"""What an IP packet carries inside: GRE, ERSPAN, VXLAN, Geneve, GTP-U, Teredo. The rules are those of `decap`.

As in `links`, each function returns the next layer, its EtherType or IP version, and where it begins; NONE says that
this is no tunnel, a kind from LOST on is a reason why the inside cannot be found.
"""

from sakimori.selection.fast.kernel import be16, kernel, u8
from sakimori.selection.fast.links import AT_ETHERNET, AT_IP, AT_PPP, AT_TYPE, NONE
from sakimori.selection.fast.rows import ERSPAN, GRE_ROUTING, GRE_VERSION, NOT_IP, TUNNEL_TRUNCATED

_BRIDGED = 0x6558


@kernel
def by_port(source, destination):
    """Say whether UDP between these ports may be a tunnel."""
    return destination in (4789, 6081, 2152, 3544) or source in (2152, 3544)


@kernel
def in_udp(base, limit, source, destination, place, end, stated):
    """Look into UDP payload that lies from `place` to `end`, `stated` bytes as stated."""
    if destination == 4789:
        if stated < 8:
            return NONE, 0, place
        if place + 8 > end:
            return TUNNEL_TRUNCATED, 0, place
        return AT_ETHERNET if u8(base, limit, place) & 8 else NONE, 0, place + 8
    if destination == 6081:
        return _geneve(base, limit, place, end, stated)
    if source == 2152 or destination == 2152:
        return _gtp(base, limit, place, end, stated)
    if source == 3544 or destination == 3544:
        return _teredo(base, limit, place, end)
    return NONE, 0, place


@kernel
def _geneve(base, limit, place, end, stated):
    if stated < 8:
        return NONE, 0, place
    if place + 8 > end:
        return TUNNEL_TRUNCATED, 0, place
    head = u8(base, limit, place)
    if head >> 6:
        return NONE, 0, place
    number = be16(base, limit, place + 2)
    place += 8 + (head & 0x3F) * 4
    if place > end:
        return TUNNEL_TRUNCATED, 0, place
    return AT_ETHERNET if number == _BRIDGED else AT_TYPE, number, place


@kernel
def _gtp(base, limit, place, end, stated):
    if stated < 8:
        return NONE, 0, place
    if place + 8 > end:
        return TUNNEL_TRUNCATED, 0, place
    flags = u8(base, limit, place)
    if flags & 0xF0 != 0x30 or u8(base, limit, place + 1) != 255:
        return NONE, 0, place
    place += 8
    if flags & 7:
        if place + 4 > end:
            return TUNNEL_TRUNCATED, 0, place
        following = u8(base, limit, place + 3)
        place += 4
        while flags & 4 and following:
            size = u8(base, limit, place) * 4 if place < end else 0
            if size == 0 or place + size > end:
                return TUNNEL_TRUNCATED, 0, place
            following = u8(base, limit, place + size - 1)
            place += size
    if place >= end:
        return TUNNEL_TRUNCATED, 0, place
    if u8(base, limit, place) >> 4 not in (4, 6):
        return NOT_IP, 0, place
    return AT_IP, 0, place


@kernel
def _teredo(base, limit, place, end):
    if place + 4 < end and be16(base, limit, place) == 1:
        place += 13 + u8(base, limit, place + 2) + u8(base, limit, place + 3)
    if place + 2 <= end and be16(base, limit, place) == 0:
        place += 8
    if place < end and u8(base, limit, place) >> 4 == 6:
        return AT_IP, 6, place
    return NONE, 0, place


@kernel
def in_gre(base, limit, place, end):
    """Look into a GRE packet."""
    if place + 4 > end:
        return TUNNEL_TRUNCATED, 0, place
    flags, number = be16(base, limit, place), be16(base, limit, place + 2)
    version = flags & 7
    if version > 1:
        return GRE_VERSION, 0, place
    if flags & 0x4000:
        return GRE_ROUTING, 0, place
    after = place + 4
    after += 4 if flags & 0x8000 else 0
    after += 4 if flags & 0x2000 else 0
    after += 4 if flags & 0x1000 else 0
    if version == 1:
        after += 4 if flags & 0x80 else 0
        if number != 0x880B or flags & 0x1000 == 0:
            return NOT_IP, 0, place
    if after > end:
        return TUNNEL_TRUNCATED, 0, place
    if version == 1:
        return AT_PPP, 0, after
    if number == 0x88BE:
        if flags & 0x1000 == 0:
            return ERSPAN, 0, place
        return _erspan_2(base, limit, after, end)
    if number == 0x22EB:
        return _erspan_3(base, limit, after, end)
    return AT_ETHERNET if number == _BRIDGED else AT_TYPE, number, after


@kernel
def _erspan_2(base, limit, place, end):
    if place + 8 > end:
        return TUNNEL_TRUNCATED, 0, place
    if u8(base, limit, place) >> 4 != 1:
        return ERSPAN, 0, place
    return AT_ETHERNET, 0, place + 8


@kernel
def _erspan_3(base, limit, place, end):
    if place + 12 > end:
        return TUNNEL_TRUNCATED, 0, place
    if u8(base, limit, place) >> 4 != 2:
        return ERSPAN, 0, place
    kind = u8(base, limit, place + 10) >> 2 & 0x1F
    after = place + 12
    if u8(base, limit, place + 11) & 1:
        after += 8
        if after > end:
            return TUNNEL_TRUNCATED, 0, place
    if kind == 0:
        return AT_ETHERNET, 0, after
    return AT_IP if kind == 2 else ERSPAN, 0, after
