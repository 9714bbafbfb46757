"""Spellings of one product have one key; products that are not the same have two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.matching.spelling import same_product


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Red Hat, Inc.", "Red Hat Enterprise Linux 8"), ("レッドハット株式会社", "red hat enterprise linux ８")),
        (("富士通", "Systemwalker Centric Manager"), ("FUJITSU", "Systemwalker  Centric-Manager")),
        (("富士通株式会社", "Systemwalker"), ("（株）富士通", "SYSTEMWALKER")),
        (("架空製作所", "ハコ"), ("㈱架空製作所", "ﾊｺ")),
    ],
)
def test_spellings_of_one_product(one, other):
    assert same_product(*one) == same_product(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Red Hat, Inc.", "Red Hat Enterprise Linux 8"), ("Red Hat, Inc.", "Red Hat Enterprise Linux 9")),
        (("富士通", "Systemwalker"), ("日立製作所", "Systemwalker")),
        (("", "x"), ("不明", "x")),
        (("a", "-"), ("a", "_")),
    ],
)
def test_products_that_are_not_known_to_be_the_same(one, other):
    assert same_product(*one) != same_product(*other)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_has_a_key_that_can_be_stored(maker, product):
    assert 0 < len(same_product(maker, product)) <= 1_000
