"""The room's pages: the register, one computer with what the law says of it, the duties; the rest stands in `views_*`.

強化法4条, 命令1-3条. Every page reads through the door; what a role may not read it is refused with 403.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, clock, door, reading
from sakimori.assets import (
    drafting,
    editions,
    findings,
    saying,
    staleness,
    views_entry,
    views_filing,
    views_import,
    views_mapping,
    views_support,
)
from sakimori.assets.forms import views as forms
from sakimori.assets.forms import views_correct, views_templates
from sakimori.assets.interview import verdict, views_picture, views_points
from sakimori.assets.interview import views as interview
from sakimori.assets.naming import views as naming
from sakimori.assets.naming.spelling import keys_of
from sakimori.assets.queries import SORTS
from sakimori.assets.refusing import no_day
from sakimori.assets.supervision import urls as supervision
from sakimori.assets.supervision.queries import MAP
from sakimori.assets.upkeep import urls as upkeep
from sakimori.assets.upkeep import views_changes, views_mending
from sakimori.assets.vendors import urls as vendors
from sakimori.errors import SakimoriError
from sakimori.pages import Column, Nav, listed, viewer_of
from sakimori.pages.dates import typed_date
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.submitting import require
from sakimori.record import Viewer, every_role

_FILTERS = {"scope": saying.SCOPE, "notify": saying.NOTIFY, "status": saying.STATUS, "change": saying.CHANGE}
_EXPORTED = (
    "version", "serial", "asset_tag", "address", "position", "host", "responsible", "asset_owner", "support_end",
    "cpe", "purl", "source",
)  # fmt: skip


def may(viewer: Viewer, kind: str) -> bool:
    """Return whether the law lists this role for an act kind (the door decides again when it is done)."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show the operator's computers: filtered, sorted and cut on the server; `?format=csv` downloads all that match."""
    viewer = viewer_of(request)
    if viewer.organisation_type in ("ministry", "cabinet_office"):
        return HttpResponseRedirect(reverse("assets:notifications"))
    wanted = {name: _coded(request, name, words) for name, words in _FILTERS.items()}
    where: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    facilities = {str(one): name for one, name in drafting.facility_names(viewer).items()}
    facility, unsure = _coded(request, "facility", facilities), request.GET.get("open") == "1"
    where |= {"facility": uuid.UUID(facility)} if facility else {}
    where |= {"unsure": True} if unsure else {}
    whole = request.GET.get("format") == "csv"
    table = listed(
        request,
        "assets.register",
        _columns(viewer, whole=whole),
        caption=gettext("Register of computers"),
        sort="key",
        filename=gettext("register"),
        empty=gettext("No computer is registered yet."),
        where=where,
    )
    if isinstance(table, HttpResponse):
        return table
    table.filterable = False  # the page's own form filters by words and by state
    context = {
        "table": table,
        "summary": _summary(reading.read_one(viewer, "assets.summary")),
        "filters": [
            (name, saying.say(saying.FIELD, name), wanted[name], [(c, saying.say(words, c)) for c in words])
            for name, words in _FILTERS.items()
        ],
        "facilities": sorted(facilities.items(), key=lambda one: one[1]) if len(facilities) > 1 else [],
        "facility": facility,
        "unsure": unsure,
        "filtered": bool(table.is_filtered or where),
        "text": table.query,
        "sort": request.GET.get("sort", "") if request.GET.get("sort", "").lstrip("-") in SORTS else "",
        "may_import": may(viewer, "assets.register.import"),
        "private_here": editions.holds_private_inventory(),
    }
    return render(request, "assets/register.html", context)


def _coded(request: HttpRequest, name: str, words: Mapping[str, Any]) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in words else ""


def _summary(counted: Mapping[str, Any]) -> dict[str, int]:
    scope, notify, required = counted["scope"], counted["notify"], counted["required"]
    return {
        "all": counted["all"],
        "in_scope": scope.get("in", 0),
        "open": counted["open"],
        "exempt": notify.get("exempt", 0),
        "required": notify.get("yes", 0),
        "filed": required.get("filed", 0),
        "notified": required.get("notified", 0),
        "changed": counted["changed"],
        "waiting": required.get("registered", 0),
    }


def _official(viewer: Viewer, *, whole: bool) -> list[Column]:
    """Return the column of official names, where any was decided (or the whole list leaves as a file)."""
    known = naming.official_names(viewer)
    if not (known or whole):
        return []

    called: dict[tuple[str, str], str] = {}

    def shown(row: Mapping[str, Any]) -> str:
        spelt = row["maker"], row["product"]
        if spelt not in called:
            called[spelt] = known.get(keys_of(*spelt), "") if known else ""
        return called[spelt]

    return [Column("official", gettext("Official name"), show=shown, sortable=False)]


