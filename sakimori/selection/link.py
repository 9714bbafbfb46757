"""From a captured frame to the IP packet inside: link types, VLAN, QinQ, MPLS, PPPoE, PPP, 802.11.

Sources: LINKTYPE registry (tcpdump.org), IEEE 802.1Q, 802.1ad, 802.11, RFC 1042 (SNAP), RFC 1661/1662 (PPP), RFC 2516
(PPPoE),
RFC 3032 (MPLS), RFC 4385 (control word), radiotap.org.
"""

from dataclasses import dataclass

from sakimori.selection.packet import Undecodable

# kinds of layers
ETHERNET, IP, IP4, IP6, PPP, MPLS, LLC, TYPE = "ethernet", "ip", "ip4", "ip6", "ppp", "mpls", "llc", "type"

_RAW = frozenset({12, 14, 101})
_NULL, _LOOP, _LINK_ETHERNET, _PPP, _PPP_HDLC, _WLAN, _SLL, _RADIOTAP = 0, 108, 1, 9, 50, 105, 113, 127
_RAW4, _RAW6, _SLL2 = 228, 229, 276
_FAMILY4, _FAMILIES6 = 2, frozenset({10, 23, 24, 28, 30})  # AF_INET; AF_INET6 of Linux, Windows, the BSDs, macOS

_VLAN_TYPES = frozenset({0x8100, 0x88A8, 0x9100})
_TYPE_IP4, _TYPE_IP6, _TYPE_PPPOE, _TYPE_PPP = 0x0800, 0x86DD, 0x8864, 0x880B
_MPLS_TYPES = frozenset({0x8847, 0x8848})
_SMALLEST_TYPE = 0x0600  # below: an 802.3 length
_SLL_LLC = 0x0004
_PPP_IP4, _PPP_IP6, _PPP_MPLS = 0x0021, 0x0057, frozenset({0x0281, 0x0283})
_MPLS_BOTTOM = 0x01
_VERSION4, _VERSION6, _CONTROL_WORD = 4, 6, 0


@dataclass(frozen=True, slots=True)
class Layer:
    """What comes next: its kind, its captured bytes, and for kind `type` the EtherType."""

    kind: str
    data: bytes
    type: int = 0


def first(link: int, data: bytes) -> Layer:  # noqa: PLR0911  one line per link type reads best
    """Return the first layer of a frame of this link type; raises `Undecodable` for link types not supported."""
    if link == _LINK_ETHERNET:
        return Layer(ETHERNET, data)
    if link in _RAW:
        return Layer(IP, data)
    if link in (_RAW4, _RAW6):
        return Layer(IP4 if link == _RAW4 else IP6, data)
    if link in (_NULL, _LOOP):
        return _null(data)
    if link in (_PPP, _PPP_HDLC):
        return Layer(PPP, data)
    if link == _SLL:
        return _cooked(_cut(data, 16), int.from_bytes(data[14:16], "big"))
    if link == _SLL2:
        return _cooked(_cut(data, 20), int.from_bytes(data[0:2], "big"))
    if link == _WLAN:
        return _wlan(data, padded=False)
    if link == _RADIOTAP:
        return _radiotap(data)
    raise Undecodable("link_type")


def to_ip(layer: Layer) -> tuple[Layer, int]:
    """Strip everything before the IP header; returns the layer (kind `ip`, `ip4` or `ip6`) and how many levels went.

    VLAN tags, an MPLS stack and PPPoE are a level each; Ethernet and PPP are not. Raises `Undecodable`.
    """
    levels = 0
    while layer.kind not in (IP, IP4, IP6):
        if layer.kind == TYPE:
            layer, used = _by_type(layer)
            levels += used
        elif layer.kind == MPLS:
            layer = _mpls(layer.data)
            levels += 1
        else:
            layer = {ETHERNET: _ethernet, LLC: _llc, PPP: _ppp}[layer.kind](layer.data)
    return layer, levels


