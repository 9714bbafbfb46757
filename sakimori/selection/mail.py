"""The header rows of a message that may be kept: rows 1, 2, 4-11 of the government's table, never 3 and 12-14.

Sources: RFC 5322 (fields, mailboxes), RFC 5321 4.4 (Received, Return-Path), RFC 8601 (Authentication-Results), RFC
2045 (MIME).
Display names, comments and free text are dropped by construction: only what the grammar names is taken out. What does
not
follow the grammar is not kept.
"""

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from sakimori.selection import names
from sakimori.selection.facts import Facts, Mail, Mailbox, Received

_LONGEST_HEADER = 65_536
_LONGEST_LOCAL = 256
MOST_PARTS = 20_000  # house rule: mailboxes, Received rows and results of all messages of one flow
_MOST_SPANS = 16_384  # house rule: beyond, a match in a row that may be kept tells only id and count
# Every expression reads a byte a fixed number of times: who writes a header must not choose how long it takes.
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:(.*)", re.DOTALL)
_ADDRESS = re.compile(rb"<([^<>\r\n]*+)>|([^\s<>,;:()\"]++)")
_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)')
_TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}")
_RECEIVED = re.compile(
    rb"(?i)(?:^|[ \t])(from|by|with|id|for)[ \t]++(\([^()]*+\)|<[^<>]*+>|[^\s;()]++)(?:[ \t]*+\(([^()]*+)\))?+"
)
_LITERAL = re.compile(rb"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")
_TCP_INFO = re.compile(rb"(?:([A-Za-z0-9._-]++)[ \t]++)?+\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")
_RESULT = re.compile(rb"([a-z0-9-]{1,32})[ \t]*=[ \t]*([a-z0-9-]{1,32})", re.IGNORECASE)
_MEDIA = re.compile(rb"[ \t]*([A-Za-z0-9!#$&^_.+-]{1,64})/([A-Za-z0-9!#$&^_.+-]{1,64})[ \t]*(?:;|$)")
_PARAMETER = re.compile(rb";[ \t]*+(charset|boundary)[ \t]*+=[ \t]*+(?:\"([^\"\r\n]*+)\"|([^\s;\"]++))", re.IGNORECASE)
_PARAMETER_VALUE = re.compile(rb"[0-9A-Za-z'()+_,./:=?-]{1,70}")
_FOLD = re.compile(rb"\r?\n[ \t]++")


def mailbox(raw: bytes) -> Mailbox | None:
    """Return local part and domain of an address; None if it has not both."""
    local, at, domain = raw.strip().rpartition(b"@")
    name = names.from_text(domain) if at else None
    if not local or name is None or len(local) > _LONGEST_LOCAL:
        return None
    return Mailbox(local, name)


_Parts = list[Mailbox] | list[Received] | list[tuple[str, str]]


