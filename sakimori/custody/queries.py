"""Readings of this room: the Prime Minister's office alone; the records themselves only its analysts and officers."""

import uuid
from collections.abc import Iterable
from typing import Any

from sakimori.custody.models import Engine, SelectedRecord, Selection
from sakimori.record import Query, Viewer, every_role

OFFICE = every_role("cabinet_office", roles=("analyst", "officer", "decider"))
HANDLERS = every_role("cabinet_office", roles=("analyst", "officer"))
_CONTENT = ("first", "last", "src", "dst", "src_port", "dst_port", "protocol", "content")


def _engines(viewer: Viewer) -> Iterable[dict[str, Any]]:
    return (
        Engine.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
        .order_by("name")
        .values("id", "name", "equipment", "key_id", "public_key", "valid_from", "valid_until", "withdrawn_at")
    )


def _selections(
    viewer: Viewer, *, selection: uuid.UUID | None = None, measure: uuid.UUID | None = None
) -> Iterable[dict[str, Any]]:
    found = Selection.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if selection is not None:
        found = found.filter(id=selection)
    if measure is not None:
        found = found.filter(measure=measure)
    for one in found.select_related("engine").prefetch_related("handlings"):
        yield {
            **{name: getattr(one, name) for name in (
                "id", "measure", "authority", "order", "receipt", "receipt_digest", "records_digest", "started_at",
                "ended_at", "kept_flows", "recorded_at", "retained_until", "extended", "status", "ended_early_at",
                "end_reason", "erased_at", "act",
            )},
            "engine": one.engine.name,
            "notices": [
                {"what": told.what, "happened_at": told.happened_at, "arrived_at": told.arrived_at,
                 "refusal": told.refusal}
                for told in sorted(one.handlings.all(), key=lambda told: told.happened_at)
            ],
        }  # fmt: skip


def _records(viewer: Viewer, *, selection: uuid.UUID | None = None, limit: int = 1000) -> Iterable[dict[str, Any]]:
    """Kept records with their label; the read record names the selection, not each of thousands of rows."""
    found = SelectedRecord.objects.filter(world=viewer.world, selection__organisation=viewer.acting_organisation)
    if selection is not None:
        found = found.filter(selection=selection)
    for row in found[: max(limit, 0)].values("id", "selection_id", "position", *_CONTENT, "labels", "owner"):
        yield {**row, "about": row["selection_id"]}


QUERIES = {
    "custody.engines": Query("custody.engines", _engines, OFFICE),
    "custody.selections": Query("custody.selections", _selections, OFFICE),
    "custody.records": Query("custody.records", _records, HANDLERS, {"content": _CONTENT}),
}
