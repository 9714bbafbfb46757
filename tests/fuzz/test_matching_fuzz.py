"""Fuzz targets of matching: whatever the bytes, an answer or one error meant for people, never a crash.

`fuzz_kev` and `fuzz_indicators` take bytes and can be given to any fuzzer; here hypothesis drives them with raw bytes,
with JSON of every shape, and with damaged good inputs.
"""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sakimori.errors import SakimoriError
from sakimori.matching import ProductIndex, RegisteredProduct, from_kev, kev
from sakimori.matching.indicators import parse_indicator, read_indicators
from sakimori.matching.watchlist import Watched, Watchlist

INDEX = ProductIndex(
    [RegisteredProduct("p", "o", "Fortinet", "FortiOS"), RegisteredProduct("q", "o", "富士通", "PRIMERGY")]
)
WATCHED = Watchlist(
    [Watched("r", "o", parse_indicator("192.0.2.0/24")), Watched("n", "o", parse_indicator("evil.example"))]
)
GOOD_ENTRY = {
    "cveID": "CVE-2026-0001",
    "vendorProject": "Fortinet",
    "product": "FortiOS and FortiProxy",
    "vulnerabilityName": "n",
    "dateAdded": "2026-11-01",
    "shortDescription": "d",
    "requiredAction": "a",
    "dueDate": "2026-11-22",
    "knownRansomwareCampaignUse": "Known",
    "notes": "",
    "cwes": ["CWE-1"],
}
GOOD_KEV = json.dumps(
    {"catalogVersion": "1", "dateReleased": "x", "count": 1, "vulnerabilities": [GOOD_ENTRY]}
).encode()
GOOD_LIST = "192[.]0[.]2[.]1\nhxxps://evil[.]example/a\n2001:db8::/32 日本語.example\n".encode() + b"a" * 64
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def fuzz_kev(data: bytes) -> None:
    """Read a catalogue; every entry kept must be usable, and every one left out must be reported."""
    try:
        catalogue = kev.read_catalogue(data)
    except SakimoriError as error:
        _told(error)
        return
    assert kev.compare(catalogue, catalogue).changed == ()
    for entry in catalogue.entries:
        for match in INDEX.match(from_kev(entry)):
            str(match).encode()
    for problem in catalogue.problems:
        "".join((*problem.what, *problem.mend)).encode()


def fuzz_indicators(data: bytes) -> None:
    """Read a list; what is accepted has a stable normal form and can be asked for."""
    try:
        good, wrong = read_indicators(data)
    except SakimoriError as error:
        _told(error)
        return
    for indicator in good:
        assert parse_indicator(indicator.value) == indicator
        WATCHED.touched(indicator)
    assert all(bad.error.mend for bad in wrong)


def _told(error: SakimoriError) -> None:
    """Hold an error to the house rule: what and how to mend, in both languages."""
    mend = error.mend or ()
    assert all((*error.what, *mend))
    assert mend


def damaged(good: bytes) -> st.SearchStrategy[bytes]:
    """Good bytes with a piece cut out and another put in."""
    place = st.integers(0, len(good))
    return st.builds(
        lambda a, b, piece: good[: min(a, b)] + piece + good[max(a, b) :], place, place, st.binary(max_size=12)
    )


@pytest.mark.parametrize(("target", "good"), [(fuzz_kev, GOOD_KEV), (fuzz_indicators, GOOD_LIST)])
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_bytes(target, good, data):
    target(data.draw(st.binary(max_size=200) | damaged(good)))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD_ENTRY)), JSON, max_size=4), JSON)
@example({"cveID": "CVE-2026-0001\n"}, None)
@example({"product": "\ud800"}, {"a": float("nan")})
def test_any_json(fields, other):
    fuzz_kev(json.dumps({"vulnerabilities": [{**GOOD_ENTRY, **fields}, other], "count": other}).encode())
    fuzz_kev(json.dumps(other).encode())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[a-z0-9.:/\[\]@*%_-]{0,40}", fullmatch=True))
def test_any_text_as_an_indicator(text):
    fuzz_indicators(text.encode("utf-8", "surrogatepass"))


def test_the_good_inputs_are_good():
    assert len(kev.read_catalogue(GOOD_KEV).entries) == 1
    good, wrong = read_indicators(GOOD_LIST)
    assert (len(good), wrong) == (5, ())
