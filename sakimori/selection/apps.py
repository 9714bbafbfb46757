"""Recognise the application protocol by its grammar at offset 0 (selection-semantics §6), and read it.

By port only DNS (53 on either side, UDP and TCP). QUIC is recognised and counted, never decoded. A gap ends reading.
"""

from sakimori.selection import app_dns, app_http, app_http2, app_smtp, app_smtp_later, app_ssh, app_tls
from sakimori.selection.facts import Facts
from sakimori.selection.reading import NotThis, Parser, Reader

_SEALED = frozenset({"tls", "ssh"})  # what follows is no text
_CONTROL = frozenset(range(0x20)) - frozenset(b"\t\r\n")
_QUIC_LONG, _QUIC_VERSIONS = 0xC0, (b"\x00\x00\x00\x01", b"\x6b\x33\x43\xcf")
_QUIC_DRAFT, _QUIC_LONGEST_ID, _QUIC_SHORTEST = b"\xff\x00\x00", 20, 7


class StreamApp:
    """Reads one direction of a TCP connection; what is not read is still looked at for mail, which is withheld."""

    def __init__(self, facts: Facts, *, dns: bool) -> None:
        self._facts = facts
        self._reader = Reader()
        self._parser: Parser | None = _dns(self._reader, facts) if dns else _any(self._reader, facts)
        self._later: app_smtp_later.Later | None = None if dns else app_smtp_later.Later(facts)
        self._end = 0

    def data(self, data: bytes, offset: int | None = None) -> None:
        """Take the next bytes of the stream; `offset`: their place in it, None if they follow directly."""
        begin = self._end if offset is None else offset
        self._end = begin + len(data)
        if self._parser is None:
            if self._later is not None:
                self._later.data(begin, data)
            return
        self._reader.feed(data)
        try:
            next(self._parser)
        except (StopIteration, NotThis):
            self.gap()

    def gap(self) -> None:
        """Stop: what follows a gap cannot be read by its grammar."""
        if self._parser is None:
            return
        self._parser.close()
        self._parser = None
        rest, self._reader = self._reader.available(), Reader()
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


def _dns(reader: Reader, facts: Facts) -> Parser:
    yield from app_dns.stream(reader, facts)


def _any(reader: Reader, facts: Facts) -> Parser:
    first = yield from reader.peek(1)
    if first[0] == app_tls.HANDSHAKE:
        head = yield from reader.peek(6)
        if app_tls.looks_like(head):
            yield from app_tls.stream(reader, facts)
        return
    size = 0
    while True:  # the first line, as long as it is text; each byte is looked at once, however it is cut
        part, newline, _ = reader.available(size).partition(b"\n")
        size += len(part)
        if _CONTROL.intersection(part) or size >= app_http.LONGEST_LINE:
            return
        if newline:
            break
        yield
    yield from _text((yield from reader.peek(size + 1)), reader, facts)


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
