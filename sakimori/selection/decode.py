"""From a captured frame to its innermost datagram: link, tunnels, fragments, transport header, in one loop.

Rule (selection-semantics §2): the communication is what the innermost packet tells. If a tunnel is recognised and
what it
carries does not decode, the packet is undecodable; it is never entered as a flow of the tunnel itself.
"""

from sakimori.selection import decap, ip, link
from sakimori.selection.fragments import Fragment, Fragments
from sakimori.selection.packet import ICMP, ICMPV6, SCTP, TCP, UDP, Datagram, Seen, Undecodable

DEEPEST = 8  # levels of encapsulation, selection-semantics §2
_VERSIONS = {link.IP: None, link.IP4: 4, link.IP6: 6}
_TCP_HEADER, _UDP_HEADER, _SCTP_HEADER, _ICMP_HEADER = 20, 8, 12, 4
_ICMP_ERRORS = frozenset({3, 4, 5, 11, 12})
_ICMPV6_LARGEST_ERROR = 127


class Decoder:
    """Decodes frame after frame; keeps only the fragments that wait for others."""

    def __init__(self) -> None:
        self.fragments = Fragments()

    def datagram(self, link_type: int, data: bytes, time: int) -> Datagram | None:
        """Return the innermost datagram of a frame captured at `time` (ns), None while fragments are missing.

        Raises:
            Undecodable: with its reason, and the frames concerned when they are more than this one.
        """
        seen = Seen(1, len(data), time, time)
        levels = 0
        try:
            layer = link.first(link_type, data)
            while True:
                layer, used = link.to_ip(layer)
                levels += used
                _not_too_deep(levels)
                packet = ip.parse(layer.data, _VERSIONS[layer.kind])
                if packet.part is not None:
                    whole = self._reassemble(packet, packet.part, seen, time)
                    if whole is None:
                        return None
                    packet, seen = whole
                result = _transport(packet, seen)
                tunnel = decap.inner(
                    result.protocol,
                    result.src_port,
                    result.dst_port,
                    result.payload,
                    len(result.payload) + result.missing,
                )
                if tunnel is None:
                    return result
                layer = tunnel
                levels += 1
        except Undecodable as undecodable:
            undecodable.seen = undecodable.seen or seen
            raise

    def _reassemble(self, packet: ip.Packet, part: ip.Part, seen: Seen, time: int) -> tuple[ip.Packet, Seen] | None:
        key = (packet.src, packet.dst, part.identification, packet.protocol)
        fragment = Fragment(part.offset, packet.payload, packet.stated, part.more, packet.length, seen)
        whole = self.fragments.add(key, fragment, time)
        if whole is None:
            return None
        protocol, payload, stated = packet.protocol, whole.data, len(whole.data)
        if len(packet.src) > 4:  # noqa: PLR2004  IPv6: further extension headers may follow
            protocol, payload, stated, nested = _rest(protocol, payload, stated, whole.seen)
            if nested:
                raise _with(Undecodable("fragment_nested"), whole.seen)
        return ip.Packet(packet.src, packet.dst, protocol, payload, stated, whole.length, None), whole.seen


def _not_too_deep(levels: int) -> None:
    if levels > DEEPEST:
        raise Undecodable("too_deep")


def _rest(protocol: int, payload: bytes, stated: int, seen: Seen) -> tuple[int, bytes, int, bool]:
    try:
        protocol, payload, stated, part = ip.walk(protocol, payload, stated)
    except Undecodable as undecodable:
        raise _with(undecodable, seen) from None
    return protocol, payload, stated, part is not None


def _with(undecodable: Undecodable, seen: Seen) -> Undecodable:
    undecodable.seen = seen
    return undecodable


def _transport(packet: ip.Packet, seen: Seen) -> Datagram:
    """Read the transport header; an unknown protocol has ports 0 and its whole payload."""
    protocol, data, stated = packet.protocol, packet.payload, packet.stated
    src_port = dst_port = sequence = flags = header = 0
    if protocol == TCP:
        _need(data, stated, _TCP_HEADER)
        header = (data[12] >> 4) * 4
        if not _TCP_HEADER <= header <= stated:
            raise Undecodable("transport_header")
        sequence, flags = int.from_bytes(data[4:8], "big"), data[13]
    elif protocol == UDP:
        _need(data, stated, _UDP_HEADER)
        header = _UDP_HEADER
        length = int.from_bytes(data[4:6], "big") or stated
        if length < _UDP_HEADER:
            raise Undecodable("transport_header")
        stated = min(stated, length)
    elif protocol == SCTP:
        _need(data, stated, _SCTP_HEADER)
        header = _SCTP_HEADER
    elif protocol in (ICMP, ICMPV6):
        _need(data, stated, _ICMP_HEADER)
        src_port, dst_port, header = data[0], data[1], _ICMP_HEADER
    if protocol in (TCP, UDP, SCTP):
        src_port, dst_port = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    payload = data[header:stated]
    missing = stated - header - len(payload)
    if _quotes(protocol, src_port):
        payload, missing = b"", 0
    return Datagram(
        packet.src, packet.dst, protocol, src_port, dst_port, packet.length, payload, missing, sequence, flags, seen
    )


def _need(data: bytes, stated: int, size: int) -> None:
    if stated < size:
        raise Undecodable("transport_header")
    if len(data) < size:
        raise Undecodable("transport_truncated")


def _quotes(protocol: int, kind: int) -> bool:
    """Say whether this is an ICMP error: what it quotes belongs to another communication and is not entered."""
    return (protocol == ICMP and kind in _ICMP_ERRORS) or (protocol == ICMPV6 and kind <= _ICMPV6_LARGEST_ERROR)
