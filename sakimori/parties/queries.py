"""Readings of this room: who there is, and which viewers a person can be."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from sakimori.parties.listing import LISTS
from sakimori.parties.models import Account, Delegation, Designation, Facility, Membership, Organisation, Person, Token
from sakimori.record import Query, Viewer
from sakimori.record.viewer import NOBODY

_ADMINISTRATOR = frozenset({("any", "administrator")})
_ANY = frozenset({("any", "any"), ("any", "administrator")})


def viewers_of(person: uuid.UUID, world: str, base: str, today: date) -> list[Viewer]:
    """Return the roles a person may act in today in a world, the oldest first (parties live in its base world)."""
    current = Q(valid_until=None) | Q(valid_until__gte=today)
    memberships = (
        Membership.objects.filter(current, person_id=person, world=base, valid_from__lte=today)
        .select_related("organisation", "person")
        .order_by("valid_from", "role", "id")
    )
    return [
        Viewer(person, row.organisation_id, row.organisation.type, row.role, world, name=row.person.name_ja)
        for row in memberships
    ]


def _organisations(viewer: Viewer, *, world: str, type: str = "") -> Iterable[dict[str, Any]]:  # noqa: A002 - field name
    """Authorities see every organisation; anybody else its own and the authorities, never who else takes part."""
    found = Organisation.objects.filter(world=world)
    if viewer.organisation_type not in {"ministry", "regional_bureau", "cabinet_office"}:
        public = {"ministry", "regional_bureau", "cabinet_office", "committee", "ppc", "police"}
        found = found.filter(Q(id=viewer.acting_organisation) | Q(id=viewer.organisation) | Q(type__in=public))
    if type:
        found = found.filter(type=type)
    return found.values("id", "type", "name_ja", "name_en", "business_type", "ministry_code", "location", "fictitious")


def _designations(viewer: Viewer, *, world: str) -> Iterable[dict[str, Any]]:
    mine = Q(organisation_id=viewer.acting_organisation) | Q(minister_id=viewer.acting_organisation)
    if viewer.organisation_type == "cabinet_office":
        mine = Q()
    return Designation.objects.filter(mine, world=world).values(
        "id",
        "organisation_id",
        "business_type",
        "minister_id",
        "bureau_id",
        "designated_on",
        "successor",
        "withdrawn_on",
    )


def _facilities(viewer: Viewer, *, world: str) -> Iterable[dict[str, Any]]:
    return Facility.objects.filter(organisation_id=viewer.acting_organisation, world=world).values(
        "id", "name", "category", "designation_id", "order_changed_on"
    )


def _current(on: date | None) -> Q:
    """Return the condition that something is valid on a day; none asked for, anything goes."""
    return Q() if on is None else (Q(valid_until=None) | Q(valid_until__gte=on)) & Q(valid_from__lte=on)


def _roster(viewer: Viewer, *, world: str, on: date | None = None) -> Iterable[dict[str, Any]]:
    """The people of the viewer's own organisation and the roles they ever held, or hold on a day."""
    found = Membership.objects.filter(_current(on), organisation_id=viewer.organisation or NOBODY, world=world)
    for row in found.select_related("person").order_by("valid_until", "person__name_ja", "role"):
        yield {
            "id": row.id,
            "person": row.person_id,
            "name_ja": row.person.name_ja,
            "name_en": row.person.name_en,
            "role": row.role,
            "valid_from": row.valid_from,
            "valid_until": row.valid_until,
            "has_account": Account.objects.filter(person=row.person_id, is_active=True).exists(),
        }


def _people(viewer: Viewer, *, world: str) -> Iterable[dict[str, Any]]:
    """The people of the viewer's own organisation who ever held a role in it."""
    held = Membership.objects.filter(organisation_id=viewer.acting_organisation, world=world)
    found = Person.objects.filter(id__in=held.values("person_id"), world=world).order_by("name_ja", "id")
    return list(found.values("id", "name_ja", "name_en"))


def _tokens(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The tokens of the organisation's machines in this world: never the secret, nor its digest."""
    found = Token.objects.filter(organisation=viewer.organisation or NOBODY, world=viewer.world).order_by("name")
    for row in found.values("id", "name", "role", "valid_until", "revoked"):
        yield {**row}


def _delegations(viewer: Viewer, *, world: str, on: date | None = None) -> Iterable[dict[str, Any]]:
    """Who may (or could, on a day) act for the viewer's organisation, and for whom it may act: `held` tells which."""
    mine = Q(principal_id=viewer.organisation) | Q(delegate_id=viewer.organisation)
    rows = Delegation.objects.filter(mine, _current(on), world=world)
    for row in rows.values("id", "principal_id", "delegate_id", "kinds", "valid_from", "valid_until"):
        yield {**row, "held": row["delegate_id"] == viewer.organisation}


QUERIES = {
    "parties.organisations": Query("parties.organisations", _organisations, _ANY, recorded=False),
    "parties.designations": Query("parties.designations", _designations, _ANY, recorded=False),
    "parties.roster": Query("parties.roster", _roster, _ADMINISTRATOR, recorded=False),
    "parties.people": Query("parties.people", _people, _ADMINISTRATOR, recorded=False),
    "parties.tokens": Query("parties.tokens", _tokens, _ADMINISTRATOR, recorded=False),
    "parties.delegations": Query("parties.delegations", _delegations, _ANY, recorded=False),
    "parties.facilities": Query("parties.facilities", _facilities, _ANY, recorded=False),
    **LISTS,
}
