"""The room's pages: the list, one case as operator or authority sees it; the forms stand in `views_forms`."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from sakimori.acts import reading
from sakimori.acts.errors import NotFoundError
from sakimori.incidents import timeline, views_entry, views_forms
from sakimori.incidents.queries import LIAISONS, OFFICES, OPERATORS
from sakimori.pages import Column, Nav, listed, rows_or_none, viewer_of
from sakimori.pages.words import choice
from sakimori.record import Viewer


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the operator's cases, or the current reports an authority received."""
    viewer = viewer_of(request)
    own = viewer.organisation_type == "operator"
    table = _cases(request, viewer) if own else _reports(request, viewer)
    if isinstance(table, HttpResponse):
        return table
    may_record = own and viewer.role in views_forms.WRITERS
    return render(
        request,
        "incidents/index.html",
        {"table": table, "own": own, "may_record": may_record, "may_enter": views_entry.may_enter(viewer)},
    )


def _cases(request: HttpRequest, viewer: Viewer) -> Any:
    return listed(
        request,
        "incidents.cases",
        [
            Column("title", gettext("Case"), link=lambda row: reverse("incidents:case", args=[row["id"]])),
            Column("nature", gettext("Nature"), coded=True),
            Column("attack", gettext("Attack"), coded=True),
            Column("aware_at", gettext("Aware at")),
            Column("status", gettext("State"), coded=True),
        ],
        caption=gettext("Cases"),
        sort="-aware_at",
        empty=gettext("No event has been recorded."),
    )


def _reports(request: HttpRequest, viewer: Viewer) -> Any:
    called = timeline.names(viewer)
    return listed(
        request,
        "incidents.reports",
        [
            Column(
                "reporter",
                gettext("Reporter"),
                show=lambda row: called.get(row["reporter"]) or (row["outline"] or {}).get("name", ""),
                link=lambda row: reverse("incidents:case", args=[row["case"]]),
            ),
            Column("stage", gettext("Report"), show=lambda row: timeline.filing_name(row["lane"], row["stage"])),
            Column("version", gettext("Version"), number=True),
            Column("form", gettext("Common form"), number=True),
            Column("received_at", gettext("Arrived")),
            Column("status", gettext("State"), coded=True),
        ],
        caption=gettext("Reports received"),
        where={"latest": True},
        sort="-received_at",
        empty=gettext("No report has arrived."),
    )


@require_safe
def case(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Show one case: the operator its own with every filing's way, an authority what it received of it."""
    viewer = viewer_of(request)
    called = timeline.names(viewer)
    if viewer.organisation_type != "operator":
        return _received(request, viewer, case, called)
    row = reading.read_one(viewer, "incidents.case", case=case)
    asked = rows_or_none(viewer, "incidents.questions", case=case) or []
    readers = rows_or_none(viewer, "incidents.readers", case=case) or []
    triage = next((one for one in row["triages"] if one["id"] == row["triage"]), None)
    return render(
        request,
        "incidents/case.html",
        {
            "row": row,
            "moments": timeline.of_case(row, asked, readers, called),
            "clocks": timeline.clocks(viewer, case, called),
            "decision": views_forms.decision_said(triage, called),
            "filings": [{**one, "name": timeline.filing_name(one["lane"], one["stage"])} for one in row["filings"]],
            "questions": [{**one, "who": called.get(one["asker"], "")} for one in asked],
            "waiting": views_forms.waiting(viewer, case),
            "may_write": viewer.role in views_forms.WRITERS and row["status"] != "withdrawn",
            "may_report": row["status"] in ("reportable", "open"),
            "filed": {(one["lane"], one["stage"]) for one in row["filings"] if one["status"] != "refused"},
            "first_filed": any(
                (one["lane"], one["stage"]) == ("kyokaho", "first") and one["status"] != "refused"
                for one in row["filings"]
            ),
        },
    )


def _received(request: HttpRequest, viewer: Viewer, case: uuid.UUID, called: dict[uuid.UUID, str]) -> HttpResponse:
    reports = reading.read(viewer, "incidents.reports", case=case)
    if not reports:
        raise NotFoundError(str(case))
    asked = rows_or_none(viewer, "incidents.questions", case=case) or []
    newest = reports[0]
    return render(
        request,
        "incidents/received.html",
        {
            "newest": newest,
            "reporter": called.get(newest["reporter"]) or (newest["outline"] or {}).get("name", ""),
            "reports": [
                {
                    "row": one,
                    "name": timeline.filing_name(one["lane"], one["stage"]),
                    "lines": views_forms.said(one),
                    "channel": choice(one["channel"], "channel"),
                    "attached": rows_or_none(viewer, "acts.attachments", subject=one["id"]) or [],
                }
                for one in reports
            ],
            "moments": timeline.of_reports(reports, asked, called),
            "clocks": timeline.clocks(viewer, case, called),
            "questions": asked,
            "may_enter": views_entry.may_enter(viewer),
            "may_open": newest["addressee"] == viewer.acting_organisation,
            "may_ask": newest["lane"] == "kyokaho" and newest["addressee"] == viewer.acting_organisation,
        },
    )


urlpatterns = [
    path("", index, name="index"),
    path("new/", views_forms.new, name="new"),
    path("enter/", views_entry.enter, name="enter"),
    path("standing/", views_entry.standing, name="standing"),
    *(
        path(f"reports/<uuid:report>/{step}/", views_entry.about, {"step": step}, name=step)
        for step in views_entry.STEPS
    ),
    path("<uuid:case>/", case, name="case"),
    path("<uuid:case>/decide/", views_forms.decide, name="decide"),
    path("<uuid:case>/report/<str:stage>/", views_forms.report, name="report"),
    path("<uuid:case>/confirm/", views_forms.confirm, name="confirm"),
]
NAV = (Nav(gettext_noop("Incidents"), "incidents:index", OPERATORS | OFFICES | LIAISONS),)
SUBJECT_URLS = {"incidents.case": "incidents:case"}
_CONFIRM = ("incidents:confirm", "case")
START_URLS = {
    "incidents.awareness.record": "incidents:new",
    **dict.fromkeys(
        (
            "incidents.case.triage",
            "incidents.first_report.file",
            "incidents.full_report.file",
            "incidents.report.supplement",
            "incidents.appi_report.file",
            "incidents.consultation.file",
            "incidents.question.ask",
            "incidents.question.answer",
            "incidents.report.open",
        ),
        "incidents:index",
    ),
}
PROPOSAL_URLS = {
    "incidents.first_report.file": _CONFIRM,
    "incidents.full_report.file": _CONFIRM,
    "incidents.report.supplement": _CONFIRM,
    "incidents.report.withdraw": _CONFIRM,
    "incidents.appi_report.file": _CONFIRM,
    "incidents.consultation.file": _CONFIRM,
}
