"""The pages of names: spellings nobody decided, the most used first; one decision after the other, each undoable."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sakimori.acts import door, reading
from sakimori.acts.errors import NotFoundError
from sakimori.assets.models import NameSource
from sakimori.assets.naming.spelling import keys_of, said, suggested
from sakimori.errors import SakimoriError
from sakimori.matching.naming import Suggestion
from sakimori.pages import viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.submitting import require
from sakimori.record import Viewer
from sakimori.text import Text

DECIDE, UNDO = "assets.name.decide", "assets.name.undo"
_NONE, _TYPED = "none", "typed"
_FAULTY = 422
_LONGEST = 200
_SHOWN = 100  # spellings on one page; the next come up as these are decided


def _spellings(viewer: Viewer) -> list[dict[str, Any]]:
    query = "assets.spellings" if viewer.organisation_type == "operator" else "assets.notified_spellings"
    return reading.read(viewer, query)


def _address(row: Mapping[str, Any]) -> str:
    return f"{reverse('assets:name')}?{urlencode({'maker': row['maker'], 'product': row['product']})}"


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """List the spellings that wait for a decision, and what was decided (`?decided=1`)."""
    viewer = viewer_of(request)
    decided = reading.read(viewer, "assets.name_decisions")
    waiting = _spellings(viewer)
    context = {
        "waiting": [{**row, "url": _address(row)} for row in waiting[:_SHOWN]],
        "more": max(0, len(waiting) - _SHOWN),
        "count": len(waiting),
        "decided": [{**row, "said": said(row)} for row in decided],
        "show_decided": request.GET.get("decided") == "1",
        "sources": list(NameSource.objects.order_by("source")),
        "may_decide": _may(viewer),
        "undone": request.GET.get("undone") == "1",
        "key": fresh_key(request, None),
    }
    return render(request, "assets/naming/names.html", context)


def _may(viewer: Viewer) -> bool:
    try:
        require(DECIDE, viewer)
    except SakimoriError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    """Show what one spelling may officially be, with reasons; POST decides it for every computer written so."""
    viewer = viewer_of(request)
    asked = {one: request.GET.get(one, "")[:_LONGEST] for one in ("maker", "product")}
    waiting = _spellings(viewer)
    row = next((one for one in waiting if (one["maker"], one["product"]) == (asked["maker"], asked["product"])), None)
    standing = None if row else _standing(viewer, asked)
    if row is None and standing is None:
        raise NotFoundError("name")
    suggestions = suggested(asked["maker"], asked["product"])
    error: SakimoriError | None = None
    if request.method == "POST":
        require(DECIDE, viewer)
        try:
            done = _decide(request, viewer, asked, suggestions)
        except SakimoriError as refused:
            error = refused
        else:
            following = next((one for one in waiting if one is not row), None)
            to = _address(following) if following else f"{reverse('assets:names')}?"
            return HttpResponseRedirect(f"{to}&{urlencode({'done': done})}".replace("?&", "?"))
    context = {
        **asked,
        "row": row,
        "standing": {**standing, "said": said(standing)} if standing else None,
        "suggestions": [_shown(one, number) for number, one in enumerate(suggestions)],
        "chosen": _chosen(request, suggestions),
        "typed": {one: request.POST.get(one, "") for one in ("vendor", "official")},
        "left": len(waiting),
        "may_decide": _may(viewer) and row is not None,
        "just_done": _just_done(request, viewer),
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
    }
    return render(request, "assets/naming/name.html", context, status=status_of(error) if error else 200)


def _shown(one: Suggestion, number: int) -> dict[str, Any]:
    return {
        "number": str(number),
        "vendor": one.official.vendor,
        "official": one.official.product,
        "cpe": one.official.cpe,
        "reason": one.reason.pick(get_language() or "ja"),
        "likely": one.likely,
    }


def _chosen(request: HttpRequest, suggestions: list[Suggestion]) -> str:
    """Return what is ticked: what was sent, else the first where it is likely; else nothing, so that one must look."""
    if request.method == "POST":
        return request.POST.get("choice", "")
    return "0" if suggestions and suggestions[0].likely else ""


def _decide(request: HttpRequest, viewer: Viewer, asked: Mapping[str, str], suggestions: list[Suggestion]) -> str:
    payload = {**asked, **_official(request, suggestions)}
    key = request.POST.get("key", "")[:100]
    done = door.perform(DECIDE, payload, by=viewer, idempotency_key=key, client="web")
    return str(done.subject.id)


def _official(request: HttpRequest, suggestions: list[Suggestion]) -> dict[str, str]:
    """Return the official names chosen: a suggestion, what was typed, or none."""
    choice = request.POST.get("choice", "")
    if choice == _NONE:
        return {"rule": _NONE}
    typed = {one: request.POST.get(one, "").strip()[: _LONGEST + 1] for one in ("vendor", "official")}
    if choice == _TYPED and all(typed.values()):
        return {**typed, "rule": _TYPED}
    if choice.isdecimal() and len(choice) < len("100") and int(choice) < len(suggestions):
        one = suggestions[int(choice)]
        told = (request.POST.get(f"vendor-{choice}"), request.POST.get(f"official-{choice}"))
        if told == (
            one.official.vendor,
            one.official.product,
        ):  # the dictionary may have changed since the page was made
            return {
                "vendor": one.official.vendor,
                "official": one.official.product,
                "cpe": one.official.cpe,
                "rule": one.rule,
            }
    raise SakimoriError(
        Text("正式な名称が選ばれていません。", "No official name was chosen."),
        code="assets.name_choice",
        where="choice",
        mend=Text(
            "候補から選ぶか、製造者名と製品名の両方を入力するか、「該当なし」を選んでください。",
            "Choose a suggestion, type both maker and product, or choose that none fits.",
        ),
    )


def _standing(viewer: Viewer, asked: Mapping[str, str]) -> dict[str, Any] | None:
    keys = keys_of(asked["maker"], asked["product"])
    rows = reading.read(viewer, "assets.name_decisions")
    return next((one for one in rows if (one["maker_key"], one["product_key"]) == keys), None)


def _just_done(request: HttpRequest, viewer: Viewer) -> dict[str, Any] | None:
    """Return the decision just made, to be told and, where it was a slip, undone."""
    done = request.GET.get("done", "")
    rows = reading.read(viewer, "assets.name_decisions") if done else []
    found = next((one for one in rows if str(one["id"]) == done), None)
    return {**found, "said": said(found)} if found else None


@require_POST
def undo(request: HttpRequest, decision: uuid.UUID) -> HttpResponse:
    """Undo a decision, and go back to the spelling it was about."""
    viewer = viewer_of(request)
    require(UNDO, viewer)
    key = request.POST.get("key", "")[:100]
    door.perform(UNDO, {"decision": str(decision)}, by=viewer, idempotency_key=key, client="web")
    return HttpResponseRedirect(f"{reverse('assets:names')}?{urlencode({'undone': 1})}")


def official_names(viewer: Viewer) -> dict[tuple[str, str], str]:
    """Return the official names decided, by the keys of the spelling, for lists."""
    rows = reading.read(viewer, "assets.official_names")
    return {(row["maker_key"], row["product_key"]): said(row) for row in rows}


def decided_for(viewer: Viewer, maker: str, product: str) -> dict[str, Any]:
    """Return what the register says beside a product: its official name where one was decided, and where to decide."""
    found = official_names(viewer).get(keys_of(maker, product))
    return {"said": found or "", "none": found == "", "url": _address({"maker": maker, "product": product})}


urlpatterns = [
    path("names/", names, name="names"),
    path("names/one/", name, name="name"),
    path("names/<uuid:decision>/undo/", undo, name="undo_name"),
]
SUBJECT_URLS: Mapping[str, str] = {}
START_URLS = {DECIDE: "assets:names"}
