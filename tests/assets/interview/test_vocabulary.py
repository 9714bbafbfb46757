"""The interview speaks each business's own words, in both languages, and invents no business and no topic."""

import pytest

from sakimori.assets.interview import topics
from sakimori.law.businesses import businesses

BUSINESSES = [one.key for one in businesses()]


def test_every_business_has_words_of_its_own_for_the_facility_and_its_lines():
    for key in BUSINESSES:
        own = [one.key for one in topics.TOPICS if topics.example_of(key, one) != one.example]
        assert {"facility", "line", "address"} <= set(own), key
    assert set(topics._vocabulary()) == set(BUSINESSES)


@pytest.mark.parametrize("business", BUSINESSES)
def test_examples_belong_to_topics_and_stand_in_both_languages(business):
    for key, words in topics._vocabulary()[business].items():
        assert topics.topic(key) is not None
        assert words.en
        assert words.en.isascii()
        assert not words.ja.isascii()


def test_a_business_nobody_named_takes_the_neutral_examples():
    assert all(topics.example_of("", one) == one.example for one in topics.TOPICS)


def test_the_parts_the_orders_name_are_those_of_the_fact_sheet():
    assert [part.ja for part in topics.components_of("broadcasting")] == ["符号化装置", "多重化装置"]
    assert "ボイラー・タービンの監視制御装置" in [part.ja for part in topics.components_of("electricity")]
    assert all(topics.components_of(key) for key in BUSINESSES)
    assert topics.components_of("") == ()
