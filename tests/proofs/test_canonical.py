"""The canonical bytes of a document, what has none, and the commitment made over them."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sakimori import proofs
from tests.proofs.proof_world import (
    ACT,
    SALT,
    receipt,
    ring,
)

RECORDED = datetime(2026, 11, 20, tzinfo=UTC)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not 2**53 <= abs(number) < 1e21)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(json_values)
def test_canonical_bytes_are_read_back_and_stand_still(value: Any) -> None:
    written = proofs.canonical(value)
    assert proofs.canonical(json.loads(written)) == written
    assert proofs.canonical(copy.deepcopy(value)) == written


def test_canonical_follows_the_examples_of_rfc_8785() -> None:
    # RFC 8785, sections 3.2.2 and 3.2.3.
    value = json.loads(
        r'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        r'"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
    )
    assert (
        proofs.canonical(value)
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}
    assert list(json.loads(proofs.canonical(names)).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    "value",
    [
        (1,),
        {1: 2},
        {"a": b"x"},
        float("nan"),
        float("inf"),
        2**53,
        2.0**53,
        -1e20,
        "\ud800",
        {"\ud800": 1},
        RECORDED,
        {1},
        object(),
    ],
)
def test_what_json_cannot_carry_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(proofs.MalformedError):
        proofs.canonical(value)


def test_what_is_nested_too_deep_has_no_canonical_form() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(proofs.MalformedError):
        proofs.canonical(deep)
    with pytest.raises(proofs.MalformedError):
        proofs.verify_receipt(b"[" * 100_000 + b"]" * 100_000, ring())


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf{}",
        b'{"type":1,"type":1}',
        b'{"a":NaN}',
        b"\xff",
        b"",
        b"[1]" * 2,
        b'{"a":' + b"9" * 5000 + b"}",
        "\ud800",
        b"null",
    ],
)
def test_what_is_no_json_is_malformed(data: Any) -> None:
    for verify in (proofs.verify_receipt, proofs.verify_envelope, proofs.verify_ack):
        with pytest.raises(proofs.MalformedError):
            verify(data, ring())
    with pytest.raises(proofs.MalformedError):
        proofs.parse_keyring(data)


def test_a_name_given_twice_is_refused_even_with_one_value() -> None:
    good = json.dumps(receipt())
    proofs.verify_receipt(good, ring())
    with pytest.raises(proofs.MalformedError):
        proofs.verify_receipt('{"world": "real", ' + good[1:], ring())


def test_a_commitment_hides_and_binds() -> None:
    assert proofs.commit(ACT, SALT) != proofs.commit(ACT, bytes(32))
    assert proofs.commit(ACT, SALT) != proofs.commit(ACT + b" ", SALT)
    proofs.verify_commitment(proofs.commit(ACT, SALT), ACT, SALT)
    for commitment, salt in ((proofs.commit(ACT, SALT), bytes(32)), (bytes(32), SALT), (b"", SALT), (bytes(32), b"")):
        with pytest.raises(proofs.ProofError):
            proofs.verify_commitment(commitment, ACT, salt)
    with pytest.raises(proofs.MalformedError):
        proofs.commitment_leaf(b"short")


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False), st.text()),
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(st.text(max_size=4), below, max_size=4)),
    max_leaves=12,
)


@given(value=_JSON)
def test_the_quick_spelling_is_the_librarys(value: Any) -> None:
    """What is spelled without the library has the same bytes: escapes, control characters, order of names."""
    try:
        expected = rfc8785.dumps(value)
    except (ValueError, UnicodeEncodeError):
        with pytest.raises(proofs.MalformedError):
            proofs.canonical(value)
        return
    try:
        assert proofs.canonical(value) == expected
    except proofs.MalformedError:
        assert "e" in repr(value) or "." in repr(value)  # a fraction too large to come back equal
