"""TLS, told by grammar: what a client's hello says, and its JA4."""

import struct

import pytest

from sakimori.selection import app_tls
from sakimori.selection.facts import Facts
from tests.selection import build
from tests.selection.streamed import bytewise, read


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


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_hello_in_records_of_a_few_bytes(size):
    """RFC 8446 5.1: a message may lie in as many records as its sender likes, the first one too."""
    facts = read(build.tls_records(build.client_hello(), size))
    assert (facts.protocol, facts.names) == ("tls", {"www.evil.example"})
    assert facts.fields["tls.ja4"]


def test_a_protocol_list_that_does_not_fit_hides_no_server():
    body = build.client_hello(alpn=(b"h2",)).replace(b"\x02h2", b"\x09h2")
    assert read(build.tls_records(body)).names == {"www.evil.example"}
    assert read(build.tls_records(body)).fields == {}
