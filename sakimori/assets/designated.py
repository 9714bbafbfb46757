"""Which designation a facility category stands under, and what a filing says of the operator there (事業者の概要)."""

import uuid
from collections.abc import Iterable

from sakimori.acts import clock
from sakimori.assets.payloads import Outline
from sakimori.parties.models import Designation, Facility, Organisation
from sakimori.record import Viewer


def of_category(base: str, organisation: uuid.UUID, category: str) -> Designation | None:
    """Return the designation of an operator's facilities of a category (特定重要設備の区分); None where it has none.

    An operator may be designated for several businesses (推進法50条1項); what it files in a category is about the
    one that the facilities of the category stand under. One that stands comes before one
    withdrawn, the earlier before the later.
    """
    found = Designation.objects.filter(
        world=base, organisation=organisation, facilities__in=_facilities(base, organisation, category)
    ).select_related("minister")
    return first(found.distinct())


def first(designations: Iterable[Designation]) -> Designation | None:
    """Return of several designations the one that a filing is about: one that stands, the earliest."""
    return min(
        designations, key=lambda one: (one.withdrawn_on is not None, one.designated_on, str(one.id)), default=None
    )


def _facilities(base: str, organisation: uuid.UUID, category: str) -> list[uuid.UUID]:
    found = Facility.objects.filter(world=base, organisation_id=organisation, category=category)
    return list(found.values_list("id", flat=True))


def _only(base: str, organisation: uuid.UUID) -> Designation | None:
    """Return the one designation that stands, for a category that no facility has any more; else None."""
    found = list(Designation.objects.filter(world=base, organisation=organisation, withdrawn_on=None)[:2])
    return found[0] if len(found) == 1 else None


def outline(viewer: Viewer, category: str) -> Outline:
    """Return what a filing in a category says of the operator: its name, number, and the business designated for."""
    return outline_of(clock.world(viewer.world).base, viewer.acting_organisation, category)


def outline_of(base: str, organisation: uuid.UUID, category: str) -> Outline:
    """Return what a filing of an operator in a category says of it, as the records of a world say now."""
    operator = Organisation.objects.get(id=organisation, world=base)
    business = of_category(base, operator.id, category) or _only(base, operator.id)
    return Outline(
        name=operator.name_ja,
        corporate_number=operator.corporate_number,
        business_type=business.business_type if business else "",
    )
