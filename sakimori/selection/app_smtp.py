"""The client's side of SMTP (RFC 5321, RFC 3030): HELO name, envelope, and the allowed header rows of each message.

Everything between DATA and its end is withheld from records (a match there tells only id and count) but for the few
spans
`mail` allows; so are local parts in the envelope, credentials after AUTH, and whatever cannot be understood.
"""

import re
from collections.abc import Generator

from sakimori.selection import mail, names
from sakimori.selection.facts import Facts, Mailbox
from sakimori.selection.reading import Parser, Reader

_LONGEST_LINE = 65_536
_GREETINGS = frozenset({b"EHLO", b"HELO", b"LHLO"})
_ENVELOPE = re.compile(rb"(?i)(MAIL FROM|RCPT TO):[ \t]*+<([^>\r\n]*+)>")
_CHUNK = re.compile(rb"(?i)BDAT[ \t]++([0-9]{1,15}+)([ \t]++LAST)?+[ \t]*+\r?\n")
_OTHER = frozenset({b"RSET", b"NOOP", b"QUIT", b"VRFY", b"EXPN", b"HELP", b"ETRN"})
_DATA, _STARTTLS = b"DATA", b"STARTTLS"


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
        facts.withheld.append((reader.offset, None))  # until the line is understood, or for good
        begin = reader.offset
        line = yield from reader.line(_LONGEST_LINE)
        if not session.shows(line):
            facts.withheld[-1] = (begin, reader.offset)
            continue
        facts.withheld.pop()
        if _word(line) == _STARTTLS:
            return
        if session.envelope(line, begin):
            continue
        if _word(line) == _DATA:
            yield from session.data()
        elif chunk := _CHUNK.fullmatch(line):
            yield from session.chunk(int(chunk[1]), last=bool(chunk[2]))


def _word(line: bytes) -> bytes:
    return line.split(maxsplit=1)[0].upper() if line.strip() else b""


class _Session:
    def __init__(self, reader: Reader, facts: Facts) -> None:
        self._reader = reader
        self._facts = facts
        self._from: Mailbox | None = None
        self._to: list[Mailbox] = []
        self._message: mail.Header | None = None

    def shows(self, line: bytes) -> bool:
        """Say whether this line is a command we know; anything else (credentials, damage) is withheld."""
        word = _word(line)
        known = word in _OTHER or word in (_DATA, _STARTTLS) or _greeting(line) is not None
        return bool(known or _ENVELOPE.match(line) or _CHUNK.fullmatch(line))

    def envelope(self, line: bytes, begin: int) -> bool:
        """Take HELO, MAIL and RCPT; returns whether it was one of them."""
        greeting, path = _greeting(line), _ENVELOPE.match(line)
        if greeting is not None:
            if greeting:
                self._facts.add("smtp.helo", greeting)
                self._facts.name(names.from_text(greeting))
            return True
        if not path:
            return False
        mailbox = mail.mailbox(path[2])
        if path[1][:4].upper() == b"MAIL":
            self._from, self._to, self._message = mailbox, [], None
        if mailbox is None:
            self._facts.withheld.append((begin + path.start(2), begin + len(line)))
            return True
        if path[1][:4].upper() == b"RCPT":
            self._to.append(mailbox)
        self._facts.name(mailbox.domain)
        domain_at = begin + path.start(2) + path[2].rindex(b"@")
        self._facts.withheld.append((begin + path.start(2), domain_at))
        self._facts.withheld.append((begin + path.end(2), begin + len(line)))  # parameters may name a mailbox (AUTH=)
        return True

    def _new(self) -> mail.Header:
        header = mail.Header(self._facts)
        header.mail.envelope_from, header.mail.envelope_to = self._from, list(self._to)
        self._facts.mails.append(header.mail)
        return header

    def data(self) -> Generator[None, None, None]:
        """Read a message up to the line with a single dot."""
        header = self._new()
        begin = self._reader.offset
        self._facts.withheld.append((begin, None))
        while True:
            place = self._reader.offset
            line = yield from self._reader.line(_LONGEST_LINE)
            if line in (b".\r\n", b".\n"):
                break
            stuffed = line.startswith(b".")
            header.line(line[stuffed:], place + stuffed)
        header.end()
        self._facts.withheld[-1] = (begin, self._reader.offset)

    def chunk(self, size: int, *, last: bool) -> Generator[None, None, None]:
        """Read one chunk of a message; a message's chunks are one text, its lines may cross their borders."""
        if self._message is None:
            self._message = self._new()
        begin = self._reader.offset
        self._facts.withheld.append((begin, None))
        while size:
            part = min(size, _LONGEST_LINE)
            self._message.part((yield from self._reader.take(part)))
            size -= part
        if last:
            self._message.end()
            self._message = None
        self._facts.withheld[-1] = (begin, self._reader.offset)
