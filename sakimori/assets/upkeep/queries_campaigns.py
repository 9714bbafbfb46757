"""Readings of stocktakes, settings, reminders and new derivations: the operator's own."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, Sum

from sakimori import law
from sakimori.acts import clock
from sakimori.assets.models import (
    Computer,
    ComputerChange,
    DueReminder,
    FacilityDerivation,
    Stocktake,
    StocktakeList,
    UpkeepSetting,
)
from sakimori.assets.upkeep import rederiving, reminding, settings, stocktaking
from sakimori.parties.models import Facility
from sakimori.record import Listing, Query, Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_LIST = (
    "id", "stocktake", "facility", "responsible", "person", "computers", "status", "answered_at", "answered_by",
    "answered_for", "channel", "unchanged", "changed", "retired", "added", "note", "labels", "owner",
)  # fmt: skip
_PRIVATE = ("responsible", "answered_for", "note")
ROW = (
    "id", "key", "name", "facility", "maker", "product", "unit", "version", "serial", "address", "responsible",
    "introduced_on", "status", "labels", "owner",
)  # fmt: skip
_ROW_PRIVATE = ("key", "name", "version", "serial", "address", "responsible", "introduced_on")


def _stocktakes(viewer: Viewer, *, stocktake: uuid.UUID | None = None, status: str = "") -> Iterable[dict[str, Any]]:
    """The operator's stocktakes, the newest first, with how many lists there are and how many are answered."""
    found = Stocktake.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if stocktake is not None:
        found = found.filter(id=stocktake)
    if status:
        found = found.filter(status=status)
    counted = found.annotate(
        lists_in=Count("lists"),
        answered=Count("lists", filter=Q(lists__status="answered")),
        computers_in=Sum("lists__computers"),
    )
    fields = ("id", "act", "title", "started_at", "answer_by", "status", "closed_at", "reminded_at", "note", "summary")
    rows = counted.order_by("-started_at").values(*fields, "lists_in", "answered", "computers_in")
    return [{"name": row["title"], **row} for row in rows]


def _lists(
    viewer: Viewer, *, stocktake: uuid.UUID | None = None, stocktake_list: uuid.UUID | None = None, status: str = ""
) -> Any:
    """The lists of a stocktake: whose, how many computers, answered or not."""
    found = StocktakeList.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    wanted = {"stocktake": stocktake, "id": stocktake_list, "status": status}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.order_by("-status", "responsible", "facility").values(*_LIST)


def _ahead(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The lists a stocktake would have if it began now: facility, responsible person, number of computers."""
    own = viewer.acting_organisation
    named = dict(
        Facility.objects.filter(world=clock.world(viewer.world).base, organisation_id=own).values_list("id", "name")
    )
    for place, (facility, responsible, count) in enumerate(stocktaking.lists_of(viewer.world, own, named)):
        yield {
            "id": uuid.uuid5(facility, str(place)),
            "facility": facility,
            "facility_name": named[facility],
            "responsible": responsible,
            "computers": count,
            "nobody": not responsible,
            "labels": {name: list(those) for name, those in law.kind("assets.stocktake.start").restricts.items()},
            "owner": own,
        }


def _progress(viewer: Viewer, *, stocktake_list: uuid.UUID) -> Iterable[dict[str, Any]]:
    """A list as it stands: how many computers, which they are (`listed`, a digest), what changed since it began."""
    one = (
        StocktakeList.objects.select_related("stocktake")
        .filter(world=viewer.world, organisation=viewer.acting_organisation, id=stocktake_list)
        .first()
    )
    if one is not None:
        there = list(stocktaking.on_list(viewer.world, one).values_list("id", flat=True))
        yield {"id": one.id, "listed": stocktaking.listed(there), **stocktaking.since(one.stocktake, one, len(there))}


def _rows(viewer: Viewer, *, stocktake_list: uuid.UUID) -> Any:
    """The computers on a list, as the register has them now."""
    one = StocktakeList.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, id=stocktake_list
    ).first()
    if one is None:
        return Computer.objects.none().values(*ROW)
    return stocktaking.on_list(viewer.world, one).order_by("key").values(*ROW)


def _changes(viewer: Viewer, *, stocktake_list: uuid.UUID) -> Iterable[dict[str, Any]]:
    """What has changed in the computers of a list's facility since its stocktake began, in order."""
    one = StocktakeList.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, id=stocktake_list
    ).select_related("stocktake").first()  # fmt: skip
    if one is None:
        return []
    found = ComputerChange.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, computer__facility=one.facility,
        recorded_at__gte=one.stocktake.started_at,
    )  # fmt: skip
    named = ("id", "computer", "event", "fields", "recorded_at", "labels", "owner")
    return list(found.order_by("recorded_at", "id").values(*named, key=F("computer__key")))


