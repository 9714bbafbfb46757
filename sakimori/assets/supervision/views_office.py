"""The office's own pages: what arrived and waits to be checked, how the sector stands, settings; who read the map."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, door, reading
from sakimori.acts.errors import PreconditionError
from sakimori.assets import saying as room
from sakimori.assets.supervision.views import as_uuid, may
from sakimori.errors import SakimoriError
from sakimori.pages import Column, listed, rows_or_none, table_from, viewer_of
from sakimori.pages.categories import categories_column
from sakimori.pages.charts import Bar, bars
from sakimori.pages.names import organisations
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import Step, fresh_key, stepped
from sakimori.pages.words import choice
from sakimori.record import Viewer
from sakimori.text import Text

PASS_ON = "assets.notification.pass_on_chosen"  # noqa: S105 - an act kind
_PARTS = ("filed", "filed_late", "states_none", "waiting", "late")
_LOOKS = {"filed": "settled", "filed_late": "other", "states_none": "none", "waiting": "open", "late": "late"}


@require_http_methods(["GET", "HEAD", "POST"])
def checking(request: HttpRequest) -> HttpResponse:
    """Show what arrived, with findings or without; POST passes the chosen ones on to the Prime Minister at once."""
    viewer = viewer_of(request)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            authority.require(law.kind(PASS_ON), viewer)
            payload = {"notifications": _chosen(request)}
            done = door.perform(
                PASS_ON, payload, by=viewer, idempotency_key=request.POST.get("key", "")[:100], client="web"
            )
            return HttpResponseRedirect(f"{reverse('assets:checking')}?passed={done.act}")
        except SakimoriError as refused:
            error = refused
    findings = request.GET.get("findings", "")
    status = "" if request.GET.get("all") else "received"
    passes = may(viewer, PASS_ON)
    where = {"findings": findings if findings in ("yes", "no") else "", "status": status}
    table = listed(
        request,
        "assets.checking",
        _columns(viewer, chosen=passes),
        caption=gettext("Notifications to check"),
        sort="arrived_at",
        empty=gettext("Nothing waits to be checked."),
        filename=gettext("to-check"),
        where=where,
    )
    if isinstance(table, HttpResponse):
        return table
    context = {
        "table": table,
        "findings": where["findings"],
        "all": not status,
        "passes": passes and bool(table.lines),
        "key": fresh_key(request, error),
        "error": explained(error) if error else None,
        "basis": law.kind(PASS_ON).basis,
        "passed": as_uuid(request.GET.get("passed", "")),
    }
    return render(request, "assets/supervision/checking.html", context, status=status_of(error) if error else 200)


def _chosen(request: HttpRequest) -> list[str]:
    """Return what was ticked; refuse where nothing was, in words a reader can act on."""
    chosen = request.POST.getlist("chosen")
    if not chosen:
        raise PreconditionError(
            Text("通知する届出が選ばれていません。", "No notification is ticked."),
            code="assets.none_chosen",
            where="notifications",
            mend=Text("一覧の左端の欄で選んでください。", "Tick them at the left of the list."),
        )
    return chosen


def _columns(viewer: Viewer, *, chosen: bool) -> list[Column]:
    def tick(row: Mapping[str, Any]) -> str:
        return str(row["id"]) if row["status"] == "received" else ""

    def said(row: Mapping[str, Any]) -> str:
        return gettext("Choose %(what)s") % {"what": room.say(room.STATE, row["status"])} if tick(row) else ""

    boxes = [Column("id", gettext("Choose"), show=said, tick=tick, sortable=False)] if chosen else []
    return [
        *boxes,
        Column("arrived_at", gettext("Arrived"), link=lambda row: reverse("assets:notification", args=[row["id"]])),
        Column("organisation", gettext("From whom"), names=lambda ids: organisations(viewer, ids)),
        Column("what", gettext("What"), names=lambda codes: {one: choice(one, "what") for one in codes}),
        Column("channel", gettext("How it came"), names=lambda codes: {one: choice(one, "channel") for one in codes}),
        categories_column(),
        Column("count", pgettext("assets", "Computers"), number=True),
        Column("hints", pgettext("assets", "Findings"), number=True),
        Column("status", gettext("State"), names=lambda codes: {one: room.say(room.STATE, one) for one in codes}),
    ]


@require_safe
def sector(request: HttpRequest) -> HttpResponse:
    """Show how the sector stands by business type: who has notified, who is late, who was asked; trend; CSV."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "assets.sector")
    cabinet = viewer.organisation_type == "cabinet_office"
    called = organisations(viewer, {row["minister"] for row in rows})
    table = table_from(
        request,
        rows,
        _sector_columns(called, cabinet=cabinet),
        caption=gettext("How the sector stands"),
        sort="business_type",
        empty=gettext("Nothing has been passed on yet.") if cabinet else gettext("No operator is designated here."),
        filename=gettext("sector"),
    )
    if isinstance(table, HttpResponse):
        return table
    names = [_words()[part] for part in _PARTS]
    shown = [(_LOOKS[part], name) for part, name in zip(_PARTS, names, strict=True)]
    trend = list(reading.read(viewer, "assets.sector_trend"))
    context = {
        "table": table,
        "cabinet": cabinet,
        "chart": bars(
            gettext("Operators by business type"),
            gettext("The table below says the same."),
            shown,
            [Bar(_label(row, called, cabinet=cabinet), [row[part] for part in _PARTS]) for row in rows],
        ),
        "trend": bars(
            gettext("Operators that have notified, week by week"),
            gettext("The table below says the same."),
            [("settled", gettext("before that week")), ("open", gettext("new that week"))],
            [Bar(row["week"].isoformat(), [row["before"], row["new"]]) for row in trend],
        ),
        "weeks": trend,
    }
    return render(request, "assets/supervision/sector.html", context)


