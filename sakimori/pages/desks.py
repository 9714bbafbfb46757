"""What a desk is built from: blocks that rooms and frame declare as plain data, each with its items for one viewer.

A room offers `BLOCKS` in its `desk.py`; which role sees which blocks, in which order, stands in `web/desks.py`. A desk
shows no labelled contents: its items say what waits and since when, and opening the thing is what gets recorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext

from sakimori.pages.navigation import ANYBODY, matches
from sakimori.record import Viewer

SOON = 14  # days before the end from which the desk calls something urgent (house rule)

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
    article (`basis_link` where the law book shows it); `is_target` that the day is a target of the office's own.
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

    @property
    def order(self) -> tuple[int, date, str]:
        """Return the sorting key: the most urgent first, then the nearest day, then by name."""
        rank = URGENCIES.index(self.urgency) if self.urgency in URGENCIES else len(URGENCIES)
        return rank, self.due or date.max, self.title


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a desk, declared once; all texts are English msgids.

    `items(viewer)` gives what is in it, None where the viewer may not read that at all (the block is left out).
    `empty` says what an empty block means, `onward` (URL name, label) where to go from there. `asks`: its items ask
    something of the reader, so that the first of them may become the desk's main action.
    """

    name: str
    title: str
    empty: str
    items: Callable[[Viewer], Sequence[Item] | None]
    roles: frozenset[tuple[str, str]] = ANYBODY
    onward: tuple[str, str] = ("", "")
    asks: bool = True


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block as the template shows it: the first items, how many more there are, where to go on."""

    name: str
    title: str
    empty: str
    items: Sequence[Item]
    more: int
    url: str
    label: str
    asks: bool
    all: Sequence[Item] = field(default=(), repr=False)


def urgency(days: int | None) -> str:
    """Return how urgent something is that ends in so many days; `open` where the law gives no number."""
    if days is None:
        return "open"
    if days < 0:
        return "late"
    return "soon" if days <= SOON else "later"


def shown(block: Block, viewer: Viewer, most: int) -> ShownBlock | None:
    """Return the block with its items for this viewer, the most urgent first; None where it is not theirs."""
    if not matches(viewer, block.roles):
        return None
    found = block.items(viewer)
    if found is None:
        return None
    ordered = sorted(found, key=lambda one: one.order) if block.asks else list(found)
    name, label = block.onward
    return ShownBlock(
        name=block.name.replace(".", "-"),
        title=gettext(block.title),
        empty=gettext(block.empty),
        items=ordered[:most],
        more=max(0, len(ordered) - most),
        url=reverse(name) if name else "",
        label=gettext(label) if label else "",
        asks=block.asks,
        all=ordered,
    )
