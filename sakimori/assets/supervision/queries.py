"""Readings of the authorities' side: matters of either side, hints, what waits to be checked, the sector, the map."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, F, Q, Value, When

from sakimori.acts import clock
from sakimori.acts.models import ReadRecord
from sakimori.assets.models import Hint, MapPermission, Matter, Notification, OfficeSetting
from sakimori.assets.supervision import sector
from sakimori.record import Listing, Query, Viewer, every_role

OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
MINISTRIES = every_role("ministry", roles=("intake", "officer", "decider"))
CABINET = every_role("cabinet_office", roles=("intake", "analyst", "officer", "decider"))
MAP = every_role("cabinet_office", roles=("analyst", "officer", "decider"))
"""Who reads concentrations: those who analyse and those who answer for it; not the intake."""
READERS = every_role("cabinet_office", roles=("officer", "decider"))
"""Who sees who has read concentrations."""
MAP_QUERIES = ("assets.products", "assets.spread", "assets.notified_spellings")
_MATTER = (
    "number", "side", "sort", "giver", "addressee", "operator", "filing", "facility_category", "content", "given_at",
    "reached_at", "due_on", "status", "answer", "answered_at", "ended_at", "met_by", "service", "labels", "owner",
)  # fmt: skip
_SAID = ("content", "answer", "service")
_OPEN = ("open", "answered")


def own_matters(viewer: Viewer) -> Any:
    """Return the matters a viewer's organisation gave or was given."""
    mine = Q(side="giver", giver=viewer.acting_organisation) | Q(side="addressee", addressee=viewer.acting_organisation)
    return Matter.objects.filter(mine, world=viewer.world)


def _matters(
    viewer: Viewer,
    *,
    sort: str = "",
    state: str = "",
    operator: uuid.UUID | None = None,
    filing: uuid.UUID | None = None,
    matter: uuid.UUID | None = None,
) -> Iterable[dict[str, Any]]:
    """Matters given and received: of one `sort`; `state` open, late, over; about an operator or a filing."""
    found = own_matters(viewer)
    today = clock.today(viewer.world)
    if sort:
        found = found.filter(sort=sort)
    if state == "open":
        found = found.filter(status__in=_OPEN)
    if state == "late":
        found = found.filter(status="open", due_on__lt=today)
    if state == "over":
        found = found.exclude(status__in=_OPEN)
    if operator is not None:
        found = found.filter(operator=operator)
    if filing is not None:
        found = found.filter(filing=filing)
    if matter is not None:
        found = found.filter(number=matter)
    states = Case(
        When(status="open", due_on__lt=today, then=Value("late")),
        When(status="met", ended_at__date__gt=F("due_on"), then=Value("met_late")),
        When(status="answered", answered_at__date__gt=F("due_on"), then=Value("answered_late")),
        default=F("status"),
    )
    rows: Iterable[dict[str, Any]] = found.order_by(*_LISTED.order).values(*_MATTER, state=states)
    return rows


