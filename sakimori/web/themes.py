"""What a role may do, folded by what it is about: the theme with the next clock first, each with its number of acts.

A desk shows the themes closed, so that nobody scrolls past thirty acts to find one; what settles an open obligation
stands first in its theme, with its day. The full list with what follows from each act is `/acts/new/`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext, gettext_noop

from sakimori import law
from sakimori.pages.desks import Item
from sakimori.record import Viewer
from sakimori.web import rooms
from sakimori.web.wishes import WISHES, Entry, not_yet, sentence, wish_of

FEW = 8
"""So many acts a desk shows without folding them."""

_NOTIFYING = gettext_noop("Notifying computers")
_REGISTER = gettext_noop("Keeping the register of computers")
_ASKED = gettext_noop("Questions, requests and orders")
_VENDORS = gettext_noop("Stocktakes and what vendors are asked")
_PEOPLE = gettext_noop("People, organisations, roles and keys")
_BY_ROOM: Mapping[str, str] = {
    "incidents": gettext_noop("Incidents"),
    "assets": _NOTIFYING,
    "warnings": gettext_noop("Warnings"),
    "measures": gettext_noop("Measures"),
    "custody": gettext_noop("Selections"),
    "analysis": gettext_noop("Analysis"),
    "oversight": gettext_noop("Oversight by the committee"),
    "plans": gettext_noop("Prior review of plans"),
    "agreements": gettext_noop("Party agreements"),
    "council": gettext_noop("The council"),
    "standards": gettext_noop("Baseline standards"),
    "exercises": gettext_noop("Exercises"),
    "acts": gettext_noop("Records and what was sent"),
    "parties": _PEOPLE,
}
_BY_THING: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(
        [("assets", thing) for thing in ("computer", "register", "scoping", "ministry_answer", "plan_paper", "name")],
        _REGISTER,
    ),
    **dict.fromkeys([("assets", thing) for thing in ("stocktake", "upkeep", "vendor")], _VENDORS),
    **dict.fromkeys(
        [
            ("assets", thing)
            for thing in ("question", "material", "matter", "order", "opinion", "guidance", "reminder", "safety")
        ],
        _ASKED,
    ),
}
_ORDER = ("incidents", "assets", "warnings")


@dataclass(frozen=True, slots=True)
class Doable:
    """One act in a theme; where it settles an open obligation, the nearest day, days left and urgency."""

    entry: Entry
    due: date | None = None
    days: int | None = None
    urgency: str = ""

    @property
    def owed(self) -> bool:
        """Return whether it settles something owed."""
        return bool(self.urgency)


@dataclass(frozen=True, slots=True)
class Theme:
    """What may be done about one matter, what is owed first, with its day; `open` where that day is the next one."""

    title: str
    doable: Sequence[Doable]
    open: bool

    @property
    def first(self) -> Doable:
        """Return the act that is owed first, or the first of all."""
        return self.doable[0]


def theme_of(kind: law.ActKind) -> str:
    """Return the theme (an English msgid) that a kind belongs to."""
    room, thing, _ = kind.name.split(".")
    return _BY_THING.get((room, thing)) or _BY_ROOM[room]


def by_theme(found: Iterable[law.ActKind], viewer: Viewer, owed: Iterable[Item]) -> list[Theme]:
    """Return kinds folded by theme; `owed` are the obligations of the desk, each with the kind that settles it."""
    nearest = _nearest(owed)
    themes: dict[str, list[Doable]] = {}
    for kind in sorted(found, key=_place):
        entry = Entry(kind, sentence(kind), rooms.start_url(kind.name), not_yet(kind, viewer))
        item = nearest.get(kind.name) if not entry.not_yet else None
        one = Doable(entry, item.due, item.days, item.urgency) if item else Doable(entry)
        themes.setdefault(theme_of(kind), []).append(one)
    made = [Theme(gettext(title), sorted(acts, key=_first), open=False) for title, acts in themes.items()]
    made.sort(key=lambda one: _first(one.first))
    if made and made[0].first.owed:
        made[0] = replace(made[0], open=True)
    return made


def _nearest(owed: Iterable[Item]) -> dict[str, Item]:
    """Return, for each kind that settles something owed, the obligation whose day comes first."""
    nearest: dict[str, Item] = {}
    for item in sorted(owed, key=lambda one: one.due or date.max):
        nearest.setdefault(item.settled_by, item)
    return nearest


def _place(kind: law.ActKind) -> tuple[int, int, int]:
    """Return where a kind stands: what operators come for first, then what it is about, then what one wants to do."""
    rooms_in_order = (*_ORDER, *(room for room in _BY_ROOM if room not in _ORDER))
    return rooms_in_order.index(kind.room), theme_of(kind) != _BY_ROOM[kind.room], WISHES.index(wish_of(kind))


def _first(one: Doable) -> tuple[bool, date]:
    return not one.owed, one.due or date.max
