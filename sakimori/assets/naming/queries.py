"""Readings of names: how products are written and how often, and what was decided for them."""

import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Count

from sakimori.assets.models import Computer, NameDecision, ProductSpread
from sakimori.assets.naming.spelling import keys_of
from sakimori.assets.supervision.queries import MAP
from sakimori.record import Query, Viewer, every_role

OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
MOST = 500  # spellings listed at once: the most used first, nobody decides more in a sitting (house rule)


def _standing(viewer: Viewer) -> Any:
    return NameDecision.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, status="decided"
    ).order_by("-decided_at")


def _spellings(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """The spellings nobody has decided on yet, the most used first: the operator's own, or all that were notified."""
    decided = set(_standing(viewer).values_list("maker_key", "product_key"))
    open_ones = (row for row in _written(viewer) if keys_of(row["maker"], row["product"]) not in decided)
    for row in islice(open_ones, MOST):
        yield {"id": uuid.uuid5(uuid.NAMESPACE_OID, f"{row['maker']}\x1f{row['product']}"), **row}


def _written(viewer: Viewer) -> Iterable[dict[str, Any]]:
    if viewer.organisation_type == "operator":
        own = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
        counted = own.exclude(status="retired").values("maker", "product").order_by()
        rows: Iterable[dict[str, Any]] = counted.annotate(computers=Count("id")).order_by(
            "-computers", "maker", "product"
        )
        return (row for row in rows if row["product"])
    notified = ProductSpread.objects.filter(world=viewer.world).order_by("-computers", "maker", "product")
    labels = {"items": ["reported_information"], "total": ["concentration"]}
    return (
        {**row, "labels": labels, "owner": None} for row in notified.values("maker", "product", "computers").iterator()
    )


def _decisions(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What the viewer's organisation decided and has not undone, the newest first."""
    rows: Iterable[dict[str, Any]] = _standing(viewer).values(
        "id", "maker", "product", "maker_key", "product_key", "vendor", "official", "cpe", "rule", "decided_by",
        "decided_at", "labels", "owner",
    )  # fmt: skip
    return rows


def _official(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What the operator decided, as its own lists show it beside each product."""
    rows: Iterable[dict[str, Any]] = _standing(viewer).values("id", "maker_key", "product_key", "vendor", "official")
    return rows


_ITEMS = ("maker", "product")
QUERIES = {
    "assets.spellings": Query("assets.spellings", _spellings, OPERATORS, recorded=False),
    "assets.official_names": Query("assets.official_names", _official, OPERATORS, recorded=False),
    "assets.notified_spellings": Query(
        "assets.notified_spellings",
        _spellings,
        MAP,
        {"items": _ITEMS, "total": (*_ITEMS, "computers")},
        sensitive=("concentration",),
    ),
    "assets.name_decisions": Query(
        "assets.name_decisions", _decisions, OPERATORS | MAP, {"items": (*_ITEMS, "vendor", "official", "cpe")}
    ),
}
