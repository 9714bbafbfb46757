"""Decoding: whatever carries it, the innermost datagram comes out the same; what cannot be decoded has a reason."""

import struct

import pytest

from sakimori.selection.decode import DEEPEST, Decoder
from sakimori.selection.packet import Undecodable
from tests.selection import build
from tests.selection.build import TCP, UDP, eth, ip4, ip6, tcp, udp

IN4 = ip4("203.0.113.5", "192.0.2.9", TCP, tcp(1234, 80, 77, build.PSH, b"payload"))
IN6 = ip6("2001:db8::5", "2001:db8::9", UDP, udp(5353, 53, b"payload"))


def decode(data, link=1):
    return Decoder().datagram(link, data, 0)


def seen(data, link=1):
    found = decode(data, link)
    return (
        found.src,
        found.dst,
        found.protocol,
        found.src_port,
        found.dst_port,
        found.payload,
        found.length,
        found.missing,
    )


def reason(data, link=1):
    with pytest.raises(Undecodable) as caught:
        decode(data, link)
    return caught.value.reason


def outer4(protocol, payload):
    return eth(ip4("198.51.100.1", "198.51.100.2", protocol, payload))


WRAPS = {
    "ethernet": eth,
    "vlan": build.vlan,
    "qinq": lambda p: build.vlan(build.vlan(p), 0x88A8),
    "old qinq": lambda p: build.vlan(build.vlan(p), 0x9100),
    "mpls": build.mpls,
    "mpls 3 labels": lambda p: build.mpls(p, 3),
    "mpls pseudowire": lambda p: build.mpls(p, 1, control=True),
    "pppoe": build.pppoe,
    "pppoe in vlan": lambda p: build.vlan(build.pppoe(p)),
    "gre": lambda p: outer4(47, build.gre(p)),
    "gre with key, sequence, checksum": lambda p: outer4(47, build.gre(p, key=1, seq=2, checksum=True)),
    "gre ethernet": lambda p: outer4(47, build.gre(eth(p), kind=0x6558)),
    "pptp": lambda p: outer4(47, build.pptp(p)) if p[0] >> 4 == 4 else eth(p),
    "ip in ip": lambda p: outer4(4 if p[0] >> 4 == 4 else 41, p),
    "ip in ip6": lambda p: eth(ip6("2001:db8:1::1", "2001:db8:1::2", 4 if p[0] >> 4 == 4 else 41, p)),
    "vxlan": lambda p: outer4(UDP, udp(999, 4789, build.vxlan(eth(p)))),
    "vxlan with vlan": lambda p: outer4(UDP, udp(999, 4789, build.vxlan(build.vlan(p)))),
    "geneve": lambda p: outer4(UDP, udp(999, 6081, build.geneve(eth(p), b"\0" * 8))),
    "gtp": lambda p: outer4(UDP, udp(2152, 2152, build.gtp(p))),
    "gtp with sequence": lambda p: outer4(UDP, udp(2152, 2152, build.gtp(p, sequence=True))),
    "gtp with extension": lambda p: outer4(UDP, udp(2152, 2152, build.gtp(p, extension=True))),
    "teredo": lambda p: outer4(UDP, udp(3544, 999, build.teredo(p))) if p[0] >> 4 == 6 else eth(p),
    "teredo with headers": lambda p: (
        outer4(UDP, udp(999, 3544, build.teredo(p, authentication=True, origin=True))) if p[0] >> 4 == 6 else eth(p)
    ),
    "erspan 2": lambda p: outer4(47, build.erspan2(eth(p))),
    "erspan 3": lambda p: outer4(47, build.erspan3(eth(p))),
    "erspan 3 with subheader": lambda p: outer4(47, build.erspan3(build.vlan(p), subheader=True)),
    "snap": lambda p: b"\2" * 12 + struct.pack(">H", 8 + len(p)) + b"\xaa\xaa\3\0\0\0" + eth(p)[12:],
    "padding": lambda p: eth(p) + b"\xee" * 20,
}
LINKS = {
    "raw": (101, lambda p: p),
    "raw 12": (12, lambda p: p),
    "raw of its version": (None, lambda p: p),
    "null": (0, lambda p: struct.pack("<I", 2 if p[0] >> 4 == 4 else 30) + p),
    "null, other byte order": (0, lambda p: struct.pack(">I", 2 if p[0] >> 4 == 4 else 24) + p),
    "loop": (108, lambda p: struct.pack(">I", 2 if p[0] >> 4 == 4 else 28) + p),
    "cooked": (113, lambda p: b"\0" * 14 + eth(p)[12:]),
    "cooked 2": (276, lambda p: eth(p)[12:14] + b"\0" * 18 + p),
    "ppp": (9, lambda p: b"\xff\3" + (b"\0\x21" if p[0] >> 4 == 4 else b"\0\x57") + p),
    "ppp, short": (9, lambda p: (b"\x21" if p[0] >> 4 == 4 else b"\x57") + p),
    "wlan": (105, lambda p: b"\x08\x01" + b"\0" * 22 + b"\xaa\xaa\3\0\0\0" + eth(p)[12:]),
    "wlan qos, four addresses": (105, lambda p: b"\x88\x03" + b"\0" * 30 + b"\xaa\xaa\3\0\0\0" + eth(p)[12:]),
    "radiotap": (127, lambda p: b"\0\0\x08\0\0\0\0\0\x08\x01" + b"\0" * 22 + b"\xaa\xaa\3\0\0\0" + eth(p)[12:]),
    "radiotap, padded": (
        127,
        lambda p: b"\0\0\x09\0\2\0\0\0\x20\x88\x01" + b"\0" * 26 + b"\xaa\xaa\3\0\0\0" + eth(p)[12:],
    ),
}


