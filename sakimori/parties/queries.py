"""Readings of this room: who there is, and which viewers a person can be."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from sakimori.parties.models import Designation, Facility, Membership, Organisation
from sakimori.record import Query, Viewer

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


QUERIES = {
    "parties.organisations": Query("parties.organisations", _organisations, _ANY, recorded=False),
    "parties.designations": Query("parties.designations", _designations, _ANY, recorded=False),
    "parties.facilities": Query("parties.facilities", _facilities, _ANY, recorded=False),
}
