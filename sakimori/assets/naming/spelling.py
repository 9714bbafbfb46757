"""Spellings: what makes two of them one, which official names are near, what was decided for them."""

from collections.abc import Mapping
from typing import Any

from sakimori.assets.models import OfficialName
from sakimori.matching import names, naming
from sakimori.matching.book import name_book
from sakimori.matching.dictionary import Official

_LONGEST = 200  # letters of a key that are stored and compared
_MOST_NEAR = 5000  # entries of one maker that are looked at; the largest makers have about as many


def keys_of(maker: str, product: str) -> tuple[str, str]:
    """Return the keys by which two spellings are the same one."""
    return names.maker_key(maker)[:_LONGEST], names.key(product)[:_LONGEST]


def suggested(maker: str, product: str) -> list[naming.Suggestion]:
    """Return the official names that may be meant, the surest first, out of our table and the dictionaries loaded."""
    book = name_book()
    named = OfficialName.objects.values_list("vendor", "product", "cpe")
    same = named.filter(product_key__in=naming.product_keys(book, maker, product))[:_MOST_NEAR]
    of_maker = named.filter(vendor_key__in=naming.vendor_keys(book, maker))[:_MOST_NEAR]
    return naming.suggest(book, maker, product, [Official(*one) for one in dict.fromkeys((*same, *of_maker))])


def said(row: Mapping[str, Any]) -> str:
    """Return the official names of a decision as one text; empty where none fits."""
    return f"{row['vendor']} {row['official']}".strip()
