"""The businesses of 推進法50(1): their ministers, the facilities they are designated for, and where one files.

Pure data with source and confidence. What nobody has published (a telephone number, a window under 強化法) is empty:
the ministry must be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from sakimori.text import Text

_LISTS = Path(__file__).parent / "data" / "tables" / "lists"


@dataclass(frozen=True, slots=True)
class Business:
    """One business (特定社会基盤事業). `ministers` are codes as `minister_names()` has them, the usual one first.

    `facilities` are our short forms of the 特定重要設備 that the ministerial order (`source`) names, with our own
    translation (no official one is published), `components` of the parts (構成設備) it names for them (METI 12,
    MLIT 12, MIC 13, FSA 12).
    """

    key: str
    title: Text
    article: str
    ministers: tuple[str, ...]
    facilities: tuple[Text, ...]
    components: tuple[Text, ...]
    source: str
    confidence: str
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class FilingWindow:
    """Where one files (提出窓口) as somebody published it; telephone, mail and address are empty where none was."""

    key: str
    business: str
    minister: str
    office: str
    source: str
    confidence: str
    known_since: date
    consult: bool = False
    telephone: str = ""
    email: str = ""
    address: str = ""
    url: str = ""


@lru_cache(maxsize=1)
def businesses() -> tuple[Business, ...]:
    """Return the businesses in the order of the article."""
    return tuple(_business(row) for row in _rows("espa.businesses.yaml", "businesses"))


def business(key: str) -> Business | None:
    """Return the business of that key, or None where the law has none."""
    return next((one for one in businesses() if one.key == key), None)


@lru_cache(maxsize=1)
def facility_categories() -> Mapping[str, Text]:
    """Return our short forms of the facilities (特定重要設備の区分) of every business by their Japanese words."""
    return {one.ja: one for found in businesses() for one in found.facilities}


@lru_cache(maxsize=1)
def filing_windows() -> tuple[FilingWindow, ...]:
    """Return the published filing windows, business by business."""
    data = _read("espa.filing_windows.yaml")
    return tuple(
        FilingWindow(
            key=str(row["key"]),
            business=str(row["business"]),
            minister=str(row["minister"]),
            office=str(row["office"]),
            source=str(data["source"]),
            confidence=str(data["confidence"]),
            known_since=_day(data["known_since"]) or date.min,
            consult=row.get("consult") is True,
        )
        for row in _rows("espa.filing_windows.yaml", "windows")
    )


def _business(row: Mapping[str, object]) -> Business:
    title = row["title"]
    if not isinstance(title, dict):
        raise TypeError(str(row.get("key")))
    return Business(
        key=str(row["key"]),
        title=Text(str(title["ja"]), str(title["en"])),
        article=str(row["article"]),
        ministers=_words(row["ministers"]),
        facilities=_texts(row["facilities"]),
        components=_texts(row["components"]),
        source=str(row["source"]),
        confidence=str(row.get("confidence", "certain")),
        valid_from=_day(row.get("valid_from")),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _texts(value: object) -> tuple[Text, ...]:
    return tuple(Text(str(one["ja"]), str(one["en"])) for one in value) if isinstance(value, list) else ()


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _rows(name: str, key: str) -> list[Mapping[str, object]]:
    rows = _read(name)[key]
    return rows if isinstance(rows, list) else []


def _read(name: str) -> Mapping[str, object]:
    data = yaml.safe_load((_LISTS / name).read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise TypeError(name)
    return data