def _columns(viewer: Viewer, *, whole: bool) -> list[Column]:
    due = {row["id"]: row["due_on"] for row in reading.read(viewer, "assets.due_days")}
    facilities = drafting.facility_names(viewer)

    def coded(name: str, words: Mapping[str, Any]) -> Column:
        return Column(
            name, saying.say(saying.FIELD, name), names=lambda codes: {code: saying.say(words, code) for code in codes}
        )

    def due_on(row: Mapping[str, Any]) -> object:
        return due.get(row["duty"]) if row["status"] != "retired" else None  # nothing is due of what is not used

    def plain(name: str) -> Column:
        return Column(name, saying.say(saying.FIELD, name), sortable=name in SORTS)

    columns = [
        Column("key", saying.say(saying.FIELD, "key"), link=lambda row: reverse("assets:computer", args=[row["id"]])),
        *(plain(name) for name in ("name", "maker", "product")),
        *_official(viewer, whole=whole),
        coded("scope", saying.SCOPE),
        Column(
            "clause",
            saying.say(saying.FIELD, "clause"),
            names=lambda clauses: {clause: saying.clause(clause) for clause in clauses},
        ),
        coded("notify", saying.NOTIFY),
        Column("due_on", saying.say(saying.FIELD, "due_on"), show=due_on, sortable=False),
        Column(
            "status",
            saying.say(saying.FIELD, "status"),
            names=lambda codes: {code: saying.state(code) for code in codes},
            field="state",
        ),
    ]
    if whole:
        columns[3:3] = [
            Column("facility", saying.say(saying.FIELD, "facility"), show=lambda row: facilities.get(row["facility"])),
            coded("unit", saying.UNIT),
            plain("introduced_on"),
            *(plain(name) for name in editions.kept(_EXPORTED)),
        ]
    return columns


