"""What a room lets the search box look through: a list of its own, read through the door and no other way.

A room offers `FINDS` in its `desk.py`. The search never sees more than the list's own page would: the same query, the
same roles, the same fields withheld, and what is found is recorded as read.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sakimori import law
from sakimori.acts import clock, parts
from sakimori.acts.errors import NotAuthorisedError
from sakimori.pages.reads import rows_or_none
from sakimori.record import Viewer
from sakimori.record.folding import folded

MOST = 10  # rows shown of one group; the rest is on the list's own page
LONGEST = 100
_WORDS = 6
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Find:
    """One list to look through. `title` is an English msgid; `said`, `link`, `detail` show a row.

    `organisations` and `kinds` name the fields that people read as a name or as the title of an act.
    """

    name: str
    title: str
    query: str
    said: Callable[[Row], str]
    link: Callable[[Row], str]
    detail: Callable[[Row], str] = lambda _row: ""
    organisations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One line of what was found."""

    title: str
    link: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one sort; `total` counts what this viewer may see, never more."""

    name: str
    title: str
    found: Sequence[Found]
    total: int


def words_of(typed: str) -> list[str]:
    """Return what was typed as words to look for: width and case folded, at most a few."""
    return folded(typed[:LONGEST]).split()[:_WORDS]


def rows_of(find: Find, viewer: Viewer, words: Sequence[str]) -> tuple[list[dict[str, Any]], int] | None:
    """Return the rows of a list that hold every word, and how many there are; None where the role may not read it."""
    called = _organisations(viewer) if find.organisations else {}
    wanted = tuple(parts.Word(word, _among(find, word, called)) for word in words)
    try:
        page = parts.read_part(viewer, find.query, parts.Part(count=MOST, words=wanted), **find.arguments)
    except NotAuthorisedError:
        return None
    return page.rows, page.total


def _among(find: Find, word: str, called: Mapping[uuid.UUID, str]) -> dict[str, tuple[Any, ...]]:
    named = tuple(one for one, name in called.items() if word in name)
    kinds = tuple(kind.name for kind in law.kinds() if word in kind_text(kind) or has_article(kind.basis, word))
    return {
        **(dict.fromkeys(find.organisations, named) if named else {}),
        **(dict.fromkeys(find.kinds, kinds) if kinds else {}),
    }


def _organisations(viewer: Viewer) -> dict[uuid.UUID, str]:
    """Return the names, in both languages, of the organisations this viewer may know of."""
    rows = rows_or_none(viewer, "parties.organisations", world=clock.world(viewer.world).base) or []
    return {row["id"]: folded(f"{row['name_ja']} {row['name_en']}") for row in rows}


def kind_text(kind: law.ActKind) -> str:
    """Return the titles of a kind as a search compares them."""
    return folded(f"{kind.title.ja} {kind.title.en}")


def has_article(basis: Iterable[str], word: str) -> bool:
    """Return whether a word names an article of the basis: `強化法5` finds 強化法5 and 強化法5(2), not 強化法50."""
    wanted = folded(word).removesuffix("条")
    if not wanted or not any(letter.isdigit() for letter in wanted):
        return False
    for one in basis:
        article = folded(one)
        if article.startswith(wanted) and not article[len(wanted) :][:1].isdigit():
            return True
    return False
