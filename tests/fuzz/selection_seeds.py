"""Good inputs for the selection's fuzz targets, from which the interesting bad ones are a few changed bytes away."""

import gzip
import struct
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.selection import AllowedCondition, Authority, sample, sign
from tests.fuzz.fuzz_selection_engines import frames_of
from tests.selection import build, generate
from tests.selection.build import TCP, UDP, ip, tcp, udp
from tests.selection.test_decode import LINKS, WRAPS

PATTERNS = (
    "POST /gate[0-9]{1,3}",
    "(abcd|bcde)x{2,20}.[0-9a-f]{4}",
    "a?b?c?d{4}|abcdabcd",
    "\\x4d\\x5a.{2,8}(ab|a)(c|bcd)",
    "日本{2,3}",
)
MESSAGE = (
    b'From: a@evil.example\r\nTo: "B, C" <b@a.example>, c@a.example\r\nDate: Sun, 25 Mar 2012 10:37:03 +0900\r\n'
    b"Return-Path: <x@evil.example>\r\nReceived: from evil.example (mx.evil.example [203.0.113.1]) by a.example\r\n"
    b"\twith ESMTP id D09 for <b@a.example>; Sun, 25 Mar 2012 10:37:15 +0900 (JST)\r\n"
    b"Authentication-Results: a.example; spf=pass reason=policy\r\nMessage-ID: <1@evil.example>\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="_b"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nx\r\n'
)
_ENVELOPE = b"EHLO evil.example\r\nMAIL FROM:<x@evil.example> SIZE=1\r\nRCPT TO:<y@a.example>\r\n"
STREAMS = (
    *generate.STREAMS,
    _ENVELOPE + b"DATA\r\n" + MESSAGE + b".\r\nQUIT\r\n",
    _ENVELOPE + b"BDAT %d\r\n" % len(MESSAGE) + MESSAGE + b"BDAT 0 LAST\r\nSTARTTLS\r\n",
    b"GET / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n",
    b"\0\0\x0f\1\4\0\0\0\1" + bytes.fromhex("828684418cf1e3c2e5f23a6ba0ab90f4ff")[:15],
    b"\x00\x1d" + build.dns("www.evil.example", kind=16)[:29],
)


def _packets() -> list[bytes]:
    payload = STREAMS[0]
    return [
        ip("203.0.113.66", "192.0.2.1", TCP, tcp(1, 80, 1000, 24, payload)),
        ip("2001:db8:2::5", "2001:db8:1::5", UDP, udp(5353, 53, build.dns("www.evil.example"))),
    ]


def _links() -> list[bytes]:
    found = []
    for packet in _packets():
        found += [b"\0" + wrap(packet) for wrap in WRAPS.values()]
        for number, wrap in LINKS.values():
            kinds = (1, 101, 12, 228, 229, 0, 108, 9, 50, 105, 113, 127, 276, 14)
            found += [bytes((kinds.index(number),)) + wrap(packet)] if number in kinds else []
    return found


def _decoded() -> list[bytes]:
    """Return sequences of frames as `fuzz_decode` takes them: every wrap, and fragments."""
    frames = [(item[0], item[1:]) for item in _links()]
    parts = [
        *(build.ip4("203.0.113.66", "192.0.2.1", UDP, bytes(16), offset=16 * n, more=n < 2, ident=5) for n in range(3)),
        *(build.frag6("2001:db8:2::5", "2001:db8:1::5", UDP, bytes(16), offset=16 * n, more=n < 2) for n in range(3)),
    ]
    frames += [(1, part) for part in parts]
    rows = [struct.pack(">BBH", kind, 0, len(frame)) + frame for kind, frame in frames]
    return [*rows, b"".join(rows[-6:]), b"".join(rows[:4])]


def _tunnels() -> list[bytes]:
    found = []
    for item in _links():
        protocol, udp_at = (item[24], 35) if len(item) > 60 and item[13:15] == b"\x08\0" else (0, 0)
        if protocol in (4, 41, 47):
            found.append(bytes(((4, 41, 47).index(protocol), 0, 0, 0)) + item[35:])
        if protocol == UDP and udp_at:
            port = int.from_bytes(item[37:39], "big")
            place = (4789, 6081, 2152, 3544).index(port) if port in (4789, 6081, 2152, 3544) else 5
            found.append(bytes((3, 5, place, 0)) + item[43:])
    return found


