"""From a captured frame to its IP header: link types, VLAN, MPLS, PPPoE, PPP, 802.11. The rules are those of `link`.

Every function takes where its layer begins and ends in the buffer and returns what comes next: the kind of the next
layer (AT_*), its EtherType or IP version, where it begins. A kind from LOST on is a reason why there is none.
"""

from sakimori.selection.fast.kernel import be16, be32, kernel, le16, le32, u8
from sakimori.selection.fast.rows import (
    LINK_TRUNCATED,
    LINK_TYPE,
    MPLS_PAYLOAD,
    NOT_IP,
    WLAN_AGGREGATE,
    WLAN_ENCRYPTED,
)

AT_ETHERNET, AT_TYPE, AT_LLC, AT_MPLS, AT_PPP, AT_IP = range(6)
NONE = 15
_NULL, _LOOP, _ETHERNET, _PPP, _PPP_HDLC, _WLAN, _SLL, _RADIOTAP, _SLL2 = 0, 108, 1, 9, 50, 105, 113, 127, 276
_RAW_OLD, _RAW_BSD, _RAW, _RAW4, _RAW6 = 12, 14, 101, 228, 229
_SMALLEST_TYPE = 0x0600


@kernel
def first(base, limit, link, place, end):
    """Return the first layer of a frame of this link type."""
    if link == _ETHERNET:
        return AT_ETHERNET, 0, place
    if link in (_RAW, _RAW_OLD, _RAW_BSD):
        return AT_IP, 0, place
    if link == _RAW4:
        return AT_IP, 4, place
    if link == _RAW6:
        return AT_IP, 6, place
    if link in (_NULL, _LOOP):
        return _null(base, limit, place, end)
    if link in (_PPP, _PPP_HDLC):
        return AT_PPP, 0, place
    if link in (_SLL, _SLL2):
        size, at = (16, place + 14) if link == _SLL else (20, place)
        if place + size > end:
            return LINK_TRUNCATED, 0, place
        number = be16(base, limit, at)
        return AT_LLC if number == 4 else AT_TYPE, number, place + size
    if link == _WLAN:
        return _wlan(base, limit, place, end, False)
    if link == _RADIOTAP:
        return _radiotap(base, limit, place, end)
    return LINK_TYPE, 0, place


@kernel
def to_ip(base, limit, at, number, place, end):
    """Strip everything before the IP header; as the others, and how many levels of encapsulation went."""
    levels = 0
    while at < AT_IP:
        if at == AT_ETHERNET:
            if place + 14 > end:
                return LINK_TRUNCATED, 0, place, levels
            number = be16(base, limit, place + 12)
            place += 14
            at = AT_TYPE if number >= _SMALLEST_TYPE else AT_LLC
        elif at == AT_LLC:
            if place + 8 > end:
                return LINK_TRUNCATED, 0, place, levels
            if be32(base, limit, place) != 0xAAAA0300 or be16(base, limit, place + 4) != 0:
                return NOT_IP, 0, place, levels
            number = be16(base, limit, place + 6)
            place += 8
            at = AT_TYPE
        elif at == AT_PPP:
            at, number, place = _ppp(base, limit, place, end)
        elif at == AT_MPLS:
            at, number, place = _mpls(base, limit, place, end)
            levels += 1
        elif number == 0x0800:
            return AT_IP, 4, place, levels
        elif number == 0x86DD:
            return AT_IP, 6, place, levels
        elif number in (0x8100, 0x88A8, 0x9100):
            if place + 4 > end:
                return LINK_TRUNCATED, 0, place, levels
            number = be16(base, limit, place + 2)
            place += 4
            levels += 1
            at = AT_TYPE if number >= _SMALLEST_TYPE else AT_LLC
        elif number in (0x8847, 0x8848):
            at = AT_MPLS
        elif number == 0x8864:
            if place + 6 > end:
                return LINK_TRUNCATED, 0, place, levels
            if be16(base, limit, place) != 0x1100:
                return NOT_IP, 0, place, levels
            place += 6
            levels += 1
            at = AT_PPP
        elif number == 0x880B:
            at = AT_PPP
        else:
            return NOT_IP, 0, place, levels
    return at, number, place, levels


@kernel
def _mpls(base, limit, place, end):
    bottom = 0
    while bottom == 0:
        if place + 4 > end:
            return LINK_TRUNCATED, 0, place
        bottom = u8(base, limit, place + 2) & 1
        place += 4
    if place >= end:
        return LINK_TRUNCATED, 0, place
    nibble = u8(base, limit, place) >> 4
    if nibble in (4, 6):
        return AT_IP, nibble, place
    if nibble != 0:
        return MPLS_PAYLOAD, 0, place
    if place + 4 > end:
        return LINK_TRUNCATED, 0, place
    return AT_ETHERNET, 0, place + 4


@kernel
def _ppp(base, limit, place, end):
    if place + 2 <= end and be16(base, limit, place) == 0xFF03:  # address and control, which may be left out
        place += 2
    if place < end and u8(base, limit, place) & 1:
        number = u8(base, limit, place)
        place += 1
    elif place + 2 <= end:
        number = be16(base, limit, place)
        place += 2
    else:
        return LINK_TRUNCATED, 0, place
    if number == 0x0021:
        return AT_IP, 4, place
    if number == 0x0057:
        return AT_IP, 6, place
    if number in (0x0281, 0x0283):
        return AT_MPLS, 0, place
    return NOT_IP, 0, place


@kernel
def _null(base, limit, place, end):
    if place + 4 > end:
        return LINK_TRUNCATED, 0, place
    one, other = le32(base, limit, place), be32(base, limit, place)
    if 2 in (one, other):
        return AT_IP, 4, place + 4
    for family in (10, 23, 24, 28, 30):
        if family in (one, other):
            return AT_IP, 6, place + 4
    return NOT_IP, 0, place


@kernel
def _wlan(base, limit, place, end, padded):
    if place + 24 > end:
        return LINK_TRUNCATED, 0, place
    head, flags = u8(base, limit, place), u8(base, limit, place + 1)
    if head >> 2 & 3 != 2 or head >> 4 & 4:
        return NOT_IP, 0, place
    if flags & 0x40:
        return WLAN_ENCRYPTED, 0, place
    size = 30 if flags & 3 == 3 else 24
    if head >> 4 & 8:
        if place + size > end:
            return LINK_TRUNCATED, 0, place
        if place + size < end and u8(base, limit, place + size) & 0x80:
            return WLAN_AGGREGATE, 0, place
        size += 6 if flags & 0x80 else 2
    if padded:
        size = (size + 3) & ~3
    if place + size > end:
        return LINK_TRUNCATED, 0, place
    return AT_LLC, 0, place + size


@kernel
def _radiotap(base, limit, place, end):
    if place + 8 > end:
        return LINK_TRUNCATED, 0, place
    length = le16(base, limit, place + 2)
    if place + length > end:
        return LINK_TRUNCATED, 0, place
    at = 8
    present = le32(base, limit, place + 4)
    more = present
    while more & 0x8000_0000 and at + 4 <= length:
        more = le32(base, limit, place + at)
        at += 4
    if present & 1:
        at = ((at + 7) & ~7) + 8
    padded = present & 2 != 0 and at < length and u8(base, limit, place + at) & 0x20 != 0
    return _wlan(base, limit, place + length, end, padded)
