"""Readings for enrolment: mandates, filing windows, consents, deployments and addresses, each as far as it is ours."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from sakimori.law.businesses import filing_windows
from sakimori.parties.administration import runs_here
from sakimori.parties.models import Consent, FilingWindow, Mandate, Peer, StandingAuthority, Subscription
from sakimori.record import Query, Viewer
from sakimori.record.viewer import NOBODY

_ADMINISTRATOR = frozenset({("any", "administrator")})
_ANY = frozenset({("any", "any"), ("any", "administrator")})
_CONTENTS = frozenset({("any", "any")})


def current(on: date) -> Q:
    """Return the condition that something with a first and perhaps a last day is valid on a day."""
    return (Q(valid_until=None) | Q(valid_until__gte=on)) & Q(valid_from__lte=on)


def consented(
    matter: str, about: uuid.UUID | None, *, by: uuid.UUID, to: uuid.UUID | None, world: str, on: date
) -> bool:
    """Return whether an organisation consents, that day, to a use of a thing by another organisation.

    A consent about nothing in particular covers every thing of its matter; one without recipient covers everybody its
    scope names, and is found only where no recipient is asked for.
    """
    found = _in_force(on).filter(organisation_id=by, matter=matter, world=world)
    found = found.filter(Q(about=None) | Q(about=about or NOBODY))
    return bool((found.filter(recipient_id=to) if to is not None else found).exists())


def _in_force(on: date) -> Any:
    """Return the consents in force on a day; one withdrawn that day stops that day (effect at once)."""
    return Consent.objects.filter(
        Q(withdrawn_on=None) | Q(withdrawn_on__gt=on), Q(valid_until=None) | Q(valid_until__gte=on), given_on__lte=on
    )


def consented_to(recipient: uuid.UUID, *, worlds: Iterable[str], on: date) -> frozenset[str]:
    """Return the restrictions (`matter:about`) an organisation is cleared for by others' consent, that day."""
    given = _in_force(on).filter(recipient_id=recipient, world__in=list(worlds)).exclude(about=None)
    rows = given.values_list("matter", "about")
    return frozenset(f"{matter}:{about}" for matter, about in rows)


def _mandates(viewer: Viewer, *, world: str, on: date | None = None) -> Iterable[dict[str, Any]]:
    """Who may file in the organisation's name, on whose leave, with the internal trail."""
    found = Mandate.objects.filter(organisation_id=viewer.acting_organisation or NOBODY, world=world)
    if on is not None:
        found = found.filter(current(on))
    return found.order_by("valid_from", "id").values(
        "id", "representative_title", "representative", "person_id", "delegate_id", "deputy_for_id", "kinds",
        "approved_by", "approved_on", "document", "valid_from", "valid_until",
    )  # fmt: skip


_WINDOW = ("key", "business_type", "ministry_code", "matter", "office", "telephone", "email", "address", "url",
           "source", "confidence", "valid_from", "valid_until")  # fmt: skip


def _windows(viewer: Viewer, *, world: str, on: date | None = None, business: str = "") -> Iterable[dict[str, Any]]:
    """Where one files, for anybody: what was recorded here, and what the law data has where nothing was."""
    del viewer
    recorded = FilingWindow.objects.filter(world=world)
    known = set(recorded.values_list("key", flat=True))
    if on is not None:
        recorded = recorded.filter(current(on))
    if business:
        recorded = recorded.filter(business_type=business)
    rows = [{**row, "recorded": True, "consult": False} for row in recorded.values("id", *_WINDOW)]
    for one in filing_windows():
        if one.key in known or business not in ("", one.business):
            continue
        rows.append(
            {
                "id": uuid.uuid5(uuid.NAMESPACE_URL, f"sakimori/window/{one.key}"),
                "key": one.key,
                "business_type": one.business,
                "ministry_code": one.minister,
                "matter": "prior_review",
                "office": one.office,
                "telephone": one.telephone,
                "email": one.email,
                "address": one.address,
                "url": one.url,
                "source": one.source,
                "confidence": one.confidence,
                "valid_from": one.known_since,
                "valid_until": None,
                "recorded": False,
                "consult": one.consult,
            }
        )
    return sorted(rows, key=lambda row: (row["business_type"], row["key"], row["valid_from"]))


def _consents(viewer: Viewer, *, world: str, consent: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """The consents the organisation gave, and those given to it: `given` tells which side it is on."""
    mine = Q(organisation_id=viewer.acting_organisation) | Q(recipient_id=viewer.acting_organisation)
    found = Consent.objects.filter(mine, world__in={world, viewer.world})
    if consent is not None:
        found = found.filter(id=consent)
    for row in found.order_by("-given_on", "id").values(
        "id", "organisation_id", "matter", "about", "scope", "recipient_id", "basis", "given_on", "valid_until",
        "withdrawn_on", "withdrawn_reason",
    ):  # fmt: skip
        thing = row.pop("about")  # a row's `about` names what a reading is recorded under, and is not shown
        yield {**row, "thing": thing, "given": row["organisation_id"] == viewer.acting_organisation}


def _peers(viewer: Viewer, *, world: str) -> Iterable[dict[str, Any]]:
    """The deployments this one exchanges envelopes with: for who runs it, for a peer's name tells who takes part."""
    if not runs_here(viewer.organisation, world):
        return []
    return Peer.objects.filter(world=world).order_by("name").values("id", "name", "edition", "url", "keys")


def _subscriptions(viewer: Viewer, *, world: str) -> Iterable[dict[str, Any]]:
    """Where the organisation's notices also go."""
    found = Subscription.objects.filter(organisation_id=viewer.acting_organisation or NOBODY, world=world)
    return found.order_by("channel", "address").values("id", "channel", "address", "ended_on")


def _standing(viewer: Viewer, *, world: str) -> Iterable[dict[str, Any]]:
    """What the organisation's tokens may do by themselves."""
    found = StandingAuthority.objects.filter(organisation_id=viewer.acting_organisation or NOBODY, world=world)
    return found.order_by("kind", "valid_from").values("id", "kind", "valid_from", "valid_until")


LISTS = {
    "parties.mandates": Query("parties.mandates", _mandates, _ANY, recorded=False),
    "parties.windows": Query("parties.windows", _windows, _ANY, recorded=False),
    "parties.consents": Query("parties.consents", _consents, _CONTENTS, recorded=False),
    "parties.peers": Query("parties.peers", _peers, _ADMINISTRATOR, recorded=False),
    "parties.subscriptions": Query("parties.subscriptions", _subscriptions, _ADMINISTRATOR, recorded=False),
    "parties.standing_authorities": Query("parties.standing_authorities", _standing, _ADMINISTRATOR, recorded=False),
}