@pytest.mark.parametrize("inner", [IN4, IN6], ids=["4", "6"])
@pytest.mark.parametrize("wrap", WRAPS)
def test_what_carries_a_packet_does_not_matter(wrap, inner):
    assert seen(WRAPS[wrap](inner)) == seen(inner, 101)


@pytest.mark.parametrize("inner", [IN4, IN6], ids=["4", "6"])
@pytest.mark.parametrize("link", LINKS)
def test_link_types(link, inner):
    number, wrap = LINKS[link]
    number = number if number is not None else (228 if inner is IN4 else 229)
    assert seen(wrap(inner), number) == seen(inner, 101)


def test_the_fields_themselves():
    assert seen(eth(IN4)) == (bytes([203, 0, 113, 5]), bytes([192, 0, 2, 9]), 6, 1234, 80, b"payload", 47, 0)
    assert seen(eth(IN6))[2:] == (17, 5353, 53, b"payload", 55, 0)


def test_depth_is_limited():
    packet = IN4
    for _ in range(DEEPEST):
        packet = ip4("198.51.100.1", "198.51.100.2", 4, packet)
    assert seen(eth(packet))[5] == b"payload"
    assert reason(eth(ip4("198.51.100.1", "198.51.100.2", 4, packet))) == "too_deep"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (outer4(47, build.gre(b"\x45\0\0\1")), "ip_truncated"),
        (outer4(4, IN6), "ip_version"),
        (outer4(41, IN4), "ip_version"),
        (outer4(UDP, udp(9, 4789, build.vxlan(eth(b"\0" * 28, 0x0806)))), "not_ip"),
        (outer4(UDP, udp(2152, 2152, build.gtp(b"\x12\x34"))), "not_ip"),
        (outer4(47, build.gre(eth(IN4), kind=0x88BE)), "erspan"),
        (outer4(47, build.gre(b"\0" * 40, kind=0x9000)), "not_ip"),
        (eth(b"\0" * 28, 0x0806), "not_ip"),
        (build.mpls(b"\x12" + IN4[1:]), "mpls_payload"),
        (eth(IN4)[:10], "link_truncated"),
        (eth(IN4[:12]), "ip_truncated"),
        (eth(b"\x44" + IN4[1:]), "ip_header"),
        (eth(ip4("192.0.2.1", "192.0.2.2", TCP, b"\0" * 10)), "transport_header"),
        (eth(IN4[:30]), "transport_truncated"),
        (eth(ip4("192.0.2.1", "192.0.2.2", UDP, udp(1, 2, b"", length=7))), "transport_header"),
    ],
)
def test_what_cannot_be_decoded_has_a_reason(data, why):
    assert reason(data) == why


