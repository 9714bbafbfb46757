"""The committee's pages: the docket, one matter with its decision, the notices of the handling, the yearly counts."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext, gettext_noop, pgettext
from django.views.decorators.http import require_safe

from sakimori.acts import clock, reading
from sakimori.measures.queries import APPROVED
from sakimori.oversight.queries import COMMITTEE, FINDINGS
from sakimori.pages import Column, Nav, Table, listed, table_from, viewer_of
from sakimori.record import Viewer
from sakimori.selection.bases import bases

WORDS = (
    gettext_noop("Open"),
    gettext_noop("Approved"),
    gettext_noop("Approved with conditions"),
    gettext_noop("Refused"),
    gettext_noop("Selection"),
    gettext_noop("Retention extended"),
    gettext_noop("Erasure"),
)
"""Every state of a matter and kind of notice, as the pages show them."""


def _basis_names(codes: Iterable[str]) -> dict[str, str]:
    return {one: _basis_name({"basis": one}) for one in codes}


def _basis_name(row: Mapping[str, Any]) -> str:
    return bases()[row["basis"]].title.pick(_language())


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "ja"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the docket."""
    table = listed(
        request,
        "oversight.docket",
        [
            Column("number", gettext("Number"), link=lambda row: reverse("oversight:matter", args=[row["id"]])),
            Column("basis", gettext("Kind of measure"), names=_basis_names),
            Column("received_at", gettext("Received")),
            Column("status", gettext("State"), coded=True),
            Column("decision__decided_at", gettext("Decided")),
            Column("decision__arrived_at", gettext("Result arrived")),
        ],
        caption=gettext("Docket"),
        sort="-received_at",
        empty=gettext("Nothing lies on the docket."),
    )
    return table if isinstance(table, HttpResponse) else render(request, "oversight/index.html", {"table": table})


@require_safe
def matter(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Show one matter: what was asked, the decision with attendance and votes, and what was told of its use."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "oversight.matter", matter=matter)
    decision = next(iter(reading.read(viewer, "oversight.decisions", matter=matter)), None)
    notices = _notices(request, viewer, matter)
    if isinstance(notices, HttpResponse):
        return notices
    people = {str(one["id"]): one["name"] for one in reading.read(viewer, "oversight.body")}
    votes = (
        [{"name": people.get(one["person"], "–"), "vote": one["vote"]} for one in decision["votes"]] if decision else []
    )
    told = {
        "row": row,
        "basis": _basis_name(row),
        "decision": decision,
        "approved": decision is not None and decision["outcome"] in APPROVED,
        "votes": votes,
        "table": notices,
        "people": people,
        "may_decide": row["status"] == "open" and viewer.role == "chair",
    }
    return render(request, "oversight/matter.html", told)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List what the committee was told of the handling of acquired information (30)."""
    table = _notices(request, viewer_of(request), None)
    return table if isinstance(table, HttpResponse) else render(request, "oversight/notices.html", {"table": table})


def _notices(request: HttpRequest, viewer: Viewer, matter: uuid.UUID | None) -> Table | HttpResponse:
    return listed(
        request,
        "oversight.notices",
        [
            Column("happened_at", gettext("Happened"), link=lambda row: reverse("oversight:notice", args=[row["id"]])),
            Column("what", gettext("What was done"), coded=True),
            Column("authority", gettext("Number")),
            Column("kept_flows", gettext("Records kept"), number=True),
            Column("retained_until", gettext("Retained until")),
            Column("findings", gettext("Does not agree"), show=_said, sortable=False),
        ],
        caption=gettext("Notices of the handling"),
        where={"matter": matter},
        sort="-happened_at",
        empty=gettext("The committee has not been told of any handling."),
    )


def _said(row: Mapping[str, Any]) -> str:
    return " ".join(FINDINGS[one].pick(_language()) for one in row["findings"])


@require_safe
def notice(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    """Show one notice: counts, period, digests; and where it does not agree with what the committee decided."""
    row = reading.read_one(viewer_of(request), "oversight.notices", notice=notice)
    findings = [FINDINGS[one] for one in row["findings"]]
    return render(request, "oversight/notice.html", {"row": row, "findings": findings})


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Show a year's counts for the report to the Diet (61(2)), this year's unless asked otherwise (`?year=`)."""
    viewer = viewer_of(request)
    asked = request.GET.get("year", "")
    this = clock.today(viewer.world).year
    year = int(asked) if asked.isascii() and asked.isdecimal() and 1 <= int(asked[:6]) <= this else this
    table = table_from(
        request,
        reading.read(viewer, "oversight.counts", year=year),
        [
            Column("article", pgettext("law", "Item"), sortable=False),
            Column("title", gettext("What is reported"), show=lambda row: row[f"title_{_language()}"], sortable=False),
            Column("in_force", gettext("In force"), sortable=False),
            Column("requested", gettext("Requests"), show=_counted("requested"), number=True, sortable=False),
            Column("approved", gettext("Approvals"), show=_counted("approved"), number=True, sortable=False),
        ],
        caption=gettext("Counts for the report to the Diet"),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "oversight/counts.html", {"table": table, "year": year, "before": year - 1})


def _counted(name: str) -> Any:
    def show(row: Mapping[str, Any]) -> object:
        return gettext("not recorded here") if row[name] is None else row[name]

    return show


urlpatterns = [
    path("", index, name="index"),
    path("matters/<uuid:matter>/", matter, name="matter"),
    path("notices/", notices, name="notices"),
    path("notices/<uuid:notice>/", notice, name="notice"),
    path("counts/", counts, name="counts"),
]
NAV = (
    Nav(gettext_noop("Docket"), "oversight:index", COMMITTEE),
    Nav(gettext_noop("Notices of the handling"), "oversight:notices", COMMITTEE),
    Nav(gettext_noop("Yearly counts"), "oversight:counts", COMMITTEE),
)
SUBJECT_URLS = {"oversight.matter": "oversight:matter", "oversight.notice": "oversight:notice"}
