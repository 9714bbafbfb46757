"""DNS in datagrams and over TCP, and the one form that names have."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection import app_dns, app_tls, names
from sakimori.selection.facts import Facts
from tests.selection import build
from tests.selection.streamed import bytewise, read

ANSWERS = [
    ("www.evil.example", 5, build.dns_name("cdn.example")),
    ("cdn.example", 1, b"\1\2\3\4"),
    ("mx.example", 15, b"\0\5" + build.dns_name("mail.example")),
    ("srv.example", 33, b"\0\1\0\2\0\3" + build.dns_name("host.example")),
    ("ptr.example", 12, build.dns_name("Back.Example")),
    ("ns.example", 2, build.dns_name("ns1.example")),
    ("txt.example", 16, b"\4text"),
]
NAMES = {
    "www.evil.example", "cdn.example", "mx.example", "mail.example", "srv.example", "host.example", "ptr.example",
    "back.example", "ns.example", "ns1.example", "txt.example",
}  # fmt: skip


def test_dns_names():
    facts = Facts()
    assert app_dns.datagram(build.dns("WWW.Evil.Example", ANSWERS, kind=28), facts)
    assert (facts.protocol, facts.names, facts.fields) == ("dns", NAMES, {"dns.qtype": {b"28"}})


def test_dns_over_tcp_in_pieces():
    one, two = build.dns("a.example"), build.dns("b.example", ANSWERS)
    data = struct.pack(">H", len(one)) + one + struct.pack(">H", len(two)) + two
    for facts in (read(data, dns=True), bytewise(data, dns=True)):
        assert facts.names == NAMES | {"a.example", "b.example"}


def test_dns_compression():
    message = struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + build.dns_name("www.evil.example") + b"\0\1\0\1"
    message += b"\xc0\x10" + struct.pack(">HHIH", 5, 1, 60, 4) + b"\1x\xc0\x15"
    facts = Facts()
    app_dns.datagram(message, facts)
    assert facts.names == {"www.evil.example", "evil.example", "x.example"}


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0" * 12,
        struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1",  # a pointer to itself
        struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\x40abc\0\0\1\0\1",  # a label type that does not exist
        struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\3abc\0\0",
        struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\x3fa" * 130,
    ],
)
def test_what_is_not_dns(message):
    facts = Facts()
    assert not app_dns.datagram(message, facts)
    assert facts == Facts()


def test_names_before_a_damage_are_kept():
    facts = Facts()
    assert app_dns.datagram(build.dns("a.example", ANSWERS)[:70], facts)
    assert facts.names == {"a.example", "www.evil.example", "cdn.example"}


@given(st.binary(max_size=80))
def test_no_datagram_breaks_dns(data):
    app_dns.datagram(data, Facts())
    app_dns.datagram(struct.pack(">HHHHHH", 7, 0, 1, 2, 0, 0) + data, Facts())


# names


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"WWW.Example.", "www.example"),
        (b"example:8080", "example"),
        (b"example:", "example"),
        ("日本語.example".encode(), "xn--wgv71a119e.example"),
        (b"192.0.2.1", None),
        (b"192.0.2.1:80", None),
        (b"[2001:db8::1]:80", None),
        (b"2001:db8::1", None),
        (b"a b", None),
        (b"", None),
        (b"..", None),
        (b"\xff\xfe", None),
        (b"a..b", None),
        (b"x_y.example", "x_y.example"),
    ],
)
def test_names_have_one_form(raw, name):
    assert names.from_text(raw) == name


def test_below():
    assert names.below("evil.example", "evil.example")
    assert names.below("a.b.evil.example", "evil.example")
    assert not names.below("notevil.example", "evil.example")


def test_odd_bytes_in_dns_names_are_escaped():
    assert [names.label(one) for one in (b"A b", b"\xff.", b"example")] == [r"a\032b", r"\255\046", "example"]


@pytest.mark.parametrize(
    ("data", "protocol", "name"),
    [
        (build.tls_records(build.client_hello()), "tls", "www.evil.example"),
        (b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "http", "a.example"),
        (b"EHLO a.example\r\n", "smtp", "a.example"),
    ],
)
def test_the_port_of_dns_hides_no_other_protocol(data, protocol, name):
    for facts in (read(data, dns=True), bytewise(data, dns=True)):
        assert (facts.protocol, facts.names) == (protocol, {name})


def test_dns_that_begins_like_tls_is_dns():
    """A message of 5,635 bytes, its number 0x0100, flags that end in one."""
    head = struct.pack(">HHHHHH", 0x0100, 0x0101, 1, 0, 0, 1)
    message = head + build.dns_name("evil.example") + b"\0\1\0\1"
    message += bytes(5_635 - len(message))
    assert message[:4] == b"\1\0\1\1"
    data = struct.pack(">H", len(message)) + message
    assert app_tls.looks_like(data[:6])
    assert read(data, dns=True).names == {"evil.example"}
