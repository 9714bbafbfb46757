"""The pages of the filings beside the first notification: changes, the prior-review paper, corrections."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from sakimori import law
from sakimori.acts import authority, clock, proposals, reading
from sakimori.acts.errors import ConflictError, NotFoundError, PayloadError
from sakimori.assets import drafting, letters, saying
from sakimori.assets.forms import drafts
from sakimori.assets.forms.payloads import Contact
from sakimori.assets.upkeep import outlines
from sakimori.errors import SakimoriError
from sakimori.pages import Table, viewer_of
from sakimori.pages.pending import Pending, pending
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import Step, fresh_key, stepped
from sakimori.record import Viewer
from sakimori.text import Text

CHANGE, SUBSTITUTE, CORRECTION = "assets.change_notification.file", "assets.substitute.file", "assets.correction.file"
_TYPED = frozenset({"reason", "matter", "contact"})  # said by whoever proposes it, not by the records


def propose(request: HttpRequest, viewer: Viewer, letter: letters.Letter) -> str:
    """Propose what was shown, and nothing else; return the address of the proposal."""
    if request.POST.get("digest", "") != letter.digest:
        raise ConflictError(
            Text(
                "下書きを表示した後に登録簿が変わりました。何も提案していません。",
                "The register has changed since this draft was shown; nothing was proposed.",
            ),
            mend=Text("下の新しい内容を確かめてから提案してください。", "Check the new contents below, then propose."),
        )
    if any(not one.same for one in waiting(viewer, letter)):
        raise ConflictError(
            Text(
                "同じ届出が、前の内容で提案されています。何も提案していません。",
                "The same filing has been proposed with earlier contents; nothing was proposed.",
            ),
            mend=Text(
                "その提案を取り下げるか退けてから提案してください。", "Have that proposal withdrawn or refused first."
            ),
        )
    key = request.POST.get("key", "")[:100]
    made = proposals.propose(letter.form.kind, letter.payload, by=viewer, idempotency_key=key, client="web")
    return f"{reverse('assets:filing', args=[made.id])}?done=1"


def draft_page(
    request: HttpRequest, viewer: Viewer, letter: letters.Letter, context: Mapping[str, Any]
) -> HttpResponse:
    """Show a draft exactly as it would leave, or a file of it, or propose it (POST with `digest`)."""
    error: SakimoriError | None = None
    try:
        if request.method == "POST" and "digest" in request.POST:
            return HttpResponseRedirect(propose(request, viewer, letter))
        file = letters.asked_for(request, letter, "draft") if request.method != "POST" else None
        if file is not None:
            return file
    except SakimoriError as refused:
        error = refused
    table = letters.table(request, letter)
    if isinstance(table, HttpResponse):
        return table
    if context.get("again"):
        _first_rows_only(table)
    shown = {
        "letter": letter,
        "pending": waiting(viewer, letter),
        "table": table,
        "category": letter.category,
        "minister": drafting.minister_of(viewer, letter.category, saying.language()),
        "key": fresh_key(request, error),
        "error": explained(error) if error else None,
    }
    return render(request, "assets/forms/draft.html", {**shown, **context}, status=status_of(error) if error else 200)


def waiting(viewer: Viewer, letter: letters.Letter) -> list[Pending]:
    """Return the open proposals that tell of the same: of a correction the same filing, of a substitute the same paper.

    Otherwise those of this sort and category, whichever way they go.
    """
    kind, data = letter.form.kind, letter.payload
    named = next((name for name in ("corrects", "paper") if name in data), "facility_category")
    told = {name: value for name, value in data.items() if name not in _TYPED}
    return pending(viewer, (kind, f"{kind}_otherwise"), {named: data[named]}, told, "assets:filing")


def _first_rows_only(table: Table) -> None:
    """Take out of a table what leads to an address: what was typed on this page stands in none."""
    table.filterable, table.pages = False, 1
    table.links = dict.fromkeys(table.links, "")
    table.heads = [replace(head, link="") for head in table.heads]


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Show the change notification of one category: old and new of what changed; POST proposes what was shown."""
    viewer = viewer_of(request)
    authority.require(law.kind(CHANGE), viewer, drafting=True)
    category = (request.POST if request.method == "POST" else request.GET).get("category", "")
    if not category:
        return HttpResponseRedirect(reverse("assets:drafts"))
    letter = letters.letter(drafts.changes(viewer, category), clock.today(viewer.world))
    waiting = reading.read(viewer, "assets.changes_to_notify", facility_category=category)
    told = outlines.waiting(viewer.world, viewer.acting_organisation, category)
    due = [day for day in (*(row["due_on"] for row in waiting), *told.values_list("due_on", flat=True)) if day]
    return draft_page(
        request,
        viewer,
        letter,
        {"title": gettext("Draft of a change notification"), "due_on": min(due, default=None),
         "undone": sum(1 for row in waiting if row["undone"]),
         "otherwise": reverse("assets:change_otherwise"),
         "may_fill": urlencode({"form": "change", "category": category})},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def change_otherwise(request: HttpRequest) -> HttpResponse:
    """Record that a change notification leaves on paper, by mail or over a portal: what is on it, how and when."""
    viewer = viewer_of(request)
    kind = f"{CHANGE}_otherwise"
    authority.require(law.kind(kind), viewer, drafting=True)
    category = (request.POST if request.method == "POST" else request.GET).get("category", "")
    if not category:
        return HttpResponseRedirect(reverse("assets:drafts"))
    letter = letters.letter(drafts.changes(viewer, category), clock.today(viewer.world))
    table = letters.table(request, letter)
    if isinstance(table, HttpResponse):
        return table
    context = {
        "letter": letter,
        "table": table,
        "category": category,
        "minister": drafting.minister_of(viewer, category, saying.language()),
        "back": f"{reverse('assets:change')}?{urlencode({'category': category})}",
        "again": True,
        "pending": waiting(viewer, letter),
    }
    return stepped(request, Step(kind, letter.payload), "assets/otherwise.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def substitute(request: HttpRequest, paper: uuid.UUID) -> HttpResponse:
    """Ask for the contact sheet, then show what would leave in place of Form 1; POST with digest proposes it."""
    viewer = viewer_of(request)
    authority.require(law.kind(SUBSTITUTE), viewer, drafting=True)
    standing = next((one for one in drafts.substitutes(viewer) if one.paper == paper), None)
    if standing is None:
        raise NotFoundError(str(paper))
    typed = {name: request.POST.get(name, "").strip() for name in Contact.model_fields}
    error: SakimoriError | None = None
    faults: set[str] = set()
    if request.method == "POST" and "again" not in request.POST:
        try:
            contact = Contact.model_validate(typed)
            letter = letters.letter(drafts.substitute(viewer, paper, contact), clock.today(viewer.world))
            return draft_page(
                request,
                viewer,
                letter,
                {"title": gettext("Draft: a prior-review paper in place of the form"), "kept": typed, "again": True},
            )
        except ValidationError as faulty:
            faults = {str(one["loc"][0]) for one in faulty.errors()}
            error = _contact_error(faults)
        except SakimoriError as refused:
            error = refused
    context = {
        "basis": law.kind(SUBSTITUTE).basis,
        "pending": _standing_in(viewer, standing),
        "paper": standing,
        "kind_said": gettext("introduction plan (Art 52(1))")
        if standing.kind == "plan"
        else gettext("emergency introduction filing (Art 52(11))"),
        "rows": Counter(standing.rows).most_common(50),
        "names": len(set(standing.rows)),
        "fields": [(name, label, typed[name], name in faults) for name, label in _contact_labels().items()],
        "error": explained(error) if error else None,
    }
    return render(request, "assets/forms/substitute.html", context, status=status_of(error) if error else 200)


def _standing_in(viewer: Viewer, standing: drafts.Standing) -> list[Pending]:
    if not standing.reference:
        return []
    given = {"paper": drafts.paper_of(standing).model_dump(mode="json")}
    return pending(viewer, [SUBSTITUTE], given, None, "assets:filing")


def _contact_labels() -> dict[str, str]:
    return {
        "department": gettext("Department"),
        "person": gettext("Person to contact"),
        "telephone": gettext("Telephone"),
        "email": gettext("E-mail"),
    }


def _contact_error(faults: set[str]) -> SakimoriError:
    labels = _contact_labels()
    named = "、".join(label for name, label in labels.items() if name in faults)
    found = PayloadError(
        Text(f"連絡先の欄に誤りがあります: {named}", f"The contact sheet is not complete: {named}"),
        [],
        where=next(iter(sorted(faults)), ""),
        mend=Text("印のある欄を入力してください。", "Fill in the fields marked."),
    )
    found.article = "命令2(4)"
    return found
