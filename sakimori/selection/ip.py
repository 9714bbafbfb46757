"""Read IPv4 and IPv6 headers (RFC 791, RFC 8200, RFC 4302): addresses, protocol, lengths, fragmentation.

The stated IP length cuts link padding; a stated length of 0 means the captured length; captured shorter than stated
leaves
`missing` bytes, a gap at the end. Checksums are ignored.
"""

from dataclasses import dataclass

from sakimori.selection.packet import AH, Undecodable

_HEADER4, _HEADER6, _LONGEST4 = 20, 40, 15
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _NO_NEXT, _DESTINATION = 0, 43, 44, 59, 60
_OPTIONS = frozenset({_HOP_BY_HOP, _ROUTING, _DESTINATION})
_VERSION4, _VERSION6 = 4, 6
_MORE_FRAGMENTS, _OFFSET = 0x2000, 0x1FFF
_SHORTEST_EXTENSION = 8


@dataclass(frozen=True, slots=True)
class Part:
    """Where a fragment stands: offset in bytes, whether more follow, the identification."""

    offset: int
    more: bool
    identification: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One IP packet: `payload` as captured, `stated` its size as stated, `length` the IP total length."""

    src: bytes
    dst: bytes
    protocol: int
    payload: bytes
    stated: int
    length: int
    part: Part | None


def parse(data: bytes, version: int | None) -> Packet:
    """Return the packet at the start of `data`; `version` 4 or 6 where the layer before says so, else None.

    Raises:
        Undecodable: too short, another version than said, header length or total length impossible.
    """
    if not data:
        raise Undecodable("ip_truncated")
    found = data[0] >> 4
    if found not in (_VERSION4, _VERSION6) or version not in (None, found):
        raise Undecodable("ip_version")
    return _version4(data) if found == _VERSION4 else _version6(data)


def _version4(data: bytes) -> Packet:
    if len(data) < _HEADER4:
        raise Undecodable("ip_truncated")
    header = (data[0] & _LONGEST4) * 4
    length = int.from_bytes(data[2:4], "big") or len(data)
    if header < _HEADER4 or length < header:
        raise Undecodable("ip_header")
    if len(data) < header:
        raise Undecodable("ip_truncated")
    word = int.from_bytes(data[6:8], "big")
    part = None
    if word & (_MORE_FRAGMENTS | _OFFSET):
        identification = int.from_bytes(data[4:6], "big")
        part = Part((word & _OFFSET) * 8, bool(word & _MORE_FRAGMENTS), identification)
    return Packet(data[12:16], data[16:20], data[9], data[header:length], length - header, length, part)


def _version6(data: bytes) -> Packet:
    if len(data) < _HEADER6:
        raise Undecodable("ip_truncated")
    stated = int.from_bytes(data[4:6], "big")
    if stated == 0 and data[6] != _NO_NEXT:  # left to the network card, as IPv4's total length 0
        stated = len(data) - _HEADER6
    payload = data[_HEADER6 : _HEADER6 + stated]
    protocol, payload, rest, part = walk(data[6], payload, stated)
    return Packet(data[8:24], data[24:40], protocol, payload, rest, stated + _HEADER6, part)


def walk(protocol: int, payload: bytes, stated: int) -> tuple[int, bytes, int, Part | None]:
    """Step over IPv6 extension headers: hop-by-hop, routing, destination, AH, and the header of an unfragmented packet.

    Returns protocol, captured payload and stated size after them; stops at a fragment header that tells of a fragment,
    with its `Part`. ESP and everything unknown end the walk. Raises `Undecodable` when a header is cut off.
    """
    while protocol in _OPTIONS or protocol in (_FRAGMENT, AH):
        if len(payload) < _SHORTEST_EXTENSION:
            raise Undecodable("ip6_extension")
        following, size = payload[0], (payload[1] + 1) * 8
        if protocol == AH:
            size = (payload[1] + 2) * 4
        if protocol == _FRAGMENT:
            size = 8
            word = int.from_bytes(payload[2:4], "big")
            offset, more = word & ~7, bool(word & 1)
            if offset or more:
                part = Part(offset, more, int.from_bytes(payload[4:8], "big"))
                return following, payload[size:], stated - size, part
        if len(payload) < size:
            raise Undecodable("ip6_extension")
        protocol, payload, stated = following, payload[size:], stated - size
    return protocol, payload, stated, None
