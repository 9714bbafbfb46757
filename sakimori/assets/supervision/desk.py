"""What the authorities' side puts on desks: what awaits an answer, on whichever side; nothing of what was said."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from sakimori.acts import clock
from sakimori.assets.supervision import saying
from sakimori.assets.supervision.matters import RULES
from sakimori.assets.supervision.queries import CABINET, MINISTRIES, OPERATORS
from sakimori.law import rule
from sakimori.pages import rows_or_none
from sakimori.pages.desks import Block, Item, urgency
from sakimori.pages.names import organisations
from sakimori.record import Viewer


def _matters(viewer: Viewer) -> list[Item] | None:
    """What waits: for the operator what it has to answer or do, for the office answers to look at and days let pass."""
    rows = rows_or_none(viewer, "assets.open_matters")
    if rows is None:
        return None
    own = viewer.organisation_type == "operator"
    called = organisations(viewer, {row["giver" if own else "operator"] for row in rows})
    today = clock.today(viewer.world)
    return [
        _item(row, called.get(row["giver" if own else "operator"], ""), today, own=own)
        for row in rows
        if not own or row["status"] == "open"
    ]


def _item(row: dict[str, Any], who: str, today: Any, *, own: bool) -> Item:
    days = (row["due_on"] - today).days if row["due_on"] else None
    answered = row["status"] == "answered"
    late = days is not None and days < 0 and not answered
    urgent = urgency(days) if own else "waiting" if answered else "late" if late else ""
    return Item(
        gettext("%(what)s: %(who)s") % {"what": saying.say(saying.SORT, row["sort"]), "who": who},
        reverse("assets:matter", args=[row["id"]]),
        urgency=urgent,
        due=row["due_on"],
        days=days,
        since=row["answered_at"] if answered else row["given_at"],
        basis=_basis(row["sort"]),
        is_target=row["sort"] in ("question", "correction") and row["due_on"] is not None,
        tag=saying.say(saying.STATE, "late" if late else row["status"]),
    )


def _basis(sort: str) -> str:
    """Return the article behind a matter's day; none where the day is a house rule's."""
    article = rule(RULES[sort]).article if sort in RULES else ""
    return "" if article == "house" else article


BLOCKS = (
    Block(
        "assets.matters",
        gettext_noop("Questions, requests and orders"),
        gettext_noop("Nothing waits for an answer."),
        _matters,
        OPERATORS | MINISTRIES | CABINET,
        ("assets:matters", gettext_noop("All questions, requests and orders")),
    ),
)
