"""The inbox and one notice: opening it is an act, so that whoever sent it can see that it was opened."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import door, parts, reading
from sakimori.pages import Column, listed, viewer_of
from sakimori.record import Viewer
from sakimori.web import rooms
from sakimori.web.desk import things_asking
from sakimori.web.speaking import articles, language, titled

STATES = ("unread", "action", "done")
"""States of a notice: not opened yet; opened, and what it is about still asks something of us; nothing left to do."""


def said(state: str) -> str:
    """Return a state in words."""
    return {
        "unread": gettext("not opened yet"),
        "action": gettext("needs action"),
        "done": gettext("nothing left to do"),
    }[state]


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show every notice that came in, or those of one state (`?state=unread`)."""
    viewer = viewer_of(request)
    open_things = _open_things(viewer)
    waiting = ",".join(sorted(open_things)) or str(uuid.UUID(int=0))
    states: dict[str, dict[str, Any]] = {
        "unread": {"unopened": True},
        "action": {"opened": True, "about": waiting},
        "done": {"opened": True, "but": waiting},
    }
    wanted = request.GET.get("state", "")
    wanted = wanted if wanted in STATES else ""
    title = "title_en" if language().startswith("en") else "title_ja"
    table = listed(
        request,
        "acts.inbox",
        [
            Column("created_at", gettext("Arrived")),
            Column(
                "title",
                gettext("Notice"),
                show=titled,
                link=lambda row: reverse("notice", args=[row["id"]]),
                field=title,
            ),
            Column("state", gettext("State"), show=lambda row: said(_state(row, open_things)), sortable=False),
            Column("basis", gettext("Basis"), names=lambda found: {one: articles([one]) for one in found}),
            Column("kind", gettext("From which act"), names=_kind_titles),
            Column("opened_at", gettext("Opened")),
        ],
        caption=gettext("Inbox"),
        where=states.get(wanted, {}),
        sort="-created_at",
        empty=_empty(wanted),
    )
    if isinstance(table, HttpResponse):
        return table
    counts = {state: parts.count(viewer, "acts.inbox", **where) for state, where in states.items()}
    tabs = [("", gettext("All"), sum(counts.values())), *((state, said(state), counts[state]) for state in STATES)]
    return render(request, "web/inbox.html", {"table": table, "tabs": tabs, "state": wanted})


def _empty(state: str) -> str:
    return gettext("No notice is in this state.") if state else gettext("No notice has come in yet.")


def _open_things(viewer: Viewer) -> frozenset[str]:
    """Return the ids of the things that ask something of this viewer, as the desk has them."""
    return things_asking(viewer, but="acts.notices")


def _state(row: Mapping[str, Any], open_things: frozenset[str]) -> str:
    if row["opened_at"] is None:
        return "unread"
    return "action" if str(row["subject"]) in open_things else "done"


def _kind_titles(kinds: Iterable[str]) -> dict[str, str]:
    return {kind: law.kind(kind).title.pick(language()) for kind in kinds}


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    """Show a notice; POST opens it (`acts.notice.open`) and leads to what it is about."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.inbox", notice=notice)
    link = rooms.subject_url(row["subject_type"], row["subject"], viewer)
    if request.method == "POST":
        if row["opened_at"] is None:
            door.perform("acts.notice.open", {"notice": str(notice)}, by=viewer)
        return HttpResponseRedirect(link or request.path)
    state = _state(row, _open_things(viewer))
    return render(
        request,
        "web/notice.html",
        {"row": row, "title": titled(row), "link": link, "kind": law.kind(row["kind"]), "state": said(state)},
    )
