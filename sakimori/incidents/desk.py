"""What this room puts on desks: own cases and what each needs next, reports that arrived, questions without an answer.

Titles of reports and texts of questions stay off the desk: opening the case is what the other side is told of.
"""

import heapq
import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from sakimori.acts import clock, parts
from sakimori.incidents import timeline
from sakimori.incidents.queries import LIAISONS, OFFICES, OPERATORS
from sakimori.pages import rows_or_none
from sakimori.pages.desks import MOST, Block, Button, Foremost, Item, place, rows_first, urgency
from sakimori.pages.finding import Find
from sakimori.pages.names import organisations
from sakimori.pages.tables import shown
from sakimori.pages.words import choice
from sakimori.record import Viewer


def _cases(viewer: Viewer) -> Foremost | None:
    """The operator's open cases, each with its next step; the most urgent first."""
    rows = rows_or_none(viewer, "incidents.open_cases")
    if rows is None:
        return None
    writes = viewer.role in ("reporter", "approver")
    today = clock.today(viewer.world)
    left = {row["id"]: (row["due_on"] - today).days if row["due_on"] else None for row in rows}

    def order(row: dict[str, Any]) -> tuple[int, date, str]:
        return place(_urgency(row["next"], left[row["id"]]) if writes else "", row["due_on"], row["title"])

    items = [
        Item(
            row["title"],
            reverse("incidents:case", args=[row["id"]]),
            urgency=_urgency(row["next"], left[row["id"]]) if writes else "",
            due=row["due_on"],
            days=left[row["id"]],
            since=row["aware_at"],
            tag=_next(row["next"]) if row["next"] else gettext("watched"),
            basis="強化法5",
            buttons=_buttons(row) if writes else (),
        )
        for row in heapq.nsmallest(MOST, rows, key=order)
    ]
    return Foremost(items, len(rows))


def _cases_open(viewer: Viewer) -> Iterable[uuid.UUID]:
    """Return the cases that ask something of whoever writes reports."""
    rows = rows_or_none(viewer, "incidents.open_cases") if viewer.role in ("reporter", "approver") else None
    return [row["id"] for row in rows or [] if row["next"]]


def _urgency(step: str, days: int | None) -> str:
    """Deciding cannot wait: the clock of the first report runs while one does. A report has its own day."""
    if not step:
        return ""
    found = urgency(days)
    return "waiting" if found == "open" or (step == "decide" and found == "later") else found


def _next(step: str) -> str:
    return {
        "decide": gettext("decide whether it must be reported"),
        "first": gettext("first report to be filed"),
        "full": gettext("full report to be filed"),
        "draft": gettext("a report is begun: go on with it"),
    }[step]


def _buttons(row: dict[str, Any]) -> tuple[Button, ...]:
    case, step = row["id"], row["next"]
    if step == "decide":
        return (Button(gettext("Decide"), reverse("incidents:decide", args=[case])),)
    stage = {"first": "first", "full": "full", "draft": row["stage"]}.get(step)
    if not stage:
        return ()
    return (Button(gettext("Write the report"), reverse("incidents:report", args=[case, stage])),)


def _arrived(viewer: Viewer) -> Foremost | None:
    """Reports addressed to this authority that nobody there has opened yet, the oldest first."""
    found = rows_first(viewer, "incidents.unopened")
    if found is None:
        return None
    items = [
        Item(
            timeline.filing_name(row["lane"], row["stage"]),
            reverse("incidents:case", args=[row["case"]]),
            urgency="waiting",
            since=row["received_at"],
            basis=_basis(row["lane"]),
            tag=gettext("not opened yet"),
        )
        for row in found.rows
    ]
    return Foremost(items, found.total)


def _cases_arrived(viewer: Viewer) -> Iterable[uuid.UUID]:
    """Return the events that the reports nobody has opened are about."""
    return parts.values(viewer, "incidents.unopened", ["case"])["case"]


def _basis(lane: str) -> str:
    return {"kyokaho": "強化法5", "appi": "個人情報保護法26(1)"}.get(lane, "")


def _questions(viewer: Viewer) -> list[Item] | None:
    """Questions of authorities without an answer: the operator's to answer, the authority's to wait for."""
    rows = rows_or_none(viewer, "incidents.unanswered")
    if rows is None:
        return None
    own = viewer.organisation_type == "operator"
    called = organisations(viewer, {row["asker"] for row in rows})
    today = clock.today(viewer.world)
    found = []
    for row in rows:
        days = (row["wanted_by"] - today).days if row["wanted_by"] else None
        late = "" if not own and (days is None or days >= 0) else urgency(days)
        found.append(
            Item(
                gettext("Question of “%(who)s”") % {"who": called.get(row["asker"], "")}
                if own
                else gettext("Your question"),
                reverse("incidents:case", args=[row["case"]]),
                urgency="waiting" if own and days is None else late,
                due=row["wanted_by"],
                days=days,
                since=row["asked_at"],
                tag=gettext("to be answered") if own else gettext("not answered yet"),
            )
        )
    return found


FINDS = (
    Find(
        "incidents.cases",
        gettext_noop("Cases"),
        "incidents.cases",
        lambda row: row["title"],
        lambda row: reverse("incidents:case", args=[row["id"]]),
        lambda row: f"{shown(row['aware_at'])} {choice(row['status'])}",
    ),
    Find(
        "incidents.reports",
        gettext_noop("Reports received"),
        "incidents.reports",
        lambda row: timeline.filing_name(row["lane"], row["stage"]),
        lambda row: reverse("incidents:case", args=[row["case"]]),
        lambda row: shown(row["received_at"]),
        organisations=("reporter",),
    ),
)
_HERE = ("incidents:index", gettext_noop("All incidents"))
NAMES = {"incidents.case": "incidents.case_names"}
BLOCKS = (
    Block(
        "incidents.cases",
        gettext_noop("Incidents"),
        gettext_noop("No incident is open. If something happens, record it at once: the clock begins with awareness."),
        _cases,
        OPERATORS,
        _HERE,
        about=_cases_open,
    ),
    Block(
        "incidents.questions",
        gettext_noop("Questions without an answer"),
        gettext_noop("No question is open."),
        _questions,
        OPERATORS | OFFICES,
        _HERE,
    ),
    Block(
        "incidents.arrived",
        gettext_noop("Incident reports that arrived"),
        gettext_noop("Every report that arrived has been opened."),
        _arrived,
        OFFICES | LIAISONS,
        _HERE,
        about=_cases_arrived,
    ),
)
