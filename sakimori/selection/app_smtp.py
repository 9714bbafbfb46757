"""The client's side of SMTP (RFC 5321, RFC 3030): HELO name, envelope, and the allowed header rows of each message.

Everything between DATA and its end is withheld from records (a match there tells only id and count) but for the few
spans `mail` allows; so are local parts in the envelope, credentials after AUTH, and whatever cannot be understood:
behind a command we do not know nobody can say which lines are commands, so from there on all is withheld, and nothing
is read. STARTTLS ends reading only where TLS follows: who was refused goes on in clear.
"""

import re
from collections.abc import Generator

from sakimori.selection import app_tls, mail, names
from sakimori.selection.facts import Facts, Mailbox
from sakimori.selection.reading import NotThis, Parser, Reader

_LONGEST_LINE = 65_536
MOST_RECIPIENTS, MOST_MESSAGES = 1_000, 1_000  # house rules: of a message, of a flow; RFC 5321 4.5.3.1.8 asks for 100
_MOST_SPANS = 16_384  # house rule: after so many everything is withheld
_GREETINGS = frozenset({b"EHLO", b"HELO", b"LHLO"})
_ENVELOPE = re.compile(rb"(?i)(MAIL FROM|RCPT TO):[ \t]*+<([^>\r\n]*+)>")
_CHUNK = re.compile(rb"(?i)BDAT[ \t]++([0-9]{1,15}+)([ \t]++LAST)?+[ \t]*+\r?\n")
_OTHER = frozenset({b"RSET", b"NOOP", b"QUIT", b"HELP", b"ETRN"})
_HIDDEN = frozenset({b"VRFY", b"EXPN", b"XCLIENT", b"XFORWARD", b"AUTH", b"MAIL", b"RCPT"})  # lines with mailboxes
_ANSWER = re.compile(rb"[A-Za-z0-9+/]*+=*+|\*")  # to a challenge (RFC 4954 4)
_DATA, _STARTTLS, _RESET = b"DATA", b"STARTTLS", b"RSET"
_TLS_MAJOR, _RECORD_HEAD, _RECORD_TYPES, _LONGEST_RECORD = 3, 5, range(20, 25), 18_432  # RFC 8446 5.1, RFC 5246 6.2.3


def looks_like(line: bytes) -> bool:
    """Say whether a stream's first line begins SMTP, on the client's or the server's side."""
    return _greeting(line) is not None or _is_banner(line)


def _content(line: bytes) -> bytes | None:
    """Return a line without its line end; None if it has none, or if a carriage return stands elsewhere in it."""
    content = line.removesuffix(b"\n").removesuffix(b"\r")
    return content if line.endswith(b"\n") and b"\r" not in content and b"\n" not in content else None


def _greeting(line: bytes) -> bytes | None:
    """Return what HELO, EHLO or LHLO gives as its name, which may be nothing; None for any other line."""
    content = _content(line)
    if content is None or content[:4].upper() not in _GREETINGS or content[4:5] not in (b"", b" ", b"\t"):
        return None
    return content[4:].strip(b" \t")


def _is_banner(line: bytes) -> bool:
    """Say whether this is the line a server of SMTP begins with."""
    content = _content(line)
    return content is not None and content[:4] in (b"220 ", b"220-") and b"SMTP" in content[4:].upper()


def stream(reader: Reader, facts: Facts) -> Parser:
    """Read command after command; of the server's side only the protocol is noted."""
    facts.protocol = "smtp"
    if _is_banner((yield from reader.peek_line(_LONGEST_LINE))):
        return
    session = _Session(reader, facts)
    while True:
        begin = reader.offset
        session.withheld.open(begin)  # until the line is understood, or for good
        line = yield from reader.line(_LONGEST_LINE)
        if not session.shows(line):
            if not session.hides(line):
                raise NotThis
            session.withheld.close(reader.offset)
            continue
        session.withheld.drop()
        if session.envelope(line, begin):
            continue
        word = _word(line)
        if word == _DATA:
            yield from session.data(_line_end(line))
        elif word == _RESET:
            session.forget()
        elif word == _STARTTLS:
            yield from session.sealed()
        elif chunk := _CHUNK.fullmatch(line):
            yield from session.chunk(int(chunk[1]), last=bool(chunk[2]))