@require_http_methods(["GET", "HEAD", "POST"])
def computer(request: HttpRequest, computer: uuid.UUID) -> HttpResponse:
    """Show one computer: its place under the law with reasons; POST answers the law's open questions about it."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.computer", computer=computer)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            require("assets.computer.change", viewer)
            payload = {
                "computer": str(computer),
                "changed_on": _day_of_answers(request, viewer, row),
                "facts": findings.answered(request.POST),
            }
            key = request.POST.get("key", "")[:100]
            door.perform("assets.computer.change", payload, by=viewer, idempotency_key=key, client="web")
            return HttpResponseRedirect(f"{reverse('assets:computer', args=[computer])}?done=1")
        except SakimoriError as refused:
            error = refused
    may_change = may(viewer, "assets.computer.change") and row["status"] != "retired"
    duties = reading.read(viewer, "assets.duties", duty=row["duty"]) if row["duty"] else []
    said = views_filing.duty_said(viewer, duties[0]) if duties else None
    changes = views_changes.of_computer(viewer, computer)
    context = {
        "row": row,
        **verdict.about(viewer, row, said, changes),
        "facts": _facts(viewer, row),
        "decisions": findings.decisions(row["finding__content"]),
        "questions": [
            (one, request.POST.get(f"fact-{one.fact}", "")) for one in findings.questions(row["finding__content"])
        ]
        if may_change
        else [],
        "day_matters": _day_matters(row),
        "changed_on": request.POST.get("changed_on", ""),
        "changes": changes,
        "mistakes": views_mending.mistakes(viewer, row, changes),
        "duty": said,
        "may_change": may_change,
        "may_mend": may(viewer, views_mending.MEND),
        "private_here": editions.holds_private_inventory(),
        "may_draft": may(viewer, "assets.notification.file"),
        "called": naming.decided_for(viewer, row["maker"], row["product"]),
        "waits": row["notify"] == "yes" and row["status"] == "registered",
        "key": fresh_key(request, error),
        "error": explained(error) if error else None,
    }
    return render(request, "assets/computer.html", context, status=status_of(error) if error else 200)


def _day_matters(row: Mapping[str, Any]) -> bool:
    """Return whether what is answered of a computer can be a change of what was notified, whose period begins then."""
    return row["status"] in ("filed", "notified")


def _day_of_answers(request: HttpRequest, viewer: Viewer, row: Mapping[str, Any]) -> str:
    """Return since when it is as answered: the day given where the law counts from it, today where it does not."""
    if not _day_matters(row):
        return clock.today(viewer.world).isoformat()
    typed = request.POST.get("changed_on", "").strip()
    if not typed:
        raise no_day()
    return typed_date(typed)


def _facts(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, object]]:
    said: dict[str, object] = {
        **{name: row[name] for name in ("maker", "product", *_EXPORTED)},
        "facility": drafting.facility_names(viewer).get(row["facility"], ""),
        "unit": saying.say(saying.UNIT, row["unit"]),
        "introduced_on": row["introduced_on"],
        "scope": saying.say(saying.SCOPE, row["scope"]),
        "clause": saying.clause(row["clause"]),
        "notify": saying.say(saying.NOTIFY, row["notify"]) if row["status"] != "retired" else "",
        "status": saying.status(row["status"], row["change"]),
    }
    told = [name for name in editions.kept(_EXPORTED) if row[name]]
    order = ("scope", "clause", "notify", "status", "maker", "product", "unit", "facility", "introduced_on", *told)
    return [(saying.say(saying.FIELD, name), said[name]) for name in order]


_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_MINISTRIES = every_role("ministry", roles=("intake", "officer", "decider"))
_CABINET = every_role("cabinet_office", roles=("intake", "analyst", "officer", "decider"))
_VENDORS = every_role("vendor", "contractor", roles=("vendor_contact",))
NAV = (
    Nav(gettext_noop("Requests from operators"), "assets:asked", _VENDORS),
    Nav(gettext_noop("Critical computers"), "assets:register", _OPERATORS),
    Nav(gettext_noop("Notifications"), "assets:notifications", _MINISTRIES | _CABINET),
    Nav(gettext_noop("Who has filed"), "assets:standing", _MINISTRIES),
    Nav(gettext_noop("Notifications to check"), "assets:checking", _MINISTRIES),
    Nav(gettext_noop("Questions, requests and orders"), "assets:matters", _OPERATORS | _MINISTRIES | _CABINET),
    Nav(gettext_noop("How the sector stands"), "assets:sector", _MINISTRIES | _CABINET),
    Nav(gettext_noop("Notified products"), "assets:products", MAP),
    Nav(gettext_noop("Official names of products"), "assets:names", MAP),
)
SUBJECT_URLS = {
    **upkeep.SUBJECT_URLS,
    **vendors.SUBJECT_URLS,
    "assets.computer": "assets:computer",
    "assets.duty": "assets:duty",
    "assets.notification": "assets:notification",
    "assets.matter": "assets:matter",
}
NEXT_STEPS = {"assets.notification": views_entry.next_steps}
START_URLS = {
    **naming.START_URLS,
    **upkeep.START_URLS,
    **vendors.START_URLS,
    "assets.scoping.answer": "assets:scoping",
    "assets.ministry_answer.record": "assets:scoping",
    "assets.plan_paper.record": "assets:scoping",
    **supervision.START_URLS,
    "assets.register.import": "assets:import",
    "assets.notification.file": "assets:duties",
    "assets.notification.file_otherwise": "assets:drafts",
    "assets.change_notification.file": "assets:drafts",
    "assets.change_notification.file_otherwise": "assets:drafts",
    "assets.substitute.file": "assets:drafts",
    "assets.correction.file": "assets:notifications",
    "assets.correction.file_otherwise": "assets:notifications",
    "assets.form.fill": "assets:forms",
    "assets.notification.pass_on": "assets:notifications",
    "assets.computer.change": "assets:register",
    "assets.computer.retire": "assets:register",
    "assets.computer.mend": "assets:register",
}
PROPOSAL_URLS = dict.fromkeys(views_filing.FILINGS, "assets:filing")
PROPOSAL_NOTES = dict.fromkeys(views_filing.FILINGS, staleness.note)
urlpatterns = [
    *upkeep.urlpatterns,
    *vendors.urlpatterns,
    path("", register, name="register"),
    path("computers/<uuid:computer>/", computer, name="computer"),
    *interview.urlpatterns,
    *views_picture.urlpatterns,
    *views_points.urlpatterns,
    path("import/", views_import.upload, name="import"),
    path("import/progress/", views_import.told, name="progress"),
    path("import/columns.csv", views_import.columns, name="columns"),
    path("import/<uuid:upload>/", views_import.uploaded, name="uploaded"),
    *views_support.urlpatterns,
    path("import/files/<uuid:file>/", views_mapping.mapping, name="mapping"),
    path("import/files/<uuid:file>/rows/", views_mapping.rows, name="rows"),
    path("duties/", views_filing.duties, name="duties"),
    path("duties/<uuid:duty>/", views_filing.duty, name="duty"),
    path("draft/", views_filing.drafts, name="drafts"),
    path("draft/change/", forms.change, name="change"),
    path("draft/change/otherwise/", forms.change_otherwise, name="change_otherwise"),
    path("draft/paper/<uuid:paper>/", forms.substitute, name="substitute"),
    path("notifications/<uuid:notification>/correct/", views_correct.correct, name="correct"),
    path(
        "notifications/<uuid:notification>/correct/otherwise/",
        views_correct.correct_otherwise,
        name="correct_otherwise",
    ),
    path("forms/", views_templates.index, name="forms"),
    path("forms/<uuid:template>/", views_templates.one, name="form"),
    path("filings/<uuid:proposal>/", views_filing.filing, name="filing"),
    path("notifications/", views_filing.notifications, name="notifications"),
    path("notifications/<uuid:notification>/", views_filing.notification, name="notification"),
    *(
        path(f"notifications/<uuid:notification>/{step}/", views_entry.about, {"step": step}, name=step)
        for step in views_entry.STEPS
    ),
    path("otherwise/", views_entry.otherwise, name="otherwise"),
    path("enter/", views_entry.enter, name="enter"),
    path("standing/", views_entry.standing, name="standing"),
    path("remind/", views_entry.remind, name="remind"),
    *supervision.urlpatterns,
    *naming.urlpatterns,
]
