"""命令2(1) proviso: which product names are items designated as generally used, on a given day.

A name is compared word by word after compatibility normalisation: maker words may stand first, then the base words of
the item, then only words that name a version or an edition. Anything else is doubtful and left to a person: the notice
was not readable, so whether, for instance, an embedded edition is included is a question, not a guess.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

import yaml

from sakimori.text import Text

DATA = Path(__file__).parent.parent / "data" / "tables" / "lists" / "kyokaho.designated_items.yaml"
_VERSION = re.compile(r"^(v?\d+([.]\d+)*|\d\dh\d|sp\d|x64|x86|\d\dbit|bit)$")
_MARKS = re.compile(r"[®™©]|\((r|tm|c)\)", re.IGNORECASE)
_BREAKS = re.compile(r"[\s,/:()_-]+")


@dataclass(frozen=True, slots=True)
class DesignatedItem:
    """One designated item with the day its designation takes effect."""

    key: str
    title: Text
    base: tuple[str, ...]
    makers: frozenset[str]
    editions: frozenset[str]
    article: str
    source: str
    confidence: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Match:
    """How a product name relates to the designated items.

    `item` is "none" or the item's key: the value for the fact `designated_item`. It is None when a person must decide;
    `candidate` then names the item it resembles and `why` says what is doubtful.
    """

    item: str | None
    candidate: str | None
    why: Text


def match(product_name: str, maker_name: str | None, on: date) -> Match:
    """Return whether a product is a designated item on that day. Never raises; a doubtful name is left to a person."""
    words = _words(product_name)
    for item in items(on):
        rest = list(words)
        if rest and rest[0] in item.makers:
            rest = rest[1:]
        if tuple(rest[: len(item.base)]) != item.base:
            continue
        strange = [word for word in rest[len(item.base) :] if not _VERSION.match(word) and word not in item.editions]
        if strange:
            return _doubt(
                item, f"「{' '.join(strange)}」を含む製品", f"a product with {' '.join(strange)!r} in its name"
            )
        if maker_name and maker_name.strip() and not item.makers & set(_words(maker_name)):
            return _doubt(item, f"製造者名が「{maker_name}」の製品", f"a product of the maker {maker_name!r}")
        return Match(
            item.key,
            item.key,
            Text(
                f"名称が、指定された{item.title.ja}に当たります。",
                f"Its name is that of the designated {item.title.en}.",
            ),
        )
    return Match(
        "none", None, Text("指定された製品の名称ではありません。", "Its name is not that of a designated product.")
    )


def _doubt(item: DesignatedItem, ja: str, en: str) -> Match:
    return Match(
        None,
        item.key,
        Text(
            f"{ja}が、指定された{item.title.ja}に含まれるかどうか、人が確かめてください。",
            f"A person must confirm whether {en} belongs to the designated {item.title.en}.",
        ),
    )


def _words(name: str) -> tuple[str, ...]:
    plain = _MARKS.sub(" ", normalize("NFKC", _MARKS.sub(" ", name))).casefold().replace("株式会社", " ")
    return tuple(word for word in _BREAKS.split(plain) if word)


def items(on: date) -> tuple[DesignatedItem, ...]:
    """Return the items designated on that day, longer names first."""
    return tuple(
        item for item in _all_items() if item.valid_from <= on and (item.valid_until is None or on <= item.valid_until)
    )


@lru_cache(maxsize=1)
def _all_items() -> tuple[DesignatedItem, ...]:
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple(sorted((_item(entry) for entry in data["items"]), key=lambda item: -len(item.base)))


def _item(entry: Mapping[str, object]) -> DesignatedItem:
    def words(key: str) -> tuple[str, ...]:
        value = entry[key]
        return tuple(str(word) for word in value) if isinstance(value, list) else ()

    title, start, until = entry["title"], entry["valid_from"], entry.get("valid_until")
    if not isinstance(title, dict) or not isinstance(start, date):
        message = f"{DATA.name}: {entry.get('key')}"
        raise TypeError(message)
    return DesignatedItem(
        key=str(entry["key"]),
        title=Text(str(title["ja"]), str(title["en"])),
        base=words("base"),
        makers=frozenset(words("makers")),
        editions=frozenset(words("editions")),
        article=str(entry["article"]),
        source=str(entry["source"]),
        confidence=str(entry["confidence"]),
        valid_from=start,
        valid_until=until if isinstance(until, date) else None,
    )
