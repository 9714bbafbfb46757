"""The room's forms: awareness, decision by the law's own questions, the report filled in once, the second person.

Whatever was typed stays: faults come back beside their fields, and the report form is kept as a draft at every step.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sakimori.acts import door, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.incidents import asking, drafts, entry, timeline
from sakimori.pages import faults, rows_or_none, viewer_of
from sakimori.pages.forms import PayloadForm, form_for
from sakimori.pages.stepping import fresh_key
from sakimori.pages.tables import shown
from sakimori.pages.words import choice, label
from sakimori.record import Viewer
from sakimori.text import Text

WRITERS = ("reporter", "approver")
_STAGES: Mapping[str, entry.Stage] = {"first": "first", "full": "full", "supplement": "supplement"}
_FAULTY = 422
_TABLES = (("kyokaho.incident.reportable", "e-"), ("appi.report", "p-"))
_CODED = frozenset({"state", "service_level", "kinds", "intrusion", "stage", "limbs", "classes"})
ROOM = "incidents"
_PARTS = (
    "category",
    "outline",
    "event",
    "computers",
    "technical",
    "response",
    "remarks",
    "appi",
    "items",
    "consultation",
    "reason",
)


def _writer(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if viewer.organisation_type != "operator" or viewer.role not in WRITERS:
        raise NotAuthorisedError(
            Text("事業者の報告担当・承認者のページです。", "This page is for an operator's reporters and approvers."),
            where="incidents",
        )
    return viewer


def _explained(error: SakimoriError | None) -> dict[str, str] | None:
    if error is None:
        return None
    language = timeline.language()
    return {
        "what": error.what.pick(language),
        "mend": error.mend.pick(language) if error.mend else "",
        "article": error.article or "",
    }


def _blame(form: PayloadForm, error: SakimoriError) -> None:
    if isinstance(error, PayloadError):
        form.blame(error.fields)
    elif error.where:
        form.blame([{"where": error.where, "what": error.what.pick(timeline.language()), "type": ""}])


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Record an awareness; the computers are named by their management numbers, or described."""
    viewer = _writer(request)
    sent = request.method == "POST"
    form = form_for(asking.AwarenessForm, viewer, request.POST.dict() if sent else {}, sent=sent)
    error: SakimoriError | None = None
    typed = form.read() if sent else None
    if typed is not None:
        try:
            payload = asking.awareness(viewer, typed)
            key = request.POST.get("key", "")[:100]
            done = door.perform("incidents.awareness.record", payload, by=viewer, idempotency_key=key, client="web")
            return HttpResponseRedirect(reverse("incidents:case", args=[done.subject.id]))
        except SakimoriError as refused:
            error = refused
            _blame(form, refused)
    context = {"form": form, "error": _explained(error), "key": fresh_key(request, error)}
    return render(request, "incidents/new.html", context, status=_FAULTY if sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Ask the law's questions in the law's words, and decide."""
    viewer = _writer(request)
    row = reading.read_one(viewer, "incidents.case", case=case)
    before = next((one for one in row["triages"] if one["id"] == row["triage"]), None)
    untold = () if row["computers"] else ("in_scope",)  # which computers it reached is not known: the person may say
    sent = request.method == "POST"
    error: SakimoriError | None = None
    if sent:
        facts = asking.answers(*_TABLES[0], request.POST, untold)
        personal = asking.answers(*_TABLES[1], request.POST)
        try:
            payload = {
                "case": str(case),
                "facts": facts,
                "personal": personal or None,
                "consult_police": request.POST.get("police") == "yes",
            }
            door.perform(
                "incidents.case.triage",
                payload,
                by=viewer,
                idempotency_key=request.POST.get("key", "")[:100],
                client="web",
            )
            return HttpResponseRedirect(reverse("incidents:case", args=[case]))
        except SakimoriError as refused:
            error = refused
    else:
        facts, personal = _answered(before)
    police = request.POST.get("police") == "yes" if sent else _consulted(before)
    context = {
        "row": row,
        "event": asking.questions(*_TABLES[0], facts, untold),
        "personal": asking.questions(*_TABLES[1], personal),
        "police": police,
        "error": _explained(error),
        "faults": _faults(error),
        "key": fresh_key(request, error),
    }
    return render(request, "incidents/decide.html", context, status=_FAULTY if error else 200)


def _faults(error: SakimoriError | None) -> list[str]:
    """Return the faults of answers as sentences."""
    found = error.fields if isinstance(error, PayloadError) else []
    return [f"{label(one['where'].rpartition('.')[2], ROOM)}: {faults.say(one, timeline.language())}" for one in found]


def _answered(triage: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    if triage is None:
        return {}, {}
    return dict(triage["facts"] or {}), dict((triage["personal"] or {}).get("facts", {}))


def _consulted(triage: Mapping[str, Any] | None) -> bool:
    return any(one["lane"] == "police" for one in (triage or {}).get("addressees", []))


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, case: uuid.UUID, stage: str) -> HttpResponse:
    """The form filled in once: keep it as a draft, look at what would leave for whom, propose it."""
    viewer = _writer(request)
    wanted = _STAGES.get(stage)
    if wanted is None:
        raise NotFoundError(stage)
    row = reading.read_one(viewer, "incidents.case", case=case)
    sent = request.method == "POST"
    typed = {name: str(value) for name, value in request.POST.items() if name.startswith("f-")}
    kept = drafts.load(viewer, case)
    if sent:
        drafts.save(viewer, case, typed)
    elif not kept:
        kept = {f"f-{name}": value for name, value in _prefill(viewer, row).items()}
    form = form_for(entry.Entry, viewer, typed if sent else kept, sent=True)
    hidden = _hidden(row, stage)
    form.shown = [one for one in form.shown if not one.spec.path.startswith(hidden)]
    wish, error, prepared = request.POST.get("do", ""), None, None
    content = form.read() if sent and wish != "save" else None
    if content is not None:
        try:
            filled = asking.checked(entry.Entry, content)
            lanes = [one for one in ("kyokaho", "appi", "police") if request.POST.get(f"lane-{one}", "yes") == "yes"]
            prepared = entry.prepare(viewer, case, filled, wanted, lanes=lanes)
            if wish == "propose":
                entry.propose(viewer, case, filled, wanted, lanes=lanes)
                return HttpResponseRedirect(reverse("incidents:confirm", args=[case]))
        except SakimoriError as refused:
            error, prepared = refused, None
            _blame(form, refused)
    called = timeline.names(viewer)
    context = {
        "row": row,
        "stage": stage,
        "form": form,
        "error": _explained(error),
        "saved": sent and wish == "save",
        "prepared": [_shown(one.lane, stage, one.payload, one.addressees, called) for one in prepared or []],
    }
    failed = sent and wish != "save" and prepared is None
    return render(request, "incidents/report.html", context, status=_FAULTY if failed else 200)


def _hidden(row: Mapping[str, Any], stage: str) -> tuple[str, ...]:
    """Return the parts of the form that this report has no use for: other forms' parts, lanes nobody receives."""
    triage = next((one for one in row["triages"] if one["id"] == row["triage"]), None)
    lanes = {one["lane"] for one in (triage or {}).get("addressees", [])}
    unused = {
        "technical.ddos.": row["attack"] != "ddos",
        "technical.ransomware.": row["attack"] != "ransomware",
        "personal.": "appi" not in lanes or stage == "supplement",
        "police.": "police" not in lanes or stage != "first",
        "reason": stage != "supplement",
    }
    return tuple(path for path, hide in unused.items() if hide)


def _prefill(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, str]:
    """Return what we know already: who reports, what the case says, and what the last report said."""
    known: dict[str, Any] = {"outline": entry.outline_of(viewer).model_dump(), "event": {"summary": row["summary"]}}
    for filing in row["filings"]:
        said = filing["content"]
        if filing["lane"] == "kyokaho" and filing["stage"] != "withdrawal":
            known |= {name: said[name] for name in ("outline", "event", "technical", "response", "remarks")}
        elif filing["lane"] == "appi":
            known["personal"] = said["items"]
    return asking.prefilled(known)


def _shown(
    lane: str, stage: str, payload: Mapping[str, Any], addressees: Any, called: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    """Return a filing as it would leave, for people to read before it does."""
    return {
        "name": timeline.filing_name(lane, stage),
        "to": [called.get(one, str(one)) for one in addressees],
        "lines": lines({name: value for name, value in payload.items() if name not in ("case", "layout")}, parts=True),
    }


def lines(content: Mapping[str, Any], *, parts: bool = False) -> list[dict[str, Any]]:
    """Return content as labelled lines of text, nested content below its label, what is empty left out.

    With `parts`, the top level is the parts of a report, in the order of 命令4条3項.
    """
    found: list[dict[str, Any]] = []
    names = [*(one for one in _PARTS if one in content), *(one for one in content if one not in _PARTS)]
    for name in names if parts else content:
        value = content[name]
        if value in (None, "", [], {}):
            continue
        called = _part(name) if parts else label(name, ROOM)
        if isinstance(value, Mapping):
            below = lines(value)
            if below:
                found.append({"label": called, "lines": below})
        else:
            found.append({"label": called, "text": _text(name, value)})
    return found


def _part(name: str) -> str:
    called = {
        "category": gettext("Category of the report"),
        "outline": gettext("The operator"),
        "event": gettext("The event"),
        "computers": gettext("Specified critical computers"),
        "technical": gettext("Technical matters"),
        "response": gettext("Response"),
        "remarks": gettext("Other remarks"),
        "appi": gettext("Items on personal data"),
        "items": gettext("Items on personal data"),
        "consultation": gettext("The consultation"),
    }
    return called.get(name) or label(name, ROOM)


def _text(name: str, value: Any) -> str:
    if isinstance(value, list) and isinstance(value[0], Mapping):
        return "\n".join(gettext(", ").join(str(part) for part in one.values() if part) for one in value)
    if isinstance(value, list):
        return "\n".join(_text(name, one) for one in value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name in _CODED:
        return choice(value)
    if name.endswith("_at") and isinstance(value, str):
        return shown(datetime.fromisoformat(value))
    return str(value)


def said(report_row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a received report says, part by part."""
    return lines({name: report_row[name] for name in _PARTS if name in report_row}, parts=True)


def waiting(viewer: Viewer, case: uuid.UUID) -> list[dict[str, Any]]:
    """Return the open proposals of a case: what waits for the second person, and who made it."""
    rows = rows_or_none(viewer, "acts.proposals") or []
    return [
        {**row, "own": row["person"] == viewer.person}
        for row in rows
        if row["kind"].startswith("incidents.") and row["payload"].get("case") == str(case)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The second person reads what would leave for whom, and confirms all of it at once."""
    viewer = _writer(request)
    row = reading.read_one(viewer, "incidents.case", case=case)
    open_ones = waiting(viewer, case)
    error: SakimoriError | None = None
    if request.method == "POST":
        mine = {str(one["id"]) for one in open_ones if not one["own"]}
        asked = mine & set(request.POST.getlist("proposal"))
        try:
            if asked:
                entry.confirm(viewer, [uuid.UUID(one) for one in sorted(asked)])
                return HttpResponseRedirect(reverse("incidents:case", args=[case]))
        except SakimoriError as refused:
            error = refused
    called = timeline.names(viewer)
    triage = next((one for one in row["triages"] if one["id"] == row["triage"]), None)
    filings = []
    for one in open_ones:
        lane = _LANES.get(one["kind"], "kyokaho")
        to = [uuid.UUID(a["organisation"]) for a in (triage or {}).get("addressees", []) if a["lane"] == lane]
        stage = _stage_of(one["kind"], one["payload"])
        filings.append({**_shown(lane, stage, one["payload"], to, called), "id": one["id"], "own": one["own"]})
    context = {
        "row": row,
        "shown": filings,
        "may_confirm": viewer.role == "approver" and any(not one["own"] for one in open_ones),
        "error": _explained(error),
    }
    return render(request, "incidents/confirm.html", context, status=_FAULTY if error else 200)


def _stage_of(kind: str, payload: Mapping[str, Any]) -> str:
    named = {"incidents.report.supplement": "supplement", "incidents.report.withdraw": "withdrawal"}
    return named.get(kind) or str(payload.get("stage") or payload.get("category", {}).get("stage", "first"))


_LANES = {"incidents.appi_report.file": "appi", "incidents.consultation.file": "police"}


def decision_said(triage: Mapping[str, Any] | None, called: Mapping[uuid.UUID, str]) -> dict[str, Any] | None:
    """Return a decision as people read it: outcome, reasons with articles, what would change it, who receives it."""
    if triage is None:
        return None
    decisions = [*triage["decisions"], *([triage["personal"]["decision"]] if triage["personal"] else [])]
    return {
        "outcome": triage["outcome"],
        "at": triage["decided_at"],
        "decisions": [
            {
                "label": timeline.both(one["label"]),
                "reasons": [
                    {
                        "text": timeline.both(reason["text"]),
                        "article": reason["article"],
                        "change": timeline.both(reason["would_change"]),
                    }
                    for reason in one["reasons"]
                ],
                "questions": [timeline.both(question["text"]) for question in one["open_questions"]],
            }
            for one in decisions
        ],
        "addressees": [
            {
                "who": called.get(uuid.UUID(one["organisation"]), one["organisation"]),
                "what": timeline.filing_name(one["lane"], "first"),
            }
            for one in triage["addressees"]
        ],
        "missing": [choice(one) for one in triage["addressing"].get("missing", [])],
    }
