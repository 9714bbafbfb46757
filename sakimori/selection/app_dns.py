"""Names and query types of DNS messages (RFC 1035): questions, owners of answers, targets of CNAME, NS, PTR, MX, SRV.

A message is recognised when its header and question section hold; names before a damage further on are kept.
What a message costs is bounded: a name of 255 octets has 127 labels at most, and a pointer before each of them is the
most that could serve (RFC 1035 2.3.4, 4.1.4); a record takes eleven octets or more; questions are few (RFC 9619: one).
"""

from contextlib import suppress

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
    try:
        questions, position = _questions(data)
    except NotThis:
        return False
    facts.protocol = facts.protocol or "dns"
    for labels, kind in questions:
        facts.name(names.from_labels(labels))
        facts.add("dns.qtype", str(kind).encode())
    with suppress(NotThis):  # the rest of the message may be damaged, or was not captured
        _answers(data, position, facts)
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


def _questions(data: bytes) -> tuple[list[tuple[list[bytes], int]], int]:
    questions, answers = _number(data, 4), _number(data, 6)
    if len(data) < _HEADER or not questions + answers or questions > MOST_QUESTIONS:
        raise NotThis
    found = []
    position = _HEADER
    for _ in range(questions):
        labels, position = _labels(data, position)
        found.append((labels, _number(data, position)))
        _number(data, position + 2)  # the class
        position += 4
    return found, position


def _answers(data: bytes, position: int, facts: Facts) -> None:
    for _ in range(_number(data, 6)):
        labels, position = _labels(data, position)
        kind, length = _number(data, position), _number(data, position + 8)
        begin = position + 10
        position = begin + length
        if position > len(data):
            raise NotThis
        facts.name(names.from_labels(labels))
        if kind in _TARGET_AT:
            target, _ = _labels(data, begin + _TARGET_AT[kind])
            facts.name(names.from_labels(target))


def _labels(data: bytes, position: int) -> tuple[list[bytes], int]:
    """Return the labels of a name and the position after it; compression pointers must point backwards, and be few."""
    labels: list[bytes] = []
    size, after, lowest, pointers = 0, None, position, 0
    while length := _number(data, position, 1):
        if length & _POINTER == _POINTER:
            target = _number(data, position) & 0x3FFF
            after = position + 2 if after is None else after
            pointers += 1
            if target >= lowest or pointers > MOST_POINTERS:
                raise NotThis
            position = lowest = target
            continue
        if length & _POINTER:
            raise NotThis
        label = data[position + 1 : position + 1 + length]
        size += length + 1
        if len(label) < length or size > _LARGEST_NAME:
            raise NotThis
        labels.append(label)
        position += 1 + length
    return labels, position + 1 if after is None else after
