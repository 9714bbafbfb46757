"""Rows are written as RFC 8785 says, by Python's own encoder: compared with the library made for that form."""

import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection.records import canonical

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_NAME = st.text(st.characters(min_codepoint=1, max_codepoint=127))
_SAFE = (1 << 53) - 1
_LEAF = st.none() | st.booleans() | st.integers(-_SAFE, _SAFE) | _TEXT
_VALUE = st.recursive(_LEAF, lambda inner: st.lists(inner) | st.dictionaries(_NAME, inner), max_leaves=12)


@given(st.dictionaries(_NAME, _VALUE), st.integers(0, 4_000_000_000_000_000_000), st.binary())
def test_rows_are_written_in_the_form_of_the_standard(fields: dict[str, object], moment: int, matched: bytes) -> None:
    hits = [{"id": "k", "count": 1, "first": [{"offset": 7, "bytes": matched}]}]
    written = canonical({**fields, "first": moment, "last": moment, "command_matches": hits})
    assert written == rfc8785.dumps(json.loads(written))
    read = json.loads(written)
    assert {name: read[name] for name in fields if name not in ("first", "last", "command_matches")} == {
        name: value for name, value in fields.items() if name not in ("first", "last", "command_matches")
    }
    assert read["command_matches"][0]["first"] == [{"offset": 7, "bytes": matched.hex()}]
