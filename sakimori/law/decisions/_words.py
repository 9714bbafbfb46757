"""Put facts and constants into the sentences of a table, in both languages, so that they read well aloud."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from unicodedata import name as unicode_name
from unicodedata import normalize

from sakimori.law.decisions._model import Table
from sakimori.text import Text

_SLOT = re.compile(r"\{([a-z0-9_]+)(?:~([a-z0-9_]+))?\}")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which two names differ.

    `position` counts characters from 1; `left` and `right` are the characters there, "" where a name has ended.
    `looks_alike` is True when the names agree after compatibility normalisation (width, ligatures) and case folding.
    """

    position: int
    left: str
    right: str
    looks_alike: bool
    text: Text


def first_difference(left: str, right: str) -> Difference | None:
    """Return where two names first differ, or None when they are the same character by character (命令2(4): 同一)."""
    if left == right:
        return None
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    one, other = left[at : at + 1], right[at : at + 1]
    alike = normalize("NFKC", left).casefold() == normalize("NFKC", right).casefold()
    hint = (
        Text("全角と半角、又は大文字と小文字だけの違いです。", " They differ only in width or in capital letters.")
        if alike
        else Text("", "")
    )
    return Difference(
        position=at + 1,
        left=one,
        right=other,
        looks_alike=alike,
        text=Text(
            f"{at + 1}文字目が、「{left}」では{_letter_ja(one)}、「{right}」では{_letter_ja(other)}です。{hint.ja}",
            f'At character {at + 1} "{left}" has {_letter_en(one)}, "{right}" has {_letter_en(other)}.{hint.en}',
        ),
    )


def _letter_ja(letter: str) -> str:
    if not letter:
        return "終わり(文字なし)"
    shown = "空白" if letter.isspace() else f"「{letter}」" if letter.isprintable() else "見えない文字"
    return f"{shown}(U+{ord(letter):04X})"


def _letter_en(letter: str) -> str:
    if not letter:
        return "its end"
    called = unicode_name(letter, "a character without a name").lower()
    shown = "a space" if letter.isspace() else f'"{letter}"' if letter.isprintable() else "an invisible character"
    return f"{shown} (U+{ord(letter):04X}, {called})"


def fill(text: Text, table: Table, facts: Mapping[str, object]) -> Text:
    """Return the sentence with `{fact}`, `{constant}` and `{text~text}` (where two texts differ) filled in."""
    if "{" not in text.ja and "{" not in text.en:
        return text
    return Text(
        _SLOT.sub(lambda found: _slot(found, table, facts).ja, text.ja),
        _SLOT.sub(lambda found: _slot(found, table, facts).en, text.en),
    )


def _slot(found: re.Match[str], table: Table, facts: Mapping[str, object]) -> Text:
    name, other = found.group(1), found.group(2)
    if other:
        difference = first_difference(str(facts.get(name, "")), str(facts.get(other, "")))
        return difference.text if difference else Text("同じです。", "They are the same.")
    value = facts.get(name)
    spec = table.facts.get(name)
    if value is None:
        return Text("(未記入)", "(not given)")
    if spec is not None and spec.allowed:
        return spec.allowed[str(value).lower() if isinstance(value, bool) else str(value)]
    return say(value)


def say(value: object) -> Text:
    """Return a value as it is said in a sentence: days in words, numbers with separators."""
    if isinstance(value, date):
        ja = f"{value.year}年{value.month}月{value.day}日"
        return Text(ja, f"{value.day} {_MONTHS[value.month - 1]} {value.year}")
    if isinstance(value, int):
        return Text(f"{value:,}", f"{value:,}")
    return Text(f"「{value}」", f'"{value}"')


def slots(text: Text) -> frozenset[str]:
    """Return the names a sentence refers to, in either language."""
    return frozenset(name for part in text for found in _SLOT.findall(part) for name in found if name)
