"""Captures made at random for comparing engines: connections, tunnels, fragments, disorder, damage, file forms."""

import gzip
import random
from dataclasses import dataclass
from typing import Any

from sakimori.selection import Order, load_order
from tests.selection import build
from tests.selection.build import SYN, TCP, UDP, eth, ip, tcp, udp
from tests.selection.test_decode import WRAPS

HEAD = """
authority: A
address_overrides:
  {"192.0.2.0/24": JP, "203.0.113.0/24": ZZ, "198.51.100.0/24": ZZ, "2001:db8:1::/48": JP, "2001:db8:2::/48": ZZ}
"""
CONDITIONS = """
conditions:
  - {id: a1, kind: address, side: source, values: ["203.0.113.64/26", "2001:db8:2::/64", "evil.example"]}
  - {id: a2, kind: address, side: destination, values: ["192.0.2.2", "bad.example"]}
  - {id: k1, kind: command, ref: R, regex: "POST /gate[0-9]{1,3}"}
  - {id: k2, kind: command, ref: R, hex: "4d5a9000"}
  - {id: k3, kind: command, ref: R, regex: "(abcd|bcde)x{2,200}.[0-9a-f]{4}"}
  - {id: x1, kind: exploratory, field: http.method, values: [PUT]}
  - {id: x2, kind: exploratory, field: dst_port, values: [25, 9999]}
  - {id: x3, kind: exploratory, field: mean_packet_size, min: 60, max: 90}
  - {id: x4, kind: exploratory, field: dns.qtype, values: [16]}
  - {id: x5, kind: exploratory, field: bytes, min: 4000}
"""
ORDERS = (
    "basis: agreement\ndirection: outside-to-inside\n" + CONDITIONS,
    "basis: agreement\ndirection: outside-to-inside\ndistinct_by: id\n" + CONDITIONS,
    "basis: agreement\ndirection: outside-to-inside\ndistinct_by: id\nminimum_conditions: 3\n" + CONDITIONS,
    'basis: "17"\ndirection: outside-to-outside\n' + CONDITIONS,
    "basis: agreement\ndirection: outside-to-inside\nminimum_conditions: 3\n" + CONDITIONS,
)  # fmt: skip
BODY = b"From: a@evil.example\r\nDate: Sun, 25 Mar 2012 10:37:03 +0900\r\n\r\nbody MZ\x90\0\r\n.\r\n"
STREAMS = (
    b"POST /gate7 HTTP/1.1\r\nHost: www.evil.example\r\nUser-Agent: B/1\r\nContent-Length: 4\r\n\r\nMZ\x90\0",
    b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\nPUT /x HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    build.tls_records(build.client_hello(), 90),
    build.tls_records(build.client_hello(b"bad.example")),
    b"EHLO evil.example\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<y@a.example>\r\nDATA\r\n" + BODY,
    b"220 mx.bad.example ESMTP\r\n",
    b"SSH-2.0-x\r\nMZ\x90\0 MZ\x90\0",
    bytes(range(256)) + b"POST /gate123456",
    b"abcd" + b"x" * 150 + b"\n00ffbcdexxx!beefMZ\x90\0",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
    b"\x00\x1d" + build.dns("www.evil.example", kind=16)[:29],
    b"",
    b"x",
)
OUTSIDE = ("203.0.113.66", "203.0.113.3", "198.51.100.9", "198.51.100.77")
INSIDE = ("192.0.2.1", "192.0.2.2", "192.0.2.3")
OUTSIDE6, INSIDE6 = ("2001:db8:2::5", "2001:db8:2:1::5"), ("2001:db8:1::5", "2001:db8:1::6")
PORTS = (25, 53, 80, 443, 9999, 40_000)


@dataclass(frozen=True)
class Case:
    """An order and the captures to run it over."""

    order: Order
    captures: tuple[bytes, ...]


_ORDERS = tuple(load_order(HEAD + order) for order in ORDERS)


