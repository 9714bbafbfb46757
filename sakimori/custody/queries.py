"""Readings of this room: the Prime Minister's office alone; the records themselves only its analysts and officers."""

import uuid
from collections.abc import Iterable
from typing import Any

from sakimori.custody.models import Engine, Handling, SelectedRecord, Selection
from sakimori.record import Listing, Query, Viewer, every_role

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
    return found.order_by("-recorded_at", "id").values(
        "id", "measure", "authority", "order", "receipt", "receipt_digest", "records_digest", "started_at",
        "ended_at", "kept_flows", "recorded_at", "retained_until", "extended", "status", "ended_early_at",
        "end_reason", "erased_at", "act", "engine__name",
    )  # fmt: skip


def _with_notices(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what the committee was told of each selection, in order of time."""
    told: dict[uuid.UUID, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    found = Handling.objects.filter(world=viewer.world, selection__in=list(told)).order_by("happened_at", "id")
    for one in found.values("selection_id", "what", "happened_at", "arrived_at", "refusal"):
        told[one.pop("selection_id")].append(one)
    return [{**row, "engine": row.pop("engine__name"), "notices": told[row["id"]]} for row in rows]


def _records(
    viewer: Viewer, *, selection: uuid.UUID | None = None, limit: int | None = 1000
) -> Iterable[dict[str, Any]]:
    """Kept records with their label, so many of them (all, for reading page by page, with None).

    The read record names the selection, not each of thousands of rows.
    """
    found = SelectedRecord.objects.filter(world=viewer.world, selection__organisation=viewer.acting_organisation)
    if selection is not None:
        found = found.filter(selection=selection)
    found = found.order_by("selection_id", "position", "id")
    return (found if limit is None else found[: max(limit, 0)]).values(
        "id", "selection_id", "position", *_CONTENT, "labels", "owner"
    )


def _about_their_selection(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "about": row["selection_id"]} for row in rows]


def _clocks(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What is kept and until when, nothing of it."""
    found = Selection.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, status__in=("retained", "ended")
    )
    rows = found.order_by("retained_until").values("id", "recorded_at", "retained_until", "kept_flows")
    return list(rows)


_RUN = Listing(
    order=("-recorded_at", "id"),
    sorts=("ended_at", "authority", "kept_flows", "retained_until", "status"),
    texts=("ended_at", "authority", "kept_flows", "retained_until"),
    make=_with_notices,
)
_KEPT = Listing(
    order=("selection_id", "position", "id"),
    sorts=("first", "src", "src_port", "dst", "dst_port", "protocol"),
    texts=("first", "src", "src_port", "dst", "dst_port", "protocol"),
    make=_about_their_selection,
)
QUERIES = {
    "custody.engines": Query("custody.engines", _engines, OFFICE),
    "custody.selections": Query("custody.selections", _selections, OFFICE, listing=_RUN),
    "custody.clocks": Query("custody.clocks", _clocks, OFFICE, recorded=False),
    "custody.records": Query("custody.records", _records, HANDLERS, {"content": _CONTENT}, listing=_KEPT),
}
