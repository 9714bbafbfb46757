"""HTTP/1, told by grammar: every head of a stream, and where reading ends."""

import pytest

from sakimori.selection import apps
from sakimori.selection.facts import Facts
from tests.selection.streamed import bytewise, read

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


NEXT = b"GET / HTTP/1.1\r\nHost: b.example\r\n\r\n"


@pytest.mark.parametrize(
    "before",
    [
        b"GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",  # which may be refused
        b"POST / HTTP/1.1\r\nUpgrade: x\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n",
        b"\r\n\n\r\n",
    ],
)
def test_the_next_request_is_found(before):
    assert read(before + NEXT).names == {"b.example"}
    assert bytewise(before + NEXT).names == {"b.example"}


def test_behind_an_upgrade_only_a_request_is_read():
    start = b"GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n"
    assert read(start + b"\x81\x85\0\0\0\0hello\n" + NEXT).names == {"a.example"}


def test_a_folded_value_is_one():
    """RFC 9112 5.2; servers that take it see the host."""
    head = b"GET / HTTP/1.1\r\nX: y\r\n z\r\nHost:\r\n\t b.example \r\n\r\n"
    assert read(head).names == {"b.example"}
    assert read(b"GET / HTTP/1.1\r\n folded.example\r\nHost: b.example\r\n\r\n").names == {"b.example"}
    endless = b"GET / HTTP/1.1\r\nHost: b.example\r\n" + b" x" * 30_000 + b"\r\n" + b" y" * 30_000 + b"\r\n\r\n"
    assert read(endless).names == set()


def test_empty_lines_before_anything_else_are_not_passed_over():
    assert read(b"\r\nSSH-2.0-x\r\n").protocol is None
