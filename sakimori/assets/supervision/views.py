"""The pages of both sides of a matter: the list, one matter with its next step, beginning one, answering, ending it."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.acts.door import Performed
from sakimori.acts.errors import NotFoundError
from sakimori.assets import saying as room
from sakimori.assets.forms import compared
from sakimori.assets.forms.drafts import CORRECTABLE
from sakimori.assets.queries import visible_notifications
from sakimori.assets.supervision import hints, particulars, saying
from sakimori.assets.supervision.matters import KINDS
from sakimori.pages import Column, listed, rows_or_none, viewer_of
from sakimori.pages.categories import categories_column
from sakimori.pages.names import organisations
from sakimori.pages.stepping import Step, stepped
from sakimori.pages.submitting import require
from sakimori.record import Viewer

STEPS: Mapping[str, str] = {
    "answer": "assets.question.answer",
    "give": "assets.material.give",
    "serve": "assets.order.serve",
    "remind": "assets.matter.remind",
    "close": "assets.matter.close",
    "take-back": "assets.order.withdraw",
}
_STATES = ("open", "late", "over")


def may(viewer: Viewer, kind: str) -> bool:
    """Return whether the law lists this role for an act kind (the door decides again when it is done)."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """List what passed between office and operator, by sort and state; CSV on demand."""
    viewer = viewer_of(request)
    own = viewer.organisation_type == "operator"
    sort = request.GET.get("sort_of", "")
    state = request.GET.get("state", "")
    where = {"sort": sort if sort in saying.SORT else "", "state": state if state in _STATES else ""}
    table = listed(
        request,
        "assets.matters",
        [
            Column(
                "sort",
                gettext("What"),
                names=lambda codes: {one: saying.say(saying.SORT, one) for one in codes},
                link=lambda row: reverse("assets:matter", args=[row["id"]]),
            ),
            Column(
                "giver" if own else "operator",
                gettext("Given by") if own else gettext("Operator"),
                names=lambda ids: organisations(viewer, ids),
            ),
            categories_column(),
            Column("given_at", pgettext("assets", "Given on")),
            Column("due_on", gettext("Due")),
            Column(
                "state", gettext("State"), names=lambda codes: {one: saying.say(saying.STATE, one) for one in codes}
            ),
            Column("answered_at", gettext("Answered on")),
        ],
        caption=gettext("Questions, requests and orders"),
        sort="-given_at",
        empty=gettext("Nothing has been asked or ordered."),
        filename=gettext("matters"),
        where=where,
    )
    if isinstance(table, HttpResponse):
        return table
    context = {
        "table": table,
        "own": own,
        "sorts": [(code, saying.say(saying.SORT, code)) for code in saying.SORT],
        "states": [("open", gettext("not over")), ("late", gettext("overdue")), ("over", gettext("over"))],
        **where,
    }
    return render(request, "assets/supervision/matters.html", context)


@require_safe
def matter(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Show one matter to either side: what was said, its day, what came back, and the next step."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.matters", matter=matter)
    called = organisations(viewer, [row["giver"], row["addressee"], row["operator"]])
    content = row["content"] or {}
    context = {
        "row": row,
        "content": content,
        "hearing": content.get("hearing") or {},
        "heard": saying.say(saying.HEARD, (content.get("hearing") or {}).get("way", "")),
        "ordered": saying.say(saying.ORDERED, content.get("what", "")),
        "answer": row["answer"] or {},
        "service": row["service"] or {},
        "served": saying.say(saying.SERVED, (row["service"] or {}).get("how", "")),
        "kind": law.kind(KINDS[row["sort"]]),
        "sort": saying.say(saying.SORT, row["sort"]),
        "state": saying.say(saying.STATE, row["state"]),
        "giver": called.get(row["giver"], ""),
        "operator": called.get(row["operator"], ""),
        "addressee": called.get(row["addressee"], ""),
        "days": (row["due_on"] - clock.today(viewer.world)).days if row["due_on"] else None,
        "filing": filing_of(viewer, row["filing"]),
        "met_by": filing_of(viewer, row["met_by"]),
        "instead": _instead(viewer, row),
        "unchanged": compared.left_as_it_was(viewer, row),
        **particulars.penalty(row["sort"]),
        **{name: particulars.day(content.get("hearing"), name) for name in ("notified_on", "held_on")},
        "reminded": [particulars.moment(one) for one in content.get("reminded", [])],
        "services": [
            (saying.say(saying.SERVED, one["how"]), particulars.moment(one.get("served_at")), one.get("reference", ""))
            for one in content.get("services", [])
        ],
        "served_at": particulars.moment((row["service"] or {}).get("served_at")),
        **particulars.files(viewer, row),
        "served_late": particulars.served_late(row),
        "clock": _clock(viewer, matter),
        "steps": _steps(viewer, row),
    }
    return render(request, "assets/supervision/matter.html", context)


def filing_of(viewer: Viewer, act: uuid.UUID | None) -> uuid.UUID | None:
    """Return the notification filed by an act, as far as the viewer may know of it."""
    if act is None:
        return None
    found: uuid.UUID | None = visible_notifications(viewer).filter(act=act).values_list("id", flat=True).first()
    return found


def _instead(viewer: Viewer, row: Mapping[str, Any]) -> uuid.UUID | None:
    """Return the correction that stands in the place of the filing a matter is about, if one does."""
    filing = _filing(viewer, row["filing"])
    after = compared.latest(viewer, filing) if filing else None
    return after["id"] if after and filing and after["id"] != filing["id"] else None


def _clock(viewer: Viewer, matter: uuid.UUID) -> list[str]:
    rows = rows_or_none(viewer, "acts.obligations", status="", subject=matter) or []
    return [room.joined(line) for row in rows[:1] for line in (row["derivation"] or {}).get("derivation", [])]


def _steps(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the next steps of this viewer: address and label, the first one first."""
    open_, number = row["status"] == "open", row["id"]
    ended = row["status"] in ("closed", "withdrawn", "met")
    offered: list[tuple[bool, str, str]] = [
        (open_ and row["side"] == "addressee" and row["sort"] == "question", "answer", gettext("Answer")),
        (open_ and row["side"] == "addressee" and row["sort"] == "demand", "give", gettext("Give what is demanded")),
        (open_ and row["side"] == "addressee" and row["sort"] == "correction", "answer", gettext("Answer in words")),
        (not ended and row["side"] == "giver" and row["sort"] == "order", "serve", gettext("Record its service")),
        (open_ and row["side"] == "giver", "remind", gettext("Remind")),
        (
            row["side"] == "giver"
            and row["status"] in ("open", "answered")
            and row["sort"] not in ("order", "opinion"),
            "close",
            gettext("Close it"),
        ),
        (not ended and row["side"] == "giver" and row["sort"] == "order", "take-back", gettext("Withdraw the order")),
    ]
    steps = [
        (reverse(f"assets:matter-{step}", args=[number]), label)
        for fits, step, label in offered
        if fits and may(viewer, STEPS[step])
    ]
    return _elsewhere(viewer, row) + steps


