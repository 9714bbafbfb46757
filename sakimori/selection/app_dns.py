"""Names and query types of DNS messages (RFC 1035): questions, owners of answers, targets of CNAME, NS, PTR, MX, SRV.

A message is recognised when its header and question section hold; names before a damage further on are kept.
What a message costs is bounded: a name of 255 octets has 127 labels at most, and a pointer before each of them is the
most that could serve (RFC 1035 2.3.4, 4.1.4); a record takes eleven octets or more; questions are few (RFC 9619: one).
"""

from contextlib import suppress
from typing import NamedTuple

from sakimori.selection import names
from sakimori.selection.facts import Facts
from sakimori.selection.reading import NotThis, Parser, Reader

PORT = 53
_HEADER, _LARGEST_NAME, _POINTER = 12, 255, 0xC0
MOST_POINTERS = 127  # in one name
MOST_QUESTIONS = 16  # house rule
_NS, _CNAME, _PTR, _MX, _SRV = 2, 5, 12, 15, 33
QUERY_TYPES = {  # names an order may use for numbers (IANA DNS parameters)
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "NULL": 10, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "AAAA": 28,
    "SRV": 33,
    "NAPTR": 35, "DS": 43, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "AXFR": 252,
    "ANY": 255,
}  # fmt: skip
_TARGET_AT = {_NS: 0, _CNAME: 0, _PTR: 0, _MX: 2, _SRV: 6}


def datagram(data: bytes, facts: Facts) -> bool:
    """Take one DNS message; returns whether it is one."""
    found = _Names(data)
    try:
        questions, position = _questions(data, found)
    except NotThis:
        return False
    facts.protocol = facts.protocol or "dns"
    for name, kind in questions:
        facts.name(name)
        facts.add("dns.qtype", str(kind).encode())
    with suppress(NotThis):  # the rest of the message may be damaged, or was not captured
        _answers(data, position, found, facts)
    return True


def stream(reader: Reader, facts: Facts) -> Parser:
    """DNS over TCP: messages, each after its length in two bytes (RFC 7766)."""
    while True:
        length = int.from_bytes((yield from reader.take(2)), "big")
        message = yield from reader.take(length)
        if not datagram(message, facts):
            raise NotThis


def _number(data: bytes, position: int, size: int = 2) -> int:
    if position + size > len(data):
        raise NotThis
    return int.from_bytes(data[position : position + size], "big")


class _Name(NamedTuple):
    """A name that begins at some place: as it is shown, its size, its pointers, where the first leads, what follows."""

    text: str | None
    size: int
    pointers: int
    target: int
    after: int

    def behind(self, label: str, size: int) -> "_Name":
        """Return this name with a label before it."""
        text = label if self.text is None else f"{label}.{self.text}"
        return self._replace(text=text, size=self.size + size)

    def pointed_to(self, place: int, pointer: int) -> "_Name":
        """Return this name, which stands at `place`, as a pointer elsewhere gives it."""
        return self._replace(pointers=self.pointers + 1, target=place, after=pointer + 2)


class _Names:
    """The names of one message: each place is read once, however many names lead through it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[int, _Name] = {}

    def at(self, place: int) -> "_Name":
        """Return the name at a place; compression pointers must point before the labels they follow, and be few."""
        data, known = self._data, self._known
        walked: list[tuple[int, bytes]] = []  # places before the first known one, with the label there, if it is one
        size = pointers = 0
        begin = place  # of the labels without a pointer between them
        while (found := known.get(place)) is None:
            length = _number(data, place, 1)
            if not length:
                found = known[place] = _Name(None, 0, 0, 0, place + 1)
                break
            if length & _POINTER == _POINTER:
                target = _number(data, place) & 0x3FFF
                pointers += 1
                if target >= begin or pointers > MOST_POINTERS:
                    raise NotThis
                walked.append((place, b""))
                place = begin = target
                continue
            label = data[place + 1 : place + 1 + length]
            size += length + 1
            if length & _POINTER or len(label) < length or size > _LARGEST_NAME:
                raise NotThis
            walked.append((place, label))
            place += 1 + length
        if found.pointers and found.target >= begin:
            raise NotThis
        if size + found.size > _LARGEST_NAME or pointers + found.pointers > MOST_POINTERS:
            raise NotThis
        for before, label in reversed(walked):
            found = found.behind(names.label(label), len(label) + 1) if label else found.pointed_to(place, before)
            known[before], place = found, before
        return found


def _questions(data: bytes, found: _Names) -> tuple[list[tuple[str | None, int]], int]:
    questions, answers = _number(data, 4), _number(data, 6)
    if len(data) < _HEADER or not questions + answers or questions > MOST_QUESTIONS:
        raise NotThis
    asked = []
    position = _HEADER
    for _ in range(questions):
        name = found.at(position)
        asked.append((name.text, _number(data, name.after)))
        _number(data, name.after + 2)  # the class
        position = name.after + 4
    return asked, position


def _answers(data: bytes, position: int, found: _Names, facts: Facts) -> None:
    for _ in range(_number(data, 6)):
        owner = found.at(position)
        kind, length = _number(data, owner.after), _number(data, owner.after + 8)
        begin = owner.after + 10
        position = begin + length
        if position > len(data):
            raise NotThis
        facts.name(owner.text)
        if kind in _TARGET_AT:
            facts.name(found.at(begin + _TARGET_AT[kind]).text)
