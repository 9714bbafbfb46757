"""The base of every payload: what an act takes in, and which characters no text of it may hold."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

_BREAKS = "\t\n\r"
_HIDDEN = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # turn the direction of what follows
    "\u200b\u2060\ufeff"  # are not seen at all, so that two names look like one
)


def readable(value: str) -> str:
    """Return the text; `ValueError` where it holds a character nobody can see: control, half, direction, zero width.

    Such characters make one name look like another (Unicode Technical Report 36) or a line end where none was typed.
    Tabs and line breaks are fine in a text of several lines.
    """
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


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
"""A name, a title: one line of at most 200 characters."""


class Payload(BaseModel):
    """Nothing beside the named fields is taken; surrounding blanks are dropped; every text can be read."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if isinstance(value, str):
            return readable(value)
        if isinstance(value, list):
            for one in value:
                if isinstance(one, str):
                    readable(one)
        return value
