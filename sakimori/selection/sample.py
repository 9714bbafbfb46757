"""A small made-up capture and the order that fits it, so that a selection can be shown where no real data is at hand.

Everything is fictitious (documentation addresses and names, RFC 5737, RFC 2606) and the same on every run. There is
no country
file: the order's `address_overrides` say what is inside and outside.
"""

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

ATTACKER, CLIENT, SERVER, MAIL_SERVER, RESOLVER = (
    "203.0.113.66",
    "203.0.113.80",
    "192.0.2.10",
    "192.0.2.25",
    "203.0.113.53",
)
START = 1_800_000_000  # seconds since 1970; any fixed moment will do
BEACON = bytes.fromhex("4d5a9000") + b"SAMPLE-BEACON"
_MICROSECONDS = 1_000_000
_TCP, _UDP, _SYN, _ACK, _PSH = 6, 17, 0x02, 0x10, 0x08

ORDER = """\
# 見本の選別命令 / sample selection order (fictitious)
authority: SAMPLE-2027-001
basis: agreement
direction: outside-to-inside
minimum_conditions: 2
distinct_by: kind
domestic: [JP]
address_overrides: {"192.0.2.0/24": JP, "203.0.113.0/24": ZZ, "198.51.100.0/24": ZZ}
conditions:
  - {id: a1, kind: address, side: source, values: ["203.0.113.64/27", "evil.example"]}
  - {id: k1, kind: command, ref: "見本指令情報 1", hex: "4d5a9000"}
  - {id: x1, kind: exploratory, field: http.user_agent, values: ["SampleBot/1.0"]}
"""

MAIL = b"""\
Return-Path: <hanako1@evil.example>\r
Received: from evil.example (mail.evil.example [203.0.113.66])\r
\tby mail.example.jp with ESMTP id D098B19\r
\tfor <taro2@example.jp>; Fri, 15 Jan 2027 10:37:15 +0900 (JST)\r
From: "Sample Hanako" <hanako1@evil.example>\r
To: taro2@example.jp\r
Subject: sample subject that is never recorded\r
Date: Fri, 15 Jan 2027 10:37:00 +0900\r
Message-ID: <IMTw1f0Iffff0KsJ@evil.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="_Part_1"\r
Content-Transfer-Encoding: 7bit\r
\r
sample body that is never recorded, with the command bytes MZ\r
"""


def pcap(packets: Iterable[tuple[float, bytes]]) -> bytes:
    """Return a pcap file (microseconds, raw IP) of (seconds after `START`, IP packet)."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101)]
    for seconds, packet in packets:
        moment = round((START + seconds) * _MICROSECONDS)
        head = struct.pack("<IIII", moment // _MICROSECONDS, moment % _MICROSECONDS, len(packet), len(packet))
        parts.append(head + packet)
    return b"".join(parts)


def ipv4(src: str, dst: str, protocol: int, payload: bytes) -> bytes:
    """Return an IPv4 packet without options; the checksum is left 0, as a network card would fill it in."""
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
    return head + IPv4Address(src).packed + IPv4Address(dst).packed + payload


def tcp(src_port: int, dst_port: int, sequence: int, flags: int, payload: bytes = b"") -> bytes:
    """Return a TCP segment without options."""
    return struct.pack(">HHIIBBHHH", src_port, dst_port, sequence, 0, 0x50, flags, 65_535, 0, 0) + payload


def udp(src_port: int, dst_port: int, payload: bytes) -> bytes:
    """Return a UDP datagram."""
    return struct.pack(">HHHH", src_port, dst_port, 8 + len(payload), 0) + payload


def _connection(
    begin: float, src: str, dst: str, ports: tuple[int, int], pieces: Iterable[bytes]
) -> list[tuple[float, bytes]]:
    """Return one side of a connection: SYN, then a segment per piece."""
    sequence = 1_000
    packets = [(begin, ipv4(src, dst, _TCP, tcp(*ports, sequence, _SYN)))]
    sequence += 1
    for number, piece in enumerate(pieces, 1):
        packets.append((begin + number / 100, ipv4(src, dst, _TCP, tcp(*ports, sequence, _ACK | _PSH, piece))))
        sequence += len(piece)
    return packets


def _dns_answer(name: bytes, address: str) -> bytes:
    labels = b"".join(bytes((len(label),)) + label for label in name.split(b".")) + b"\x00"
    answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + IPv4Address(address).packed
    return struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + labels + struct.pack(">HH", 1, 1) + answer


def capture() -> bytes:
    """Return the sample capture: an attack over HTTP, a malicious mail, and communications that must not be kept."""
    beacon = (
        b"POST /gate HTTP/1.1\r\nHost: www.evil.example\r\nUser-Agent: SampleBot/1.0\r\nContent-Length: 17\r\n\r\n"
        + BEACON
    )
    mail = [
        b"EHLO mail.evil.example\r\n",
        b"MAIL FROM:<hanako1@evil.example>\r\n",
        b"RCPT TO:<taro2@example.jp>\r\nDATA\r\n",
    ]
    mail += [MAIL[:200], MAIL[200:] + BEACON + b"\r\n.\r\n", b"QUIT\r\n"]
    page = b"GET /news HTTP/1.1\r\nHost: www.example.jp\r\nUser-Agent: Browser/9\r\n\r\n"
    packets = [
        *_connection(1.0, ATTACKER, SERVER, (40_001, 80), [beacon[:60], beacon[60:100], beacon[100:]]),
        *_connection(2.0, ATTACKER, MAIL_SERVER, (40_002, 25), mail),
        *_connection(3.0, CLIENT, SERVER, (50_001, 80), [page]),
        *_connection(4.0, SERVER, ATTACKER, (80, 40_001), [b"HTTP/1.1 204 No Content\r\n\r\n"]),
        (5.0, ipv4(RESOLVER, SERVER, _UDP, udp(53, 53_000, _dns_answer(b"www.example.jp", SERVER)))),
        (5.5, ipv4(RESOLVER, SERVER, _UDP, udp(53, 53_001, _dns_answer(b"c2.evil.example", ATTACKER)))),
        *_connection(6.0, "198.51.100.7", CLIENT, (41_000, 443), [b"transit traffic, neither end inside"]),
        *_connection(7.0, "10.0.0.5", SERVER, (42_000, 80), [beacon]),
    ]
    return pcap(sorted(packets, key=lambda packet: packet[0]))