def _elsewhere(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the steps that lead to other pages: what is ordered or asked for is filed where filings are made."""
    if row["status"] == "open" and row["side"] == "addressee" and row["sort"] in ("order", "correction"):
        return _filing_steps(viewer, row)
    if row["side"] == "addressee" and row["sort"] == "opinion" and may(viewer, "assets.order.issue"):
        about = urlencode({"operator": row["operator"], "filing": row["filing"] or ""})
        return [(f"{reverse('assets:begin', args=['order'])}?{about}", gettext("Prepare an order"))]
    return []


def _filing_steps(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return where an operator files what is asked for or ordered: a correction that names it, a draft, a change."""
    filing = _filing(viewer, row["filing"])
    standing = compared.latest(viewer, filing) if filing else None  # what a correction replaced is corrected in that
    ordered = (row["content"] or {}).get("what", "correct")
    steps = []
    fits = standing is not None and standing["what"] in CORRECTABLE and standing["status"] == "arrived"
    if standing is not None and fits and ordered == "correct" and may(viewer, "assets.correction.file"):
        steps.append((compared.address(standing, matter=str(row["id"])), gettext("Correct it and file")))
    category = f"?{urlencode({'category': row['facility_category']})}" if row["facility_category"] else ""
    if ordered == "notify" and may(viewer, "assets.notification.file"):
        steps.append((f"{reverse('assets:drafts')}{category}", gettext("Draft and file")))
    if ordered == "notify_change" and may(viewer, "assets.change_notification.file"):
        if rows_or_none(viewer, "assets.changes_to_notify", facility_category=row["facility_category"]):
            steps.append((f"{reverse('assets:change')}{category}", gettext("Draft the change notification and file")))
        steps.append((f"{reverse('assets:changes')}?state=waiting", gettext("To the changes that wait")))
    if standing is not None:
        steps.append((reverse("assets:notification", args=[standing["id"]]), gettext("To the notification")))
    return steps


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, sort: str) -> HttpResponse:
    """Begin a matter: about an operator, or about chosen findings of a notification (`?filing=`, `?hint=`)."""
    viewer = viewer_of(request)
    kind = KINDS.get(sort)
    if kind is None:
        raise NotFoundError(sort)
    require(kind, viewer)
    asked = request.POST if request.method == "POST" else request.GET
    act, operator = as_uuid(asked.get("filing", "")), as_uuid(asked.get("operator", ""))
    filing = _filing(viewer, act)
    if filing is not None:
        operator = filing["organisation"]
    given = {name: str(value) for name, value in (("operator", operator), ("filing", act)) if value is not None}
    if request.method == "GET":
        _prefill(request, viewer, sort, filing)
    step = Step(
        kind,
        given,
        hidden=frozenset({"filing"}),
        options=_choices(viewer, operator),
        done=_to_matter,
    )
    called = organisations(viewer, [operator])
    context = {
        "sort": sort,
        "operator": called.get(operator, "") if operator else "",
        "operator_id": operator or "",
        "filing": filing,
        "act": act or "",
        **particulars.penalty(sort),
        "office": next(iter(rows_or_none(viewer, "assets.office") or []), None),
        "may_set": may(viewer, "assets.office.set"),
        "back": _back(filing),
    }
    return stepped(request, step, "assets/supervision/begin.html", context)


