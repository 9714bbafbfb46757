"""Readings of this room: the operator's own register, notifications filed and arrived, products notified."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q

from sakimori.acts.models import Obligation
from sakimori.assets.models import Computer, Duty, Notification, NotifiedItem
from sakimori.record import Query, Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_MINISTRIES = every_role("ministry", roles=("intake", "officer", "decider"))
_CABINET = every_role("cabinet_office", roles=("intake", "analyst", "officer", "decider"))
_PRIVATE = ("key", "name", "version", "serial", "address", "responsible", "introduced_on", "facts")
_ITEMS = ("clause", "product", "maker")


def _register(
    viewer: Viewer, *, text: str = "", scope: str = "", notify: str = "", status: str = ""
) -> Iterable[dict[str, Any]]:
    """The operator's own computers; nobody else has a way to them."""
    found = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    for name, value in (("scope", scope), ("notify", notify), ("status", status)):
        if value:
            found = found.filter(**{name: value})
    if text:
        found = found.filter(
            Q(key__icontains=text) | Q(name__icontains=text) | Q(product__icontains=text) | Q(maker__icontains=text)
        )
    return found.order_by("key").values(
        "id", "facility", *_PRIVATE, "maker", "product", "unit", "scope", "clause", "trigger_group", "notify", "status",
        "duty", "notification", "labels", "owner",
    )  # fmt: skip


def _computer(viewer: Viewer, *, computer: uuid.UUID) -> Iterable[dict[str, Any]]:
    found = Computer.objects.filter(id=computer, world=viewer.world, organisation=viewer.acting_organisation)
    return found.values(
        "id", "facility", *_PRIVATE, "maker", "product", "unit", "scope", "clause", "trigger_group", "notify", "status",
        "duty", "notification", "labels", "owner", "finding__content",
    )  # fmt: skip


def _duties(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """What is owed for which computers, with the clock's derivation and how many are done."""
    counted = Duty.objects.filter(world=viewer.world, organisation=viewer.acting_organisation).annotate(
        computers_in=Count("computers", filter=Q(computers__notify="yes")),
        notified=Count("computers", filter=Q(computers__notify="yes", computers__status="notified")),
    )
    owed = {
        row.subject: row
        for row in Obligation.objects.filter(
            world=viewer.world, bearer=viewer.acting_organisation, subject_type="assets.duty"
        )
    }
    for duty in counted:
        obligation = owed.get(duty.id)
        if obligation is not None:
            yield {
                "id": duty.id,
                "facility": duty.facility,
                "rule": duty.rule,
                "begins": duty.begins,
                "due_on": obligation.due_on,
                "derivation": obligation.derivation,
                "status": obligation.status,
                "computers": duty.computers_in,
                "notified": duty.notified,
            }


def visible_notifications(viewer: Viewer) -> Any:
    """Return the notifications a viewer may know of: its own, those to its minister, those passed on to the PM."""
    found = Notification.objects.filter(world=viewer.world)
    if viewer.organisation_type == "operator":
        return found.filter(side="operator", organisation=viewer.acting_organisation)
    if viewer.organisation_type == "ministry":
        return found.filter(side="minister", minister=viewer.acting_organisation)
    if viewer.organisation_type == "cabinet_office":
        return found.filter(side="minister", passed_on_at__isnull=False)
    return found.none()


def _notifications(viewer: Viewer, *, status: str = "") -> Iterable[dict[str, Any]]:
    found = visible_notifications(viewer)
    if status:
        found = found.filter(status=status)
    rows = found.order_by("-filed_at").values(
        "id", "act", "side", "organisation", "minister", "outline", "facility_category", "count", "filed_at",
        "arrived_at", "passed_on_at", "evidence", "status", "labels", "owner",
    )  # fmt: skip
    for row in rows:
        yield {**row, "about": row["act"]}


def _items(viewer: Viewer, *, notification: uuid.UUID) -> Iterable[dict[str, Any]]:
    filed = visible_notifications(viewer).filter(id=notification).values_list("act", flat=True).first()
    found = NotifiedItem.objects.filter(world=viewer.world, notification=notification)
    rows = found.order_by("position").values("id", "position", *_ITEMS, "labels", "owner") if filed else []
    for row in rows:
        yield {**row, "about": filed}


def _products(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Every product notified to the PM, by operator: what warnings are matched against."""
    found = NotifiedItem.objects.filter(world=viewer.world, notification__in=visible_notifications(viewer))
    counted = found.values("organisation", "maker", "product", "owner").annotate(computers=Count("id"))
    for row in counted.order_by("maker", "product", "organisation"):
        identity = uuid.uuid5(row["organisation"], f"{row['maker']}\x1f{row['product']}")
        yield {**row, "id": identity, "labels": {"items": ["reported_information"], "total": ["concentration"]}}


_ITEM_GROUPS = {"items": (*_ITEMS, "outline", "facility_category", "count")}
QUERIES = {
    "assets.register": Query("assets.register", _register, _OPERATORS, {"private": _PRIVATE}),
    "assets.computer": Query("assets.computer", _computer, _OPERATORS, {"private": _PRIVATE}),
    "assets.duties": Query("assets.duties", _duties, _OPERATORS, recorded=False),
    "assets.notifications": Query(
        "assets.notifications", _notifications, _OPERATORS | _MINISTRIES | _CABINET, _ITEM_GROUPS
    ),
    "assets.notification_items": Query(
        "assets.notification_items", _items, _OPERATORS | _MINISTRIES | _CABINET, {"items": _ITEMS}
    ),
    "assets.products": Query(
        "assets.products", _products, _CABINET, {"items": ("maker", "product"), "total": ("computers",)}
    ),
}
