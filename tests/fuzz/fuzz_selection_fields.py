"""Fuzz targets for what the selection reads in payloads, orders and authorities; each takes any bytes, raises nothing.

Same form as `fuzz_proofs`. A reader must learn the same however its stream is cut; what it keeps must have the shape of
what may be kept; a pattern must find what a plain walk over its tree finds.
"""

import contextlib
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.selection import (
    app_dns,
    app_http,
    app_http2,
    app_smtp,
    app_ssh,
    app_tls,
    apps,
    authority,
    hpack,
    mail,
    order,
    pattern,
)
from sakimori.selection.automaton import Either, Node, One, Row
from sakimori.selection.errors import AuthorityError, OrderRefusedError, Refusal
from sakimori.selection.explain import explain
from sakimori.selection.facts import Facts, Mail, Mailbox
from sakimori.selection.reading import NotThis, Parser, Reader
from sakimori.selection.scanner import Scanner
from tests.fuzz.choices import Choices

_HOST = re.compile(r"[a-z0-9_*-]{1,253}(\.[a-z0-9_*-]{1,253})*")
_DNS_NAME = re.compile(r"[a-z0-9_*.\\-]{1,1100}")
_TOKEN = re.compile(r"[!-~]{0,255}")
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_KEY = Ed25519PrivateKey.from_private_bytes(b"i" * 32).public_key()


def _learnt(read: Callable[[Reader, Facts], Parser], pieces: list[bytes]) -> Facts:
    facts, reader = Facts(), Reader()
    parser = read(reader, facts)
    with contextlib.suppress(StopIteration, NotThis):
        for piece in pieces:
            reader.feed(piece)
            next(parser)
    return facts


