"""Hand-over when staff rotate: what hangs on a person who leaves, who takes each role over, and the end by date."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import Field

from sakimori import law
from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.acts.models import Act, Proposal
from sakimori.pages import viewer_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.words import label
from sakimori.parties.leaving import NEEDED_ROLES, others_holding
from sakimori.parties.models import Account, Mandate, Membership, StandingAuthority, Subscription
from sakimori.record import Payload, Viewer
from sakimori.web.enrol import doing, steps
from sakimori.web.enrol.entering import Doing, entered, together
from sakimori.web.enrol.views import require_administrator
from sakimori.web.speaking import language


class LeavingForm(Payload):
    """Somebody leaves."""

    last_day: date = Field(
        title=gettext_noop("Last day"), description=gettext_noop("Yesterday ends everything at once.")
    )
    successor: uuid.UUID | None = Field(None, title=gettext_noop("Who takes the roles over"))
    leaves_none: bool = Field(
        default=False, title=gettext_noop("I know that nobody holds a role marked “only one” any more, and mean it")
    )


@dataclass(frozen=True, slots=True)
class Hanging:
    """Something that hangs on a person: what, how many or which, and what becomes of it."""

    what: str
    which: list[str]
    becomes: str


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the people of the house, to choose who leaves."""
    viewer = viewer_of(request)
    require_administrator(viewer)
    found = steps.facts(viewer)
    grouped: dict[Any, dict[str, Any]] = {}
    for row in found["roster"]:
        one = grouped.setdefault(row["person"], {"person": row["person"], "name": row["name_ja"], "roles": []})
        one["roles"].append(label(row["role"]))
    return render(request, "web/enrol/leaving.html", {"people": list(grouped.values())})


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Show what hangs on somebody; POST hands the roles over and ends them, all or none."""
    viewer = viewer_of(request)
    require_administrator(viewer)
    found = steps.facts(viewer)
    memberships = _memberships(viewer, person)
    if not memberships:
        raise NotFoundError(str(person))
    others = {row["person"]: row["name_ja"] for row in found["roster"] if row["person"] != person}
    options = {"successor": [("", ""), *((str(one), name) for one, name in others.items())]}
    given = entered(request, LeavingForm, viewer, options, {"last_day": found["today"].isoformat()})
    if given.value is not None:
        told, key = given.value, request.POST.get("key", "")
        if together(given, viewer, key, lambda acts: _hand_over(acts, memberships, told, person)):
            return HttpResponseRedirect(f"{reverse('enrol:leaving')}?done=1")
    context = {
        "name": memberships[0].person.name_ja,
        "hanging": hanging(viewer, person, memberships),
        "form": given.form,
        "error": given.error,
        "key": fresh_key(request, given.refusal),
        "others": bool(others),
    }
    return render(request, "web/enrol/leaving_person.html", context, status=given.status)


def _memberships(viewer: Viewer, person: uuid.UUID) -> list[Membership]:
    """Return the roles a person holds, or will hold, in the viewer's organisation."""
    today = clock.today(viewer.world)
    rows = Membership.objects.filter(
        person_id=person, organisation_id=viewer.acting_organisation, world=doing.base(viewer)
    ).select_related("person")
    return [row for row in rows.order_by("role") if row.valid_until is None or row.valid_until >= today]