def _choices(viewer: Viewer, operator: uuid.UUID | None) -> dict[str, list[tuple[str, str]]]:
    """Return what the fields offer: the ministers an opinion may go to, and operators, unless one is known."""
    found = {"minister": [("", ""), *_of_type(viewer, "ministry")]}
    return found if operator is not None else {**found, "operator": [("", ""), *_operators(viewer)]}


def _of_type(viewer: Viewer, sort: str) -> list[tuple[str, str]]:
    rows = reading.read(viewer, "parties.organisations", world=clock.world(viewer.world).base, type=sort)
    called = organisations(viewer, {row["id"] for row in rows})
    return sorted(((str(one), name) for one, name in called.items()), key=lambda pair: pair[1])


def _back(filing: Mapping[str, Any] | None) -> str:
    return reverse("assets:notification", args=[filing["id"]]) if filing else reverse("assets:matters")


def as_uuid(text: str) -> uuid.UUID | None:
    """Return the id that a text of an address is; None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _filing(viewer: Viewer, act: uuid.UUID | None) -> dict[str, Any] | None:
    found = filing_of(viewer, act)
    return reading.read_one(viewer, "assets.notifications", notification=found) if found else None


def _operators(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the operators one may speak of: those designated under the minister; for the cabinet office, all.

    An opinion that somebody be ordered to notify is about one of whom nothing has come.
    """
    rows = rows_or_none(viewer, "assets.standing")
    if rows is None:
        return _of_type(viewer, "operator")
    called = organisations(viewer, {row["organisation"] for row in rows})
    return sorted(((str(one), name) for one, name in called.items()), key=lambda pair: pair[1])