class Room:
    """What the messages of one flow may still hold; what finds no room is counted (`Facts.left_out`)."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._left = MOST_PARTS

    def trim(self, parts: _Parts, old: int = 0) -> None:
        """Leave of the parts those that were there before (`old` of them) and the new ones for which there is room."""
        new = len(parts) - old
        taken = min(new, self._left)
        self._left -= taken
        self._facts.left_out += new - taken
        del parts[old + taken :]


class Header:
    """Takes the lines of one message; after the header it looks at nothing more. `mail` is what may be kept."""

    def __init__(self, facts: Facts, room: Room | None = None) -> None:
        self.mail = Mail()
        self._facts = facts
        self._room = room or Room(facts)
        self._row = bytearray()
        self._begin: int | None = None
        self._size = 0
        self._open = True
        self._rest = bytearray()

    def line(self, line: bytes, offset: int | None) -> None:
        """Take one line with its line end, at this stream offset (None where lines have no single place)."""
        if not self._open:
            return
        self._size += len(line)
        if not line.strip(b"\r\n") or self._size > _LONGEST_HEADER:
            self.end()
        elif line.startswith((b" ", b"\t")):
            self._row += line
        else:
            self._finish_row()
            self._row, self._begin = bytearray(line), offset

    def part(self, data: bytes) -> None:
        """Take a piece of the message cut anywhere."""
        if not self._open:
            return
        self._rest += data
        if b"\n" in data:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self.line(bytes(line + b"\n"), None)
        if len(self._rest) > _LONGEST_HEADER:
            self.end()

    def end(self) -> None:
        """The header is over."""
        self._finish_row()
        self._open = False
        self._rest = bytearray()

    def _finish_row(self) -> None:
        row, self._row = bytes(self._row), bytearray()
        found = _FIELD.fullmatch(row)
        if not found:
            return
        take = _ROWS.get(found[1].lower())
        if take is None:
            return
        parts: tuple[_Parts, ...] = (self.mail.sender, self.mail.to, self.mail.received, self.mail.authentication)
        old = [len(part) for part in parts]
        take(_FOLD.sub(b" ", found[2]).strip(), self.mail, self._facts)
        for part, before in zip(parts, old, strict=True):
            self._room.trim(part, before)
        allowed = self._facts.allowed
        if self._begin is not None and found[1].lower() in _WITHOUT_MAILBOX and len(allowed) < _MOST_SPANS:
            allowed.append((self._begin, self._begin + len(row)))


def _addresses(value: bytes, facts: Facts) -> list[Mailbox]:
    found = []
    for match in _ADDRESS.finditer(_plain(value)):
        bare = match[2]
        if bare is not None and b"@" not in bare[1:-1]:
            continue
        address = mailbox(match[1] if bare is None else bare)
        if address is not None:
            facts.name(address.domain)
            found.append(address)
    return found


def _plain(value: bytes) -> bytes:
    """Drop comments and quoted texts; a quote that nothing closes stays."""
    return _QUOTED.sub(lambda found: b"" if found[1] else found[0], _comments_cut(value))


def _comments_cut(value: bytes) -> bytes:
    """Drop comments, which may be nested (RFC 5322 3.2.2)."""
    kept, depth = bytearray(), 0
    for byte in value:
        if byte == ord("("):
            depth += 1
        elif byte == ord(")") and depth:
            depth -= 1
        elif not depth:
            kept.append(byte)
    return bytes(kept)


def _when(value: bytes) -> str | None:
    """Return a date as RFC 3339 with its offset, None if it is none; the text itself is dropped."""
    try:
        return parsedate_to_datetime(_comments_cut(value).decode("ascii").strip()).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError, UnicodeDecodeError):
        return None


def _from(value: bytes, mail: Mail, facts: Facts) -> None:
    mail.sender += _addresses(value, facts)


def _to(value: bytes, mail: Mail, facts: Facts) -> None:
    mail.to += _addresses(value, facts)


def _date(value: bytes, mail: Mail, _: Facts) -> None:
    mail.date = mail.date or _when(value)


def _return_path(value: bytes, mail: Mail, facts: Facts) -> None:
    for address in _addresses(value, facts)[:1]:
        mail.return_path = address


def _message_id(value: bytes, mail: Mail, facts: Facts) -> None:
    for address in _addresses(value, facts)[:1]:
        mail.message_id = address


def _token(raw: bytes) -> str | None:
    return raw.decode("ascii") if _TOKEN.fullmatch(raw) else None


def _host(raw: bytes, facts: Facts) -> str | None:
    name = names.from_text(raw)
    facts.name(name)
    return name


def _literal(raw: bytes) -> str | None:
    return raw.decode("ascii") if names.is_address(raw) else None


def _received(value: bytes, mail: Mail, facts: Facts) -> None:
    row = Received()
    clauses, semicolon, date = value.rpartition(b";")
    if not semicolon:
        clauses, date = value, b""
    row.date = _when(date)
    seen: set[bytes] = set()
    for match in _RECEIVED.finditer(clauses):
        word, target, info = match[1].lower(), match[2], match[3]
        if word in seen or target.startswith(b"("):
            continue
        seen.add(word)
        if word == b"from":
            _received_from(row, target, info, facts)
        elif word == b"by":
            row.by = _host(target, facts)
        elif word == b"with":
            row.protocol = _token(target)
        elif word == b"id":
            bare = target.strip(b"<>")
            row.id_mailbox = mailbox(bare)
            row.id = None if b"@" in bare else _token(bare)
        elif word == b"for":
            row.recipient = mailbox(target.strip(b"<>"))
            facts.name(row.recipient.domain if row.recipient else None)
    mail.received.append(row)


def _received_from(row: Received, target: bytes, info: bytes | None, facts: Facts) -> None:
    """Take the sending host: what it called itself, and name and address as the receiver saw them (TCP-info)."""
    literal = _LITERAL.fullmatch(target)
    if literal:
        row.from_address = _literal(literal[1])
    else:
        row.from_name = _host(target, facts)
    seen = _TCP_INFO.fullmatch(info.strip()) if info else None
    if seen:
        row.from_host = _host(seen[1], facts) if seen[1] else None
        row.from_address = _literal(seen[2]) or row.from_address


def _authentication(value: bytes, mail: Mail, facts: Facts) -> None:
    host, *results = _plain(value).split(b";")
    words = host.split()
    mail.authentication_host = mail.authentication_host or (_host(words[0], facts) if words else None)
    for result in results:
        match = _RESULT.match(result.strip())
        if match:
            mail.authentication.append((match[1].decode().lower(), match[2].decode().lower()))


def _mime_version(value: bytes, mail: Mail, _: Facts) -> None:
    version = re.fullmatch(rb"[ \t]*([0-9]{1,3}\.[0-9]{1,3})[ \t]*", _comments_cut(value))
    if version:
        mail.mime["version"] = version[1].decode()


def _content_type(value: bytes, mail: Mail, _: Facts) -> None:
    media = _MEDIA.match(value)
    if not media:
        return
    mail.mime["type"] = b"/".join((media[1], media[2])).decode().lower()
    for name, quoted, bare in _PARAMETER.findall(value):
        content = quoted or bare
        if _PARAMETER_VALUE.fullmatch(content):
            mail.mime[name.decode().lower()] = content.decode()


def _encoding(value: bytes, mail: Mail, _: Facts) -> None:
    token = _token(value)
    if token:
        mail.mime["encoding"] = token.lower()


_ROWS: dict[bytes, Callable[[bytes, Mail, Facts], None]] = {
    b"from": _from,
    b"to": _to,
    b"date": _date,
    b"return-path": _return_path,
    b"received": _received,
    b"authentication-results": _authentication,
    b"message-id": _message_id,
    b"mime-version": _mime_version,
    b"content-type": _content_type,
    b"content-transfer-encoding": _encoding,
}
_WITHOUT_MAILBOX = frozenset({b"date", b"mime-version", b"content-transfer-encoding"})
