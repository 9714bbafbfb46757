"""The guided first run (登録の手引き): one page a step; above what is recorded, below what comes next."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.acts.errors import NotAuthorisedError, NotFoundError
from sakimori.errors import SakimoriError
from sakimori.pages import viewer_of
from sakimori.pages.stepping import fresh_key
from sakimori.parties.models import Account
from sakimori.parties.roles import may_take_alone
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web.enrol import card, choosing, doing, forms, showing, steps
from sakimori.web.enrol.entering import Doing, Entered, entered, together
from sakimori.web.viewing import key_of, possible


@dataclass(frozen=True, slots=True)
class Page:
    """What a step needs: the model of its form, and what its submission does."""

    model: Any
    work: Callable[[Doing, Any], dict[str, Any]]


_PAGES: Mapping[str, Page] = {
    "organisation": Page(forms.OrganisationForm, doing.correct_organisation),
    "designations": Page(forms.DesignationForm, doing.designate),
    "facilities": Page(forms.FacilityForm, doing.add_facility),
    "people": Page(forms.PersonForm, doing.invite_operator_person),
    "mandates": Page(forms.MandateForm, doing.mandate),
}
_STAFF = Page(forms.StaffForm, doing.invite_staff)


def require_administrator(viewer: Viewer) -> None:
    """Refuse (`NotAuthorisedError`) everybody but an administrator acting for the own organisation."""
    if viewer.role != "administrator" or viewer.on_behalf_of not in (None, viewer.organisation):
        raise NotAuthorisedError(
            Text("登録の手引きは管理者のためのものです。", "Set-up is for administrators."),
            where="enrol",
            mend=Text("管理者の役割に切り替えてください。", "Switch to the administrator's role."),
        )


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead on to the first step that is open."""
    viewer = viewer_of(request)
    require_administrator(viewer)
    return HttpResponseRedirect(reverse("enrol:step", args=[steps.first_open(viewer, steps.facts(viewer))]))


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """Show a step, or record what was entered and lead on; what is refused comes back as it was typed."""
    viewer = viewer_of(request)
    require_administrator(viewer)
    if step not in {one.key for one in steps.steps_for(viewer)}:
        raise NotFoundError(step)
    if step == "summary":
        return _summary(request, viewer)
    if step == "peers":
        return _peers(request, viewer)
    found = steps.facts(viewer)
    page = _STAFF if step == "people" and viewer.organisation_type != "operator" else _PAGES[step]
    link: dict[str, Any] | None = None
    if request.method == "POST" and request.POST.get("action") == "link":
        return _new_link(request, viewer, step)
    at_first = {
        **choosing.first(step, found),
        **{name: request.GET.get(name, "") for name in ("name", "in_place_since")},
    }
    given = entered(request, page.model, viewer, choosing.options(step, viewer, found), at_first)
    if given.value is not None:
        done = together(given, viewer, request.POST.get("key", ""), lambda acts: page.work(acts, given.value))
        if done and "link" not in given.told:
            return HttpResponseRedirect(_onward(request, viewer, step, given.told))
        if done:
            link, given = given.told, _fresh(request, page, viewer, step)
    return _page(request, viewer, step, given, link)


def _onward(request: HttpRequest, viewer: Viewer, step: str, told: Mapping[str, Any]) -> str:
    """Return the next step's page, or this one again where more is to be added; what must be carried over goes along.

    A designation entered with its facility leads past the page of facilities.
    """
    to = step if request.POST.get("then") == "more" else steps.after(viewer, step)
    if to == "facilities" and "facility" in told:
        to = steps.after(viewer, to)
    carried = {"done": step, **told.get("carry", {})}
    return f"{reverse('enrol:step', args=[to])}?{urlencode(carried)}"


def _fresh(request: HttpRequest, page: Page, viewer: Viewer, step: str) -> Entered:
    """Return the step's form empty again, with everything just recorded taken into account."""
    found = steps.facts(viewer)
    request.method = "GET"
    return entered(request, page.model, viewer, choosing.options(step, viewer, found), choosing.first(step, found))


def _new_link(request: HttpRequest, viewer: Viewer, step: str) -> HttpResponse:
    page = _PAGES[step] if viewer.organisation_type == "operator" else _STAFF
    given = _fresh(request, page, viewer, step)
    try:
        link = doing.link_anew(viewer, uuid.UUID(request.POST.get("person", "")))
    except ValueError:
        raise NotFoundError("person") from None
    except SakimoriError as error:
        given.refuse(error)
        return _page(request, viewer, step, given, None)
    return _page(request, viewer, step, given, link)