def _cut(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise Undecodable("link_truncated")
    return data[size:]


def _ethernet(data: bytes) -> Layer:
    rest = _cut(data, 14)
    number = int.from_bytes(data[12:14], "big")
    return Layer(TYPE, rest, number) if number >= _SMALLEST_TYPE else Layer(LLC, rest)


def _by_type(layer: Layer) -> tuple[Layer, int]:
    number, data = layer.type, layer.data
    if number == _TYPE_IP4:
        return Layer(IP4, data), 0
    if number == _TYPE_IP6:
        return Layer(IP6, data), 0
    if number in _VLAN_TYPES:
        rest = _cut(data, 4)
        inner = int.from_bytes(data[2:4], "big")
        return (Layer(TYPE, rest, inner) if inner >= _SMALLEST_TYPE else Layer(LLC, rest)), 1
    if number in _MPLS_TYPES:
        return Layer(MPLS, data), 0
    if number == _TYPE_PPPOE:
        rest = _cut(data, 6)
        if data[0:2] != b"\x11\x00":  # version 1, type 1, session data
            raise Undecodable("not_ip")
        return Layer(PPP, rest), 1
    if number == _TYPE_PPP:
        return Layer(PPP, data), 0
    raise Undecodable("not_ip")


def _llc(data: bytes) -> Layer:
    rest = _cut(data, 8)
    if data[:6] != b"\xaa\xaa\x03\x00\x00\x00":  # SNAP carrying an EtherType
        raise Undecodable("not_ip")
    return Layer(TYPE, rest, int.from_bytes(data[6:8], "big"))


def _mpls(data: bytes) -> Layer:
    while True:
        rest = _cut(data, 4)
        if data[2] & _MPLS_BOTTOM:
            break
        data = rest
    version = _cut(rest, 0)[:1]
    if not version:
        raise Undecodable("link_truncated")
    nibble = version[0] >> 4
    if nibble == _VERSION4:
        return Layer(IP4, rest)
    if nibble == _VERSION6:
        return Layer(IP6, rest)
    if nibble == _CONTROL_WORD:
        return Layer(ETHERNET, _cut(rest, 4))
    raise Undecodable("mpls_payload")


def _ppp(data: bytes) -> Layer:
    if data[:2] == b"\xff\x03":  # address and control, which may be left out
        data = data[2:]
    if data[:1] and data[0] & 1:  # the protocol field may be sent as one byte, which is then odd
        number, rest = data[0], data[1:]
    else:
        number, rest = int.from_bytes(data[:2], "big"), _cut(data, 2)
    if number == _PPP_IP4:
        return Layer(IP4, rest)
    if number == _PPP_IP6:
        return Layer(IP6, rest)
    if number in _PPP_MPLS:
        return Layer(MPLS, rest)
    raise Undecodable("not_ip")


def _null(data: bytes) -> Layer:
    rest = _cut(data, 4)
    families = {int.from_bytes(data[:4], "little"), int.from_bytes(data[:4], "big")}
    if _FAMILY4 in families:
        return Layer(IP4, rest)
    if families & _FAMILIES6:
        return Layer(IP6, rest)
    raise Undecodable("not_ip")


def _cooked(rest: bytes, number: int) -> Layer:
    return Layer(LLC, rest) if number == _SLL_LLC else Layer(TYPE, rest, number)


_WLAN_DATA, _WLAN_NO_DATA, _WLAN_QOS, _WLAN_PROTECTED, _WLAN_ORDER = 2, 0x4, 0x8, 0x40, 0x80
_WLAN_BOTH_DISTRIBUTION, _WLAN_AGGREGATE = 0x03, 0x80
_RADIOTAP_TIME, _RADIOTAP_FLAGS, _RADIOTAP_MORE, _RADIOTAP_PADDED = 1 << 0, 1 << 1, 1 << 31, 0x20


def _wlan(data: bytes, *, padded: bool) -> Layer:
    """Strip an 802.11 data frame header; `padded` says that the header is filled up to 4 bytes."""
    _cut(data, 24)
    kind, subtype, flags = data[0] >> 2 & 3, data[0] >> 4, data[1]
    if kind != _WLAN_DATA or subtype & _WLAN_NO_DATA:
        raise Undecodable("not_ip")
    if flags & _WLAN_PROTECTED:
        raise Undecodable("wlan_encrypted")
    size = 24
    if flags & _WLAN_BOTH_DISTRIBUTION == _WLAN_BOTH_DISTRIBUTION:
        size += 6  # the fourth address
    if subtype & _WLAN_QOS:
        if _cut(data, size)[:1] and data[size] & _WLAN_AGGREGATE:
            raise Undecodable("wlan_aggregate")
        size += 6 if flags & _WLAN_ORDER else 2
    if padded:
        size += -size % 4
    return Layer(LLC, _cut(data, size))


def _radiotap(data: bytes) -> Layer:
    _cut(data, 8)
    length = int.from_bytes(data[2:4], "little")
    rest = _cut(data, length)
    position, present = 8, int.from_bytes(data[4:8], "little")
    more = present
    while more & _RADIOTAP_MORE and position + 4 <= length:
        more = int.from_bytes(data[position : position + 4], "little")
        position += 4
    if present & _RADIOTAP_TIME:
        position += -position % 8 + 8
    padded = bool(present & _RADIOTAP_FLAGS and position < length and data[position] & _RADIOTAP_PADDED)
    return _wlan(rest, padded=padded)