def _prefill(request: HttpRequest, viewer: Viewer, sort: str, filing: Mapping[str, Any] | None) -> None:
    """Put what the office has set, and the findings chosen, into the form of a first visit."""
    form = request.GET.copy()
    office = next(iter(rows_or_none(viewer, "assets.office") or []), None)
    if office is not None and office["answer_days"] and sort in ("question", "correction"):
        due = clock.today(viewer.world) + timedelta(days=office["answer_days"])
        form.setdefault("due_on", due.isoformat())
    if office is not None and sort == "order":
        form.setdefault("remedies", office["remedies"])
    if filing is not None:
        form.setdefault("facility_category", filing["facility_category"] or "")
        form.setdefault("minister", str(filing["minister"]))
        chosen = set(request.GET.getlist("hint"))
        rows = reading.read(viewer, "assets.hints", notification=filing["id"]) if chosen else []
        found = [row for row in rows if str(row["id"]) in chosen]
        form.setdefault("rows", "\n".join(_line(row) for row in found if row["place"]))
        told = "\n".join(saying.hint(row) for row in found if not row["place"])
        if told:
            form.setdefault("text", told)
    request.GET = form  # type: ignore[assignment]


def _line(row: Mapping[str, Any]) -> str:
    cells = (str(row["place"]), row["product"] or "", row["maker"] or "", saying.hint(row))
    return "\t".join(cell.replace("\t", " ") for cell in cells)


def _to_matter(done: Performed) -> str:
    return f"{reverse('assets:matter', args=[done.subject.id])}?done=1"


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, matter: uuid.UUID, step: str) -> HttpResponse:
    """Take a further step with a matter: answer, give, record the service, close, withdraw."""
    viewer = viewer_of(request)
    kind = STEPS[step]
    require(kind, viewer)
    row = reading.read_one(viewer, "assets.matters", matter=matter)
    called = organisations(viewer, [row["giver"], row["operator"]])
    context = {
        "row": row,
        "content": row["content"] or {},
        "sort": saying.say(saying.SORT, row["sort"]),
        "giver": called.get(row["giver"], ""),
        "operator": called.get(row["operator"], ""),
        "back": reverse("assets:matter", args=[matter]),
    }
    ways = [("", ""), *((code, saying.say(saying.SERVED, code)) for code in saying.BY_HAND)]
    found = Step(kind, {"number": str(matter)}, options={"how": ways}, done=_to_matter)
    return stepped(request, found, "assets/supervision/step.html", context)


def about(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of a notification shows of the authorities' side: hints, matters, what can be begun."""
    minister = row["side"] == "minister" and viewer.organisation_type == "ministry"
    hinted = (rows_or_none(viewer, "assets.hints", notification=row["id"]) or []) if minister else []
    found = rows_or_none(viewer, "assets.matters", filing=row["act"]) or []
    after = compared.latest(viewer, row)
    live = row["status"] not in ("withdrawn", "linked") and after["id"] == row["id"]
    return {
        "instead": after["id"] if after["id"] != row["id"] and row["side"] == "minister" else None,
        "hints": [_hint_said(one) for one in hinted],
        "looked": minister and row["status"] != "linked",
        "matters": [
            {
                "url": reverse("assets:matter", args=[one["id"]]),
                "sort": saying.say(saying.SORT, one["sort"]),
                "state": saying.say(saying.STATE, one["state"]),
                "late": one["state"] == "late",
                "given_at": one["given_at"],
                "due_on": one["due_on"],
            }
            for one in found
        ],
        "begins": [
            (reverse("assets:begin", args=[sort]), sort, law.kind(kind).title)
            for sort, kind in KINDS.items()
            if live and row["side"] == "minister" and may(viewer, kind)
        ],
    }


def _hint_said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": saying.say(hints.TITLES, row["code"]),
        "said": saying.hint(row),
        **{name: row[name] for name in ("place", "rows", "product", "maker")},
    }
