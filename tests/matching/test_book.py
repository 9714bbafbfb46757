"""The name tables: what contradicts itself is found when they are loaded."""

from dataclasses import replace

import pytest

from sakimori.matching.book import NameBook, name_book
from sakimori.matching.errors import MatchingDataError

WORDS = dict.fromkeys(("words", "wildcards", "qualifiers", "wildcard_beginnings"), frozenset())
MAKERS = list(name_book().makers.values())
PRODUCTS = list(name_book().products.values())


@pytest.mark.parametrize(
    ("makers", "products"),
    [
        ([*MAKERS, MAKERS[0]], []),
        ([replace(MAKERS[0], holds=("nobody",))], []),
        (MAKERS, [replace(PRODUCTS[0], maker="nobody")]),
        (MAKERS, [replace(PRODUCTS[0], inside=("nothing",))]),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(makers, products):
    with pytest.raises(MatchingDataError) as caught:
        NameBook(makers, products, WORDS)
    assert caught.value.where


def test_no_spelling_of_a_product_names_two_unless_the_table_says_so():
    for maker in name_book().makers:
        keys = [key for product in PRODUCTS if product.maker == maker for key in product.keys]
        assert {key for key in keys if keys.count(key) > 1} <= {"ウイルスバスタコーポレートエディション"}


def test_exceptions_never_shut_out_a_product_s_own_name():
    book = name_book()
    for product in PRODUCTS:
        for key in product.keys:
            assert product.id in book.named(product.maker, key)