def case(seed: int) -> Case:
    """Return the case of a seed."""
    rng = random.Random(seed)  # noqa: S311  a fixed order, no secret
    frames = []
    clock = build.T0 * build.NS
    for _ in range(rng.randrange(1, 9)):
        made = rng.choice((_connection, _connection, _connection, _datagrams, _noise))(rng)
        begin = clock + rng.choice((0, 0, rng.randrange(60), 119, 120, 121, 300)) * build.NS
        frames += [(begin + time, frame) for time, frame in _framed(made, rng)]
    if rng.random() < 0.7:
        frames.sort(key=lambda frame: frame[0])
    elif rng.random() < 0.5:
        rng.shuffle(frames)
    if rng.random() < 0.2:
        frames = [(time, frame) for time, frame in frames if rng.random() < 0.9]
    cuts = sorted(rng.randrange(len(frames) + 1) for _ in range(rng.choice((0, 0, 0, 1, 2))))
    parts = [frames[low:high] for low, high in zip([0, *cuts], [*cuts, len(frames)], strict=True)]
    return Case(rng.choice(_ORDERS), tuple(_file(part, rng) for part in parts))


def _ends(rng):
    if rng.random() < 0.25:
        return rng.choice(OUTSIDE6), rng.choice(INSIDE6)
    if rng.random() < 0.1:
        return rng.choice(OUTSIDE), rng.choice(OUTSIDE)
    pair = rng.choice(OUTSIDE), rng.choice(INSIDE)
    return pair if rng.random() < 0.9 else pair[::-1]


def _connection(rng):  # noqa: C901, PLR0912  one chance after the other
    """Return one side of a TCP connection as (ns, IP packet), with whatever can befall it."""
    src, dst = _ends(rng)
    ports = rng.choice((10_000, 10_001, rng.choice(PORTS))), rng.choice(PORTS)
    stream = b"".join(rng.choice(STREAMS) for _ in range(rng.randrange(1, 4)))
    if rng.random() < 0.05:
        stream = bytes(rng.randrange(256) for _ in range(64)) * rng.randrange(1, 3000) + stream
    first = rng.choice((1000, 2**32 - 20, rng.randrange(2**32)))
    size = rng.choice((1, 5, 40, 300, 1448)) if len(stream) < 2000 else 1448
    spans = []
    place = 0
    while place < len(stream):
        length = rng.randrange(1, size + 1)
        spans.append((place, min(place + length, len(stream))))
        place += length
    chance = rng.random()
    if chance < 0.4:
        for _ in range(rng.randrange(1, 5)):
            low = rng.randrange(len(stream) + 1)
            spans.insert(rng.randrange(len(spans) + 1), (low, min(low + rng.randrange(1, 200), len(stream))))
    if chance < 0.3:
        for _ in range(rng.randrange(1, 6)):
            one, other = rng.randrange(len(spans)) if spans else 0, rng.randrange(len(spans)) if spans else 0
            if spans:
                spans[one], spans[other] = spans[other], spans[one]
    if rng.random() < 0.15 and len(spans) > 2:
        del spans[rng.randrange(len(spans))]
    if rng.random() < 0.03:
        low = 70_000 + len(stream)
        spans.append((low, low))
    packets = []
    data_on_syn = spans.pop(0) if spans and rng.random() < 0.05 else (0, 0)
    if rng.random() < 0.85:
        packets.append(ip(src, dst, TCP, tcp(*ports, first, SYN, stream[slice(*data_on_syn)])))
    for low, high in spans:
        data = stream[low:high]
        if rng.random() < 0.02:
            data = bytes(rng.randrange(256) for _ in data)  # another content at the same place
        options = b"\1" * rng.choice((0, 0, 4, 12))
        packets.append(
            ip(src, dst, TCP, tcp(*ports, first + 1 + low, rng.choice((16, 24, 17, 4)), data, options=options))
        )
    if rng.random() < 0.1:
        packets.append(ip(src, dst, TCP, tcp(*ports, first + rng.choice((0, 5, 70_000)), SYN)))
        packets.append(ip(src, dst, TCP, tcp(*ports, first + 6, 24, rng.choice(STREAMS))))
    step = rng.choice((1, 1_000_000, 1_000_000, 40 * build.NS, 130 * build.NS))
    return [(number * step, packet) for number, packet in enumerate(packets)]


