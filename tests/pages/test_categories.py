"""Facility categories in the reader's language: our short forms translated and marked, other wordings as they stand."""

from django.utils.translation import override

from sakimori.law.businesses import facility_categories
from sakimori.pages.categories import categories_column, category, category_whole

KNOWN, OTHER = "浄水場の監視制御システム", "発電設備の監視制御システム"


def test_a_category_of_ours_is_translated_and_marked_as_ours():
    with override("en"):
        assert category(KNOWN) == "supervisory control system of a purification plant"
        assert category_whole(KNOWN) == f"{category(KNOWN)} (our translation of 「{KNOWN}」)"
    with override("ja"):
        assert (category(KNOWN), category_whole(KNOWN)) == (KNOWN, KNOWN)


def test_another_wording_and_none_stay_as_they_are():
    for language in ("ja", "en"):
        with override(language):
            assert (category(OTHER), category_whole(OTHER)) == (OTHER, OTHER)
            assert (category(None), category_whole("")) == ("", "")


def test_a_list_finds_and_sorts_by_the_translation():
    with override("en"):
        names = categories_column().names
        assert names is not None
        assert names({KNOWN, OTHER}) == {KNOWN: category(KNOWN), OTHER: OTHER}


def test_every_short_form_has_a_translation_of_its_own():
    found = facility_categories()
    assert len({one.en for one in found.values()}) == len(found)
    assert all(one.en.isascii() and not one.ja.isascii() for one in found.values())