def hanging(viewer: Viewer, person: uuid.UUID, memberships: list[Membership]) -> list[Hanging]:
    """Return everything that hangs on a person: roles, proposals, mandates, standing authorities, notices, log-in."""
    world, today = doing.base(viewer), clock.today(viewer.world)
    found = [Hanging(gettext("Roles"), _roles(memberships, world, today), gettext("They end on the last day."))]
    open_ones = Proposal.objects.filter(world=viewer.world, person=person, status="open").values_list("kind", flat=True)
    found.append(
        Hanging(
            gettext("Open proposals"),
            [law.kind(kind).title.pick(language()) for kind in open_ones],
            gettext("Have them confirmed by the last day, or let the successor propose them anew."),
        )
    )
    mine = Mandate.objects.filter(world=world, organisation_id=viewer.acting_organisation, person_id=person)
    running = [one for one in mine if one.valid_until is None or one.valid_until >= today]
    found.append(
        Hanging(
            gettext("Leave to file"),
            [f"{one.representative} {one.document}".strip() for one in running],
            gettext("It ends with the person. Give leave to the successor anew, with its own approval."),
        )
    )
    granted = StandingAuthority.objects.filter(world=world, organisation_id=viewer.acting_organisation)
    acts = {row.id for row in Act.objects.filter(id__in=[one.granted_by for one in granted], person=person).only("id")}
    found.append(
        Hanging(
            gettext("Standing authorities granted"),
            [law.kind(one.kind).title.pick(language()) for one in granted if one.granted_by in acts],
            gettext("They stand: they are the organisation's. Look through them."),
        )
    )
    found.append(
        Hanging(
            gettext("Notices to this person's address"),
            [one.address for one in _subscriptions(viewer, memberships)],
            gettext("They stop on the last day."),
        )
    )
    return [one for one in found if one.which]


def _roles(memberships: list[Membership], world: str, today: date) -> list[str]:
    said = []
    for one in memberships:
        only = one.role in NEEDED_ROLES and not others_holding(
            one.role, one.organisation_id, world, but=one.id, after=today
        )
        said.append(label(one.role) + (gettext(" (only one)") if only else ""))
    return said


def _subscriptions(viewer: Viewer, memberships: list[Membership]) -> list[Subscription]:
    address = memberships[0].person.email
    rows = Subscription.objects.filter(
        world=doing.base(viewer), organisation_id=viewer.acting_organisation, address=address, ended_on=None
    )
    return list(rows) if address else []


def _hand_over(acts: Doing, memberships: list[Membership], told: LeavingForm, person: uuid.UUID) -> dict[str, Any]:
    viewer, last_day = acts.viewer, told.last_day.isoformat()
    if told.successor is not None:
        held = {one.role for one in _memberships(viewer, told.successor)}
        roles = [one.role for one in memberships if one.role not in held]
        doing.grant(acts, told.successor, roles, viewer.acting_organisation)
    today = clock.today(viewer.world)
    mandates = Mandate.objects.filter(
        world=doing.base(viewer), organisation_id=viewer.acting_organisation, person_id=person
    )
    for mandate in mandates:
        if mandate.valid_until is None or mandate.valid_until > told.last_day:
            acts.act("parties.mandate.end", {"mandate": str(mandate.id), "last_day": last_day})
    for address in _subscriptions(viewer, memberships):
        acts.act("parties.subscription.end", {"subscription": str(address.id), "last_day": last_day})
    if told.last_day < today:
        _lock_out(acts, person)
    ordered = sorted(memberships, key=lambda one: one.role == "administrator")  # one's own office last
    for one in ordered:
        payload: Mapping[str, Any] = {
            "membership": str(one.id),
            "last_day": last_day,
            "leaves_none": told.leaves_none,
        }
        acts.act("parties.membership.end", payload)
    return {}


def _lock_out(acts: Doing, person: uuid.UUID) -> None:
    """Disable the log-in of somebody who holds a role in this house only, by an act of its own, before the roles end.

    Nobody disables the own log-in: without a role it opens nothing.
    """
    viewer = acts.viewer
    current = Q(valid_until=None) | Q(valid_until__gte=clock.today(viewer.world))
    elsewhere = Membership.objects.filter(current, person_id=person).exclude(organisation_id=viewer.acting_organisation)
    if person == viewer.person or elsewhere.exists():
        return
    if Account.objects.filter(person=person, is_active=True).exists():
        acts.act("parties.account.disable", {"person": str(person), "reason": gettext("Left the organisation")})
