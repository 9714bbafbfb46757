"""The operator's pages about vendors: requests, asking, answers beside the present values, files."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import clock, door, parts, reading
from sakimori.acts.errors import NotFoundError, PayloadError
from sakimori.assets import saying
from sakimori.assets.upkeep import sheets
from sakimori.assets.upkeep.views_changes import may
from sakimori.assets.vendors import facts, files
from sakimori.errors import SakimoriError
from sakimori.pages import Column, listed, rows_or_none, viewer_of
from sakimori.pages.csvfile import csv_response
from sakimori.pages.dates import typed_date
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.submitting import require
from sakimori.pages.tables import page_asked
from sakimori.record import Viewer
from sakimori.text import Text

ASK, RECORD, TAKE = "assets.vendor.ask", "assets.vendor.record", "assets.vendor.take"
DECLINE, WITHDRAW, REMIND = "assets.vendor.decline", "assets.vendor.withdraw", "assets.vendor.remind"
_KEPT = "vendor_answer"
_OFFERED = 100  # computers on one page of the choice
STATES: Mapping[str, Text] = {
    "open": Text("回答待ち", "waiting for an answer"),
    "answered": Text("回答あり（要確認）", "answered, to be looked at"),
    "closed": Text("完了", "done"),
    "withdrawn": Text("取下げ", "withdrawn"),
}
ITEM: Mapping[str, Text] = {
    "asked": Text("回答待ち", "waiting for an answer"),
    "answered": Text("回答あり", "answered"),
    "taken": Text("採用", "taken over"),
    "declined": Text("不採用", "left aside"),
}


def codes(words: Mapping[str, Text]) -> Any:
    """Return what a column names codes by."""
    return lambda found: {one: saying.say(words, one) for one in found}


def vendor_of(row: Mapping[str, Any]) -> str:
    """Return whom a request goes to, in the reader's language."""
    return Text(row["vendor_ja"], row["vendor_en"]).pick(saying.language()) or str(row["vendor_name"])


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List the operator's requests to vendors."""
    viewer = viewer_of(request)
    state = request.GET.get("state", "") if request.GET.get("state", "") in STATES else ""
    table = listed(
        request,
        "assets.vendor_requests",
        [
            Column("number", gettext("Number"), link=lambda row: reverse("assets:vendor_request", args=[row["id"]])),
            Column("vendor_name", gettext("Vendor"), show=vendor_of),
            Column("asked_at", gettext("Asked")),
            Column("due_on", gettext("Answer by")),
            Column("answered", gettext("Rows answered"), show=lambda row: f"{row['answered']} / {row['rows']}"),
            Column("to_take", gettext("To be looked at"), number=True, sortable=False),
            Column("status", saying.say(saying.FIELD, "status"), names=codes(STATES)),
        ],
        caption=gettext("Requests to vendors"),
        sort="-asked_at",
        empty=gettext("Nothing has been asked of a vendor yet."),
        where={"status": state} if state else {},
    )
    if isinstance(table, HttpResponse):
        return table
    context = {"table": table, "may_ask": may(viewer, ASK), "state": state}
    return render(request, "assets/vendors/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Choose computers and questions, and whom to ask; what is open in law is chosen already."""
    viewer = viewer_of(request)
    kind = require(ASK, viewer)
    error: SakimoriError | None = None
    if request.method == "POST" and request.POST.get("action") != "look":
        try:
            done = door.perform(
                ASK, _asked(request, viewer), by=viewer, client="web",
                idempotency_key=request.POST.get("key", "")[:100],
            )  # fmt: skip
            return HttpResponseRedirect(f"{reverse('assets:vendor_request', args=[done.subject.id])}?done=1")
        except SakimoriError as refused:
            error = refused
    today = clock.today(viewer.world)
    given = request.POST if request.method == "POST" else request.GET
    days = int(str(law.parameter("house.vendor.answer").value))
    offered = _offered(viewer, request)
    context = {
        "kind": kind,
        **offered,
        "vendors": [(str(row["id"]), _name(row)) for row in _vendors(viewer)],
        "vendor": given.get("vendor", ""),
        "vendor_name": given.get("vendor_name", ""),
        "due_on": given.get("due_on") or (today + timedelta(days=days)).isoformat(),
        "note": given.get("note", ""),
        "chosen": set(given.getlist("computer")),
        "asks": set(given.getlist("asks")),
        "fields": [(name, facts.label(name).pick(saying.language())) for name in facts.fields()],
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
    }
    return render(request, "assets/vendors/ask.html", context, status=status_of(error) if error else 200)


def _vendors(viewer: Viewer) -> list[dict[str, Any]]:
    return rows_or_none(viewer, "assets.known_vendors") or []


def _name(row: Mapping[str, Any]) -> str:
    return Text(row["name_ja"], row["name_en"]).pick(saying.language())


def _offered(viewer: Viewer, request: HttpRequest) -> dict[str, Any]:
    """Return a page of the register to choose from: those with an open question first asked for, or all."""
    given = request.POST if request.method == "POST" else request.GET
    words = given.get("q", "").strip()[:200]
    every = given.get("every", "") == "1"
    page = page_asked(given.get("page", ""))
    where = {} if every else {"questions": "open"}
    part = parts.Part((page - 1) * _OFFERED, _OFFERED, "key", tuple(parts.Word(word, {}) for word in words.split()), {})
    found = parts.read_part(viewer, "assets.askable", part, **where)
    language = saying.language()
    rows = [
        {**row, "open": [facts.questions()[name].text.pick(language) for name in row["open"]]} for row in found.rows
    ]
    return {
        "rows": rows, "words": words, "every": every, "total": found.total, "page": page,
        "pages": max(1, -(-found.total // _OFFERED)),
    }  # fmt: skip


def _asked(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """Return the payload of what was chosen; a computer with nothing to ask is named."""
    wanted = [name for name in request.POST.getlist("asks") if name in facts.fields()]
    chosen = [str(_uuid(one)) for one in dict.fromkeys(request.POST.getlist("computer"))]
    known = reading.read(viewer, "assets.askable", computers=",".join(chosen)) if chosen else []
    rows = []
    for row in known:
        more = row["open"] if request.POST.get("open") == "1" else []
        names = list(dict.fromkeys([*wanted, *more]))
        if names:
            rows.append({"computer": str(row["id"]), "asks": names})
    if not rows:
        raise PayloadError(
            Text("電子計算機か質問が選ばれていません。", "No computer or no question was chosen."),
            [],
            where="computer",
            mend=Text("行に印を付け、尋ねる事項を選んでください。", "Tick rows, and choose what to ask."),
        )
    return {
        "vendor": request.POST.get("vendor") or None,
        "vendor_name": request.POST.get("vendor_name", "").strip(),
        "due_on": typed_date(request.POST.get("due_on", "")),
        "note": request.POST.get("note", ""),
        "rows": rows,
    }


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFoundError(text) from None


@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Show one request: answers beside what is recorded; POST takes over, leaves aside or withdraws."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.vendor_requests", request=request_id)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_deal(request, viewer, request_id))
        except SakimoriError as refused:
            error = refused
    items = reading.read(viewer, "assets.vendor_items", request=request_id)
    context = {
        "row": row,
        "items": [{**_beside(item), **_typed(request, item)} for item in items],
        "vendor": vendor_of(row),
        "state": saying.say(STATES, row["status"]),
        "late": row["status"] == "open" and row["due_on"] < clock.today(viewer.world),
        "may_deal": may(viewer, TAKE) and row["status"] in ("open", "answered"),
        "may_end": may(viewer, WITHDRAW) and row["status"] in ("open", "answered"),
        "may_remind": may(viewer, REMIND) and row["status"] == "open",
        "by_file": row["channel"] in ("file", "refused"),
        "why": request.POST.get("reason", "") if request.POST.get("action") == "withdraw" else "",
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
    }
    return render(request, "assets/vendors/request.html", context, status=status_of(error) if error else 200)


def _typed(request: HttpRequest, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed about a row, or how its fields begin."""
    if request.method == "POST" and request.POST.get("item") == str(item["id"]):
        return {"so_since": request.POST.get("changed_on", ""), "why": request.POST.get("reason", "")}
    return {"so_since": clock.today(viewer_of(request).world).isoformat(), "why": ""}


def _beside(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with each question: what is recorded now, what was answered, whether they differ."""
    language = saying.language()
    lines = []
    for name in item["asks"]:
        now = (item["now_facts"] or {}).get(name) if name not in facts.FIELDS else item[f"now_{name}"]
        told = item["answers"].get(name)
        usable = told is not None and told != facts.UNKNOWN
        differs = usable and str(told) != str("" if now is None else now)
        lines.append(
            {
                "name": name,
                "label": facts.label(name).pick(language),
                "now": "" if now is None else facts.say(name, _plain(now)).pick(language),
                "told": "" if told is None else facts.say(name, told).pick(language),
                "usable": usable,
                "differs": differs,
                "taken": name in item["taken"],
            }
        )
    return {
        **item,
        "lines": lines,
        "state": saying.say(ITEM, item["status"]),
        "kind": saying.say(saying.UNIT, item["unit"]),
        "to_deal": item["status"] == "answered",
        "same": bool(lines) and not any(line["differs"] for line in lines),
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, str)) else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _deal(request: HttpRequest, viewer: Viewer, request_id: uuid.UUID) -> str:
    action, item = request.POST.get("action", ""), request.POST.get("item", "")
    seen = request.POST.get("seen", "")
    payload: dict[str, Any]
    if action == "take":
        names = request.POST.getlist("facts")
        day = typed_date(request.POST.get("changed_on", ""))
        kind, payload = TAKE, {"item": item, "seen": seen, "facts": names, "changed_on": day}
    elif action == "decline":
        kind, payload = DECLINE, {"item": item, "seen": seen, "reason": request.POST.get("reason", "")}
    elif action == "remind":
        kind, payload = REMIND, {"request": str(request_id)}
    elif action == "withdraw":
        kind, payload = WITHDRAW, {"request": str(request_id), "reason": request.POST.get("reason", "")}
    else:
        raise NotFoundError(action)
    key = f"{action}-{item}-{request.POST.get('key', '')}"[:100]
    door.perform(kind, payload, by=viewer, idempotency_key=key, client="web")
    return f"{reverse('assets:vendor_request', args=[request_id])}?did={action}"


@require_safe
def file(request: HttpRequest, request_id: uuid.UUID, form: str) -> HttpResponse:
    """Return a request as a file for a vendor without an account."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.vendor_requests", request=request_id)
    items = reading.read(viewer, "assets.vendor_items", request=request_id)
    lines = files.cells(items)
    if form == "csv":
        heads = [head.heading.ja for head in files.HEADS]
        return csv_response(f"{row['number']}.csv", heads, [[str(cell) for cell in line] for line in lines])
    title = gettext("Request %(number)s: answer by %(day)s") % {
        "number": row["number"], "day": row["due_on"].isoformat(),
    }  # fmt: skip
    lead = [*files.LEAD, *([row["note"]] if row["note"] else [])]
    return sheets.download(sheets.workbook(title, lead, files.HEADS, lines), f"{row['number']}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def returned(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Take in a file that came back: every fault of it, or what it answers; recorded when one says so."""
    viewer = viewer_of(request)
    require(RECORD, viewer)
    row = reading.read_one(viewer, "assets.vendor_requests", request=request_id)
    error: SakimoriError | None = None
    faults: Sequence[Mapping[str, Any]] = ()
    asked = request.POST.get("file", "") or request.GET.get("file", "")
    if request.method == "POST":
        try:
            if request.POST.get("file"):
                return HttpResponseRedirect(_record(request, viewer, row))
            found = _read(request, viewer, request_id)
            if isinstance(found, str):
                return HttpResponseRedirect(found)
            faults = found
        except SakimoriError as refused:
            error = refused
    kept = sheets.kept(viewer, _KEPT, asked) if asked else None
    context = {
        "row": row,
        "answered_by": request.POST.get("answered_by", row["vendor_name"]),
        "kept": kept,
        "said": _said(kept.choices["shown"]) if kept else None,
        "faults": faults,
        "error": explained(error) if error else None,
    }
    failed = status_of(error) if error else 422 if faults else 200
    return render(request, "assets/vendors/return.html", context, status=failed)


def _said(shown: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    language = saying.language()
    return [
        {
            **one,
            "label": facts.label(one["fact"]).pick(language),
            "told": facts.say(one["fact"], facts.read(one["fact"], one["answer"])).pick(language),
        }
        for one in shown
    ]


def _read(request: HttpRequest, viewer: Viewer, request_id: uuid.UUID) -> str | list[dict[str, Any]]:
    name, data = sheets.chosen(request)
    said = files.read(data, reading.read(viewer, "assets.vendor_items", request=request_id))
    if said.faults:
        language = saying.language()
        return [
            {"line": one.line or "–", "column": one.column, "what": one.what.pick(language),
             "mend": one.mend.pick(language)}
            for one in said.faults
        ]  # fmt: skip
    kept = sheets.keep(viewer, _KEPT, name, data, {"request": str(request_id), "rows": said.rows, "shown": said.shown})
    return f"{reverse('assets:vendor_return', args=[request_id])}?file={kept}"


def _record(request: HttpRequest, viewer: Viewer, row: Mapping[str, Any]) -> str:
    kept = sheets.kept(viewer, _KEPT, request.POST.get("file", ""))
    if kept.choices["request"] != str(row["id"]):
        raise NotFoundError(str(kept.id))
    payload = {
        "request": str(row["id"]),
        "rows": kept.choices["rows"],
        "answered_by": request.POST.get("answered_by", "").strip() or row["vendor_name"],
    }
    door.perform(RECORD, payload, by=viewer, idempotency_key=f"vendor-{kept.id}", client="web")
    kept.delete()
    return f"{reverse('assets:vendor_request', args=[row['id']])}?did=record"


urlpatterns = [
    path("vendors/", requests, name="vendor_requests"),
    path("vendors/ask/", ask, name="ask_vendor"),
    path("vendors/<uuid:request_id>/", request_page, name="vendor_request"),
    path("vendors/<uuid:request_id>/return/", returned, name="vendor_return"),
    *(
        path(f"vendors/<uuid:request_id>/{form}/", file, {"form": form}, name=f"vendor_{form}")
        for form in ("xlsx", "csv")
    ),
]