def _captures() -> list[bytes]:
    packets = build.framed(build.side("203.0.113.66", "192.0.2.1", 1, 80, [STREAMS[0][:50], STREAMS[0][50:]]))
    numbered = [(time, 0, frame) for time, frame in packets]
    return [
        *(build.pcap(packets, nano=nano, order=order) for nano in (True, False) for order in "<>"),
        build.pcapng(numbered),
        build.pcapng(numbered, order=">", resolution=0x8A, offset=5),
        gzip.compress(build.pcap(packets), mtime=0),
    ]


def _authority() -> bytes:
    made = Authority(
        id="A",
        basis="agreement",
        direction="outside-to-inside",
        equipment="e",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, tzinfo=UTC),
        allowed=(AllowedCondition(kind="address", sides=("either",), values=("*",)),),
        minimum_conditions=2,
    )
    return sign(made, Ed25519PrivateKey.from_private_bytes(b"i" * 32)).dumps()


def _flows() -> list[bytes]:
    """Return inputs of `fuzz_engines_flows`: each stream in two segments, in order and turned about."""
    found = []
    for stream in STREAMS:
        one, other = stream[:100], stream[100:300]
        head = struct.pack(">BBHB", 16, 1, 0, 0)
        first, second = (
            struct.pack(">BBHB", 0, 1, 1, len(one)) + one,
            struct.pack(">BBHB", 0, 1, 101, len(other)) + other,
        )
        found += [b"\1" + head + first + second, b"\2" + head + second + first, b"\1" + b"\x08\1\0\0" + first[4:]]
    return found


def _disorder() -> list[bytes]:
    """Return inputs of `fuzz_engines_disorder`: single bytes falling, then all over them; fragments of one datagram."""
    bytes_falling = b"".join(bytes((0, place, 1)) for place in range(254, 0, -2))
    fragments = b"".join(bytes((1, place * 7 % 60, 1)) for place in range(60))
    over = bytes((16, 2, 255)) * 3 + bytes((0, 0, 23)) * 2
    return [
        b"\5" + bytes_falling + over,
        b"\4" + fragments + bytes((3, 60, 1)),
        b"\5" + fragments + over + bytes_falling,
    ]


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Return the good inputs of a target, by its name without `fuzz_`."""
    streams = [b"\3" + stream for stream in STREAMS]
    frames = [frame for _, frame in build.framed([(0, packet) for packet in _packets()])]
    by_target: dict[str, list[bytes]] = {
        "link": _links(),
        "ip": [b"\0" + packet for packet in _packets()] + [b"\0" + item[15:] for item in _links()[:20]],
        "decap": _tunnels(),
        "decode": _decoded(),
        "fragments": [bytes((0, 0, 64, 1, 0, 8, 64, 1, 0, 16, 9, 2)), bytes((2, 0, 200, 1, 2, 25, 54, 2)) * 3],
        "streams": [
            bytes(4) + b"".join(struct.pack(">BHB", marks, place * 8, 8) + b"abcdefgh" for place in (0, 2, 1, 1, 5))
            for marks in (0, 1, 4, 10, 20)
        ],
        "capture": [b"\3" + item for item in _captures()],
        "app_dns": [b"\3" + build.dns("a.example", [("a.example", 5, build.dns_name("b.example"))]), streams[11]],
        "hpack": [bytes.fromhex("f1e3c2e5f23a6ba0ab90f4ff"), bytes.fromhex("10828684418cf1e3c2e5f23a6ba0ab90f4ff")],
        "mail": [b"\7" + MESSAGE],
        "order": [sample.ORDER.encode(), *((generate.HEAD + order).encode() for order in generate.ORDERS)],
        "authority": [_authority(), b"0" * 64],
        "pattern": [text.encode() + b"\nPOST /gate12 MZabababcd abcdxxx_beef dddd" for text in PATTERNS],
        "engines_capture": [b"\1" + item for item in _captures()] + [b"\0" + sample.capture()],
        "engines_frames": [b"\5" + item for item in _decoded()] + [b"\1" + frames_of([(0, frame) for frame in frames])],
        "engines_flows": _flows(),
        "engines_disorder": _disorder(),
        "engines_generated": [number.to_bytes(3, "big") + b"\0\1\2\3" for number in range(20)],
    }
    return tuple(by_target.get(target, streams))