def _page(
    request: HttpRequest, viewer: Viewer, step: str, given: Entered, link: Mapping[str, Any] | None
) -> HttpResponse:
    found = steps.facts(viewer)
    state = steps.states(viewer, found)
    context = {
        "steps": steps.shown(viewer, found, step),
        "step": step,
        "title": gettext(next(one.title for one in steps.STEPS if one.key == step)),
        "lead": choosing.lead(step, viewer),
        "form": given.form,
        "error": given.error,
        "link": link,
        "recorded": showing.recorded(step, viewer, found),
        "follows": showing.follows(found) if step in ("designations", "facilities") else [],
        "facility_hint": step == "facilities" and not found["designations"],
        "done": request.GET.get("done", ""),
        "key": fresh_key(request, given.refusal),
        "next": steps.after(viewer, step),
        "complete": state[step] == steps.DONE,
        "ready": state["summary"] == steps.DONE and viewer.organisation_type == "operator",
        "next_key": fresh_key(request, None, "next_key"),
        "several": step in ("designations", "facilities", "people", "mandates"),
    }
    return render(request, "web/enrol/step.html", context, status=given.status)


def _peers(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show with whom envelopes are exchanged; take in a card once its fingerprint has been compared."""
    given = entered(request, forms.CardForm, viewer, {}, {})
    seen: card.Card | None = None
    if given.value is not None:
        try:
            seen = card.read(_card_text(request, given.value.card))
        except SakimoriError as error:
            given.refuse(error)
    if seen is not None and request.POST.get("action") == "connect":
        taken = seen
        if together(given, viewer, request.POST.get("key", ""), lambda acts: doing.connect(acts, taken)):
            return HttpResponseRedirect(f"{reverse('enrol:step', args=[steps.after(viewer, 'peers')])}?done=peers")
    found = steps.facts(viewer)
    context = {
        "steps": steps.shown(viewer, found, "peers"),
        "step": "peers",
        "title": gettext("Authorities and peers"),
        "form": given.form,
        "error": given.error,
        "seen": seen,
        "follows": showing.follows(found) if request.GET.get("done") == "designations" else [],
        "own": card.own_card(doing.base(viewer)),
        "recorded": showing.recorded("peers", viewer, found),
        "unconnected": [Text(one.name_ja, one.name_en) for one in found["unconnected"]],
        "done": request.GET.get("done", ""),
        "key": fresh_key(request, given.refusal),
        "next": steps.after(viewer, "peers"),
    }
    return render(request, "web/enrol/peers.html", context, status=given.status)


def _card_text(request: HttpRequest, typed: str) -> str:
    """Return the text of the file chosen, or what was pasted."""
    chosen = request.FILES.get("file")
    if chosen is None:
        return typed
    return bytes(chosen.read(card.LARGEST + 1)).decode("utf-8-sig", "replace")


@require_safe
def own_card(request: HttpRequest) -> HttpResponse:
    """Return this deployment's card as a file."""
    viewer = viewer_of(request)
    require_administrator(viewer)
    if "peers" not in {one.key for one in steps.steps_for(viewer)}:
        raise NotFoundError("card")
    content = json.dumps(card.own(doing.base(viewer)), ensure_ascii=False, indent=2) + "\n"
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    name = card.own_card(doing.base(viewer)).name
    response["Content-Disposition"] = f'attachment; filename="{name}.card.json"'
    return response


def _summary(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show what is owed by when and what is still missing; POST leads the administrator on to the work itself."""
    found = steps.facts(viewer)
    error, refusal = None, None
    if request.method == "POST":
        given = entered(request, forms.CardForm, viewer, {}, {})
        if together(given, viewer, request.POST.get("key", ""), lambda acts: _take_role(acts, found)):
            return _enter_role(request, viewer)
        error, refusal = given.error, given.refusal
    context = {
        "steps": steps.shown(viewer, found, "summary"),
        "step": "summary",
        "title": gettext("Summary"),
        "follows": showing.follows(found),
        "missing": showing.missing(viewer, found),
        "operator": viewer.organisation_type == "operator",
        "ready": steps.states(viewer, found)["summary"] == steps.DONE,
        "alone": may_take_alone(viewer.person, viewer.acting_organisation, "reporter", doing.base(viewer)),
        "hosts": steps.hosts_operators(viewer),
        "reports": viewer.person in steps.holders(found, "reporter"),
        "error": error,
        "today": found["today"],
        "done": request.GET.get("done", ""),
        "key": fresh_key(request, refusal),
    }
    return render(request, "web/enrol/summary.html", context, status=422 if error else 200)


def _take_role(acts: Doing, found: dict[str, Any]) -> dict[str, Any]:
    """Give the administrator the reporter's role where he has not got it: an act of its own, in the log."""
    person = acts.viewer.person
    if person is not None and person not in steps.holders(found, "reporter"):
        doing.grant(acts, person, ["reporter"], acts.viewer.acting_organisation)
    return {}


def _enter_role(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Go on as reporter, at the import of computers."""
    mine = [
        one
        for one in possible(request, viewer.world)
        if one.role == "reporter" and one.organisation == viewer.organisation
    ]
    if mine:
        request.session.cycle_key()
        request.session["world"], request.session["role"] = viewer.world, key_of(mine[0])
    return HttpResponseRedirect(reverse("assets:import"))


def has_password(person: uuid.UUID) -> bool:
    """Return whether somebody has an account with a password already."""
    account = Account.objects.filter(person=person, is_active=True).first()
    return account is not None and account.has_usable_password()