def test_unknown_link_type():
    assert reason(eth(IN4), 147) == "link_type"


@pytest.mark.parametrize(
    ("port", "payload"),
    [
        (4789, b"\0" * 50),  # the I flag is not set
        (6081, b"\xff" * 50),  # a version that does not exist
        (2152, b"\x32\x01" + b"\0" * 20),  # an echo request
        (3544, b"\x99" * 30),  # no Teredo grammar
        (4789, b"\x08"),  # too short to be VXLAN
    ],
)
def test_a_port_alone_is_no_tunnel(port, payload):
    assert seen(outer4(UDP, udp(999, port, payload)))[4:6] == (port, payload)


def test_total_length_0_means_captured_length():
    assert seen(eth(ip4("192.0.2.1", "192.0.2.2", UDP, udp(1, 2, b"abc"), length=0)))[5:7] == (b"abc", 31)
    assert seen(eth(ip6("2001:db8::1", "2001:db8::2", UDP, udp(1, 2, b"abc"), length=0)))[5:7] == (b"abc", 51)


def test_captured_shorter_than_stated_is_missing():
    assert seen(eth(IN4[:-3]))[5:] == (b"payl", 47, 3)


def test_udp_length_cuts_the_payload():
    assert seen(eth(ip4("192.0.2.1", "192.0.2.2", UDP, udp(1, 2, b"abcdef", length=11))))[5] == b"abc"


def test_extension_headers_are_walked():
    chain = bytes([43, 0]) + b"\0" * 6  # hop by hop, then
    chain += bytes([60, 0]) + b"\0" * 6  # routing, then
    chain += bytes([51, 1]) + b"\0" * 14  # destination (16 bytes), then
    chain += bytes([44, 4]) + b"\0" * 22  # AH, then
    chain += bytes([17, 0, 0, 0, 0, 0, 0, 1])  # the fragment header of a packet in one piece
    assert seen(eth(ip6("2001:db8::1", "2001:db8::2", 0, chain + udp(1, 2, b"abc"))))[2:6] == (17, 1, 2, b"abc")


def test_esp_ends_the_walk():
    assert seen(eth(ip6("2001:db8::1", "2001:db8::2", 50, b"E" * 20)))[2:6] == (50, 0, 0, b"E" * 20)


def test_a_header_cut_off():
    assert reason(eth(ip6("2001:db8::1", "2001:db8::2", 0, b"\x11"))) == "ip6_extension"


@pytest.mark.parametrize("protocol", [1, 58])
def test_icmp_has_type_and_code_and_quotes_nothing(protocol):
    wrap = ip4 if protocol == 1 else ip6
    ends = ("192.0.2.1", "192.0.2.2") if protocol == 1 else ("2001:db8::1", "2001:db8::2")
    assert seen(eth(wrap(*ends, protocol, b"\3\1\0\0" + b"\0" * 4 + IN4)))[2:6] == (protocol, 3, 1, b"")
    echo = 8 if protocol == 1 else 128
    assert seen(eth(wrap(*ends, protocol, bytes([echo, 0, 0, 0]) + b"ping")))[5] == b"ping"


def test_sctp_and_others():
    assert seen(eth(ip4("192.0.2.1", "192.0.2.2", 132, build.sctp(7, 8, b"chunk"))))[2:6] == (132, 7, 8, b"chunk")
    assert seen(eth(ip4("192.0.2.1", "192.0.2.2", 89, b"ospf")))[2:6] == (89, 0, 0, b"ospf")
