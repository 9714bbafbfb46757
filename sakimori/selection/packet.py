"""The shapes that decoding hands on: what was seen of a packet, and the innermost datagram it carried."""

from dataclasses import dataclass


class Undecodable(Exception):  # noqa: N818  a condition to be counted, not an error for people
    """The packet is not entered anywhere; `reason` is a short key for the receipt.

    `seen` accounts for the frames concerned where they are more than the one in hand.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seen: Seen | None = None


@dataclass(slots=True)
class Seen:
    """Captured frames that together make up one datagram: how many, bytes, earliest and latest time (ns)."""

    frames: int
    captured: int
    first: int
    last: int

    def add(self, other: "Seen") -> None:
        """Take another frame (or reassembled datagram) into the account."""
        self.frames += other.frames
        self.captured += other.captured
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)


@dataclass(slots=True)
class Datagram:
    """One innermost IP datagram, whole or reassembled.

    `src`, `dst` are 4 or 16 bytes; `length` is the IP total length, summed over fragments; `payload` is what was
    captured of the transport payload and `missing` how many of its bytes were stated but not captured.
    `sequence` and `flags` are those of TCP, else 0.
    """

    src: bytes
    dst: bytes
    protocol: int
    src_port: int
    dst_port: int
    length: int
    payload: bytes
    missing: int
    sequence: int
    flags: int
    seen: Seen


ICMP, IPIP, TCP, UDP, IPV6, GRE, ESP, AH, ICMPV6, SCTP = 1, 4, 6, 17, 41, 47, 50, 51, 58, 132
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
