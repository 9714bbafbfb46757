"""The desk: what to do first, what must be done by when and why, what waits, what came in; one page for every role.

Which blocks a role sees stands in `desks.py`; what is in them, rooms and frame declare (`pages/desks.py`).
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from sakimori.acts.errors import NotAuthorisedError
from sakimori.acts.glance import one_glance
from sakimori.pages import Column, listed, viewer_of
from sakimori.pages.desks import Block, Item, ShownBlock, shown
from sakimori.pages.navigation import matches
from sakimori.record import Viewer
from sakimori.web import deskblocks, desks, kinds, names, rooms, themes
from sakimori.web.lawlinks import law_link
from sakimori.web.speaking import articles, either, titled
from sakimori.web.wishes import by_wish

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PRESSING = ("late", "soon", "waiting")


@dataclass(frozen=True, slots=True)
class First:
    """The one thing to do first, or why there is nothing: `pressing` tells which of the two the page says."""

    item: Item | None
    block: str
    pressing: bool


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk of this role."""
    viewer = viewer_of(request)
    blocks = blocks_of(viewer)
    may = kinds.performable(viewer)
    return render(
        request,
        "web/desk.html",
        {
            "lead": gettext(desks.of(desks.LEADS, viewer.organisation_type, viewer.role)),
            "first": first_of(blocks),
            "asking": [block for block in blocks if block.asks and block.items],
            "telling": [block for block in blocks if not block.asks and block.items],
            "quiet": [block for block in blocks if not block.items],
            "may": len(may),
            "wishes": by_wish(may, viewer) if len(may) <= themes.FEW else [],
            "themes": themes.by_theme(may, viewer, _owed(blocks)) if len(may) > themes.FEW else [],
        },
    )


def blocks_of(viewer: Viewer) -> list[ShownBlock]:
    """Return the blocks of a viewer's desk, in order, each with its items."""
    wanted = desks.of(desks.ORDERS, viewer.organisation_type, viewer.role)
    with one_glance(viewer):
        found = [shown(block, viewer) for block in declared(wanted)]
    return [block for block in found if block is not None]


def _owed(blocks: Sequence[ShownBlock]) -> list[Item]:
    """Return what is owed, of all blocks: the items that say which act settles them."""
    return [item for block in blocks if block.asks for item in block.all if item.settled_by]


def things_asking(viewer: Viewer, *, but: str = "") -> frozenset[str]:
    """Return the ids of the things that ask something of a viewer, as its desk has them (`but`: a block left out)."""
    with one_glance(viewer):
        return frozenset(_asking(viewer, but))


def _asking(viewer: Viewer, but: str) -> set[str]:
    found: set[str] = set()
    for block in declared(desks.of(desks.ORDERS, viewer.organisation_type, viewer.role)):
        if not block.asks or block.name == but or not matches(viewer, block.roles):
            continue
        if block.about is not None:
            with suppress(NotAuthorisedError):  # whoever stands in for another may not read every room
                found.update(str(one) for one in block.about(viewer))
            continue
        made = shown(block, viewer)
        for item in made.all if made is not None else ():
            if item.urgency:
                found.update(_ID.findall(item.link))
    return found


def declared(names: Sequence[str]) -> list[Block]:
    """Return blocks by name, the frame's and the rooms'; a block of a room that is not installed is left out."""
    every = {block.name: block for block in deskblocks.BLOCKS} | rooms.desk_blocks()
    return [every[name] for name in names if name in every]


def first_of(blocks: Sequence[ShownBlock]) -> First:
    """Return what to do first: the most urgent item of any block that asks something; of equals, the first block's."""
    asking = [
        (item.order[:2], number, item, block.title)
        for number, block in enumerate(blocks)
        if block.asks
        for item in block.all
        if item.urgency
    ]
    if not asking:
        return First(None, "", pressing=False)
    _, _, item, title = min(asking, key=lambda one: (one[0], one[1]))
    return First(item, title, pressing=item.urgency in _PRESSING)


@require_safe
def obligations(request: HttpRequest) -> HttpResponse:
    """Show all obligations, settled ones too where asked for (`?status=settled`), each with how its day was counted."""
    viewer = viewer_of(request)
    status = request.GET.get("status", "open")
    status = status if status in ("open", "settled") else "all"
    title = "title_en" if (get_language() or "ja").startswith("en") else "title_ja"
    table = listed(
        request,
        "acts.obligations",
        [
            Column("due_on", gettext("Due"), show=lambda row: row["due_on"] or gettext("no number in the law")),
            Column(
                "title",
                gettext("What"),
                show=titled,
                link=lambda row: rooms.subject_url(row["subject_type"], row["subject"], viewer),
                field=title,
            ),
            Column("subject", gettext("Matter"), names=lambda ids: rooms.names_of(viewer, ids), sortable=False),
            Column("bearer", gettext("Who owes it"), names=lambda ids: names.organisations(viewer, ids)),
            Column(
                "basis",
                gettext("Basis"),
                show=lambda row: articles(filter(None, [row["derivation"].get("basis", "")])),
                link=lambda row: law_link("rule", row["rule"]),
                sortable=False,
            ),
            Column("derivation", gettext("How the day was counted"), show=_counted, sortable=False),
            Column("is_target", gettext("Number or target"), show=_number_or_target, sortable=False),
            Column("ending", gettext("State"), coded=True, field="status"),
            Column("settled_at", gettext("Ended on")),
        ],
        caption=gettext("Obligations"),
        where={"status": "" if status == "all" else status},
        sort="due_on",
        empty=gettext("Nothing is owed."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "web/obligations.html", {"table": table, "status": status})


def _counted(row: Mapping[str, Any]) -> str:
    derivation = row["derivation"] or {}
    said = [either(line) for line in derivation.get("derivation", [])]
    reason = derivation.get("reason")
    return " ".join([*said, *([either(str(reason))] if reason else [])])


def _number_or_target(row: Mapping[str, Any]) -> str:
    if row["is_target"]:
        return gettext("own target")
    return gettext("number of the law") if row["due_on"] else gettext("no number in the law")