def _datagrams(rng):
    src, dst = _ends(rng)
    ports = rng.choice((53, 443, 5353, 40_000)), rng.choice((53, 9999, 443, 4789, 2152, 3544, 6081))
    found = []
    for number in range(rng.randrange(1, 5)):
        payload = rng.choice(
            (
                build.dns("www.evil.example", kind=rng.choice((1, 16))),
                build.dns("a.example", [("a.example", 5, build.dns_name("bad.example"))]),
                b"\xc3\0\0\0\1\x08" + b"q" * 30,
                b"MZ\x90\0" * rng.randrange(1, 30),
                b"",
                rng.choice(STREAMS),
            )
        )
        protocol, data = UDP, udp(*ports, payload)
        chance = rng.random()
        if chance < 0.1:
            protocol, data = 132, build.sctp(*ports, payload)
        elif chance < 0.2:
            protocol, data = 58 if ":" in src else 1, bytes((rng.choice((0, 3, 8, 11, 128)), 0, 0, 0)) + payload
        elif chance < 0.25:
            protocol, data = rng.choice((50, 89, 103)), payload
        found.append((number * build.NS, ip(src, dst, protocol, data)))
    return found


def _noise(rng):
    return [(0, bytes(rng.randrange(256) for _ in range(rng.randrange(80))))]


def _framed(packets, rng):
    """Put packets into frames: plain, in tunnels, in fragments, cut short, padded, damaged."""
    wrap = eth if rng.random() < 0.6 else WRAPS[rng.choice(sorted(WRAPS))]
    frames = []
    for number, (time, packet) in enumerate(packets):
        pieces = [packet]
        if rng.random() < 0.06 and len(packet) > 60:
            pieces = _fragments(packet, rng, number)
        for part, piece in enumerate(pieces):
            frame = wrap(piece) if len(piece) >= 20 else b"\2" * 12 + b"\x08\0" + piece
            chance = rng.random()
            if chance < 0.02:
                frame = frame[: rng.randrange(len(frame) + 1)]
            elif chance < 0.04:
                damaged = bytearray(frame)
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
                frame = bytes(damaged)
            elif chance < 0.1:
                frame += b"\0" * rng.randrange(1, 20)
            elif chance < 0.12:
                frame = WRAPS[rng.choice(sorted(WRAPS))](piece) if len(piece) >= 20 else frame
            frames.append((time + part, frame))
    return frames


def _fragments(packet, rng, number):
    size = rng.choice((16, 24, 64))
    make: Any
    if packet[0] >> 4 == 4:
        src, dst, protocol, payload, make = packet[12:16], packet[16:20], packet[9], packet[20:], build.ip4
    else:
        src, dst, protocol, payload, make = packet[8:24], packet[24:40], packet[6], packet[40:], build.frag6
    src, dst = (".".join(map(str, item)) if len(item) == 4 else item.hex(":", 2) for item in (src, dst))
    parts = [
        make(src, dst, protocol, payload[at : at + size], ident=number, offset=at, more=at + size < len(payload))
        for at in range(0, len(payload), size)
    ]
    if rng.random() < 0.3:
        rng.shuffle(parts)
    if rng.random() < 0.1:
        parts.pop(rng.randrange(len(parts)))
    if rng.random() < 0.05:
        parts.append(rng.choice(parts) if parts else packet)
    return parts


def _file(frames, rng):
    chance = rng.random()
    if chance < 0.5:
        data = build.pcap(frames)
    elif chance < 0.7:
        data = build.pcap(frames, nano=rng.random() < 0.5, order=rng.choice("<>"))
    elif chance < 0.9:
        data = build.pcapng([(time, 0, frame) for time, frame in frames], resolution=rng.choice((6, 9)))
    else:
        data = build.pcap(frames, link=rng.choice((0, 12, 101, 113, 127, 228, 276)))
    if rng.random() < 0.05:
        broken = bytearray(data)
        broken[rng.randrange(len(broken))] = rng.randrange(256)
        data = bytes(broken[: rng.randrange(len(broken) + 1)])
    if rng.random() < 0.1:
        data = gzip.compress(data, mtime=0)
        if rng.random() < 0.3:
            data = data[: rng.randrange(len(data))]
    return data
