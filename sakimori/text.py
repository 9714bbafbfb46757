"""A sentence in both languages of the house: Japanese first, English beside it."""

import unicodedata
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in Japanese and in English."""

    ja: str
    en: str

    def pick(self, language: str) -> str:
        """Return the Japanese sentence for `ja` (and anything beginning so), the English one otherwise."""
        return self.ja if language.startswith("ja") else self.en


_BREAKS = "\t\n\r"
_HIDDEN = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # turn the direction of what follows
    "\u200b\u2060\ufeff"  # are not seen at all, so that two names look like one
)


def and_more(count: int) -> Text:
    """Return “and so many more” in brackets, for a sentence that names the first; empty where it is alone."""
    return Text(f"（ほか{count}件）", f" (and {count} more)") if count > 0 else Text("", "")


def readable(value: str) -> str:
    """Return the text; `ValueError` where it holds a character nobody can see: control, half, direction, zero width.

    Such characters make one name look like another (Unicode Technical Report 36) or a line end where none was typed.
    Tabs and line breaks are fine in a text of several lines.
    """
    if value.isprintable():  # nothing of what is refused is: most texts are done here
        return value
    for place, character in enumerate(value, start=1):
        if character in _HIDDEN or (unicodedata.category(character) in ("Cc", "Cs") and character not in _BREAKS):
            code = f"U+{ord(character):04X}"
            raise ValueError(
                f"{place}文字目に見えない文字（{code}）があります。消してください。"
                f" / Character {place} cannot be seen ({code}). Take it out."
            )
    return value


def one_line(value: str) -> str:
    """Return the text; `ValueError` where it breaks into several lines (U+2028 and U+2029 break lines too)."""
    if any(character in "\n\r\t\v\f\x85\u2028\u2029" for character in value):
        raise ValueError("改行やタブは入れられません。 / No line breaks or tabs here.")
    return value
