"""Recognise the application protocol by its grammar at offset 0 (selection-semantics §6), and read it.

By port only DNS (53 on either side; over TCP beside what the grammar says, so that a port hides nothing). QUIC is
recognised and counted, never decoded. A gap ends reading.
"""

from collections.abc import Callable, Generator

from sakimori.selection import app_dns, app_http, app_http2, app_smtp, app_smtp_later, app_ssh, app_tls
from sakimori.selection.facts import Facts
from sakimori.selection.reading import NotThis, Parser, Reader

_SEALED = frozenset({"tls", "ssh"})  # what follows is no text
_CONTROL = frozenset(range(0x20)) - frozenset(b"\t\r\n")
_QUIC_LONG, _QUIC_VERSIONS = 0xC0, (b"\x00\x00\x00\x01", b"\x6b\x33\x43\xcf")
_QUIC_DRAFT, _QUIC_LONGEST_ID, _QUIC_SHORTEST = b"\xff\x00\x00", 20, 7


class _Reading:
    """One grammar tried on a stream."""

    def __init__(self, grammar: Callable[[Reader, Facts], Parser], facts: Facts) -> None:
        self.reader = Reader()
        self._parser = grammar(self.reader, facts)

    def goes_on(self, data: bytes) -> bool:
        """Take the next bytes; say whether the grammar still holds and wants more."""
        self.reader.feed(data)
        try:
            next(self._parser)
        except (StopIteration, NotThis):
            return False
        return True


class StreamApp:
    """Reads one direction of a TCP connection; what is not read is still looked at for mail, which is withheld.

    `dns`: by its port it may be DNS, beside what its grammar says.
    """

    def __init__(self, facts: Facts, *, dns: bool) -> None:
        self._facts = facts
        self._dns = _Reading(app_dns.stream, facts) if dns else None
        self._app: _Reading | None = _Reading(_any, facts)
        self._later: app_smtp_later.Later | None = app_smtp_later.Later(facts)
        self._end = 0

    def data(self, data: bytes, offset: int | None = None) -> None:
        """Take the next bytes of the stream; `offset`: their place in it, None if they follow directly."""
        begin = self._end if offset is None else offset
        self._end = begin + len(data)
        if self._dns is not None and not self._dns.goes_on(data):
            self._dns = None
        if self._app is not None:
            if not self._app.goes_on(data):
                self._unread(self._app.reader)
        elif self._later is not None:
            self._later.data(begin, data)

    def gap(self) -> None:
        """Stop: what follows a gap cannot be read by its grammar."""
        self._dns = None
        if self._app is not None:
            self._unread(self._app.reader)

    def _unread(self, reader: Reader) -> None:
        """Read no more; what the grammar left is looked at for mail."""
        self._app = None
        rest = reader.available()
        if self._facts.protocol in _SEALED:
            self._later = None
        elif self._later is not None:
            self._later.data(self._end - len(rest), rest)


def datagram(data: bytes, facts: Facts, *, dns: bool) -> None:
    """Take one UDP datagram."""
    if dns:
        app_dns.datagram(data, facts)
    elif facts.protocol is None and _quic(data):
        facts.protocol = "quic"


def _any(reader: Reader, facts: Facts) -> Parser:
    first = yield from reader.peek(1)
    if first[0] == app_tls.HANDSHAKE:
        head = yield from reader.peek(6)
        if app_tls.looks_like(head):
            yield from app_tls.stream(reader, facts)
        return
    line = yield from _first_line(reader)
    if line not in app_http.EMPTY:
        yield from _text(line, reader, facts)
        return
    while line in app_http.EMPTY:
        yield from reader.skip(len(line))
        line = yield from _first_line(reader)
    if app_http.looks_like(line):
        yield from app_http.stream(reader, facts)


def _first_line(reader: Reader) -> Generator[None, None, bytes]:
    """Return the first line as long as it is text; each byte is looked at once, however the stream is cut."""
    size = 0
    while True:
        part, newline, _ = reader.available(size).partition(b"\n")
        size += len(part)
        if _CONTROL.intersection(part) or size >= app_http.LONGEST_LINE:
            raise NotThis
        if newline:
            return (yield from reader.peek(size + 1))
        yield


def _text(line: bytes, reader: Reader, facts: Facts) -> Parser:
    if line.startswith(app_ssh.START):
        yield from app_ssh.stream(reader, facts)
    elif line == app_http2.PREFACE[: len(line)]:
        if (yield from reader.peek(len(app_http2.PREFACE))) == app_http2.PREFACE:
            yield from app_http2.stream(reader, facts)
    elif app_http.looks_like(line):
        yield from app_http.stream(reader, facts)
    elif app_smtp.looks_like(line):
        yield from app_smtp.stream(reader, facts)


def _quic(data: bytes) -> bool:
    """Say whether this is a QUIC long header (RFC 9000 17.2) of version 1, 2 or an IETF draft."""
    if len(data) < _QUIC_SHORTEST or data[0] & _QUIC_LONG != _QUIC_LONG or data[5] > _QUIC_LONGEST_ID:
        return False
    return data[1:5] in _QUIC_VERSIONS or data[1:4] == _QUIC_DRAFT
