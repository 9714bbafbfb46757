"""HTTP/2 with prior knowledge, and the header compression of RFC 7541."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection import hpack
from sakimori.selection.reading import NotThis
from tests.selection.streamed import HTTP2, bytewise, frame, read


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


def test_an_empty_authority_leaves_the_host():
    block = b"\x82\x01\0\x0f\x17\x09c.example"
    assert read(HTTP2 + frame(1, 4, 7, block)).names >= {"c.example"}


def test_a_table_may_be_larger_than_at_first():
    """What the other side allowed stands in its settings, which this side's stream does not hold (RFC 7541 4.2)."""
    block = b"\x3f\xe1\xff\x03\x82\x41\x09c.example"
    assert read(HTTP2 + frame(1, 4, 7, block)).names >= {"c.example"}
