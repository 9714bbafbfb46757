"""HTTP/1 heads (RFC 9112): each request's first Host, method, User-Agent, version; each response's status.

Path, query and body are never kept. The body's framing is followed so that the next head is found; where it cannot be
(CONNECT, until close, damage), reading ends. A request that asks for an upgrade may be refused: what follows is read if
it is a request again.
"""

import re
from collections.abc import Generator

from sakimori.selection import names
from sakimori.selection.facts import Facts
from sakimori.selection.reading import NotThis, Parser, Reader

LONGEST_LINE = 65_536
_MOST_HEADERS, _LARGEST_HEAD = 1_000, 1 << 20
METHOD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}"
_REQUEST = re.compile(rb"(" + METHOD + rb") [^ \r\n]+ HTTP/(1\.[01])\r?\n")
_RESPONSE = re.compile(rb"HTTP/(1\.[01]) ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_AGENT = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")  # RFC 9110 5.5
_LENGTH = re.compile(rb"[0-9]{1,18}")
_SWITCHING, _NO_CONTENT, _NOT_MODIFIED, _OK = 101, 204, 304, 200

_READ = frozenset({b"host", b"user-agent", b"content-length", b"transfer-encoding"})

EMPTY = frozenset({b"\r\n", b"\n"})

_Headers = dict[bytes, list[bytes]]


def looks_like(line: bytes) -> bool:
    """Say whether a stream's first line begins HTTP/1."""
    return bool(_REQUEST.fullmatch(line) or _RESPONSE.fullmatch(line))


def stream(reader: Reader, facts: Facts) -> Parser:
    """Read message after message."""
    facts.protocol = "http"
    while True:
        line = yield from reader.peek_line(LONGEST_LINE)
        if line in EMPTY:  # before a request it is passed over (RFC 9112 2.2)
            yield from reader.skip(len(line))
            continue
        request, response = _REQUEST.fullmatch(line), _RESPONSE.fullmatch(line)
        if request is None and response is None:
            raise NotThis  # with the line still there: others may look at it
        yield from reader.skip(len(line))
        headers = yield from _headers(reader)
        if request is not None:
            _note_request(request, headers, facts)
            if request[1] == b"CONNECT":
                return
            bodiless = b"transfer-encoding" not in headers and b"content-length" not in headers
        elif response is not None:
            facts.add("http.status", response[2])
            facts.add("http.version", response[1])
            status = int(response[2])
            if status == _SWITCHING:
                return
            bodiless = status < _OK or status in (_NO_CONTENT, _NOT_MODIFIED)
        if not bodiless:
            yield from _body(reader, headers)


def _note_request(request: re.Match[bytes], headers: _Headers, facts: Facts) -> None:
    facts.add("http.method", request[1])
    facts.add("http.version", request[2])
    for host in headers.get(b"host", [])[:1]:
        facts.name(names.from_text(host))
    for agent in headers.get(b"user-agent", [])[:1]:
        note_agent(agent, facts)


def note_agent(agent: bytes, facts: Facts) -> None:
    """Note a User-Agent that is a field value by its grammar: no control characters but tabs."""
    if _AGENT.fullmatch(agent):
        facts.add("http.user_agent", agent)


def _headers(reader: Reader) -> Generator[None, None, _Headers]:
    headers: _Headers = {}
    last: list[bytes] = []  # values of the field a folded line belongs to
    end = reader.offset + _LARGEST_HEAD
    for _ in range(_MOST_HEADERS):
        line = (yield from reader.line(LONGEST_LINE)).rstrip(b"\r\n")
        if not line:
            return headers
        if reader.offset > end:
            break
        if line.startswith((b" ", b"\t")):
            last[-1:] = [b" ".join((*last[-1:], line.strip(b" \t"))).strip()]
            if len(last[-1]) > LONGEST_LINE:
                break
            continue
        name, colon, value = line.partition(b":")
        known = name.strip().lower()
        last = headers.setdefault(known, []) if colon and known in _READ else []
        last.append(value.strip(b" \t"))
    raise NotThis


def _body(reader: Reader, headers: _Headers) -> Generator[None, None, None]:
    coding = headers.get(b"transfer-encoding")
    if coding is not None:
        if coding[-1].lower().split(b",")[-1].strip() != b"chunked":
            raise NotThis
        yield from _chunks(reader)
        return
    lengths = set(headers.get(b"content-length", []))
    if len(lengths) != 1 or not _LENGTH.fullmatch(length := lengths.pop()):
        raise NotThis
    yield from reader.skip(int(length))


def _chunks(reader: Reader) -> Generator[None, None, None]:
    while True:
        size = _CHUNK.fullmatch((yield from reader.line(LONGEST_LINE)))
        if size is None:
            raise NotThis
        if not int(size[1], 16):
            break
        yield from reader.skip(int(size[1], 16))
        if (yield from reader.line(LONGEST_LINE)) not in EMPTY:
            raise NotThis
    yield from _headers(reader)  # the trailer section
