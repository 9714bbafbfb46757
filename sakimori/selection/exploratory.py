"""Values and ranges of exploratory conditions (強化法22(2)iii) as they are written, in orders and in authorities."""

import re
from typing import NamedTuple

from sakimori.selection.app_dns import QUERY_TYPES
from sakimori.selection.conditions import BYTE_FIELDS, NUMBER_FIELDS, RANGE_FIELDS

FIELDS = (*NUMBER_FIELDS, *BYTE_FIELDS, *RANGE_FIELDS)
LARGEST = {"src_port": 65_535, "dst_port": 65_535, "protocol": 255, "dns.qtype": 65_535}
_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "sctp": 132}
_DIGITS = 18  # as every number of an order
_RANGE = re.compile(rf"([0-9]{{1,{_DIGITS}}})?\.\.([0-9]{{1,{_DIGITS}}})?")


class Range(NamedTuple):
    """A size between two numbers, both included; None: no bound."""

    minimum: int | None
    maximum: int | None

    def holds(self, other: "Range") -> bool:
        """Say whether every size of the other lies in this one."""
        low = self.minimum is None or (other.minimum is not None and other.minimum >= self.minimum)
        return low and (self.maximum is None or (other.maximum is not None and other.maximum <= self.maximum))


def value_of(field: str, text: str) -> bytes | None:
    """Return a value of a field with `values` as flows have it (numbers in decimal), None if the field has no such."""
    if field in BYTE_FIELDS:
        return text.encode() or None
    if field not in NUMBER_FIELDS:
        return None
    named = {"protocol": _PROTOCOLS.get(text.lower()), "dns.qtype": QUERY_TYPES.get(text.upper())}.get(field)
    if named is not None:
        return str(named).encode()
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS or int(text) > LARGEST[field]:
        return None
    return str(int(text)).encode()


def range_of(field: str, text: str) -> Range | None:
    """Return a range of a field with `min` and `max` as an authority writes it: `100..2000`, `100..`, `..2000`."""
    found = _RANGE.fullmatch(text) if field in RANGE_FIELDS else None
    if found is None or text == "..":
        return None
    low, high = (None if part is None else int(part) for part in found.groups())
    return None if low is not None and high is not None and low > high else Range(low, high)


def readable(field: str, text: str) -> bool:
    """Say whether an authority can allow this value, or this range, of the field."""
    return (range_of if field in RANGE_FIELDS else value_of)(field, text) is not None
