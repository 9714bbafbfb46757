"""Readings of this room: the operator's cases, the reports each authority received, indicators, clocks, questions."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from sakimori.acts.listed import ids_listed
from sakimori.acts.models import Dispatch, Obligation, ReadRecord
from sakimori.acts.outcomes import outcome
from sakimori.incidents import standing
from sakimori.incidents.models import Case, CaseComputer, Draft, Filing, Indicator, Opening, Question, Report, Triage
from sakimori.parties.models import Organisation
from sakimori.record import Listing, Query, Viewer, every_role

OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
OFFICES = every_role("ministry", "regional_bureau", roles=("intake", "officer", "decider")) | every_role(
    "cabinet_office", roles=("intake", "analyst", "officer", "decider")
)
LIAISONS = every_role("ppc", "police", roles=("liaison",))
_ITEMS = ("category", "event", "computers", "technical", "response", "remarks", "reason", "form", "nco_consent")
_CASE = (
    "id", "nature", "title", "summary", "attack", "aware_at", "aware_by", "aware_how", "occurred_at", "discovered_at",
    "notes", "recorded_at", "triage", "status", "labels", "owner",
)  # fmt: skip
_REPORT = (
    *("id", "act", "lane", "stage", "version", "case", "reporter", "addressee", "form", "category", "outline"),
    *("event", "computers", "technical", "response", "remarks", "appi", "reason", "nco_consent", "nco_shared_at"),
    *("filed_at", "received_at", "opened_at", "status", "channel", "reference", "transcribed", "same_as"),
    *("labels", "owner"),
)
REPORT_GROUPS = {"report": _ITEMS, "appi": ("appi", "category", "event"), "reporter": ("reporter", "outline")}
_PRIVATE = {"private": ("aware_by", "notes", "computers", "triages")}


def _cases(viewer: Viewer, *, status: str = "", nature: str = "") -> Iterable[dict[str, Any]]:
    """The operator's own cases; nobody else has a way to them."""
    found = Case.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    for name, value in (("status", status), ("nature", nature)):
        if value:
            found = found.filter(**{name: value})
    return found.order_by("-aware_at", "id").values(*_CASE)


def _case(viewer: Viewer, *, case: uuid.UUID) -> Iterable[dict[str, Any]]:
    """One case with its computers, its triages, and each filing with its way to every addressee."""
    own = Case.objects.filter(id=case, world=viewer.world, organisation=viewer.acting_organisation)
    for row in own.values(*_CASE):
        computers = CaseComputer.objects.filter(case=case).order_by("maker", "product", "id")
        triages = Triage.objects.filter(case=case)
        yield {
            **row,
            "computers": list(
                computers.values("id", "computer", "category", "clause", "trigger_group", "product", "maker")
            ),
            "triages": list(
                triages.values(
                    "id", "facts", "personal", "decisions", "addressing", "addressees", "outcome", "decided_at",
                    "decided_by", "law_digest",
                )
            ),
            "filings": list(_filings(viewer, case)),
        }  # fmt: skip


def _filings(viewer: Viewer, case: uuid.UUID) -> Iterable[dict[str, Any]]:
    for filing in Filing.objects.filter(case=case, world=viewer.world).values(
        "id", "act", "lane", "stage", "version", "form", "content", "filed_at", "status", "arrived_at"
    ):
        ways = Dispatch.objects.filter(world=viewer.world, act=filing["act"]).order_by("addressee")
        yield {
            **filing,
            "addressees": list(ways.values("addressee", "status", "channel", "sent_at", "arrived_at", "refusal")),
        }


def visible_reports(viewer: Viewer) -> Any:
    """Return the reports a viewer may know of: those addressed to its authority.

    A minister also sees what came to a bureau that exercises his power (施行令3条): he may still act himself.
    """
    mine = Q(addressee=viewer.acting_organisation)
    if viewer.organisation_type == "ministry":
        bureaus = Organisation.objects.filter(parent=viewer.acting_organisation, type="regional_bureau")
        mine |= Q(addressee__in=list(bureaus.values_list("id", flat=True)))
    return Report.objects.filter(mine, world=viewer.world)


def _reports(
    viewer: Viewer, *, status: str = "", case: uuid.UUID | None = None, latest: bool = False
) -> Iterable[dict[str, Any]]:
    """Reports this authority received, the newest first; `latest`: without those that a later version replaced."""
    found = visible_reports(viewer)
    if latest:
        found = found.exclude(status="superseded")
    if status:
        found = found.filter(status=status)
    if case is not None:
        found = found.filter(case=case)
    return _report_rows(found)


