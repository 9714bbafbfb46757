"""Filings that come another way: the office's entry, who has filed and who is late; the operator's paper and stamp."""

import csv
import io
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.acts import clock, door, reading
from sakimori.acts.door import Performed
from sakimori.assets import drafting, letters, saying
from sakimori.assets.forms import views as forms
from sakimori.assets.models import Notification
from sakimori.assets.renaming import REPORT
from sakimori.assets.supervision.saying import SORT, say
from sakimori.assets.tables import decode
from sakimori.errors import SakimoriError
from sakimori.law.clauses import clause_of
from sakimori.pages import Column, rows_or_none, table_from, viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.refusals import explained
from sakimori.pages.stepping import Step, fresh_key, stepped
from sakimori.pages.submitting import require
from sakimori.pages.tables import shown
from sakimori.pages.words import choice
from sakimori.parties.models import Facility
from sakimori.record import Viewer
from sakimori.text import Text

ENTER, REMIND = "assets.entry.record", "assets.reminder.send"
_CORRECTED = ("notification", "correction")
_MOST_ANEW = 2000  # rows of an entry that a form begins with
_HEADINGS = frozenset({"clause", "該当条項", "条項", "製品名", "product"})
STANDING: Mapping[str, Text] = {
    "filed": Text("届出あり", "has notified"),
    "filed_late": Text("届出あり（期限後）", "has notified, late"),
    "states_none": Text("届け出るものなし（連絡）", "states nothing to notify"),
    "waiting": Text("届出なし（期限前）", "nothing yet"),
    "late": Text("届出なし（期限を過ぎた）", "nothing yet, overdue"),
}


@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Show who of the minister's operators has filed, by whatever channel, and who is late; CSV on demand."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "assets.standing")
    called = organisations(viewer, {row[name] for row in rows for name in ("organisation", "bureau")})
    table = table_from(
        request,
        rows,
        _columns(called),
        caption=gettext("Who has filed, who is late"),
        sort="-days_late",
        empty=gettext("No operator is designated to this minister here."),
        filename=gettext("who-has-filed"),
    )
    if isinstance(table, HttpResponse):
        return table
    counts = {state: sum(1 for row in rows if row["state"] == state) for state in STANDING}
    context = {
        "table": table,
        "counts": [(saying.say(STANDING, state), count) for state, count in counts.items()],
        "may_enter": _may(viewer, ENTER),
        "silent": [
            {"id": row["organisation"], "name": called.get(row["organisation"], ""), "reminded": row["reminded_at"]}
            for row in rows
            if row["state"] in ("waiting", "late")
        ],
        "key": fresh_key(request, None),
    }
    return render(request, "assets/standing.html", context)


def _columns(called: Mapping[uuid.UUID, str]) -> list[Column]:
    def named(field: str) -> dict[str, Any]:
        return {"show": lambda row: called.get(row[field], ""), "sort": lambda row: called.get(row[field], "")}

    return [
        Column("organisation", gettext("Operator"), link=_entry_link, **named("organisation")),
        Column("business_type", gettext("Business type"), coded=True),
        Column("state", gettext("State"), show=lambda row: saying.say(STANDING, row["state"])),
        Column("due_on", gettext("Due")),
        Column("days_late", gettext("Days late"), number=True),
        Column("first_at", gettext("First arrived")),
        Column(
            "channels",
            gettext("How it came"),
            show=lambda row: gettext(", ").join(choice(one, "channel") for one in row["channels"]),
            sortable=False,
        ),
        Column("notifications", gettext("Notifications"), number=True),
        Column("computers", gettext("Computers"), number=True),
        Column("on_paper", gettext("Not transcribed"), number=True),
        Column("waiting", gettext("To be passed on"), number=True),
        Column("bureau", gettext("Bureau"), **named("bureau")),
        Column("reminded_at", gettext("Reminded")),
    ]


def _entry_link(row: Mapping[str, Any]) -> str:
    return f"{reverse('assets:enter')}?operator={row['organisation']}" if not row["notifications"] else ""