def _cut(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the bytes after the first, whole and in pieces of the size the first tells."""
    body, size = data[1:], data[0] % 19 + 1 if data else 1
    return ([body] if body else []), [body[place : place + size] for place in range(0, len(body), size)]


def _any_cut(read: Callable[[Reader, Facts], Parser], data: bytes) -> Facts:
    whole, pieces = _cut(data[:4096])
    facts = _learnt(read, whole)
    if facts != _learnt(read, pieces):
        raise AssertionError("what is learnt depends on how the stream is cut")
    return facts


def _hosts(facts: Facts) -> None:
    if not all(_HOST.fullmatch(name) for name in facts.names):
        raise AssertionError("a name that no host has")


def fuzz_app_dns(data: bytes) -> None:
    """A datagram and a stream of messages; names are letters, digits and escapes."""
    facts = Facts()
    known = app_dns.datagram(data, facts)
    if known != (facts.protocol == "dns") or not (known or facts == Facts()):
        raise AssertionError("something learnt from what is no message")
    streamed = _any_cut(app_dns.stream, data)
    if not all(_DNS_NAME.fullmatch(name) for name in facts.names | streamed.names):
        raise AssertionError("a name that cannot be written")


def fuzz_app_http(data: bytes) -> None:
    """Requests and responses: methods and versions have their grammar."""
    facts = _any_cut(app_http.stream, data)
    _hosts(facts)
    if not facts.fields.get("http.version", set()) <= {b"1.0", b"1.1"}:
        raise AssertionError("a version that is none")


def fuzz_app_http2(data: bytes) -> None:
    """Frames behind the preface, which is put before the bytes."""
    facts = _any_cut(app_http2.stream, data[:1] + app_http2.PREFACE + data[1:])
    _hosts(facts)


def fuzz_app_smtp(data: bytes) -> None:
    """Commands and messages: mailboxes are whole, spans withheld are in order."""
    facts = _any_cut(app_smtp.stream, data)
    _hosts(facts)
    for found in facts.mails:
        _mail(found)
    if any(end is not None and end < begin for begin, end in facts.withheld):
        raise AssertionError("a span that ends before it begins")


def fuzz_app_ssh(data: bytes) -> None:
    """A banner is one line of at most 255 bytes."""
    facts = _any_cut(app_ssh.stream, data)
    if any(len(banner) > 255 or b"\n" in banner for banner in facts.fields.get("ssh.banner", ())):
        raise AssertionError("more than a line")


def fuzz_app_tls(data: bytes) -> None:
    """A ClientHello in records, and bare: one fingerprint of 36 characters or none."""
    _tls(_any_cut(app_tls.stream, data))
    facts = Facts()
    with contextlib.suppress(NotThis):
        app_tls.hello(data, facts)
    _tls(facts)


def _tls(facts: Facts) -> None:
    _hosts(facts)
    prints = facts.fields.get("tls.ja4", set())
    if len(prints) > 1 or any(len(text) != 36 for text in prints):
        raise AssertionError("a fingerprint that is none")


def fuzz_apps(data: bytes) -> None:
    """A stream whose protocol is found by its grammar, and a datagram: the same however the stream is cut."""
    whole, pieces = _cut(data[:4096])
    found = []
    for parts in (whole, pieces):
        facts = Facts()
        app = apps.StreamApp(facts, dns=bool(data[:1] and data[0] & 1))
        for part in parts:
            app.data(part)
        app.gap()
        found.append(facts)
    if found[0] != found[1]:
        raise AssertionError("what is learnt depends on how the stream is cut")
    apps.datagram(data, Facts(), dns=False)


def fuzz_hpack(data: bytes) -> None:
    """A Huffman text is written again to the same bytes; header blocks leave the table within its bound."""
    with contextlib.suppress(NotThis):
        text = hpack.huffman(data)
        if _coded(text) != data:
            raise AssertionError("a text was read as something else")
    taken, decoder = Choices(data), hpack.Decoder()
    with contextlib.suppress(NotThis):
        while taken:
            decoder.block(taken.take(taken.number() + 1))
            table = decoder._dynamic
            if sum(len(name) + len(value) + 32 for name, value in table) > 4_096:
                raise AssertionError("a table that grows")


def _coded(text: bytes) -> bytes:
    by_symbol = {symbol: code for code, symbol in hpack._codes().items()}
    bits = "".join(f"{by_symbol[value][1]:0{by_symbol[value][0]}b}" for value in text)
    bits += "1" * (-len(bits) % 8)
    return bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))


def fuzz_mail(data: bytes) -> None:
    """A message line by line and in pieces cut anywhere: the same rows are kept, in the shape of the allow-list."""
    taken = Choices(data)
    size, message = taken.number() % 60 + 1, taken.rest()
    lines, pieces = mail.Header(Facts()), mail.Header(Facts())
    place = 0
    for line in message.splitlines(keepends=True) if b"\r" not in message.replace(b"\r\n", b"") else [message]:
        lines.line(line, place)
        place += len(line)
    for begin in range(0, len(message), size):
        pieces.part(message[begin : begin + size])
    whole = mail.Header(Facts())
    whole.part(message)
    for header in (lines, pieces, whole):
        header.end()
        _mail(header.mail)
    if pieces.mail != whole.mail:
        raise AssertionError("what is kept depends on how the message is cut")


def _mail(found: Mail) -> None:
    """Hold a mail to what a record may say: no text that no grammar names."""
    boxes: list[Mailbox | None] = [found.envelope_from, *found.envelope_to, *found.sender, *found.to]
    boxes += [found.return_path, found.message_id]
    texts: list[str | None] = [found.authentication_host, *found.mime.values()]
    texts += [text for pair in found.authentication for text in pair]
    dates = [found.date]
    for row in found.received:
        boxes += [row.id_mailbox, row.recipient]
        texts += [row.from_name, row.from_host, row.by, row.protocol, row.id]
        dates.append(row.date)
        if row.from_address is not None:
            ipaddress.ip_address(row.from_address)
    if not all(box.local and _HOST.fullmatch(box.domain) for box in boxes if box is not None):
        raise AssertionError("a mailbox without its parts")
    if not all(_TOKEN.fullmatch(text) for text in texts if text is not None):
        raise AssertionError("a text of no grammar")
    for date in dates:
        if date is not None:
            datetime.fromisoformat(date)


def _spoken(refusals: list[Refusal]) -> None:
    if not all(refusal.mend and all((*refusal.what, *refusal.mend)) for refusal in refusals):
        raise AssertionError("a refusal without words")


def fuzz_order(data: bytes) -> None:
    """Any bytes are an order that can be put in words, or refusals in both languages; and the same again."""
    found, refusals = order.examine(data)
    _spoken(refusals)
    try:
        again = order.load_order(data)
    except OrderRefusedError:
        if not refusals:
            raise AssertionError("refused without a reason") from None
        return
    if refusals or found is None or again.digest != found.digest:
        raise AssertionError("an order that is two things")
    if not all(all(sentence) for sentence in explain(again)):
        raise AssertionError("an order without words")


def fuzz_authority(data: bytes) -> None:
    """What is read as an authority is written and read again as the same; nobody's signature verifies."""
    with contextlib.suppress(AuthorityError):
        signed = authority.load_authority(data)
        if authority.load_authority(signed.dumps()) != signed:
            raise AssertionError("an authority was read as something else")
        authority.verify(signed, {signed.key: _KEY})
    with contextlib.suppress(AuthorityError):
        authority.load_public_key(data)


def fuzz_pattern(data: bytes) -> None:
    """A pattern that is accepted finds in the rest what its tree says, leftmost and longest, cut anywhere."""
    text, _, haystack = data.partition(b"\n")
    try:
        found = pattern.regex(text.decode("utf-8", "replace"))
    except pattern.PatternError:
        return
    if not 4 <= found.minimum <= found.maximum <= 256:
        raise AssertionError("a pattern out of its bounds")
    haystack = haystack[:64]
    expected = _expected(found, haystack)
    for size in (64, 1, 5):
        scanner = Scanner([("k", found)])
        for place in range(0, len(haystack), size):
            scanner.data(place, haystack[place : place + size])
        scanner.gap()
        if (scanner.found["k"].first if scanner.found else []) != expected[:16]:
            raise AssertionError("the tree says something else")


def _expected(found: pattern.Pattern, data: bytes) -> list[tuple[int, bytes]]:
    matches, place = [], 0
    while place < len(data):
        ends = _ends(found.node, data, {place})
        if ends:
            matches.append((place, data[place : max(ends)]))
        place = max(ends, default=place + 1)
    return matches


def _ends(node: Node, data: bytes, starts: set[int]) -> set[int]:
    """Return where a match of this tree may end that begins at one of these places."""
    if isinstance(node, One):
        return {start + 1 for start in starts if start < len(data) and data[start] in node.values}
    if isinstance(node, Row):
        for part in node.parts:
            starts = _ends(part, data, starts)
        return starts
    if isinstance(node, Either):
        return set().union(*(_ends(branch, data, starts) for branch in node.branches))
    found = set(starts) if node.low == 0 else set()
    for count in range(1, node.high + 1):
        starts = _ends(node.part, data, starts)
        if not starts:
            break
        if count >= node.low:
            found |= starts
    return found


TARGETS: tuple[Callable[[bytes], None], ...] = (
    *(fuzz_app_dns, fuzz_app_http, fuzz_app_http2, fuzz_app_smtp, fuzz_app_ssh, fuzz_app_tls),
    *(fuzz_apps, fuzz_hpack, fuzz_mail, fuzz_order, fuzz_authority, fuzz_pattern),
)
