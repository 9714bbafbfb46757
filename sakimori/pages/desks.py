"""What a desk is built from: blocks that rooms and frame declare as plain data, each with its items for one viewer.

A room offers `BLOCKS` in its `desk.py`; which role sees which blocks, in which order, stands in `web/desks.py`. A desk
shows no labelled contents: its items say what waits and since when, and opening the thing is what gets recorded.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from sakimori.acts import parts
from sakimori.acts.errors import NotAuthorisedError
from sakimori.pages.navigation import ANYBODY, matches
from sakimori.record import Viewer

SOON = 14  # days before the end from which the desk calls something urgent (house rule)

MOST = 5
"""How many items a block shows; the rest is behind its onward link."""

URGENCIES = ("late", "soon", "waiting", "later", "open")
"""What comes first: overdue; due within `SOON` days; somebody waits for you; a day far off; no day at all."""


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done with an item: where its link leads, or what it posts to (`post`), and what it is called."""

    label: str
    url: str
    post: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a desk. `urgency` is one of `URGENCIES`, or "" for what asks nothing of the reader.

    `due` with `days` left is the clock's end; `steps` how it was counted, `reason` why there is no number, `basis` the
    article (`basis_link` where the law book shows it); `is_target` that the day is a target of the office's own;
    `settled_by` the act kind by which the reader settles it.
    """

    title: str
    link: str = ""
    detail: str = ""
    urgency: str = ""
    due: date | None = None
    days: int | None = None
    since: datetime | None = None
    tag: str = ""
    basis: str = ""
    basis_link: str = ""
    reason: str = ""
    steps: tuple[str, ...] = ()
    is_target: bool = False
    buttons: tuple[Button, ...] = ()
    settled_by: str = ""

    @property
    def order(self) -> tuple[int, date, str]:
        """Return the sorting key: the most urgent first, then the nearest day, then by name."""
        return place(self.urgency, self.due, self.title)


@dataclass(frozen=True, slots=True)
class Foremost:
    """The items of a long block that come first, in order, and how many there are in all: the database cut it."""

    items: Sequence[Item]
    total: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a desk, declared once; all texts are English msgids.

    `items(viewer)` gives what is in it, None where the viewer may not read that at all (the block is left out); a
    block that may grow long gives the `Foremost` of them, and `about(viewer)` the ids of all the things it asks about.
    `empty` says what an empty block means, `onward` (URL name, label) where to go from there. `asks`: its items ask
    something of the reader, so that the first of them may become the desk's main action. `counted`: the title says how
    many items there are; not where they are sums themselves, whose number would be taken for that of the things summed.
    """

    name: str
    title: str
    empty: str
    items: Callable[[Viewer], Sequence[Item] | Foremost | None]
    roles: frozenset[tuple[str, str]] = ANYBODY
    onward: tuple[str, str] = ("", "")
    asks: bool = True
    about: Callable[[Viewer], Iterable[uuid.UUID]] | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block as the template shows it: the first items, how many more there are, where to go on.

    `all` are its items as far as they were made, in the same order.
    """

    name: str
    title: str
    empty: str
    items: Sequence[Item]
    more: int
    url: str
    label: str
    asks: bool
    all: Sequence[Item] = field(default=(), repr=False)
    counted: bool = True


def place(urgency: str, due: date | None, title: str) -> tuple[int, date, str]:
    """Return where an item stands among others (`Item.order`), for choosing rows before items are made of them."""
    return URGENCIES.index(urgency) if urgency in URGENCIES else len(URGENCIES), due or date.max, title


def urgency(days: int | None) -> str:
    """Return how urgent something is that ends in so many days; `open` where the law gives no number."""
    if days is None:
        return "open"
    if days < 0:
        return "late"
    return "soon" if days <= SOON else "later"


def rows_first(viewer: Viewer, query: str, sort: str = "", **arguments: Any) -> parts.Page | None:
    """Return the first rows of a list, as many as a block shows; None where the viewer's role may not use the query."""
    try:
        return parts.read_part(viewer, query, parts.Part(count=MOST, sort=sort), **arguments)
    except NotAuthorisedError:
        return None


def shown(block: Block, viewer: Viewer, most: int = MOST) -> ShownBlock | None:
    """Return the block with its items for this viewer, the most urgent first; None where it is not theirs."""
    if not matches(viewer, block.roles):
        return None
    found = block.items(viewer)
    if found is None:
        return None
    if isinstance(found, Foremost):
        ordered, total = list(found.items), found.total
    else:
        ordered, total = sorted(found, key=lambda one: one.order) if block.asks else list(found), len(found)
    name, label = block.onward
    return ShownBlock(
        name=block.name.replace(".", "-"),
        title=gettext(block.title),
        empty=gettext(block.empty),
        items=ordered[:most],
        more=max(0, total - most),
        url=reverse(name) if name else "",
        label=gettext(label) if label else "",
        asks=block.asks,
        all=ordered,
        counted=block.counted,
    )
