"""A sentence in both languages of the house: Japanese first, English beside it."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in Japanese and in English."""

    ja: str
    en: str

    def pick(self, language: str) -> str:
        """Return the Japanese sentence for `ja` (and anything beginning so), the English one otherwise."""
        return self.ja if language.startswith("ja") else self.en
