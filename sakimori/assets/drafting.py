"""From the register to a notification: which computers wait to be notified, and exactly what would leave."""

import uuid
from typing import Any

from django.db.models import Count

from sakimori.acts import clock
from sakimori.acts.errors import PreconditionError
from sakimori.assets import designated
from sakimori.assets.interview import ministry
from sakimori.assets.models import Computer
from sakimori.assets.payloads import MOST_ROWS, FileNotification
from sakimori.assets.scoping import FacilityFacts
from sakimori.parties.models import Facility
from sakimori.record import Viewer
from sakimori.text import Text


def facilities_of(viewer: Viewer) -> dict[str, str]:
    """Return the viewer's facilities as an import may name them: by name and, where it is theirs alone, by category."""
    base = clock.world(viewer.world).base
    found = Facility.objects.filter(world=base, organisation_id=viewer.acting_organisation)
    names = {facility.name: str(facility.id) for facility in found}
    categories: dict[str, list[str]] = {}
    for facility in found:
        categories.setdefault(facility.category, []).append(str(facility.id))
    return {**{category: ids[0] for category, ids in categories.items() if len(ids) == 1}, **names}


def facility_names(viewer: Viewer) -> dict[uuid.UUID, str]:
    """Return the names of the viewer's own facilities by id."""
    found = Facility.objects.filter(
        world=clock.world(viewer.world).base, organisation_id=viewer.acting_organisation
    ).values_list("id", "name")
    return dict(found)


def minister_of(viewer: Viewer, category: str, language: str) -> str:
    """Return the name of the minister a notification of this category goes to; empty where there is none."""
    found = designated.of_category(clock.world(viewer.world).base, viewer.acting_organisation, category)
    return Text(found.minister.name_ja, found.minister.name_en).pick(language) if found else ""


def facility_facts(facility: Facility, world: str) -> FacilityFacts:
    """Return what the records of a world say about a facility, as the law's tables ask for it."""
    designation = facility.designation
    return FacilityFacts(
        designation.designated_on,
        designation.successor,
        facility.in_place_since,
        facility.order_changed_on,
        ministry.successor_start(world, facility) if designation.successor else None,
    )


def waiting_categories(viewer: Viewer) -> dict[str, int]:
    """Return how many computers wait to be notified, by category of facility (特定重要設備の区分)."""
    counted: dict[str, int] = {}
    facilities = _facilities(viewer)
    for facility, count in _waiting(viewer).order_by().values_list("facility").annotate(Count("id")):
        category = facilities[facility]
        counted[category] = counted.get(category, 0) + count
    return counted


def waiting_by_duty(viewer: Viewer, category: str) -> dict[uuid.UUID, int]:
    """Return how many computers of a category wait to be notified, by the duty whose clock they share."""
    facilities = [identity for identity, name in _facilities(viewer).items() if name == category]
    counted = _waiting(viewer).filter(facility__in=facilities).exclude(duty=None).order_by().values_list("duty")
    return dict(counted.annotate(Count("id")))


def draft(viewer: Viewer, category: str) -> FileNotification:
    """Return the notification of everything that waits in one category: the five items, nothing else.

    Raises `PreconditionError` where nothing waits.
    """
    rows = waiting_rows(viewer, category)[:MOST_ROWS]
    if not rows:
        raise PreconditionError(
            Text(
                f"「{category}」に届出待ちの電子計算機はありません。",
                f"No computer waits to be notified in “{category}”.",
            ),
            where="facility_category",
        )
    outline = designated.outline(viewer, category)
    return FileNotification.model_validate({"outline": outline, "facility_category": category, "rows": rows})


def waiting_rows(viewer: Viewer, category: str) -> list[dict[str, Any]]:
    """Return clause, product and maker of every computer of a category that waits to be notified, by key."""
    return list(waiting_computers(viewer, category).values("clause", "product", "maker"))


def waiting_computers(viewer: Viewer, category: str) -> Any:
    """Return the computers of a category that wait to be notified, by key."""
    facilities = [identity for identity, name in _facilities(viewer).items() if name == category]
    return _waiting(viewer).filter(facility__in=facilities).order_by("key")


def _facilities(viewer: Viewer) -> dict[uuid.UUID, str]:
    base = clock.world(viewer.world).base
    found = Facility.objects.filter(world=base, organisation_id=viewer.acting_organisation)
    return dict(found.values_list("id", "category"))


def _waiting(viewer: Viewer) -> Any:
    return Computer.objects.filter(
        world=viewer.world,
        organisation=viewer.acting_organisation,
        notify="yes",
        notification=None,
        status="registered",
    ).exclude(clause="")
