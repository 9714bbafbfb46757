"""Acts done: what, by whom, on which basis; the receipt; how far each filing has got; who opened it."""

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import clock, reading, registry
from sakimori.pages import Column, listed, rows_or_none, viewer_of
from sakimori.pages.ways import steps
from sakimori.record import Viewer
from sakimori.web import names, rooms
from sakimori.web.contents import described
from sakimori.web.deskblocks import owed_item
from sakimori.web.lawlinks import article_link
from sakimori.web.speaking import articles, language


@require_safe
def act_list(request: HttpRequest) -> HttpResponse:
    """Show the acts of this organisation, the newest first."""
    viewer = viewer_of(request)
    table = listed(
        request,
        "acts.done",
        [
            Column("number", gettext("No."), number=True),
            Column(
                "kind",
                gettext("Act"),
                names=lambda kinds: {one: law.kind(one).title.pick(language()) for one in kinds},
                link=lambda row: reverse("act", args=[row["id"]]),
            ),
            Column("person", gettext("By"), names=lambda ids: names.people(viewer, ids)),
            Column("role", gettext("Role"), coded=True),
            Column("basis", gettext("Basis"), show=lambda row: articles(row["basis"]), sortable=False),
            Column("recorded_at", gettext("Recorded")),
        ],
        caption=gettext("Acts done"),
        where={"limit": None},
        sort="-number",
        empty=gettext("Nothing has been done yet."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "web/acts.html", {"table": table})


@require_safe
def act(request: HttpRequest, act: uuid.UUID) -> HttpResponse:
    """Show one act of this organisation."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.done", act=act)
    dispatches = rows_or_none(viewer, "acts.dispatches", act=act) or []
    opened = rows_or_none(viewer, "acts.readers", act=act) or []
    readers = [one for one in opened if one["organisation"] != viewer.acting_organisation]
    contents = reading.read(viewer, "acts.content", act=act)
    people = names.people(viewer, [row["person"], row["proposed_by"]])
    called = names.organisations(
        viewer,
        [
            *(one["addressee"] for one in dispatches),
            *(one["organisation"] for one in readers),
            row["organisation"],
            row["on_behalf_of"],
        ],
    )
    clocks = rows_or_none(viewer, "acts.obligations", status="", act=act) or []
    return render(
        request,
        "web/act.html",
        {
            "row": row,
            "done": request.GET.get("done") == "1",
            "kind": law.kind(row["kind"]),
            "person": people.get(row["person"], ""),
            "proposer": people.get(row["proposed_by"], ""),
            "organisation": called.get(row["organisation"], ""),
            "on_behalf_of": called.get(row["on_behalf_of"], "") if row["on_behalf_of"] != row["organisation"] else "",
            "basis": [(articles([one]), law.article(one).title, article_link(one)) for one in row["basis"]],
            "settled": [(owed_item(one, viewer), one["ending"]) for one in clocks if one["settled_by"] == act],
            "started": [owed_item(one, viewer) for one in clocks if one["started_by"] == act],
            "place": next(iter(rows_or_none(viewer, "acts.place", act=act) or []), None),
            "raw": json.dumps(contents[0]["payload"], ensure_ascii=False, indent=2) if contents else "",
            "waits": [called.get(one["addressee"], "") for one in dispatches if one["status"] in ("waiting", "sent")],
            "payload": _payload(viewer, row["kind"], contents),
            "batch": (contents[0].get("batch") or {}) if contents else {},
            "next": rooms.next_steps(row["subject_type"], row["subject"], viewer),
            "subject_link": rooms.subject_url(row["subject_type"], row["subject"], viewer),
            "sendings": [
                {
                    "to": called.get(one["addressee"], ""),
                    "row": one,
                    "steps": steps(viewer, row, one),
                    "raw": json.dumps(one["acknowledgement"], ensure_ascii=False, indent=2),
                }
                for one in dispatches
            ],
            "readers": [{"who": called.get(one["organisation"], ""), "at": one["read_at"]} for one in readers],
        },
    )


def _payload(viewer: Viewer, kind: str, contents: list[dict[str, Any]]) -> list[Any] | None:
    """Return the contents as lines; None where they are erased or this role does not handle the kind."""
    if not contents:
        return None
    return described(viewer, contents[0]["payload"], registry.handlers().get(kind))


@require_safe
def receipt(request: HttpRequest, act: uuid.UUID) -> HttpResponse:
    """Return the receipt (記録証明) as a file that `sakimori receipt verify` checks offline."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.done", act=act)
    stamp = clock.world(viewer.world).stamp
    name = f"receipt-{act}{'-' + stamp.split()[0] if stamp else ''}.json"
    content = json.dumps(row["receipt"], ensure_ascii=False, indent=2) + "\n"
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
