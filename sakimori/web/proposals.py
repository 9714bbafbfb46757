"""Proposals: exactly what would be done, and confirming, refusing or taking it on."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import clock, proposals, reading, registry
from sakimori.acts.errors import PayloadError
from sakimori.acts.models import Batch
from sakimori.errors import SakimoriError
from sakimori.pages import Column, listed, viewer_of
from sakimori.pages.faults import say
from sakimori.pages.stepping import fresh_key
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web import names, rooms
from sakimori.web.contents import described
from sakimori.web.deskblocks import proposal_page
from sakimori.web.failures import explained, status_of
from sakimori.web.proposing import may_confirm, waiting_line
from sakimori.web.speaking import language

_REASON = 2000


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Show the proposals of this organisation, open ones unless asked otherwise (`?status=all`)."""
    viewer = viewer_of(request)
    status = request.GET.get("status", "open")

    def columns(rows: list[dict[str, Any]]) -> list[Column]:
        people = names.people(viewer, [row["person"] for row in rows])
        return [
            Column(
                "kind",
                gettext("Proposed act"),
                names=lambda kinds: {one: law.kind(one).title.pick(language()) for one in kinds},
                link=lambda row: proposal_page(viewer, row) if row["status"] == "open" else _frame_page(row),
            ),
            Column("person", gettext("Proposed by"), show=lambda row: _proposer(row, people), sortable=False),
            Column("proposed_at", gettext("Proposed")),
            Column("expires_at", gettext("Lapses")),
            Column("status", gettext("State"), coded=True),
            Column(
                "for_me", gettext("Waits for me"), show=lambda row: waiting_line(viewer, row)["for_me"], sortable=False
            ),
        ]

    table = listed(
        request,
        "acts.proposals",
        columns,
        caption=gettext("Proposals"),
        where={"status": "" if status == "all" else "open"},
        sort="-proposed_at",
        empty=gettext("No proposal is waiting."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "web/proposals.html", {"table": table, "status": status})


def _frame_page(row: Mapping[str, Any]) -> str:
    return reverse("proposal", args=[row["id"]])


def _proposer(row: Mapping[str, Any], people: Mapping[uuid.UUID, str]) -> str:
    return people.get(row["person"], "") if row["person"] else gettext("a token's draft")


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal: uuid.UUID) -> HttpResponse:
    """Show one proposal; POST confirms, refuses (with a reason) or adopts it. The loser of a race is told."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.proposals", status="", proposal=proposal)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_settle(request, viewer, proposal))
        except SakimoriError as refused:
            error = refused
            row = reading.read_one(viewer, "acts.proposals", status="", proposal=proposal)
    return _page(request, viewer, row, error)


def _settle(request: HttpRequest, viewer: Viewer, proposal: uuid.UUID) -> str:
    """Do what was asked and return where to go next."""
    action = request.POST.get("action", "")
    if action == "confirm":
        done = proposals.confirm(proposal, by=viewer, idempotency_key=request.POST.get("key", "")[:100], client="web")
        return f"{reverse('act', args=[done.act])}?done=1"
    if action == "adopt":
        proposals.adopt(proposal, by=viewer)
    elif action == "refuse":
        proposals.refuse(proposal, request.POST.get("reason", ""), by=viewer)
    else:
        raise SakimoriError(
            Text("何を行うかが選ばれていません。", "Nothing was chosen to be done."),
            code="web.action",
            mend=Text("確認か拒否のボタンを押してください。", "Press one of the buttons: confirm or refuse."),
        )
    return reverse("proposal", args=[proposal])


def _page(request: HttpRequest, viewer: Viewer, row: Mapping[str, Any], error: SakimoriError | None) -> HttpResponse:
    kind = law.kind(row["kind"])
    people = names.people(viewer, [row["person"], row["settled_person"]])
    line = waiting_line(viewer, row)
    organisation = viewer.acting_organisation
    batch = Batch.objects.filter(id=row["batch"], world=viewer.world, organisation=organisation).first()
    lapsed = row["status"] == "open" and row["expires_at"] <= clock.now(viewer.world)
    note = rooms.proposal_note(viewer, row) if row["status"] == "open" and not lapsed else None
    faults = [say(fault, language()) for fault in error.fields] if isinstance(error, PayloadError) else []
    return render(
        request,
        "web/proposal.html",
        {
            "row": row,
            "kind": kind,
            "own_page": own_page if (own_page := proposal_page(viewer, row)) != request.path else "",
            "line": line,
            "lapsed": lapsed,
            "note": note,
            "may_confirm": may_confirm(viewer, row["kind"]),
            "proposer": _proposer(row, people),
            "settler": people.get(row["settled_person"], ""),
            "payload": described(viewer, row["payload"], registry.handlers().get(row["kind"])),
            "batch": batch,
            "reason": request.POST.get("reason", ""),
            "longest": _REASON,
            "key": fresh_key(request, error),
            "error": explained(error) if error else None,
            "faults": faults,
        },
        status=status_of(error) if error else 200,
    )