def _may(viewer: Viewer, kind: str) -> bool:
    try:
        require(kind, viewer)
    except SakimoriError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a notification that came another way: whose, how, when, the evidence, and what it says, if typed in."""
    viewer = viewer_of(request)
    require(ENTER, viewer)
    rows = reading.read(viewer, "assets.standing")
    called = organisations(viewer, {row["organisation"] for row in rows})
    operators = sorted(((str(one), name) for one, name in called.items()), key=lambda pair: pair[1])
    error = _rows_from_file(request)
    wrong = (request.POST if request.method == "POST" else request.GET).get(
        "f-corrects" if request.method == "POST" else "corrects", ""
    )
    anew = _anew(viewer, request.GET.get("anew", "")) if request.method != "POST" else {}
    step = Step(
        ENTER,
        first=anew,
        hidden=frozenset({"contents", "same_as", *(() if wrong else ("corrects",))}),
        options={
            "operator": [("", ""), *operators],
            "answers": [("", ""), *_awaited(viewer, called)],
            "corrects": [(wrong, gettext("the filing whose page you came from"))],
        },
        complete=_completed,
        done=_to_notification,
        faults=(error,) if error else (),
    )
    context = {
        "categories": _categories(viewer, {row["organisation"] for row in rows}),
        "row_fault": error,
        "more": f"{reverse('assets:enter')}",
        "anew": anew,
    }
    return stepped(request, step, "assets/enter.html", context)


def _anew(viewer: Viewer, wrong: str) -> dict[str, str]:
    """Return what the form begins with where a withdrawn entry is entered anew: all of it but its mistakes."""
    try:
        row = reading.read_one(viewer, "assets.notifications", notification=uuid.UUID(wrong))
    except ValueError:
        return {}
    if row["side"] != "minister" or row["status"] != "withdrawn":
        return {}
    items = reading.read(viewer, "assets.notification_items", notification=row["id"]) if row["transcribed"] else []
    lines = io.StringIO()
    written = csv.writer(lines, lineterminator="\n")
    for item in list(items)[:_MOST_ANEW]:
        was = item["before"] or {}
        told = [item["clause"], item["product"], item["maker"], was.get("product", ""), was.get("maker", "")]
        written.writerow(told if was else told[:3])
    return {
        "operator": str(row["organisation"]),
        "what": row["what"],
        "channel": row["channel"],
        "reference": row["reference"] or "",
        "arrived_at": row["arrived_at"].astimezone(clock.TOKYO).isoformat(" ") if row["arrived_at"] else "",
        "facility_category": row["facility_category"] or "",
        "rows": lines.getvalue(),
    }


def _awaited(viewer: Viewer, called: Mapping[uuid.UUID, str]) -> list[tuple[str, str]]:
    """Return the requests for correction and the orders that a paper may name as what it answers."""
    return [
        (str(row["id"]), f"{called.get(row['operator'], '')} · {say(SORT, row['sort'])} · {shown(row['given_at'])}")
        for row in reading.read(viewer, "assets.open_matters")
        if row["sort"] in ("correction", "order") and row["side"] == "giver"
    ]


def _rows_from_file(request: HttpRequest) -> str:
    """Put a chosen CSV file's lines where they would be typed, to be seen and mended; return what is wrong with it."""
    chosen = request.FILES.get("rows_file")
    if chosen is None:
        return ""
    if request.POST.get("f-rows", "").strip():
        return gettext("Rows are typed and a file is chosen: leave one of them out.")
    try:
        text = decode(chosen.read())
    except SakimoriError as refused:
        return str(explained(refused)["what"])
    post = request.POST.copy()
    post["f-rows"] = "\n".join(line for line in text.splitlines() if line.strip())
    request.POST = post  # type: ignore[assignment]
    return ""


def _completed(payload: dict[str, Any]) -> dict[str, Any]:
    """Take a heading line out of the rows, write clauses by their identifiers, and say whether it was transcribed."""
    rows = payload.get("rows", [])
    if rows and isinstance(rows[0], dict) and str(rows[0].get("clause", "")).strip().lower() in _HEADINGS:
        rows = rows[1:]
    for row in rows:
        if isinstance(row, dict) and "clause" in row:
            row["clause"] = clause_of(str(row["clause"])) or row["clause"]
    if rows:
        payload.pop("covers", None)  # the rows say it
    return {**payload, "rows": rows, "contents": "typed" if rows else "paper"}


def _categories(viewer: Viewer, operators: set[uuid.UUID]) -> list[str]:
    """Return the facility categories of the minister's operators, on record or notified: offered while one types."""
    found = Facility.objects.filter(world=clock.world(viewer.world).base, organisation_id__in=operators)
    filed = Notification.objects.filter(world=viewer.world, side="minister", organisation__in=operators)
    on_record = found.values_list("category", flat=True)
    return sorted({*on_record, *filed.values_list("facility_category", flat=True).distinct()} - {""})


def _to_notification(done: Performed) -> str:
    return f"{reverse('assets:notification', args=[done.subject.id])}?entered=1"


@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest) -> HttpResponse:
    """Remind an operator that nothing has arrived from it; whoever only comes here is led to where one chooses whom."""
    viewer = viewer_of(request)
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('assets:standing')}?choose=1")
    payload = {"operator": request.POST.get("operator", "")}
    key = request.POST.get("key", "")[:60] + payload["operator"][:36]
    door.perform(REMIND, payload, by=viewer, idempotency_key=key, client="web")
    return HttpResponseRedirect(f"{reverse('assets:standing')}?reminded=1")


