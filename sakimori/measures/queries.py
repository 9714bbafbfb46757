"""Readings of this room, for the Prime Minister's office alone; and what the committee's room needs to know of it."""

import uuid
from collections.abc import Iterable
from typing import Any

from sakimori.measures.answers import expected
from sakimori.measures.limits import content_faults, times
from sakimori.measures.models import Measure
from sakimori.measures.payloads import APPROVED, AskApproval, Condition, Decided
from sakimori.record import Listing, Query, Viewer, every_role

__all__ = ["APPROVED", "QUERIES", "AskApproval", "Condition", "Decided", "content_faults", "expected", "times"]

OFFICE = every_role("cabinet_office", roles=("analyst", "officer", "decider"))
_FIELDS = (
    "id", "basis", "attack", "no_other_way", "equipment", "criteria", "conditions", "address_overrides",
    "capacity_percent", "begins_on", "ends_on", "filed_at", "arrived_at",
    "refusal", "status", "number", "committee_conditions", "reason", "decided_at",
    "valid_from", "valid_until", "ended_on", "end_reason", "act",
)  # fmt: skip


def _measures(viewer: Viewer, *, measure: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    found = Measure.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if measure is not None:
        found = found.filter(id=measure)
    return found.order_by("-filed_at", "id").values(*_FIELDS)


def _authority(viewer: Viewer, *, measure: uuid.UUID) -> Iterable[dict[str, Any]]:
    """The committee's signed selection authority, in the file form that `sakimori select` reads."""
    found = Measure.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, id=measure, authority__isnull=False
    )
    return found.values("id", "number", "status", "authority", "ended_on")


_ASKED = Listing(
    order=("-filed_at", "id"),
    sorts=("filed_at", "number", "basis", "equipment", "status", "valid_until"),
    texts=("filed_at", "number", "equipment", "valid_until"),
)
QUERIES = {
    "measures.measures": Query("measures.measures", _measures, OFFICE, listing=_ASKED),
    "measures.authority": Query("measures.authority", _authority, OFFICE),
}