def _by_number(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A matter goes by its number, which is that of the act that began it."""
    del viewer
    return [{"id": row["number"], "about": row["number"], **row} for row in rows]


def _open_matters(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What waits between office and operator: sorts, days and states, nothing of what was said."""
    found = own_matters(viewer).filter(status__in=_OPEN).order_by(F("due_on").asc(nulls_last=True), "given_at")
    for row in found.values(
        "number", "side", "sort", "giver", "operator", "due_on", "given_at", "status", "answered_at"
    ):
        yield {"id": row["number"], **row}


def _hints(viewer: Viewer, *, notification: uuid.UUID) -> Iterable[dict[str, Any]]:
    """What to look at in a notification that arrived at this minister."""
    found = Hint.objects.filter(world=viewer.world, minister=viewer.acting_organisation, notification=notification)
    rows: Iterable[dict[str, Any]] = found.order_by("code", "place", "id").values(
        "id", "code", "maker", "product", "clause", "place", "rows", "said", "labels", "owner",
        about=F("notification__act"),
    )  # fmt: skip
    return rows


def _checking(viewer: Viewer, *, findings: str = "", status: str = "received") -> Iterable[dict[str, Any]]:
    """Notifications at this minister with how many hints each has: those waiting, or all; `findings` yes | no."""
    found = Notification.objects.filter(world=viewer.world, side="minister", minister=viewer.acting_organisation)
    if status:
        found = found.filter(status=status)
    if findings == "yes":
        found = found.filter(hints__gt=0)
    if findings == "no":
        found = found.exclude(hints__gt=0)
    rows: Iterable[dict[str, Any]] = found.order_by(*_CHECKED.order).values(
        "id", "act", "organisation", "what", "channel", "arrived_at", "status", "hints", "labels", "owner",
        "facility_category", "count",
    )  # fmt: skip
    return rows


def _about_their_act(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    del viewer
    return [{**row, "about": row["act"]} for row in rows]


def _office(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What this office has set for its dealings."""
    found = OfficeSetting.objects.filter(world=viewer.world, office=viewer.acting_organisation).order_by("-set_at")
    yield from found.values("id", "answer_days", "remedies", "set_at")[:1]


def _map_readers(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Who read concentrations here, when, and what was asked."""
    found = ReadRecord.objects.filter(
        world=viewer.world, query__in=MAP_QUERIES, organisation=viewer.acting_organisation
    )
    rows: Iterable[dict[str, Any]] = found.order_by(*_READ.order).values(
        "id", "query", "person", "token", "role", "rows", "read_at", "content"
    )
    return rows


def _what_was_asked(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    del viewer
    return [
        {**{name: value for name, value in row.items() if name != "content"}, "asked": _asked(row["content"])}
        for row in rows
    ]


def _asked(content: Any) -> str:
    if content is None:
        return ""
    asked = json.loads(bytes(content)).get("asked") or {}
    part = asked.pop("part", None) or {}
    told = {**{name: value for name, value in asked.items() if value}, "words": " ".join(part.get("words", []))}
    if part:
        told["rows"] = "all" if not part.get("count") else f"{part['start'] + 1}-{part['start'] + part['count']}"
        told["sort"] = part.get("sort", "")
    return ", ".join(f"{name}={value}" for name, value in told.items() if value)


def _map_permission(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The decision, if one stands today, that the list of concentrations may be taken out."""
    today = clock.today(viewer.world)
    found = MapPermission.objects.filter(world=viewer.world, office=viewer.acting_organisation, until__gte=today)
    yield from found.order_by("-decided_at").values("id", "reason", "until", "decided_at")[:1]


def _counts(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """How many matters stand in which state, by sort: sums only."""
    today = clock.today(viewer.world)
    late = Count("id", filter=Q(status="open", due_on__lt=today))
    counted = own_matters(viewer).order_by().values("sort", "status").annotate(n=Count("id"), late=late)
    for row in counted:
        yield {"id": uuid.uuid5(uuid.NAMESPACE_OID, f"{row['sort']}/{row['status']}"), **row}


_LISTED = Listing(
    order=("-given_at", "number"),
    sorts=("given_at", "sort", "operator", "giver", "due_on", "status", "state", "answered_at", "facility_category"),
    texts=("facility_category", "given_at", "due_on"),
    named=("sort", "operator", "giver", "status", "state"),
    make=_by_number,
)
_CHECKED = Listing(
    order=("-arrived_at", "id"),
    sorts=("arrived_at", "organisation", "facility_category", "count", "hints", "what", "channel", "status"),
    texts=("facility_category", "arrived_at"),
    named=("organisation", "what", "channel", "status"),
    make=_about_their_act,
)
_READ = Listing(
    order=("-read_at", "id"),
    sorts=("read_at", "person", "query", "rows"),
    texts=("read_at",),
    named=("person", "query"),
    make=_what_was_asked,
)
_ITEMS = {"items": ("facility_category", "count")}
QUERIES = {
    "assets.matters": Query(
        "assets.matters",
        _matters,
        OPERATORS | MINISTRIES | CABINET,
        {"content": _SAID, "all": (*_SAID, "facility_category")},
        listing=_LISTED,
    ),
    "assets.open_matters": Query(
        "assets.open_matters", _open_matters, OPERATORS | MINISTRIES | CABINET, recorded=False
    ),
    "assets.matter_counts": Query("assets.matter_counts", _counts, MINISTRIES | CABINET, recorded=False),
    "assets.hints": Query(
        "assets.hints", _hints, MINISTRIES, {"items": ("maker", "product", "clause", "said")}
    ),
    "assets.checking": Query("assets.checking", _checking, MINISTRIES, _ITEMS, listing=_CHECKED),
    "assets.office": Query("assets.office", _office, MINISTRIES, recorded=False),
    "assets.sector": Query("assets.sector", sector.rows, MINISTRIES | CABINET, recorded=False),
    "assets.sector_trend": Query("assets.sector_trend", sector.trend, MINISTRIES | CABINET, recorded=False),
    "assets.map_readers": Query(
        "assets.map_readers", _map_readers, READERS, recorded=False, listing=_READ
    ),
    "assets.map_permission": Query("assets.map_permission", _map_permission, MAP, recorded=False),
}  # fmt: skip
