"""Sentences that come in both languages, given in the reader's."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext

from sakimori.pages.citing import cited
from sakimori.text import Text


def language() -> str:
    """Return the reader's language."""
    return get_language() or "ja"


def either(joined: str) -> str:
    """Return one half of a sentence stored as `日本語 / English`."""
    japanese, slash, english = joined.partition(" / ")
    return Text(japanese, english if slash else japanese).pick(language())


def titled(row: Mapping[str, Any]) -> str:
    """Return the title of a row that carries `title_ja` and `title_en`."""
    return Text(row["title_ja"], row["title_en"]).pick(language())


def articles(basis: Iterable[str]) -> str:
    """Return a basis as people read it: the articles, and `house` in words."""
    return gettext(", ").join(cited(one) for one in basis)