def _line_end(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"


def _word(line: bytes) -> bytes:
    return line.split(maxsplit=1)[0].upper() if line.strip() else b""


class _Withheld:
    """The spans of a stream that a record may not show, in order: what touches is one, and their number is bounded."""

    def __init__(self, spans: list[tuple[int, int | None]]) -> None:
        self._spans = spans
        self._for_good = False

    def open(self, begin: int) -> None:
        """Withhold everything from here on."""
        if not self._for_good:
            self._spans.append((begin, None))
            self._for_good = len(self._spans) >= _MOST_SPANS

    def close(self, end: int) -> None:
        """End the span opened last."""
        if self._for_good:
            return
        begin, _ = self._spans.pop()
        if self._spans and self._spans[-1][1] == begin:
            begin, _ = self._spans.pop()
        self._spans.append((begin, end))

    def drop(self) -> None:
        """Show what the span opened last withheld."""
        if not self._for_good:
            self._spans.pop()

    def add(self, begin: int, end: int) -> None:
        """Withhold this span."""
        self.open(begin)
        self.close(end)


class _Session:
    def __init__(self, reader: Reader, facts: Facts) -> None:
        self.withheld = _Withheld(facts.withheld)
        self._reader = reader
        self._facts = facts
        self._room = mail.Room(facts)
        self._from: Mailbox | None = None
        self._to: list[Mailbox] = []
        self._message: mail.Header | None = None
        self._asked = False  # AUTH was said: answers follow

    def shows(self, line: bytes) -> bool:
        """Say whether this line is a command that may be shown; no answer to a challenge follows it."""
        word = _word(line)
        known = word in _OTHER or word in (_DATA, _STARTTLS) or _greeting(line) is not None
        shown = bool(known or _ENVELOPE.match(line) or _CHUNK.fullmatch(line))
        self._asked = self._asked and not shown
        return shown

    def hides(self, line: bytes) -> bool:
        """Say whether this line, which may not be shown, is at least one command or one answer to a challenge."""
        word = _word(line)
        answers = self._asked and _ANSWER.fullmatch(line.rstrip(b"\r\n")) is not None
        self._asked = answers or word == b"AUTH"
        return answers or not word or word in _HIDDEN

    def forget(self) -> None:
        """Clear the buffers: after a message, at RSET, at HELO and EHLO (RFC 5321 4.1.1.4, 4.1.1.5, 4.1.4)."""
        self._from, self._to, self._message = None, [], None

    def envelope(self, line: bytes, begin: int) -> bool:
        """Take HELO, MAIL and RCPT; returns whether it was one of them."""
        greeting, path = _greeting(line), _ENVELOPE.match(line)
        if greeting is not None:
            self.forget()
            if greeting:
                self._facts.add("smtp.helo", greeting)
                self._facts.name(names.from_text(greeting))
            return True
        if not path:
            return False
        mailbox = mail.mailbox(path[2])
        if path[1][:4].upper() == b"MAIL":
            self.forget()
            self._from = mailbox
        if mailbox is None:
            self.withheld.add(begin + path.start(2), begin + len(line))
            return True
        if path[1][:4].upper() == b"RCPT":
            if len(self._to) < MOST_RECIPIENTS:
                self._to.append(mailbox)
            else:
                self._facts.left_out += 1
        self._facts.name(mailbox.domain)
        domain_at = begin + path.start(2) + path[2].rindex(b"@")
        self.withheld.add(begin + path.start(2), domain_at)
        self.withheld.add(begin + path.end(2), begin + len(line))  # parameters may name a mailbox (AUTH=)
        return True

    def _new(self) -> mail.Header:
        """Begin a message; its envelope goes with it."""
        header = mail.Header(self._facts, self._room)
        if len(self._facts.mails) < MOST_MESSAGES:
            self._room.trim(self._to)
            header.mail.envelope_from, header.mail.envelope_to = self._from, self._to
            self._facts.mails.append(header.mail)
        else:
            self._facts.left_out += 1
        self.forget()
        return header

    def data(self, end: bytes) -> Generator[None, None, None]:
        """Read a message up to the line with a single dot; `end`: how the client ends its lines.

        A dot among lines that end otherwise is text (RFC 5321 4.1.1.4): what follows it is commands to some servers,
        and the message to all others.
        """
        header = self._new()
        self.withheld.open(self._reader.offset)
        before = end
        while True:
            place = self._reader.offset
            line = yield from self._reader.line(_LONGEST_LINE)
            if line == b"." + end and before == end:
                break
            before = _line_end(line)
            stuffed = line.startswith(b".")
            header.line(line[stuffed:], place + stuffed)
        header.end()
        self.withheld.close(self._reader.offset)

    def chunk(self, size: int, *, last: bool) -> Generator[None, None, None]:
        """Read one chunk of a message; a message's chunks are one text, its lines may cross their borders."""
        message = self._message or self._new()
        self._message = message
        self.withheld.open(self._reader.offset)
        while size:
            part = min(size, _LONGEST_LINE)
            message.part((yield from self._reader.take(part)))
            size -= part
        if last:
            message.end()
            self.forget()
        self.withheld.close(self._reader.offset)

    def sealed(self) -> Generator[None, None, None]:
        """Pass over TLS records to the end of the stream; return at once if what follows is no TLS hello.

        What breaks their framing is withheld, and nothing more is read: it could be a message in clear.
        """
        self.withheld.open(self._reader.offset)
        if (yield from self._reader.peek(1))[0] != app_tls.HANDSHAKE or not app_tls.looks_like(
            (yield from self._reader.peek(_RECORD_HEAD + 1))
        ):
            self.withheld.drop()
            return
        while True:
            head = yield from self._reader.peek(_RECORD_HEAD)
            size = int.from_bytes(head[3:])
            if head[0] not in _RECORD_TYPES or head[1] != _TLS_MAJOR or size > _LONGEST_RECORD:
                raise NotThis
            self.withheld.drop()
            yield from self._reader.skip(_RECORD_HEAD + size)
            self.withheld.open(self._reader.offset)