def _settings(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What the operator has settled, as it stands: months between stocktakes, whether disposals are filed."""
    now = settings.settled(viewer.world, viewer.acting_organisation)
    newest = UpkeepSetting.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    kept = newest.order_by("-recorded_at", "-id").first()
    yield {
        "id": kept.id if kept else viewer.acting_organisation,
        "settled": kept is not None,
        "act": kept.act if kept else None,
        "recorded_at": kept.recorded_at if kept else None,
        "stocktake_months": now.stocktake_months,
        "file_disposals": now.file_disposals,
        "file_returned": now.file_returned,
        "answer": now.answer,
        "answered_on": now.answered_on,
        "returned": settings.returned_is_change(viewer.world, viewer.acting_organisation) or "",
        "retirement": settings.retirement_is_change(viewer.world, viewer.acting_organisation) or "",
    }


def _due(viewer: Viewer, *, due: uuid.UUID) -> Iterable[dict[str, Any]]:
    """A reminder: of which day, given when, and the duties due on that day that are still open."""
    one = DueReminder.objects.filter(world=viewer.world, organisation=viewer.acting_organisation, id=due).first()
    if one is not None:
        owed = reminding.obligations(viewer.world, viewer.acting_organisation, one.due_on)
        yield {
            "id": one.id,
            "due_on": one.due_on,
            "rung": one.rung,
            "reminded_at": one.reminded_at,
            "duties": [str(obligation.subject) for obligation in owed],
        }


def _derivation(viewer: Viewer, *, derivation: uuid.UUID) -> Iterable[dict[str, Any]]:
    """A new derivation of a facility's duties: when, on which act's authority, how many computers it changed."""
    own = Facility.objects.filter(organisation_id=viewer.acting_organisation).values_list("id", flat=True)
    found = FacilityDerivation.objects.filter(world=viewer.world, id=derivation, facility__in=list(own))
    for one in found:
        facility = Facility.objects.get(id=one.facility)
        yield {
            "id": one.id,
            "facility": one.facility,
            "facility_name": facility.name,
            "act": one.act,
            "cause": rederiving.authority_of(viewer.world, facility),
            "derived_at": one.derived_at,
            "changed": one.changed,
        }


QUERIES = {
    "assets.stocktakes": Query("assets.stocktakes", _stocktakes, _OPERATORS, recorded=False),
    "assets.stocktake_lists": Query(
        "assets.stocktake_lists",
        _lists,
        _OPERATORS,
        {"private": _PRIVATE},
        recorded=False,
        listing=Listing(
            order=("-status", "responsible", "facility", "id"),
            sorts=("status", "responsible", "facility", "computers", "answered_at", "changed", "retired"),
            texts=("responsible", "answered_for"),
        ),
    ),
    "assets.stocktake_rows": Query(
        "assets.stocktake_rows",
        _rows,
        _OPERATORS,
        {"private": _ROW_PRIVATE},
        listing=Listing(
            order=("key",),
            sorts=("key", "name", "maker", "product", "version", "address"),
            texts=("key", "name", "maker", "product"),
        ),
    ),
    "assets.stocktake_changes": Query("assets.stocktake_changes", _changes, _OPERATORS, {"private": ("key", "fields")}),
    "assets.stocktake_ahead": Query(
        "assets.stocktake_ahead", _ahead, _OPERATORS, {"private": ("responsible",)}, recorded=False
    ),
    "assets.stocktake_progress": Query("assets.stocktake_progress", _progress, _OPERATORS, recorded=False),
    "assets.upkeep_settings": Query("assets.upkeep_settings", _settings, _OPERATORS, recorded=False),
    "assets.due": Query("assets.due", _due, _OPERATORS, recorded=False),
    "assets.derivation": Query("assets.derivation", _derivation, _OPERATORS, recorded=False),
}
