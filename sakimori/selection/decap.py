"""Recognise a tunnel inside an IP packet and return what it carries.

Sources: RFC 2003 (IP in IP), RFC 4213 (6in4), RFC 3056 (6to4), RFC 2784/2890 (GRE), RFC 2637 (PPTP), RFC 7348 (VXLAN),
RFC 8926 (Geneve), 3GPP TS 29.281 (GTP-U), RFC 4380 (Teredo), draft-foschiano-erspan (ERSPAN II and III).
"""

from sakimori.selection import link
from sakimori.selection.link import Layer
from sakimori.selection.packet import GRE, IPIP, IPV6, UDP, Undecodable

VXLAN_PORT, GENEVE_PORT, GTP_PORT, TEREDO_PORT = 4789, 6081, 2152, 3544
_VXLAN_VNI = 0x08
_BRIDGED = 0x6558  # Ethernet carried in GRE or Geneve
_GTP_KIND, _GTP_VERSION_1, _GTP_DATA = 0xF0, 0x30, 255  # version 1, protocol type GTP; message type
_GTP_EXTENDED, _GTP_OPTIONAL = 0x04, 0x07
_VERSION4, _VERSION6 = 4, 6
_TEREDO_AUTHENTICATION, _TEREDO_ORIGIN = b"\x00\x01", b"\x00\x00"
_GRE_CHECKSUM, _GRE_ROUTING, _GRE_KEY, _GRE_SEQUENCE, _GRE_ACKNOWLEDGE, _GRE_VERSION = (
    0x8000,
    0x4000,
    0x2000,
    0x1000,
    0x80,
    7,
)
_ERSPAN_2, _ERSPAN_3, _ERSPAN_2_VERSION, _ERSPAN_3_VERSION = 0x88BE, 0x22EB, 1, 2
_ERSPAN_SUBHEADER, _ERSPAN_ETHERNET, _ERSPAN_IP = 0x01, 0, 2
_PPTP = 0x880B


def inner(  # noqa: PLR0911  one line per tunnel reads best
    protocol: int, src_port: int, dst_port: int, payload: bytes, stated: int
) -> Layer | None:
    """Return the layer carried inside, or None if this is no tunnel.

    For UDP, `payload` is the UDP payload and the ports are given. A packet recognised as a tunnel whose inside cannot
    be
    found raises `Undecodable`: it is never taken for a flow of its own.
    """
    if protocol == IPIP:
        return Layer(link.IP4, payload)
    if protocol == IPV6:
        return Layer(link.IP6, payload)
    if protocol == GRE:
        return _gre(payload)
    if protocol != UDP:
        return None
    if dst_port == VXLAN_PORT:
        return _vxlan(payload, stated)
    if dst_port == GENEVE_PORT:
        return _geneve(payload, stated)
    if GTP_PORT in (src_port, dst_port):
        return _gtp(payload, stated)
    if TEREDO_PORT in (src_port, dst_port):
        return _teredo(payload)
    return None


def _cut(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise Undecodable("tunnel_truncated")
    return data[size:]


def _vxlan(payload: bytes, stated: int) -> Layer | None:
    if stated < 8:  # noqa: PLR2004  too small to be VXLAN
        return None
    rest = _cut(payload, 8)
    return Layer(link.ETHERNET, rest) if payload[0] & _VXLAN_VNI else None


def _geneve(payload: bytes, stated: int) -> Layer | None:
    if stated < 8:  # noqa: PLR2004  too small to be Geneve
        return None
    _cut(payload, 8)
    if payload[0] >> 6:  # only version 0 exists
        return None
    rest = _cut(payload, 8 + (payload[0] & 0x3F) * 4)
    return _by_type(int.from_bytes(payload[2:4], "big"), rest)


def _by_type(number: int, rest: bytes) -> Layer:
    return Layer(link.ETHERNET, rest) if number == _BRIDGED else Layer(link.TYPE, rest, number)


def _gtp(payload: bytes, stated: int) -> Layer | None:
    if stated < 8:  # noqa: PLR2004  too small to be GTP-U
        return None
    _cut(payload, 8)
    flags = payload[0]
    if flags & _GTP_KIND != _GTP_VERSION_1 or payload[1] != _GTP_DATA:
        return None
    rest = payload[8:]
    if flags & _GTP_OPTIONAL:  # sequence number, N-PDU number, type of the next extension
        following = _cut(rest, 4) and rest[3]
        rest = rest[4:]
        while flags & _GTP_EXTENDED and following:
            size = (rest[0] if rest else 0) * 4
            if not size:
                raise Undecodable("tunnel_truncated")
            after = _cut(rest, size)
            following, rest = rest[size - 1], after
    if not rest:
        raise Undecodable("tunnel_truncated")
    if rest[0] >> 4 not in (_VERSION4, _VERSION6):
        raise Undecodable("not_ip")
    return Layer(link.IP, rest)


def _teredo(payload: bytes) -> Layer | None:
    rest = payload
    if rest[:2] == _TEREDO_AUTHENTICATION and len(rest) > 4:  # noqa: PLR2004  lengths of identifier and value follow
        rest = rest[13 + rest[2] + rest[3] :]  # with an 8-byte nonce and a confirmation byte
    if rest[:2] == _TEREDO_ORIGIN:
        rest = rest[8:]
    if rest and rest[0] >> 4 == _VERSION6:
        return Layer(link.IP6, rest)
    return None


def _gre(data: bytes) -> Layer:
    _cut(data, 4)
    flags, number = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    version = flags & _GRE_VERSION
    if version > 1:
        raise Undecodable("gre_version")
    if flags & _GRE_ROUTING:
        raise Undecodable("gre_routing")
    size = 4
    size += 4 if flags & _GRE_CHECKSUM else 0
    size += 4 if flags & _GRE_KEY else 0
    size += 4 if flags & _GRE_SEQUENCE else 0
    if version == 1:
        size += 4 if flags & _GRE_ACKNOWLEDGE else 0
        if number != _PPTP or not flags & _GRE_SEQUENCE:  # without sequence number it only acknowledges
            raise Undecodable("not_ip")
        return Layer(link.PPP, _cut(data, size))
    rest = _cut(data, size)
    if number == _ERSPAN_2:
        return _erspan_2(rest) if flags & _GRE_SEQUENCE else _no_erspan()
    if number == _ERSPAN_3:
        return _erspan_3(rest)
    return _by_type(number, rest)


def _no_erspan() -> Layer:
    raise Undecodable("erspan")  # type I has no header to tell it by and is not decoded


def _erspan_2(data: bytes) -> Layer:
    rest = _cut(data, 8)
    return Layer(link.ETHERNET, rest) if data[0] >> 4 == _ERSPAN_2_VERSION else _no_erspan()


def _erspan_3(data: bytes) -> Layer:
    rest = _cut(data, 12)
    if data[0] >> 4 != _ERSPAN_3_VERSION:
        return _no_erspan()
    if data[11] & _ERSPAN_SUBHEADER:
        rest = _cut(rest, 8)
    kind = data[10] >> 2 & 0x1F
    if kind == _ERSPAN_ETHERNET:
        return Layer(link.ETHERNET, rest)
    return Layer(link.IP, rest) if kind == _ERSPAN_IP else _no_erspan()
