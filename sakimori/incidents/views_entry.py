"""Reports that come another way, at the office: entering one, linking, withdrawing; who has reported, who is late."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.acts import clock, reading
from sakimori.acts.door import Performed
from sakimori.acts.errors import NotFoundError
from sakimori.errors import SakimoriError
from sakimori.incidents import timeline
from sakimori.pages import Column, table_from, viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.stepping import Step, stepped
from sakimori.pages.submitting import require
from sakimori.pages.words import choice
from sakimori.record import Viewer

ENTER = "incidents.entry.record"
STEPS = {"entry_withdraw": "incidents.entry.withdraw", "entry_link": "incidents.entry.link"}


def may_enter(viewer: Viewer) -> bool:
    """Return whether this role enters reports that came another way."""
    try:
        require(ENTER, viewer)
    except SakimoriError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a report that came another way: whose, which, how, when, the evidence, and what it says, if typed in."""
    viewer = viewer_of(request)
    require(ENTER, viewer)
    called = organisations(viewer, operators(viewer))
    reports = [row for row in reading.read(viewer, "incidents.reports") if row["lane"] == "kyokaho"]
    step = Step(
        ENTER,
        options={
            "operator": [("", ""), *sorted(((str(one), name) for one, name in called.items()), key=lambda p: p[1])],
            "report": [("", ""), *((str(row["id"]), _described(row, called)) for row in reports)],
        },
        done=_to_case,
    )
    return stepped(request, step, "incidents/enter.html", {})


def operators(viewer: Viewer) -> set[uuid.UUID]:
    """Return the operators whose reports come to this office: designated under it, or all of them for the PM's."""
    base = clock.world(viewer.world).base
    rows = reading.read(viewer, "parties.designations", world=base)
    if viewer.organisation_type == "regional_bureau":
        rows = [row for row in rows if row["bureau_id"] == viewer.acting_organisation]
    return {row["organisation_id"] for row in rows if row["withdrawn_on"] is None}


def _described(row: Mapping[str, Any], called: Mapping[uuid.UUID, str]) -> str:
    arrived = row["received_at"].astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M")
    name = called.get(row["reporter"], "") or (row["outline"] or {}).get("name", "")
    return " · ".join(
        (name, timeline.filing_name(row["lane"], row["stage"]), arrived, choice(row["channel"], "channel"))
    )


def _to_case(done: Performed) -> str:
    return f"{reverse('incidents:case', args=[done.subject.id])}?entered=1"


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, report: uuid.UUID, step: str) -> HttpResponse:
    """Link an entered report to the same one that came otherwise, or withdraw it."""
    viewer = viewer_of(request)
    require(STEPS[step], viewer)
    row = reading.read_one(viewer, "incidents.report", report=report)
    called = organisations(viewer, [row["reporter"]])
    same = [
        (str(one["id"]), _described(one, called))
        for one in reading.read(viewer, "incidents.reports")
        if one["id"] != row["id"]
        and one["status"] != "withdrawn"
        and all(one[name] == row[name] for name in ("reporter", "addressee", "stage", "lane"))
    ]
    found = Step(STEPS[step], {"report": str(report)}, options={"same_as": [("", ""), *same]}, done=_to_case)
    context = {
        "name": timeline.filing_name(row["lane"], row["stage"]),
        "reporter": called.get(row["reporter"], ""),
        "row": row,
        "back": reverse("incidents:case", args=[row["case"]]),
    }
    return stepped(request, found, "incidents/entry_step.html", context)


@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Show every event that was reported here: which reports came, by what channel, what is still owed, how late."""
    viewer = viewer_of(request)
    if viewer.organisation_type not in ("ministry", "regional_bureau", "cabinet_office"):
        raise NotFoundError("incidents.standing")
    rows = reading.read(viewer, "incidents.standing")
    called = organisations(viewer, {row["reporter"] for row in rows})
    columns = [
        Column(
            "reporter",
            gettext("Operator"),
            show=lambda row: called.get(row["reporter"], ""),
            sort=lambda row: called.get(row["reporter"], ""),
            link=lambda row: reverse("incidents:case", args=[row["id"]]),
        ),
        Column("first_at", gettext("First report arrived")),
        Column("full_at", gettext("Full report arrived")),
        Column("due_on", gettext("Full report due")),
        Column("days_late", gettext("Days late"), number=True),
        Column("state", gettext("State"), show=lambda row: STATES[row["state"]]()),
        Column(
            "channels",
            gettext("How it came"),
            show=lambda row: gettext(", ").join(choice(one, "channel") for one in row["channels"]),
            sortable=False,
        ),
    ]
    table = table_from(
        request,
        rows,
        columns,
        caption=gettext("Who has reported, who is late"),
        sort="-days_late",
        empty=gettext("No report has arrived."),
        filename=gettext("who-has-reported"),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "incidents/standing.html", {"table": table, "may_enter": may_enter(viewer)})


STATES = {
    "full": lambda: gettext("reported in full"),
    "waiting": lambda: gettext("full report to come"),
    "late": lambda: gettext("full report overdue"),
    "uncounted": lambda: gettext("awareness not stated: no day can be counted"),
}
