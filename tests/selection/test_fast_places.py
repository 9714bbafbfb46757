"""The fast engine's tables of networks give the answers of the reference's `Networks`, the longest prefix first."""

import ipaddress

from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.selection.direction import Networks
from sakimori.selection.fast.places import ABSENT, Intervals, find4, find6

STARTS = (0, 1, 0xC0000200, 0xC00002FF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


@st.composite
def networks(draw, width):
    found = {}
    for _ in range(draw(st.integers(0, 12))):
        length = draw(st.sampled_from((0, 1, 8, 23, 24, 30, 31, 32))) + (width - 32 if draw(st.booleans()) else 0)
        address = draw(st.sampled_from(STARTS)) << (width - 32) | (draw(st.integers(0, 3)) if width > 32 else 0)
        base = address >> (width - length) << (width - length)
        made = ipaddress.IPv4Network((base, length)) if width == 32 else ipaddress.IPv6Network((base, length))
        found[made] = draw(st.integers(0, 3))
    return list(found.items())


def around(entries, width):
    """Return the addresses at every border, and some between."""
    ends = {int(n[0]) for n, _ in entries} | {int(n[-1]) for n, _ in entries}
    places = {end + step for end in ends for step in (-1, 0, 1)} | {start << (width - 32) for start in STARTS}
    return [place for place in places if 0 <= place < 1 << width]


@settings(max_examples=150, deadline=None)
@given(networks(32))
def test_old_addresses(entries):
    made, reference = Intervals(entries), Networks((network, str(value)) for network, value in entries)
    tables = made.tables()  # addresses of memory that `made` owns
    for place in around(entries, 32):
        expected = reference.get(place.to_bytes(4, "big"))
        assert find4(tables, place) == (ABSENT if expected is None else int(expected)), place


@settings(max_examples=150, deadline=None)
@given(networks(128))
def test_new_addresses(entries):
    made, reference = Intervals(entries), Networks((network, str(value)) for network, value in entries)
    tables = made.tables()  # addresses of memory that `made` owns
    for place in around(entries, 128):
        raw = place.to_bytes(16, "big")
        halves = (int.from_bytes(part, "big", signed=True) for part in (raw[:8], raw[8:]))
        expected = reference.get(raw)
        assert find6(tables, *halves) == (ABSENT if expected is None else int(expected)), place
