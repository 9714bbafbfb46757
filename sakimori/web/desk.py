"""The desk: what must I do, by when, why; what waits for me; what came in; what I may do now."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.pages import Column, rows_or_none, table_from, viewer_of
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web import kinds, names, rooms
from sakimori.web.speaking import either, titled

_SHOWN = 10
_SOON = 14  # days before the end from which the desk calls something urgent (house rule)


@dataclass(frozen=True, slots=True)
class Owed:
    """One open obligation as the desk shows it. `urgency` is late, soon, later or open (no number in the law)."""

    title: str
    due: date | None
    days: int | None
    urgency: str
    is_target: bool
    basis: str
    reason: str
    steps: list[str]
    mine: bool
    bearer: str
    link: str
    next_acts: list[law.ActKind]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk of this role."""
    viewer = viewer_of(request)
    mine = kinds.performable(viewer)
    owed = _owed(viewer, mine)
    proposals = rows_or_none(viewer, "acts.proposals")
    inbox = rows_or_none(viewer, "acts.inbox", unopened=True)
    waiting = None if proposals is None else [waiting_line(viewer, row) for row in proposals]
    return render(
        request,
        "web/desk.html",
        {
            "owed": None if owed is None else [one for one in owed if one.mine],
            "watched": [one for one in owed or [] if not one.mine],
            "waiting": None if waiting is None else waiting[:_SHOWN],
            "more_waiting": len(waiting or []) - _SHOWN,
            "inbox": None if inbox is None else [notice_line(row) for row in inbox[:_SHOWN]],
            "more_inbox": len(inbox or []) - _SHOWN,
            "kinds": by_room(mine),
        },
    )


def _owed(viewer: Viewer, mine: list[law.ActKind]) -> list[Owed] | None:
    rows = rows_or_none(viewer, "acts.obligations")
    if rows is None:
        return None
    settling = kinds.settling(mine)
    called = names.organisations(viewer, [row["bearer"] for row in rows])
    found = [_one(row, viewer, called, settling) for row in rows]
    return sorted(found, key=lambda one: (one.due is None, one.due or date.max, one.title))


def _one(
    row: Mapping[str, Any],
    viewer: Viewer,
    called: Mapping[uuid.UUID, str],
    settling: Mapping[str, list[law.ActKind]],
) -> Owed:
    derivation = row["derivation"] or {}
    days = (row["due_on"] - clock.today(viewer.world)).days if row["due_on"] else None
    return Owed(
        title=titled(row),
        due=row["due_on"],
        days=days,
        urgency=_urgency(days),
        is_target=row["is_target"],
        basis=str(derivation.get("basis", "")),
        reason=either(str(derivation.get("reason", ""))),
        steps=[either(line) for line in derivation.get("derivation", [])],
        mine=row["mine"],
        bearer=called.get(row["bearer"], ""),
        link=rooms.subject_url(row["subject_type"], row["subject"]),
        next_acts=settling.get(row["rule"], []) if row["mine"] else [],
    )


def _urgency(days: int | None) -> str:
    if days is None:
        return "open"
    if days < 0:
        return "late"
    return "soon" if days <= _SOON else "later"


def waiting_line(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a proposal as a list shows it; `for_me` tells whether this viewer is asked to confirm it."""
    return {
        "id": row["id"],
        "title": law.kind(row["kind"]).title,
        "proposed_at": row["proposed_at"],
        "expires_at": row["expires_at"],
        "status": row["status"],
        "draft": row["person"] is None,
        "own": row["person"] == viewer.person and viewer.person is not None,
        "for_me": row["status"] == "open" and row["person"] != viewer.person and may_confirm(viewer, row["kind"]),
    }


def may_confirm(viewer: Viewer, kind: str) -> bool:
    """Return whether this viewer's role is one that confirms acts of the kind."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role, confirming=True)


def notice_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notice as a list shows it."""
    return {
        "id": row["id"],
        "title": titled(row),
        "basis": row["basis"],
        "created_at": row["created_at"],
        "opened_at": row["opened_at"],
    }


def by_room(found: list[law.ActKind]) -> list[tuple[str, list[law.ActKind]]]:
    """Return kinds grouped by room, in order."""
    grouped: dict[str, list[law.ActKind]] = {}
    for kind in found:
        grouped.setdefault(kind.room, []).append(kind)
    return list(grouped.items())


@require_safe
def obligations(request: HttpRequest) -> HttpResponse:
    """Show all obligations, settled ones too where asked for (`?status=settled`)."""
    viewer = viewer_of(request)
    status = request.GET.get("status", "open")
    rows = reading.read(viewer, "acts.obligations", status=status if status in ("open", "settled") else "")
    called = names.organisations(viewer, [row["bearer"] for row in rows])
    table = table_from(
        request,
        rows,
        [
            Column("due_on", gettext("Due")),
            Column(
                "title",
                gettext("What"),
                show=titled,
                link=lambda row: rooms.subject_url(row["subject_type"], row["subject"]),
                sort=titled,
            ),
            Column("bearer", gettext("Who owes it"), show=lambda row: called.get(row["bearer"], ""), sortable=False),
            Column("basis", gettext("Basis"), show=lambda row: row["derivation"].get("basis", ""), sortable=False),
            Column("begins", gettext("From")),
            Column("is_target", gettext("Own target")),
            Column("status", gettext("State"), coded=True),
            Column("settled_at", gettext("Settled")),
        ],
        caption=gettext("Obligations"),
        sort="due_on",
        empty=gettext("Nothing is owed."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "web/obligations.html", {"table": table, "status": status})


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show every notice that came in."""
    table = table_from(
        request,
        reading.read(viewer_of(request), "acts.inbox"),
        [
            Column("created_at", gettext("Arrived")),
            Column(
                "title",
                gettext("Notice"),
                show=titled,
                link=lambda row: reverse("notice", args=[row["id"]]),
                sort=titled,
            ),
            Column("basis", gettext("Basis")),
            Column("kind", gettext("From which act"), show=_kind_title),
            Column("opened_at", gettext("Opened")),
        ],
        caption=gettext("Inbox"),
        sort="-created_at",
        empty=gettext("No notice has come in yet."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "web/inbox.html", {"table": table})


def _kind_title(row: Mapping[str, Any]) -> str:
    title: Text = law.kind(row["kind"]).title
    return title.pick(get_language() or "ja")
