"""Application protocols, told by grammar: what is learnt from whole streams and from bad ones."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection import app_dns, app_tls, apps, hpack, names
from sakimori.selection.facts import Facts
from sakimori.selection.reading import NotThis
from tests.selection import build


def read(data, *, dns=False, pieces=None):
    facts = Facts()
    app = apps.StreamApp(facts, dns=dns)
    for piece in pieces or [data]:
        app.data(piece)
    app.gap()
    return facts


def bytewise(data, **options):
    return read(b"", pieces=[data[at : at + 1] for at in range(len(data))], **options)


# TLS


def test_hello_across_records_and_segments():
    data = build.tls_records(build.client_hello(), 50)
    for facts in (read(data), bytewise(data)):
        assert facts.protocol == "tls"
        assert facts.names == {"www.evil.example"}
        assert facts.fields["tls.alpn"] == {b"h2", b"http/1.1"}


CHROME_CIPHERS = [
    int(text, 16)
    for text in [
        "1301",
        "1302",
        "1303",
        "c02b",
        "c02f",
        "c02c",
        "c030",
        "cca9",
        "cca8",
        "c013",
        "c014",
        "009c",
        "009d",
        "002f",
        "0035",
    ]
]
CHROME_EXTENSIONS = [
    int(text, 16)
    for text in [
        "001b",
        "0000",
        "0033",
        "0010",
        "4469",
        "0017",
        "002d",
        "000d",
        "0005",
        "0023",
        "0012",
        "002b",
        "ff01",
        "000b",
        "000a",
        "0015",
    ]
]
CHROME_SIGNATURES = [int(text, 16) for text in ["0403", "0804", "0401", "0503", "0805", "0501", "0806", "0601"]]


def chrome(*, grease):
    """The example of the published JA4 description, with GREASE values strewn in."""

    def numbers(values):
        return b"".join(struct.pack(">H", value) for value in values)

    def vector(data, size):
        return len(data).to_bytes(size, "big") + data

    bodies = {
        0: vector(b"\0" + vector(b"www.example.com", 2), 2),
        16: vector(vector(b"h2", 1) + vector(b"http/1.1", 1), 2),
        13: vector(numbers(CHROME_SIGNATURES), 2),
        43: vector(numbers([0x2A2A, 0x0304, 0x0303] if grease else [0x0304, 0x0303]), 1),
    }
    ciphers = ([0x1A1A] if grease else []) + CHROME_CIPHERS
    extensions = ([0x3A3A] if grease else []) + CHROME_EXTENSIONS + ([0xFAFA] if grease else [])
    listed = b"".join(struct.pack(">H", number) + vector(bodies.get(number, b"\0"), 2) for number in extensions)
    body = b"\3\3" + b"R" * 32 + b"\0" + vector(numbers(ciphers), 2) + b"\1\0" + vector(listed, 2)
    return b"\1" + vector(body, 3)


@pytest.mark.parametrize("grease", [True, False])
def test_ja4_of_the_published_example(grease):
    facts = read(build.tls_records(chrome(grease=grease)))
    assert facts.fields["tls.ja4"] == {b"t13d1516h2_8daaf6152771_e5627efa2ab1"}


def test_ja4_without_extensions():
    body = b"\3\1" + b"R" * 32 + b"\0" + b"\0\2\0\x2f" + b"\1\0"
    facts = Facts()
    app_tls.hello(body, facts)
    (value,) = facts.fields["tls.ja4"]
    assert value.startswith(b"t10i010000_")
    assert value.endswith(b"_000000000000")


@pytest.mark.parametrize(("alpn", "mark"), [(b"h2", b"h2"), (b"x", b"xx"), (b"\xab\xcd", b"ad"), (b"h\xff", b"6f")])
def test_ja4_alpn_marks(alpn, mark):
    facts = read(build.tls_records(build.client_hello(alpn=(alpn,))))
    (value,) = facts.fields["tls.ja4"]
    assert value.split(b"_")[0].endswith(mark)


def test_a_server_hello_tells_only_the_protocol():
    facts = read(b"\x16\x03\x03\x00\x30\x02\0\0\x2c" + b"S" * 44)
    assert (facts.protocol, facts.names, facts.fields) == ("tls", set(), {})


def test_a_hello_cut_off_tells_nothing():
    data = build.tls_records(build.client_hello())
    assert read(data[:-1]).fields == {}
    body = build.client_hello()[4:-3]  # the last extension says more than there is
    assert read(build.tls_records(b"\1" + len(body).to_bytes(3, "big") + body)).names == set()


# HTTP


REQUESTS = (
    b"POST /secret?query=1 HTTP/1.1\r\nhost: A.Example:8080\r\nUser-Agent: Bot/1\r\nContent-Length: 5\r\n\r\nGET /x"[
        :-1
    ]
    + b"GET / HTTP/1.0\r\nHost: b.example.\r\nHost: second.example\r\n\r\n"
    + b"PUT /u HTTP/1.1\r\nHost: c.example\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n0\r\nT: t\r\n\r\n"
    + b"HEAD /z HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\nGET / HTTP/1.1\r\nHost: d.example\r\n\r\n"
)


def test_every_request_in_a_stream():
    for facts in (read(REQUESTS), bytewise(REQUESTS)):
        assert facts.protocol == "http"
        assert facts.names == {"a.example", "b.example", "c.example", "d.example"}
        assert facts.fields["http.method"] == {b"POST", b"GET", b"PUT", b"HEAD"}
        assert facts.fields["http.user_agent"] == {b"Bot/1"}
        assert facts.fields["http.version"] == {b"1.1", b"1.0"}


def test_responses():
    data = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    data += b"HTTP/1.0 404 Not Found\r\n\r\nHTTP/1.1 500 x\r\n"
    for facts in (read(data), bytewise(data)):
        assert facts.fields["http.status"] == {b"100", b"200", b"404"}  # a body until close follows the last


@pytest.mark.parametrize(
    ("start", "middle"),
    [
        (b"GET /", b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
        (b"GET /", b"Content-Length: -1\r\n\r\n"),
        (b"GET /", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        (b"CONNECT x:1", b"\r\n"),
        (b"GET /", b"Upgrade: x\r\n\r\n"),
    ],
)
def test_reading_ends_where_the_next_head_cannot_be_found(start, middle):
    data = start + b" HTTP/1.1\r\nHost: a.example\r\n" + middle + b"GET / HTTP/1.1\r\nHost: b.example\r\n\r\n"
    assert read(data).names == {"a.example"}


@pytest.mark.parametrize(
    "data", [b"GET /\r\n", b"GET / HTTP/2.0\r\n\r\n", b"hello\r\n", b"\x00GET / HTTP/1.1\r\n", b"GET / HTTP/1.1"]
)
def test_what_is_not_http(data):
    assert read(data).protocol is None


def test_nothing_is_read_behind_a_gap():
    facts = Facts()
    app = apps.StreamApp(facts, dns=False)
    app.data(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
    app.gap()
    app.data(b"GET / HTTP/1.1\r\nHost: b.example\r\n\r\n")
    assert facts.names == {"a.example"}


# SSH, HTTP/2, QUIC


def test_ssh_banner():
    assert read(b"SSH-2.0-Evil_1.0 x\r\n....").fields == {"ssh.banner": {b"SSH-2.0-Evil_1.0 x"}}


def test_the_huffman_code_is_complete():
    lengths = [length for length, _ in hpack._codes()]
    assert len(lengths) == 257
    assert sum(2.0**-length for length in lengths) == 1


@pytest.mark.parametrize(
    ("coded", "text"),  # RFC 7541 C.4 and C.6
    [
        ("f1e3c2e5f23a6ba0ab90f4ff", b"www.example.com"),
        ("a8eb10649cbf", b"no-cache"),
        ("25a849e95ba97d7f", b"custom-key"),
        ("25a849e95bb8e8b4bf", b"custom-value"),
        ("6402", b"302"),
        ("aec3771a4b", b"private"),
        ("d07abe941054d444a8200595040b8166e082a62d1bff", b"Mon, 21 Oct 2013 20:13:21 GMT"),
        ("9d29ad171863c78f0b97c8e9ae82ae43d3", b"https://www.example.com"),
    ],
)
def test_huffman_strings_of_the_rfc(coded, text):
    assert hpack.huffman(bytes.fromhex(coded)) == text


def test_header_blocks_of_the_rfc():
    """RFC 7541 C.4: three requests that build on one another."""
    decoder = hpack.Decoder()
    first = decoder.block(bytes.fromhex("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
    assert first == [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/"), (b":authority", b"www.example.com")]
    assert decoder.block(bytes.fromhex("828684be5886a8eb10649cbf")) == [*first, (b"cache-control", b"no-cache")]
    assert decoder.block(bytes.fromhex("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))[2:] == [
        (b":path", b"/index.html"),
        (b":authority", b"www.example.com"),
        (b"custom-key", b"custom-value"),
    ]


def frame(kind, flags, number, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + number.to_bytes(4, "big") + payload


HTTP2 = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    + frame(4, 0, 0, b"")
    + frame(
        1, 0x4 | 0x8 | 0x20, 1, b"\x03" + b"P" * 5 + bytes.fromhex("828684418cf1e3c2e5f23a6ba0ab90f4ff") + b"\0" * 3
    )
    + frame(0, 1, 1, b"secret body")
    + frame(1, 0, 3, b"\x83\x86\x84")
    + frame(9, 4, 3, b"\x41\x09b.example" + b"\x0f\x2b\x05Bot/2")
)


def test_http2_with_prior_knowledge():
    for facts in (read(HTTP2), bytewise(HTTP2)):
        assert facts.protocol == "http2"
        assert facts.names == {"www.example.com", "b.example"}
        assert facts.fields == {
            "http.method": {b"GET", b"POST"},
            "http.version": {b"2"},
            "http.user_agent": {b"Bot/2"},
        }


@pytest.mark.parametrize(
    "bad", [frame(9, 4, 1, b"\x82"), frame(1, 0, 5, b"\x82") + frame(0, 0, 5, b""), frame(1, 4, 5, b"\xff\xff")]
)
def test_http2_that_breaks_its_rules_is_read_no_further(bad):
    more = HTTP2 + bad + frame(1, 4, 7, b"\x82\x41\x09c.example")
    assert read(more).names == {"www.example.com", "b.example"}


@given(st.binary(max_size=60))
def test_no_header_block_breaks_hpack(data):
    with contextlib.suppress(NotThis):
        hpack.Decoder().block(data)
    with contextlib.suppress(NotThis):
        hpack.huffman(data)


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"\xc3\0\0\0\1\x08" + b"d" * 20, "quic"),
        (b"\xc3\x6b\x33\x43\xcf\x08" + b"d" * 20, "quic"),
        (b"\xc3\xff\0\0\x1d\x08" + b"d" * 20, "quic"),
        (b"\xc3\0\0\0\1\x30" + b"d" * 20, None),
        (b"\x43\0\0\0\1\x08" + b"d" * 20, None),
        (b"\xc3", None),
    ],
)
def test_quic(data, protocol):
    facts = Facts()
    apps.datagram(data, facts, dns=False)
    assert facts.protocol == protocol


# DNS

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


@given(
    st.sampled_from([b"GET / HTTP/1.1\r\n", b"EHLO x\r\nDATA\r\n", b"\x16\x03\x01\x00\x40\x01", b"SSH-"]),
    st.lists(st.binary(max_size=30), max_size=5),
)
def test_no_stream_breaks_a_parser(start, pieces):
    whole = read(start + b"".join(pieces))
    assert read(b"", pieces=[start, *pieces]) == whole


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
    assert names.from_labels([b"A b", b"\xff.", b"example"]) == r"a\032b.\255\046.example"
