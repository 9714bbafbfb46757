"""The glossary: complete, readable, and anchored in articles the law book knows."""

import re

import pytest

import sakimori.law as law
from sakimori.law.errors import LawDataError
from sakimori.law.terms import UnknownTermError, in_japanese, read_terms, term, terms

ALL = terms()


def test_there_are_enough_terms_and_none_twice():
    assert len(ALL) >= 120
    assert len({one.key for one in ALL}) == len(ALL)
    assert len({one.ja for one in ALL}) == len(ALL)
    assert len({one.en for one in ALL}) == len(ALL)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_each_term_is_complete(one):
    assert re.fullmatch(r"[ぁ-ゟ゠-ヿ]+", one.reading)
    assert one.definition.ja.endswith("。")
    assert one.definition.en.endswith(".")
    assert one.definition.en[0].isupper()
    assert "、。" not in one.definition.ja
    law.article(one.article)
    assert one.source in law.book().sources
    assert one.confidence in {"certain", "likely", "unknown"}
    # A definition explains: it is not the term again, and not longer than two tooltips.
    assert one.definition.ja.rstrip("。") != one.ja
    assert len(one.definition.ja) <= 120


def test_terms_the_decision_tables_rest_on_are_there():
    for ja in (
        "特定重要電子計算機",
        "特定重要設備",
        "アプライアンス",
        "特定侵害事象",
        "痕跡",
        "認知",
        "経路制御",
        "周知等用総合整理分析情報",
    ):
        found = in_japanese(ja)
        assert found is not None, ja
        assert found.name.ja == ja


def test_a_term_is_found_by_its_english_identifier():
    assert term("specified_critical_computer").reading == "とくていじゅうようでんしけいさんき"
    assert law.term("specified_critical_computer") == term("specified_critical_computer")
    assert law.terms() == ALL


def test_terms_come_in_the_order_of_their_readings():
    # Katakana and hiragana are one order: アイ・ピー・アドレス stands before いちごう…
    names = [one.key for one in ALL]
    assert names.index("ip_address") < names.index("item_one_computer") < names.index("first_report")


def test_an_unknown_term_names_those_that_resemble_it():
    with pytest.raises(UnknownTermError) as caught:
        term("specified_critical_computor")
    assert "specified_critical_computer" in caught.value.explain("en")


def test_law_not_in_force_and_not_read_is_only_likely():
    # Arts 11-36 were read only as quoted by a secondary source.
    assert term("automatic_selection").confidence == "likely"
    assert term("specified_critical_computer").confidence == "certain"


GOOD = """
known_since: 2026-11-20
terms:
  a_term:
    ja: 用語
    reading: ようご
    en: term
    article: 強化法1
    source: ACT
    confidence: certain
    definition: {ja: ことばです。, en: A word.}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    article: 強化法1\n", ""),
        ("known_since: 2026-11-20", ""),
        ("ようご", "用語"),
        (", en: A word.", ""),
        ("a_term", "A Term"),
        ("certain", "sure"),
        ("en: term", "en: ''"),
        ("terms:", "terms: ["),
    ],
)
def test_faulty_entries_are_refused_with_file_and_key(old, new):
    assert read_terms({"good.yaml": GOOD.encode()})["a_term"].en == "term"
    assert old in GOOD
    with pytest.raises(LawDataError) as caught:
        read_terms({"bad.yaml": GOOD.replace(old, new).encode()})
    assert "bad.yaml" in str(caught.value.where)


def test_the_same_key_twice_is_refused():
    with pytest.raises(LawDataError):
        read_terms({"one.yaml": GOOD.encode(), "two.yaml": GOOD.encode()})