def _report(viewer: Viewer, *, report: uuid.UUID) -> Iterable[dict[str, Any]]:
    return _report_rows(visible_reports(viewer).filter(id=report))


def _report_rows(found: Any) -> Iterable[dict[str, Any]]:
    rows: Iterable[dict[str, Any]] = found.order_by("-received_at", "-version", "id").values(*_REPORT)
    return rows


def _indicators(viewer: Viewer, *, kind: str = "", value: str = "") -> Iterable[dict[str, Any]]:
    """Every indicator of the current reports, in normal form, for matching and analysis."""
    found = Indicator.objects.filter(world=viewer.world, report__in=visible_reports(viewer).filter(status="current"))
    for name, wanted in (("kind", kind), ("value", value)):
        if wanted:
            found = found.filter(**{name: wanted})
    return found.order_by("kind", "value").values(
        "id", "report", "report__case", "reporter", "kind", "value", "host", "labels", "owner"
    )


def _products(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The products and vulnerabilities that current reports name, for matching against notified products."""
    for row in (
        visible_reports(viewer)
        .filter(status="current", lane="kyokaho")
        .values("id", "case", "reporter", "computers", "technical", "labels", "owner")
    ):
        named = row.pop("technical") or {}
        yield {**row, "vulnerabilities": named.get("vulnerabilities", [])}


def _clocks(viewer: Viewer, *, case: uuid.UUID | None = None, status: str = "open") -> Iterable[dict[str, Any]]:
    """The clocks of cases: the operator's own, and those an authority watches, with their derivation."""
    mine = Q(bearer=viewer.acting_organisation) | Q(watches__organisation=viewer.acting_organisation)
    found = Obligation.objects.filter(mine, world=viewer.world, subject_type="incidents.case").distinct()
    if status:
        found = found.filter(status=status)
    if case is not None:
        found = found.filter(subject=case)
    for row in found.order_by("due_on", "rule").values(
        "id", "rule", "title_ja", "title_en", "bearer", "subject", "begins", "due_on", "due_at", "is_target",
        "derivation", "law_digest", "status", "settled_at", "evidence",
    ):  # fmt: skip
        yield {**row, "mine": row["bearer"] == viewer.acting_organisation, "ending": outcome(row)}


def _questions(viewer: Viewer, *, case: uuid.UUID | None = None, status: str = "") -> Iterable[dict[str, Any]]:
    side = "operator" if viewer.organisation_type == "operator" else "authority"
    party = "reporter" if side == "operator" else "asker"
    found = Question.objects.filter(world=viewer.world, side=side, **{party: viewer.acting_organisation})
    if case is not None:
        found = found.filter(case=case)
    if status:
        found = found.filter(status=status)
    return found.values(
        "id", "number", "case", "asker", "reporter", "text", "wanted_by", "asked_at", "answer", "answered_at", "status",
        "labels", "owner",
    )  # fmt: skip


def _readers(viewer: Viewer, *, case: uuid.UUID) -> Iterable[dict[str, Any]]:
    """Who opened the reports of an own case, organisation and time, never persons.

    From the reading records where the authority is hosted here, from its own word (`incidents.report.open`) elsewhere.
    """
    if not Case.objects.filter(id=case, world=viewer.world, organisation=viewer.acting_organisation).exists():
        return
    reports = Report.objects.filter(world=viewer.world, case=case, reporter=viewer.acting_organisation)
    ids = list(reports.values_list("id", flat=True))
    read = ReadRecord.objects.filter(world=viewer.world, subjects__subject__in=ids).distinct().order_by("-read_at")
    yield from read.values("id", "organisation", "role", "read_at")
    for one in Opening.objects.filter(world=viewer.world, case=case).order_by("-opened_at"):
        yield {"id": one.id, "organisation": one.organisation, "role": "", "read_at": one.opened_at}


def _open_cases(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The operator's own cases that need something yet, with the next step; the newest first.

    due_on: when the nearest of its clocks ends, None where none has a day.
    next: decide (not decided, or open questions), draft (a form is begun, for `stage`), first, full (its clock runs)
    or nothing.
    """
    mine = Case.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, status__in=("recorded", "open", "reportable")
    )
    owed = Obligation.objects.filter(
        world=viewer.world, bearer=viewer.acting_organisation, subject_type="incidents.case", status="open"
    )
    rules: dict[uuid.UUID, set[str]] = {}
    days: dict[uuid.UUID, date] = {}
    for subject, rule, due in owed.values_list("subject", "rule", "due_on"):
        rules.setdefault(subject, set()).add(rule)
        if due is not None:
            days[subject] = min(due, days.get(subject, due))
    begun = set(
        Draft.objects.filter(world=viewer.world, organisation=viewer.acting_organisation).values_list("case", flat=True)
    )
    for row in mine.values("id", "title", "status", "aware_at"):
        open_rules = rules.get(row["id"], set())
        stage = "first" if any(".first" in rule for rule in open_rules) else "full"
        step = stage if open_rules else ""
        if row["status"] in ("recorded", "open"):
            step = "decide"
        elif step and row["id"] in begun:
            step = "draft"
        yield {**row, "next": step, "stage": stage, "due_on": days.get(row["id"])}


def _standing(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Every event reported to this office: which reports came, how, what is still owed, how late."""
    return standing.events(viewer, visible_reports(viewer))


def _unopened(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Current reports to this authority that nobody there has opened: what kind and since when, nothing of them."""
    found = visible_reports(viewer).filter(status="current", opened_at=None, addressee=viewer.acting_organisation)
    rows: Iterable[dict[str, Any]] = found.order_by(*_WAITING.order).values(
        "id", "case", "lane", "stage", "version", "received_at"
    )
    return rows


def _unanswered(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Questions without an answer, of or to the viewer's organisation: who asked, when, by when; not their text."""
    found = _questions(viewer, status="asked")
    for row in found:
        yield {name: row[name] for name in ("id", "case", "asker", "wanted_by", "asked_at")}


def _case_names(viewer: Viewer, *, about: str = "") -> Iterable[dict[str, Any]]:
    """The titles of the operator's own cases named in `about` (ids, by comma), so that a clock can say whose it is."""
    own = Case.objects.filter(
        id__in=ids_listed(about), world=viewer.world, organisation=viewer.acting_organisation
    ).values_list("id", "title")
    yield from ({"id": case, "name": title} for case, title in own)


_CASES = Listing(
    order=("-aware_at", "id"), sorts=("title", "nature", "attack", "aware_at", "status"), texts=("title", "aware_at")
)
_RECEIVED = Listing(
    order=("-received_at", "-version", "id"),
    sorts=("reporter", "lane", "stage", "version", "form", "received_at", "status"),
    texts=("version", "form", "received_at"),
)
_WAITING = Listing(order=("received_at", "id"), sorts=("received_at",), named=("case",))
QUERIES = {
    "incidents.cases": Query("incidents.cases", _cases, OPERATORS, _PRIVATE, listing=_CASES),
    "incidents.case": Query("incidents.case", _case, OPERATORS, _PRIVATE),
    "incidents.reports": Query("incidents.reports", _reports, OFFICES | LIAISONS, REPORT_GROUPS, listing=_RECEIVED),
    "incidents.report": Query("incidents.report", _report, OFFICES | LIAISONS, REPORT_GROUPS),
    "incidents.indicators": Query(
        "incidents.indicators", _indicators, OFFICES | LIAISONS,
        {"report": ("kind", "value", "host"), "reporter": ("reporter",)},
    ),
    "incidents.products": Query(
        "incidents.products", _products, OFFICES,
        {"report": ("computers", "vulnerabilities"), "reporter": ("reporter",)},
    ),
    "incidents.clocks": Query("incidents.clocks", _clocks, OPERATORS | OFFICES | LIAISONS, recorded=False),
    "incidents.questions": Query(
        "incidents.questions", _questions, OPERATORS | OFFICES,
        {"report": ("text", "answer"), "reporter": ("reporter",)},
    ),
    "incidents.open_cases": Query("incidents.open_cases", _open_cases, OPERATORS, recorded=False),
    "incidents.standing": Query("incidents.standing", _standing, OFFICES, {"reporter": ("reporter",)}),
    "incidents.unopened": Query("incidents.unopened", _unopened, OFFICES | LIAISONS, recorded=False, listing=_WAITING),
    "incidents.unanswered": Query("incidents.unanswered", _unanswered, OPERATORS | OFFICES, recorded=False),
    "incidents.case_names": Query("incidents.case_names", _case_names, OPERATORS, recorded=False),
    "incidents.readers": Query("incidents.readers", _readers, OPERATORS, recorded=False),
}  # fmt: skip