def _words() -> dict[str, str]:
    return {
        "filed": gettext("notified in time"),
        "filed_late": gettext("notified late"),
        "states_none": gettext("nothing to notify"),
        "waiting": gettext("nothing yet"),
        "late": gettext("nothing yet, overdue"),
    }


def _label(row: Mapping[str, Any], called: Mapping[uuid.UUID, str], *, cabinet: bool) -> str:
    business = choice(row["business_type"], "business_type") if row["business_type"] else gettext("not known")
    return f"{called.get(row['minister'], '')} {business}" if cabinet else business


def _sector_columns(called: Mapping[uuid.UUID, str], *, cabinet: bool) -> list[Column]:
    words = _words()
    business = Column("business_type", gettext("Business type"), coded=True)
    filings = [
        Column("notifications", gettext("Notifications"), number=True),
        Column("computers", pgettext("assets", "Computers"), number=True),
    ]
    if cabinet:
        minister = Column("minister", gettext("Minister"), show=lambda row: called.get(row["minister"], ""))
        return [minister, business, Column("operators", gettext("Operators passed on"), number=True), *filings]
    return [
        business,
        Column("operators", gettext("Operators"), number=True),
        *(Column(part, words[part], number=True) for part in _PARTS),
        *filings,
        Column("to_pass_on", gettext("To be passed on"), number=True),
        Column("asked", gettext("Asked, no answer"), number=True),
        Column("correcting", gettext("To be corrected"), number=True),
        Column("ordered", gettext("Ordered"), number=True),
        Column("overdue", gettext("Day let pass"), number=True),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Set the days the office gives for an answer, and its own words on remedies."""
    viewer = viewer_of(request)
    now = next(iter(rows_or_none(viewer, "assets.office") or []), None)
    if request.method == "GET" and now is not None:
        form = request.GET.copy()
        form.setdefault("answer_days", str(now["answer_days"] or ""))
        form.setdefault("remedies", now["remedies"])
        request.GET = form  # type: ignore[assignment]
    step = Step("assets.office.set", done=lambda _: f"{reverse('assets:office')}?done=1")
    return stepped(request, step, "assets/supervision/office.html", {"now": now})
