"""The names of the real catalogue: what it names is found, and its wildcards tell nobody."""

from collections import Counter

import pytest

from sakimori.matching import Grade, ProductIndex, RegisteredProduct, from_kev, kev
from sakimori.matching.book import name_book
from tests.support.data import shared_data


@pytest.fixture(scope="module")
def entries():
    return kev.read_catalogue(shared_data("kev", "kev-2025-05.json").read_bytes()).entries


def test_nine_of_ten_entries_find_their_own_name_and_the_rest_name_no_product(entries):
    counts = Counter((entry.vendor, entry.product) for entry in entries)
    index = ProductIndex(RegisteredProduct(str(n), "o", *pair) for n, pair in enumerate(counts))
    found = 0
    for entry in {(one.vendor, one.product): one for one in entries}.values():
        own = [pair for pair in index.match_pairs(from_kev(entry)) if pair[:2] == (entry.vendor, entry.product)]
        if own and own[0].grade is Grade.EXACT:
            found += counts[entry.vendor, entry.product]
        else:
            assert name_book().is_wildcard(entry.product)
    assert found / len(entries) >= 0.9


def test_a_wildcard_of_the_catalogue_never_warns_anybody(entries):
    products = [
        ("Apple", "iOS"),
        ("Fortinet", "FortiOS"),
        ("VMware", "ESXi"),
        ("Oracle", "Database"),
        ("富士通", "PRIMERGY"),
    ]
    index = ProductIndex(RegisteredProduct(str(n), "o", *pair) for n, pair in enumerate(products))
    wild = [entry for entry in entries if name_book().is_wildcard(entry.product)]
    assert wild
    for entry in wild:
        assert not any(match.grade.warns for match in index.match(from_kev(entry)))


def test_products_of_a_maker_the_catalogue_does_not_know_are_told_nothing(entries):
    products = [
        ("横河電機", "CENTUM VP"),
        ("三菱電機", "MELSEC iQ-R"),
        ("架空計装", "監視制御サーバ"),
        ("富士通", "PRIMERGY RX2540"),
    ]
    index = ProductIndex(RegisteredProduct(str(n), "o", *pair) for n, pair in enumerate(products))
    assert [entry.cve for entry in entries if index.match(from_kev(entry))] == []
