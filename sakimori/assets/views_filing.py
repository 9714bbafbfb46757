"""Duties, drafts and notifications: what is owed, exactly what would leave, how far it has got, passing it on."""

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law, proofs
from sakimori.acts import authority, clock, door, parts, proposals, reading
from sakimori.acts.errors import NotFoundError
from sakimori.assets import drafting, letters, saying, staleness, views_entry
from sakimori.assets.forms import compared
from sakimori.assets.forms import drafts as drafts_of
from sakimori.assets.forms import views as forms
from sakimori.assets.interview.queries import left_out
from sakimori.assets.renaming import CHANGES
from sakimori.assets.supervision import views as supervision
from sakimori.assets.supervision.queries import MAP
from sakimori.assets.upkeep import outlines, reminding
from sakimori.errors import SakimoriError
from sakimori.pages import Column, listed, rows_or_none, viewer_of
from sakimori.pages.categories import categories_column
from sakimori.pages.desks import urgency
from sakimori.pages.names import organisations, people
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.ways import steps
from sakimori.pages.words import choice
from sakimori.record import Viewer
from sakimori.text import Text

FILE = "assets.notification.file"
FILINGS = (
    FILE, "assets.notification.file_otherwise", forms.CHANGE, f"{forms.CHANGE}_otherwise", forms.SUBSTITUTE,
    forms.CORRECTION, f"{forms.CORRECTION}_otherwise",
)  # fmt: skip
PASS_ON_CHANGE = "assets.change_notification.pass_on"  # noqa: S105 - an act kind
LINK = "assets.entry.link"
PASS_ON = "assets.notification.pass_on"  # noqa: S105 - an act kind


def duty_said(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a duty in words: what, by when, how the day was counted, how far it has got."""
    derivation = row["derivation"] or {}
    left = (row["due_on"] - clock.today(viewer.world)).days if row["due_on"] else None
    urgent = urgency(left) if row["status"] == "open" else ""
    return {
        **row,
        "days": left,
        "urgency": urgent if urgent in ("late", "soon") else "",
        "facility_name": drafting.facility_names(viewer).get(row["facility"], ""),
        "title": Text(row["title_ja"], row["title_en"]).pick(saying.language()),
        "basis": derivation.get("basis", ""),
        "reason": saying.joined(str(derivation.get("reason", ""))),
        "steps": [saying.joined(line) for line in derivation.get("derivation", [])],
        "left": max(0, row["computers"] - row["notified"]),
    }


@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """Show what is owed for which computers, by when, why, and how far it has got."""
    viewer = viewer_of(request)
    rows = sorted(
        reading.read(viewer, "assets.duties"), key=lambda row: (row["status"] != "open", str(row["due_on"] or "9"))
    )
    return render(
        request,
        "assets/duties.html",
        {"duties": [duty_said(viewer, row) for row in rows], "may_draft": _may(viewer, FILE)},
    )


@require_safe
def duty(request: HttpRequest, duty: uuid.UUID) -> HttpResponse:
    """Show one duty."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.duties", duty=duty)
    running = row["due_on"] if row["status"] == "open" else None
    context = {
        "one": duty_said(viewer, row),
        "may_draft": _may(viewer, FILE),
        "next_reminder": reminding.next_reminder(viewer.world, viewer.acting_organisation, running),
    }
    return render(request, "assets/duty.html", context)


def _may(viewer: Viewer, kind: str, *, confirming: bool = False) -> bool:
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role, confirming=confirming)


@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """Show what waits by category, or one draft exactly as it would leave; POST proposes what was shown."""
    viewer = viewer_of(request)
    authority.require(law.kind(FILE), viewer, drafting=True)
    category = (request.POST if request.method == "POST" else request.GET).get("category", "")
    if not category:
        return _waiting(request, viewer)
    letter = letters.letter(drafting.draft(viewer, category), clock.today(viewer.world))
    context = {
        "title": gettext("Draft of a notification"),
        "left_out": left_out(viewer),
        "windows": _windows(viewer, category),
        "otherwise": reverse("assets:otherwise"),
        "may_fill": urlencode({"form": "notification", "category": category}),
    }
    return forms.draft_page(request, viewer, letter, context)


