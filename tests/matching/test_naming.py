"""Official names: suggested with reasons, right for a labelled list and for the real catalogue's names."""

from pathlib import Path

import pytest
import yaml

from sakimori.matching import kev, naming
from sakimori.matching.book import name_book
from sakimori.matching.dictionary import Official
from tests.support.data import shared_data

LABELLED = yaml.safe_load(Path(__file__).with_name("labelled_names.yaml").read_text(encoding="utf-8"))
BOOK = name_book()


def official(cpe):
    vendor, product = cpe.replace("\\", "").replace("_", " ").split(":", 1)
    return Official(vendor, product, f"a:{cpe}")


def entries():
    """A dictionary of everything meant and everything beside it."""
    meant = [one for _, _, names in LABELLED["right"] for one in names.split("|")]
    return [official(one) for one in dict.fromkeys([*meant, *LABELLED["beside"]])]


def right(suggestion, wanted):
    found = suggestion.official
    return any(found.cpe == f"a:{one}" or found.keys == official(one).keys for one in wanted)


def test_most_japanese_names_have_their_official_name_first():
    """The measured figures stand in docs/status.md; these are the bars of the issue."""
    known = entries()
    first = among_three = likely_and_wrong = 0
    for maker, product, names in LABELLED["right"]:
        wanted = names.split("|")
        found = naming.suggest(BOOK, maker, product, known)
        marks = [right(one, wanted) for one in found[:3]]
        first += marks[:1] == [True]
        among_three += any(marks)
        likely_and_wrong += bool(found and found[0].likely and not marks[0])
    total = len(LABELLED["right"])
    print(f"{total} names: first {first}, among three {among_three}, likely and wrong {likely_and_wrong}")  # noqa: T201 - shown with -s
    assert total >= 100
    assert first / total >= 0.9
    assert among_three / total >= 0.95
    assert likely_and_wrong / total <= 0.04


@pytest.mark.parametrize(("maker", "product"), LABELLED["nothing"])
def test_what_nobody_can_name_gets_nothing_likely(maker, product):
    assert not any(one.likely for one in naming.suggest(BOOK, maker, product, entries()))


def test_every_suggestion_says_why_in_both_languages_and_no_name_comes_twice():
    for maker, product, _ in LABELLED["right"]:
        found = naming.suggest(BOOK, maker, product, entries())
        assert len({one.official.keys for one in found}) == len(found) <= naming.MOST
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        for one in found:
            assert one.reason.ja
            assert one.reason.en


def test_a_name_of_the_book_is_told_with_the_dictionarys_cpe():
    (first, *_) = naming.suggest(
        BOOK, "フォーティネットジャパン合同会社", "FortiGate-100F", [official("fortinet:fortios")]
    )
    assert (first.official.product, first.official.cpe) == ("FortiOS", "a:fortinet:fortios")
    assert "hardware" in first.reason.en


def test_another_makers_product_of_the_same_name_is_never_likely():
    found = naming.suggest(BOOK, "架空計装", "FortiOS", [official("fortinet:fortios")])
    assert [(one.rule, one.likely) for one in found] == [("other-maker", False)]


def test_nine_of_ten_names_of_the_catalogue_are_found_however_they_are_written():
    catalogue = kev.read_catalogue(shared_data("kev", "kev-2025-05.json").read_bytes())
    pairs = sorted({(one.vendor, one.product) for one in catalogue.entries if not BOOK.is_wildcard(one.product)})
    known = [Official(*pair) for pair in pairs]
    by_vendor: dict[str, list[Official]] = {}
    for one in known:
        by_vendor.setdefault(one.keys[0], []).append(one)
    found = 0
    for vendor, product in pairs:
        maker = BOOK.read_maker(vendor)
        japanese = next((BOOK.makers[one].name.ja for one in sorted(maker.ids) if one in BOOK.makers), vendor)
        asked = (f"{japanese}株式会社", f"{product.upper()} 7.2")
        near = [one for key in naming.vendor_keys(BOOK, asked[0]) for one in by_vendor.get(key, ())]
        first = next(iter(naming.suggest(BOOK, *asked, near)), None)
        found += first is not None and first.likely and product.casefold() in _told(first, vendor, product)
    print(f"{len(pairs)} pairs: {found} found under a Japanese maker's name, in capitals, with a version")  # noqa: T201
    assert found / len(pairs) >= 0.9


def _told(suggestion, vendor, product):
    """The names a suggestion stands for: its own, or that of the book's product the pair means."""
    own = suggestion.official.product.casefold()
    maker = BOOK.read_maker(vendor)
    key = naming.names.key(naming.without_maker(BOOK, maker, product))
    book = {one for who in maker.ids for one in (*BOOK.named(who, key), *BOOK.covered(who, key))}
    same = {BOOK.products[one].name.casefold() for one in book}
    return {own, *([product.casefold()] if own in same else [])}
