"""The room's pages: advisories, what they touch, and the analyses provided to the ministers (強化法37, 38条)."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, parts, reading
from sakimori.analysis.queries import CABINET, MINISTRIES
from sakimori.pages import Column, Nav, listed, rows_or_none, viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.stepping import fresh_key
from sakimori.pages.submitting import submission
from sakimori.record import Viewer
from sakimori.text import Text

_PROVIDE = "analysis.assessment.provide"
_REACH = {
    "notified": Text("届出された製品", "notified product"),
    "reported": Text("報告に現れた製品", "named in a report"),
    "designated": Text("届出免除の製品（全員）", "exempt item (everybody)"),
}
_GRADE = {
    "exact": Text("一致", "exact"),
    "alias": Text("別名で一致", "by alias"),
    "suggested": Text("推定（人の確認が必要）", "suggested, to be decided by a person"),
}


def _language() -> str:
    return get_language() or "ja"


def _said(words: Mapping[str, Text], code: object) -> str:
    found = words.get(str(code))
    return found.pick(_language()) if found else str(code or "")


def _may(viewer: Viewer, kind: str) -> bool:
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


@require_safe
def advisories(request: HttpRequest) -> HttpResponse:
    """List the advisories taken in, the newest first."""
    viewer = viewer_of(request)
    table = listed(
        request,
        "analysis.advisories",
        [
            Column(
                "identifier",
                gettext("Advisory"),
                link=lambda row: f"{reverse('analysis:findings')}?identifier={row['identifier']}",
            ),
            Column("title", gettext("Title")),
            Column("vendor", gettext("Maker")),
            Column("product", gettext("Product")),
            Column("published", gettext("Published")),
            Column("known_exploited", gettext("Known to be exploited")),
            Column("ransomware", gettext("Used by ransomware")),
            Column("source", gettext("Source")),
        ],
        caption=gettext("Advisories"),
        sort="-published",
        empty=gettext("No advisory has been loaded yet."),
    )
    if isinstance(table, HttpResponse):
        return table
    context = {"table": table, "may_load": _may(viewer, "analysis.advisories.load"), "tab": "advisories"}
    return render(request, "analysis/advisories.html", context)


def _columns(viewer: Viewer) -> list[Column]:
    def called(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
        return organisations(viewer, ids)

    return [
        Column("advisory__identifier", gettext("Advisory")),
        Column("reach", gettext("Touches"), names=lambda codes: {one: _said(_REACH, one) for one in codes}),
        Column("operator", gettext("Operator"), names=called),
        Column("maker", gettext("Maker")),
        Column("product", gettext("Product")),
        Column("grade", gettext("Match"), names=lambda codes: {one: _said(_GRADE, one) for one in codes}),
        Column(
            "reason", gettext("Why"), show=lambda row: row["reason_ja" if _language() == "ja" else "reason_en"],
            sortable=False,
        ),
        Column("minister", gettext("Minister"), names=called),
    ]  # fmt: skip


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """List what the advisories touch: all for the cabinet office, those provided to it for a ministry."""
    viewer = viewer_of(request)
    identifier = request.GET.get("identifier", "")[:60]
    table = listed(
        request, "analysis.findings", _columns(viewer), where={"identifier": identifier}, caption=gettext("Findings"),
        sort="advisory__identifier",
        empty=gettext("No advisory touches anything known here."),
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    offered = [] if not _may(viewer, _PROVIDE) else _ministers(viewer, identifier)
    context = {"table": table, "identifier": identifier, "ministers": offered, "tab": "findings"}
    return render(request, "analysis/findings.html", context)


def _ministers(viewer: Viewer, identifier: str) -> list[tuple[uuid.UUID, str, int]]:
    """Return the ministers whose operators the findings concern, with how many findings each."""
    ids = parts.values(viewer, "analysis.findings", ["minister"], identifier=identifier)["minister"]
    called = organisations(viewer, ids)
    return [
        (one, name, parts.count(viewer, "analysis.findings", identifier=identifier, minister=one))
        for one, name in sorted(called.items(), key=lambda item: item[1])
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def provide(request: HttpRequest) -> HttpResponse:
    """Provide findings to one minister (38条1項): choose them, write the analysis, done."""
    viewer = viewer_of(request)
    minister = request.POST.get("f-minister", "") or request.GET.get("minister", "")
    identifier = request.GET.get("identifier", "")[:60]
    typed = {
        **request.POST.dict(),
        "f-findings": "\n".join(request.POST.getlist("finding")),
        "f-indicators": "\n".join(request.POST.getlist("indicator")),
    }
    made = submission(request, _PROVIDE, {"minister": minister}, typed)
    if made.to:
        return HttpResponseRedirect(made.to)
    rows = [
        row
        for row in reading.read(viewer, "analysis.findings", identifier=identifier)
        if str(row["minister"]) == minister or row["reach"] == "designated"
    ]
    called = organisations(viewer, {row["operator"] for row in rows})
    chosen = set(request.POST.getlist("finding")) if request.method == "POST" else {str(row["id"]) for row in rows}
    listed = [{**row, **_words(row, called), "chosen": str(row["id"]) in chosen} for row in rows]
    reported = rows_or_none(viewer, "incidents.indicators") or []
    marked = set(request.POST.getlist("indicator"))
    context = {
        "form": made.form,
        "error": made.error,
        "findings": listed,
        "indicators": [{**one, "chosen": str(one["id"]) in marked} for one in reported],
        "key": fresh_key(request, made.refusal),
        "kind": law.kind(_PROVIDE),
        "hidden": ("findings", "indicators"),
    }
    return render(request, "analysis/provide.html", context, status=made.status)


def _words(row: Mapping[str, Any], called: Mapping[uuid.UUID, str]) -> dict[str, str]:
    return {
        "who": called.get(row["operator"], "") if row["operator"] else _said(_REACH, row["reach"]),
        "how": _said(_GRADE, row["grade"]),
    }


@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    """List the analyses provided (the cabinet office: all; a ministry: its own)."""
    viewer = viewer_of(request)
    table = listed(
        request,
        "analysis.assessments",
        [
            Column("provided_at", gettext("Provided")),
            Column("title", gettext("Title"), link=lambda row: reverse("analysis:assessment", args=[row["id"]])),
            Column("minister", gettext("Minister"), names=lambda ids: organisations(viewer, ids)),
            Column(
                "findings",
                gettext("Findings"),
                show=lambda row: len(row["findings"] or []),
                number=True,
                sortable=False,
            ),
        ],
        caption=gettext("Analyses provided"),
        sort="-provided_at",
        empty=gettext("No analysis has been provided yet."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "analysis/assessments.html", {"table": table, "tab": "assessments"})


@require_safe
def assessment(request: HttpRequest, assessment: uuid.UUID) -> HttpResponse:
    """Show one analysis with the findings it rests on; a ministry goes on from here to a warning."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "analysis.assessments", assessment=assessment)
    table = listed(
        request, "analysis.findings", _columns(viewer)[:-1], caption=gettext("Findings"), sort="advisory__identifier",
        where={"assessment": assessment},
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    context = {
        "row": row,
        "minister": organisations(viewer, [row["minister"]]).get(row["minister"], ""),
        "table": table,
        "indicators": row["indicators"] or [],
        "may_release": _may(viewer, "warnings.release.make"),
        "may_publish": _may(viewer, "warnings.notice.publish"),
    }
    return render(request, "analysis/assessment.html", context)


NAV = (Nav(gettext_noop("Analysis"), "analysis:findings", CABINET | MINISTRIES),)
START_URLS = {"analysis.assessment.provide": "analysis:provide"}
SUBJECT_URLS = {"analysis.assessment": "analysis:assessment"}
urlpatterns = [
    path("", findings, name="findings"),
    path("advisories/", advisories, name="advisories"),
    path("provide/", provide, name="provide"),
    path("assessments/", assessments, name="assessments"),
    path("assessments/<uuid:assessment>/", assessment, name="assessment"),
]
