"""A vendor's own pages: what operators ask it, and answering."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.acts import clock, door, reading
from sakimori.assets import saying
from sakimori.assets.upkeep.views_changes import may
from sakimori.assets.vendors import facts, files
from sakimori.assets.vendors.views import ITEM, STATES, codes
from sakimori.errors import SakimoriError
from sakimori.pages import Column, listed, rows_or_none, viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.record import Viewer
from sakimori.text import Text

ANSWER = "assets.vendor.answer"


def operator_of(row: Mapping[str, Any]) -> str:
    """Return who asks, in the reader's language."""
    return Text(row["operator_ja"], row["operator_en"]).pick(saying.language())


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """List what operators ask this vendor."""
    table = listed(
        request,
        "assets.requests_to_us",
        [
            Column("number", gettext("Number"), link=lambda row: reverse("assets:asked_request", args=[row["id"]])),
            Column("operator", gettext("Operator"), show=operator_of, sortable=False),
            Column("asked_at", gettext("Asked")),
            Column("due_on", gettext("Answer by")),
            Column("answered", gettext("Rows answered"), show=lambda row: f"{row['answered']} / {row['rows']}"),
            Column("status", saying.say(saying.FIELD, "status"), names=codes(STATES)),
        ],
        caption=gettext("Requests from operators"),
        sort="-asked_at",
        empty=gettext("No operator asks you for anything just now."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "assets/vendors/asked.html", {"table": table})


@require_http_methods(["GET", "HEAD", "POST"])
def asked_request(request: HttpRequest, asked: uuid.UUID) -> HttpResponse:
    """Show the questions of one request; POST answers them, as far as they are filled in."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.requests_to_us", asked=asked)
    items = reading.read(viewer, "assets.asked_rows", asked=asked)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            payload = {"request": str(asked), "rows": _typed(request, items)}
            key = request.POST.get("key", "")[:100]
            done = door.perform(ANSWER, payload, by=viewer, idempotency_key=key, client="web")
            return HttpResponseRedirect(f"{reverse('assets:asked_request', args=[asked])}?done={done.act}")
        except SakimoriError as refused:
            error = refused
    context = {
        "row": row,
        "way": _way(viewer, request.GET.get("done", "")),
        "operator": operator_of(row),
        "items": [_shown(item, request.POST) for item in items],
        "state": saying.say(STATES, row["status"]),
        "late": row["status"] == "open" and row["due_on"] < clock.today(viewer.world),
        "may_answer": may(viewer, ANSWER) and row["status"] in ("open", "answered"),
        "error": explained(error) if error else None,
        "where": error.where if error else "",
        "key": fresh_key(request, error),
    }
    return render(request, "assets/vendors/answer.html", context, status=status_of(error) if error else 200)


def _way(viewer: Viewer, act: str) -> str:
    """Return how far the answers of an act have got: arrived, waiting (for the operator's installation), refused.

    Empty where no act of answering is named.
    """
    try:
        done = uuid.UUID(act)
    except ValueError:
        return ""
    if not rows_or_none(viewer, "acts.done", act=done):
        return ""
    states = {row["status"] for row in rows_or_none(viewer, "acts.dispatches", act=done) or []}
    if "refused" in states:
        return "refused"
    return "waiting" if states - {"arrived"} else "arrived"


def _typed(request: HttpRequest, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what was filled in, row by row; what is left blank stays open."""
    rows = []
    for item in items:
        place = item["position"]
        answers = [
            {"fact": name, "answer": request.POST[f"a-{place}-{name}"].strip()}
            for name in item["asks"]
            if request.POST.get(f"a-{place}-{name}", "").strip()
        ]
        note = request.POST.get(f"note-{place}", "").strip()
        if answers or note:
            rows.append({"position": place, "answers": answers, "note": note})
    return rows


def _shown(item: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    language = saying.language()
    lines = []
    for name in item["asks"]:
        question, answered = facts.questions()[name], item["answers"].get(name)
        kept = "" if answered is None else files.plain(answered)
        lines.append(
            {
                "name": f"a-{item['position']}-{name}",
                "text": question.text.pick(language),
                "kind": question.kind,
                "options": [(code, text.pick(language)) for code, text in facts.choices(question)],
                "value": typed.get(f"a-{item['position']}-{name}", kept),
                "told": "" if answered is None else facts.say(name, answered).pick(language),
            }
        )
    return {
        **item,
        "lines": lines,
        "kind": saying.say(saying.UNIT, item["unit"]),
        "state": saying.say(ITEM, item["status"]),
        "ended": item["status"] in ("taken", "declined"),
        "note_name": f"note-{item['position']}",
        "note_value": typed.get(f"note-{item['position']}", item["note"]),
    }


urlpatterns = [
    path("asked/", asked, name="asked"),
    path("asked/<uuid:asked>/", asked_request, name="asked_request"),
]
