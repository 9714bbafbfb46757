"""Pages of stocktakes: those there were, starting one, its progress, one list, and lists that come back as files."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import clock, door, reading
from sakimori.acts.errors import NotFoundError
from sakimori.assets import drafting, editions, saying
from sakimori.assets.upkeep import returning, sheets
from sakimori.assets.upkeep import saying as words
from sakimori.assets.upkeep.views_changes import may
from sakimori.errors import SakimoriError
from sakimori.law.counting import clamp, shift_month
from sakimori.pages import Column, listed, table_from, viewer_of
from sakimori.pages.csvfile import csv_response
from sakimori.pages.names import people
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import Step, fresh_key, stepped
from sakimori.pages.submitting import require
from sakimori.record import Viewer

START, ANSWER = "assets.stocktake.start", "assets.stocktake.answer"
REMIND, CLOSE = "assets.stocktake.remind", "assets.stocktake.close"
_KEPT = "stocktake"
_NAMED = 20  # people named in one sentence; the rest are counted


@require_safe
def stocktakes(request: HttpRequest) -> HttpResponse:
    """Show the stocktake under way, when the next is due, and those there were."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "assets.stocktakes")
    settings = reading.read_one(viewer, "assets.upkeep_settings")
    columns = [
        Column("title", gettext("Stocktake"), link=lambda row: reverse("assets:stocktake", args=[row["id"]])),
        Column(
            "status", saying.say(saying.FIELD, "status"), show=lambda row: saying.say(words.STOCKTAKE, row["status"])
        ),
        Column("started_at", gettext("Started")),
        Column("answer_by", gettext("Answer by")),
        Column("closed_at", gettext("Closed")),
        Column("answered", gettext("Lists answered"), show=lambda row: f"{row['answered']} / {row['lists_in']}"),
    ]
    table = table_from(
        request, rows, columns, caption=gettext("Stocktakes"), sort="-started_at",
        empty=gettext("No stocktake has been made yet."),
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    running = next((row for row in rows if row["status"] == "open"), None)
    context = {
        "table": table,
        "running": running,
        "settings": settings,
        "next_on": next_on(rows, settings["stocktake_months"]),
        "today": clock.today(viewer.world),
        "may_start": may(viewer, START),
        "unknown": law.parameter("unknown.guide.stocktake"),
    }
    return render(request, "assets/upkeep/stocktakes.html", context)


def next_on(rows: list[dict[str, Any]], months: int) -> date | None:
    """Return the day on which the next stocktake is due after the last one; None where there was none yet."""
    last = max((row["started_at"] for row in rows), default=None)
    if last is None:
        return None
    began = last.astimezone(clock.TOKYO).date()
    return clamp(*shift_month(began.year, began.month, months), began.day)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start a stocktake: what lists there will be is shown first."""
    viewer = viewer_of(request)
    require(START, viewer)
    today = clock.today(viewer.world)
    days = int(str(law.parameter("house.stocktake.answer").value))
    lists = reading.read(viewer, "assets.stocktake_ahead")
    step = Step(
        START,
        hidden=frozenset({"facilities"}),
        first={
            "title": gettext("Stocktake of %(month)s") % {"month": today.strftime("%Y-%m")},
            "answer_by": (today + timedelta(days=days)).isoformat(),
        },
        done=lambda done: reverse("assets:stocktake", args=[done.subject.id]),
    )
    shown = lists[:200]
    context = {
        "lists": shown,
        "more": len(lists) - len(shown),
        "count": len(lists),
        "computers": sum(one["computers"] for one in lists),
        "nobody": sum(one["computers"] for one in lists if one["nobody"]),
    }
    return stepped(request, step, "assets/upkeep/start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def stocktake(request: HttpRequest, stocktake: uuid.UUID) -> HttpResponse:
    """Show a stocktake's progress: who has answered, who has not; POST reminds the silent or closes it."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.stocktakes", stocktake=stocktake)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_do(request, viewer, stocktake))
        except SakimoriError as refused:
            error = refused
    facilities = drafting.facility_names(viewer)
    late = row["status"] == "open" and row["answer_by"] < clock.today(viewer.world)
    table = listed(
        request,
        "assets.stocktake_lists",
        [
            Column(
                "responsible",
                saying.say(saying.FIELD, "responsible"),
                show=lambda one: one["responsible"] or gettext("(nobody named)"),
                link=lambda one: reverse("assets:stocktake_list", args=[one["id"]]),
            ),
            Column("facility", saying.say(saying.FIELD, "facility"), names=lambda _: facilities),
            Column("computers", gettext("Computers"), number=True),
            Column(
                "status", saying.say(saying.FIELD, "status"),
                names=lambda codes: {one: _state(one, late=late) for one in codes},
            ),
            Column("answered_at", gettext("Answered")),
            Column("changed", gettext("Changed"), number=True),
            Column("retired", gettext("Retired"), number=True),
        ],
        caption=gettext("Lists of this stocktake"),
        sort="-status",
        where={"stocktake": stocktake},
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    context = {
        "row": row,
        "table": table,
        "late": late,
        "silent": row["lists_in"] - row["answered"],
        "state": saying.say(words.STOCKTAKE, row["status"]),
        "may_act": may(viewer, CLOSE) and row["status"] == "open",
        "note": request.POST.get("note", ""),
        **(_reminded(viewer, stocktake) if request.GET.get("done") == "remind" else {}),
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
    }
    return render(request, "assets/upkeep/stocktake.html", context, status=status_of(error) if error else 200)


def _reminded(viewer: Viewer, stocktake: uuid.UUID) -> dict[str, Any]:
    """Return whom a reminder reaches by name, and on whose lists nobody is told: no account here bears that name."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for row in reading.read(viewer, "assets.stocktake_lists", stocktake=stocktake):
        if row["answered_at"] is not None:
            continue
        found[row["person"] is not None].append(row["responsible"] or gettext("(nobody named)"))
    told, untold = (sorted(set(found[known])) for known in (True, False))
    return {"told": told[:_NAMED], "untold": untold[:_NAMED], "more_untold": max(0, len(untold) - _NAMED)}


def _state(code: str, *, late: bool) -> str:
    return gettext("overdue") if late and code == "waiting" else saying.say(words.LIST, code)


def _do(request: HttpRequest, viewer: Viewer, stocktake: uuid.UUID) -> str:
    action = request.POST.get("action", "")
    kind = {"remind": REMIND, "close": CLOSE}.get(action)
    if kind is None:
        raise NotFoundError(action)
    payload: dict[str, Any] = {"stocktake": str(stocktake)}
    if kind == CLOSE:
        payload["note"] = request.POST.get("note", "")
    key = request.POST.get("key", "")[:100]
    door.perform(kind, payload, by=viewer, idempotency_key=key, client="web")
    return f"{reverse('assets:stocktake', args=[stocktake])}?done={action}"


@require_http_methods(["GET", "HEAD", "POST"])
def stocktake_list(request: HttpRequest, stocktake_list: uuid.UUID) -> HttpResponse:
    """Show one list: change or retire a row, then say with one click that everything else is as it was."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.stocktake_lists", stocktake_list=stocktake_list)
    campaign = reading.read_one(viewer, "assets.stocktakes", stocktake=row["stocktake"])
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            payload = {
                "stocktake_list": str(stocktake_list),
                "computers": int(request.POST.get("computers", "-1") or -1),
                "listed": request.POST.get("listed", ""),
            }
            key = request.POST.get("key", "")[:100]
            door.perform(ANSWER, payload, by=viewer, idempotency_key=key, client="web")
            return HttpResponseRedirect(f"{reverse('assets:stocktake_list', args=[stocktake_list])}?done=1")
        except SakimoriError as refused:
            error = refused
        except ValueError:
            raise NotFoundError(str(stocktake_list)) from None
    to_answer = campaign["status"] == "open" and row["status"] == "waiting" and may(viewer, ANSWER)
    whence = f"?list={stocktake_list}"

    def plain(name: str) -> Column:
        return Column(name, saying.say(saying.FIELD, name))

    columns = [
        Column("key", saying.say(saying.FIELD, "key"), link=lambda one: reverse("assets:computer", args=[one["id"]])),
        *(plain(name) for name in editions.kept(("name", "maker", "product", "version", "address"))),
    ]
    if to_answer:
        columns += [
            Column(
                "change", gettext("Different now?"), show=lambda _: gettext("Change"), sortable=False,
                link=lambda one: reverse("assets:change_computer", args=[one["id"]]) + whence,
            ),
            Column(
                "retire", gettext("Gone?"), show=lambda _: gettext("Retire"), sortable=False,
                link=lambda one: reverse("assets:retire_computer", args=[one["id"]]) + whence,
            ),
        ]  # fmt: skip
    table = listed(
        request, "assets.stocktake_rows", columns, caption=gettext("Computers on this list"), sort="key",
        where={"stocktake_list": stocktake_list}, empty=gettext("No computer is on this list any more."),
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    since = reading.read_one(viewer, "assets.stocktake_progress", stocktake_list=stocktake_list)
    context = {
        "row": row,
        "campaign": campaign,
        "table": table,
        "facility": drafting.facility_names(viewer).get(row["facility"], ""),
        "count": since["computers"],
        "since": since,
        "to_answer": to_answer,
        "answered_by": people(viewer, [row["answered_by"]]).get(row["answered_by"], "") if row["answered_by"] else "",
        "state": saying.say(words.LIST, row["status"]),
        "may_import": may(viewer, "assets.register.import"),
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
    }
    return render(request, "assets/upkeep/list.html", context, status=status_of(error) if error else 200)


@require_safe
def stocktake_file(request: HttpRequest, stocktake_list: uuid.UUID, form: str) -> HttpResponse:
    """Return a list to fill in for somebody without an account: Excel, CSV, or a page to print."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.stocktake_lists", stocktake_list=stocktake_list)
    campaign = reading.read_one(viewer, "assets.stocktakes", stocktake=row["stocktake"])
    rows = reading.read(viewer, "assets.stocktake_rows", stocktake_list=stocktake_list)
    name = f"{campaign['title']}-{row['responsible'] or 'list'}"
    now = clock.now(viewer.world)
    if form == "print":
        context = {
            "row": row,
            "campaign": campaign,
            "private_here": editions.holds_private_inventory(),
            "rows": rows,
            "facility": drafting.facility_names(viewer).get(row["facility"], ""),
        }
        return render(request, "assets/upkeep/print.html", context)
    if form == "csv":
        return csv_response(
            f"{name}.csv", [head.heading.ja for head in returning.heads()],
            [[str(cell or "") for cell in returning.cells(one, now)] for one in rows],
        )  # fmt: skip
    lead = [gettext("Answer by %(day)s") % {"day": campaign["answer_by"].isoformat()}, *returning.LEAD]
    made = sheets.workbook(campaign["title"], lead, returning.heads(), (returning.cells(one, now) for one in rows))
    return sheets.download(made, f"{name}.xlsx")


urlpatterns = [
    path("stocktakes/", stocktakes, name="stocktakes"),
    path("stocktakes/start/", start, name="start_stocktake"),
    path("stocktakes/<uuid:stocktake>/", stocktake, name="stocktake"),
    path("stocktakes/lists/<uuid:stocktake_list>/", stocktake_list, name="stocktake_list"),
    *(
        path(
            f"stocktakes/lists/<uuid:stocktake_list>/{form}/", stocktake_file, {"form": form}, name=f"stocktake_{form}"
        )
        for form in ("xlsx", "csv", "print")
    ),
]