STEPS = {
    "withdraw": "assets.entry.withdraw",
    "link": "assets.entry.link",
    "unlink": "assets.entry.unlink",
    "arrived": "assets.notification.confirm_arrival",
    "undo": "assets.notification.undo_otherwise",
}


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, notification: uuid.UUID, step: str) -> HttpResponse:
    """Do one of the further steps about a notification that came or went another way."""
    viewer = viewer_of(request)
    kind = STEPS[step]
    require(kind, viewer)
    row = reading.read_one(viewer, "assets.notifications", notification=notification)
    called = organisations(viewer, [row["organisation"], row["minister"]])
    options = {"same_as": [("", ""), *same_filings(viewer, row)]} if step == "link" else {}
    found = Step(kind, {"notification": str(notification)}, options=options, done=_to_notification)
    context = {
        "row": row,
        "operator": called.get(row["organisation"], ""),
        "state": saying.say(saying.STATE, row["status"]),
        "back": reverse("assets:notification", args=[notification]),
    }
    return stepped(request, found, "assets/step.html", context)


def same_filings(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the other live records that could be the same filing, those that name the same computers first.

    Told by day, way and number alone: to look for copies of one filing opens no other.
    """
    if row["side"] != "minister":
        return []
    others = reading.read(viewer, "assets.same_filings", notification=row["id"])
    return [(str(other["id"]), _described(other)) for other in sorted(others, key=lambda one: not one["alike"])]


def _described(row: Mapping[str, Any]) -> str:
    arrived = row["arrived_at"].astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M") if row["arrived_at"] else ""
    parts = (
        arrived,
        choice(row["channel"], "channel"),
        gettext("%(n)d computers") % {"n": row["count"] or 0},
        gettext("names the same computers") if row["alike"] else "",
    )
    return " · ".join(part for part in parts if part)


@require_http_methods(["GET", "HEAD", "POST"])
def otherwise(request: HttpRequest) -> HttpResponse:
    """Record that a drafted notification leaves on paper, by mail or over a portal: exactly what is on it, and when."""
    viewer = viewer_of(request)
    require("assets.notification.file_otherwise", viewer)
    category = (request.POST if request.method == "POST" else request.GET).get("category", "")
    letter = letters.letter(drafting.draft(viewer, category))
    table = letters.table(request, letter)
    if isinstance(table, HttpResponse):
        return table
    step = Step("assets.notification.file_otherwise", letter.payload)
    context = {
        "letter": letter,
        "table": table,
        "category": category,
        "minister": drafting.minister_of(viewer, category, saying.language()),
        "pending": forms.waiting(viewer, letter),
    }
    return stepped(request, step, "assets/otherwise.html", context)


def next_steps(viewer: Viewer, notification: uuid.UUID) -> tuple[str, list[tuple[str, str]]] | None:
    """Return what comes next of a filing that left another way and has not arrived: the sentence, and where.

    None where it arrived, was taken back, or left from here.
    """
    found = rows_or_none(viewer, "assets.notifications", notification=notification) or []
    if not found or found[0]["side"] != "operator" or found[0]["status"] != "sent":
        return None
    links = [(reverse("assets:notification", args=[notification]), gettext("See its notification"))]
    if _may(viewer, STEPS["arrived"]):
        label = gettext("It has arrived: record the evidence")
        links = [(reverse("assets:arrived", args=[notification]), label), *links]
    return gettext("It counts as filed once its arrival is recorded, with evidence."), links


def further(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the further steps this viewer may take with a notification: address and label."""
    entered = row["channel"] != "envelope"
    offered = {
        "arrived": (
            row["side"] == "operator" and row["status"] == "sent",
            gettext("It has arrived: record the evidence"),
        ),
        "undo": (
            row["side"] == "operator" and entered and row["status"] in ("sent", "arrived"),
            gettext("Take this record back"),
        ),
        "enter": (
            row["side"] == "minister" and row["what"] in _CORRECTED and row["status"] in ("received", "passed_on"),
            gettext("Enter a correction of it that came on paper"),
        ),
        "withdraw": (
            row["side"] == "minister" and entered and row["status"] != "withdrawn",
            gettext("Correct it: withdraw this entry, then enter it anew")
            if row["what"] == REPORT
            else gettext("Withdraw this entry"),
        ),
        "unlink": (
            row["side"] == "minister" and row["status"] == "linked",
            gettext("It is a filing of its own: take the link back"),
        ),
        "anew": (
            row["side"] == "minister" and entered and row["status"] == "withdrawn" and row["what"] != "correction",
            gettext("Enter it anew, without the mistake"),
        ),
    }
    correction = {
        "what": "correction", "corrects": row["id"], "operator": row["organisation"],
        "facility_category": row["facility_category"] or "",
    }  # fmt: skip
    entering = {
        "enter": f"{reverse('assets:enter')}?{urlencode(correction)}",
        "anew": f"{reverse('assets:enter')}?{urlencode({'anew': row['id']})}",
    }
    return [
        (entering.get(step) or reverse(f"assets:{step}", args=[row["id"]]), label)
        for step, (fits, label) in offered.items()
        if fits and _may(viewer, ENTER if step in entering else STEPS[step])
    ]