def _waiting(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show everything that waits to be filed; where it is one draft alone, that draft."""
    waiting, filings = drafting.waiting_categories(viewer), _open_filings(viewer)
    changes, papers = drafts_of.waiting_changes(viewer), drafts_of.substitutes(viewer)
    corrections = compared.waiting(viewer)
    if len(waiting) == 1 and not (filings or changes or papers or corrections):
        only = urlencode({"category": next(iter(waiting))})
        return HttpResponseRedirect(f"{reverse('assets:drafts')}?{only}")
    outlined = outlines.categories(viewer.world, viewer.acting_organisation) if changes else []
    due = {category: _windows(viewer, category) for category in waiting}
    proposed = {(one["form"], one["category"]): one["id"] for one in filings}
    context = {
        "waiting": [
            (category, count, due[category][0] if due[category] else None, proposed.get(("notification", category)))
            for category, count in waiting.items()
        ],
        "left_out": left_out(viewer),
        "changes": [
            (category, count, proposed.get(("change", category)), category in outlined)
            for category, count in changes.items()
        ],
        "papers": [(one, len(one.rows), one.reference in {two["paper"] for two in filings}) for one in papers],
        "filings": filings,
        "corrections": corrections,
    }
    return render(request, "assets/drafts.html", context)


def _windows(viewer: Viewer, category: str) -> list[dict[str, Any]]:
    """Return the duties that the computers of a draft count towards, with how many each, the nearest day first."""
    counted = drafting.waiting_by_duty(viewer, category)
    rows = [duty_said(viewer, row) for row in reading.read(viewer, "assets.duties") if row["id"] in counted]
    shown = [{**row, "waiting": counted[row["id"]]} for row in rows]
    return sorted(shown, key=lambda row: str(row["due_on"] or "9"))


def _open_filings(viewer: Viewer) -> list[dict[str, Any]]:
    now = clock.now(viewer.world)
    open_ones = [row for row in reading.read(viewer, "acts.proposals") if row["expires_at"] > now]
    found = [row for row in open_ones if row["kind"] in FILINGS and row["person"] is not None]
    called = people(viewer, [row["person"] for row in found])
    return [
        {
            "id": row["id"],
            "form": letters.form_of(row["payload"]),
            "paper": (row["payload"].get("paper") or {}).get("reference", ""),
            "category": row["payload"].get("facility_category", ""),
            "count": len(row["payload"].get("rows", [])),
            "title": law.kind(row["kind"]).title.pick(saying.language()),
            "by": called.get(row["person"], ""),
            "at": row["proposed_at"],
        }
        for row in found
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def filing(request: HttpRequest, proposal: uuid.UUID) -> HttpResponse:
    """Show a proposed notification to the second person: the very bytes the first one saw; POST refuses it."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.proposals", status="", proposal=proposal)
    if row["kind"] not in FILINGS or not (_may(viewer, FILE) or _may(viewer, FILE, confirming=True)):
        raise NotFoundError(str(proposal))
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            proposals.refuse(proposal, request.POST.get("reason", ""), by=viewer)
            return HttpResponseRedirect(reverse("assets:filing", args=[proposal]))
        except SakimoriError as refused:
            error = refused
            row = reading.read_one(viewer, "acts.proposals", status="", proposal=proposal)
    letter = letters.letter(row["payload"], clock.today(viewer.world))
    file = letters.asked_for(request, letter, "filing")
    if file is not None:
        return file
    table = letters.table(request, letter)
    if isinstance(table, HttpResponse):
        return table
    called = people(viewer, [row["person"], row["settled_person"]])
    own = row["person"] == viewer.person and viewer.person is not None
    is_open = row["status"] == "open" and row["expires_at"] > clock.now(viewer.world)
    stale = staleness.of(viewer, row["payload"]) if is_open else None
    context = {
        "row": row,
        "letter": letter,
        "table": table,
        "minister": drafting.minister_of(viewer, row["payload"].get("facility_category", ""), saying.language()),
        "proposer": called.get(row["person"], ""),
        "settler": called.get(row["settled_person"], ""),
        "own": own,
        "open": is_open,
        "stale": stale,
        "anew": staleness.anew(viewer, row["payload"]) if not is_open and row["status"] != "confirmed" else "",
        "withdrawn": row["status"] == "refused" and row["settled_person"] == row["person"],
        "error": explained(error) if error else None,
        "otherwise": choice(row["payload"].get("channel", ""), "channel"),
        "title": law.kind(row["kind"]).title.pick(saying.language()),
        "may_fill": urlencode({"form": letter.form.form, "proposal": str(proposal)}),
        "may_decide": _may(viewer, FILE, confirming=True) and not own and row["person"] is not None,
        "key": fresh_key(request, None),
    }
    return render(request, "assets/filing.html", context, status=status_of(error) if error else 200)


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """List the notifications filed, arrived or passed on, as far as the viewer may know of them."""
    viewer = viewer_of(request)
    own = viewer.organisation_type == "operator"
    other = "minister" if own else "organisation"
    table = listed(
        request,
        "assets.notifications",
        [
            Column(
                "filed_at",
                pgettext("assets", "Filed"),
                link=lambda row: reverse("assets:notification", args=[row["id"]]),
            ),
            Column(
                other,
                gettext("To") if own else gettext("From whom"),
                names=lambda ids: organisations(viewer, ids),
            ),
            categories_column(),
            Column("count", pgettext("assets", "Computers"), number=True),
            Column("arrived_at", gettext("Arrived")),
            *([] if own else [Column("passed_on_at", gettext("Passed on"))]),
            Column(
                "status", gettext("State"), names=lambda codes: {one: saying.say(saying.STATE, one) for one in codes}
            ),
        ],
        caption=gettext("Notifications"),
        sort="-filed_at",
        empty=gettext("No notification has been filed yet.") if own else gettext("No notification has arrived yet."),
    )
    if isinstance(table, HttpResponse):
        return table
    waiting = parts.count(viewer, "assets.notifications", status="received") if _may(viewer, PASS_ON) else 0
    context = {
        "table": table,
        "own": own,
        "waiting": waiting,
        "type": viewer.organisation_type,
        "maps": (viewer.organisation_type, viewer.role) in MAP,
    }
    return render(request, "assets/notifications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def notification(request: HttpRequest, notification: uuid.UUID) -> HttpResponse:
    """Show one notification with its items; on the minister's side POST passes it on to the Prime Minister."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "assets.notifications", notification=notification)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            key = f"pass-on-{notification}"
            kind = PASS_ON_CHANGE if row["what"] in CHANGES else PASS_ON
            payload = {"notification": str(notification)}
            door.perform(kind, payload, by=viewer, idempotency_key=key, client="web")
            return HttpResponseRedirect(f"{reverse('assets:notification', args=[notification])}?done=1")
        except SakimoriError as refused:
            error = refused
    table = listed(
        request, "assets.notification_items", partial(_item_columns, row), caption=gettext("Computers notified"),
        sort="position", filename=gettext("notification"), where={"notification": notification},
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    called = organisations(viewer, [row["organisation"], row["minister"]])
    context = {
        "row": row,
        "table": table,
        "operator": called.get(row["organisation"], ""),
        "minister": called.get(row["minister"], ""),
        "outline": letters.outline(row["outline"] or {}),
        "state": saying.say(saying.STATE, row["status"]),
        "own": viewer.organisation_type == "operator",
        "channel": choice(row["channel"], "channel"),
        "what": choice(row["what"], "what"),
        "further": [*views_entry.further(viewer, row), *_correction(viewer, row)],
        "history": _history(viewer, row),
        "outline_before": letters.outline(row["outline_before"] or {}),
        "paper": _paper(row),
        "copies": views_entry.same_filings(viewer, row) if _may(viewer, LINK) else [],
        "attached": rows_or_none(viewer, "acts.attachments", subject=notification) or [],
        "pass_on": law.kind(PASS_ON_CHANGE if row["what"] in CHANGES else PASS_ON),
        "may_pass_on": row["status"] == "received" and _may(viewer, PASS_ON),
        "error": explained(error) if error else None,
        **_way(viewer, row),
        **supervision.about(viewer, row),
        **compared.of_correction(viewer, row, asked="compare" in request.GET),
    }
    return render(request, "assets/notification.html", context, status=status_of(error) if error else 200)


def _item_columns(row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Return the columns of a notification's computers: with the facility category where one of them had another."""
    return letters.columns(row["what"], row["facility_category"] if any(map(letters.category_before, items)) else "")


def _correction(viewer: Viewer, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Offer to correct a notification that arrived, to those who may file one."""
    fits = row["side"] == "operator" and row["status"] == "arrived" and row["what"] in drafts_of.CORRECTABLE
    if not fits or not _may(viewer, forms.CORRECTION):
        return []
    if row["channel"] == "envelope":
        return [(reverse("assets:correct", args=[row["id"]]), gettext("Correct it"))]
    return [(reverse("assets:correct_otherwise", args=[row["id"]]), gettext("Correct it on paper"))]


def _history(viewer: Viewer, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what this filing took the place of and what took its place, each with its page, the older first."""
    labels = {"corrects": gettext("It corrects"), "replaced_by": gettext("Corrected by")}
    return [
        {"label": label, "url": reverse("assets:notification", args=[row[name]]), **other}
        for name, label in labels.items()
        if row[name] is not None
        for other in reading.read(viewer, "assets.notifications", notification=row[name])
    ]


def _paper(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the prior-review paper and the contact sheet of a substituted notification, line by line."""
    paper, contact = row["paper"] or {}, row["contact"] or {}
    if not paper:
        return []
    return [
        (gettext("Prior-review paper"), choice(paper.get("paper", ""), "paper")),
        (gettext("Number of the paper"), str(paper.get("reference", ""))),
        (gettext("Day the paper was filed"), str(paper.get("filed_on", ""))),
        (gettext("Contact sheet"), " · ".join(str(one) for one in contact.values())),
    ]


def _way(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far the filing has got and who opened it (the filing side alone)."""
    if viewer.organisation_type != "operator":
        return {"steps": []}
    act = reading.read_one(viewer, "acts.done", act=row["act"])
    sent = rows_or_none(viewer, "acts.dispatches", act=row["act"]) or []
    opened = rows_or_none(viewer, "acts.readers", act=row["act"]) or []
    readers = [one for one in opened if one["organisation"] != viewer.acting_organisation]
    called = organisations(viewer, {one["organisation"] for one in readers})
    return {
        "steps": steps(viewer, act, sent[0]) if sent else [],
        "readers": [{"who": called.get(one["organisation"], ""), "at": one["read_at"]} for one in readers],
        "evidence": proofs.canonical(row["evidence"]).decode() if row["evidence"] else "",
    }
