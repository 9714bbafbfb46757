"""Readings of this room: the operator's own register, notifications filed and arrived, products notified."""

import uuid
from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Q

from sakimori.acts.models import Obligation
from sakimori.acts.outcomes import outcome
from sakimori.assets import called, changed, copies, standing, sums, support
from sakimori.assets.interview import queries as interview
from sakimori.assets.models import Computer, Duty, Notification, NotifiedItem, OperatorProduct, ProductSpread
from sakimori.assets.naming import queries as naming
from sakimori.assets.supervision import queries as supervision
from sakimori.assets.unsure import UNSURE
from sakimori.assets.upkeep import queries as upkeep
from sakimori.assets.vendors import queries as vendors
from sakimori.record import Listing, Query, Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_MINISTRIES = every_role("ministry", roles=("intake", "officer", "decider"))
_CABINET = every_role("cabinet_office", roles=("intake", "analyst", "officer", "decider"))
_PRIVATE = (
    "key", "name", "version", "serial", "address", "responsible", "introduced_on", "facts", "asset_tag", "position",
    "asset_owner", "support_end", "host", "cpe", "purl", "source",
)  # fmt: skip
_ITEMS = ("clause", "product", "maker")
_COMPUTER = (
    "id", "facility", *_PRIVATE, "maker", "product", "unit", "scope", "clause", "trigger_group", "notify", "status",
    "duty", "notification", "labels", "owner",
)  # fmt: skip
SORTS = ("key", "name", "maker", "product", "clause", "scope", "notify", "status", "introduced_on")
"""What the register can be sorted by."""


def _register(
    viewer: Viewer,
    *,
    scope: str = "",
    notify: str = "",
    status: str = "",
    clause: str = "",
    key: str = "",
    facility: uuid.UUID | None = None,
    unsure: bool = False,
    change: str = "",
) -> Iterable[dict[str, Any]]:
    """The operator's own computers: those of one state or facility, or the one of a key, alone where that is named.

    `unsure`: those with an open question. `change`: those of which something notified has changed since that is not
    filed yet (waiting), is filed and has not arrived (filed), or either (any); every row says which, and as
    `state` its status and that together (notified_waiting).
    """
    wanted = {"scope": scope, "notify": notify, "status": status, "clause": clause, "key": key, "facility": facility}
    found = changed.own(viewer).filter(**{name: value for name, value in wanted.items() if value})
    found = found.filter(UNSURE) if unsure else found
    found = found.filter(changed.having(viewer, change)) if change else found
    rows: Iterable[dict[str, Any]] = found.order_by(*_OWN.order).values(*_COMPUTER)
    return rows


def _summary(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """How many computers there are, and how many by scope, duty and state; `open`: with an open question.

    `required`: of those to be notified, how many in each state. `changed`: of how many something notified has changed
    since and is not filed yet.
    """
    scopes, states, owed, required = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    mine = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    together = mine.values_list("scope", "status", "notify")
    open_ones = 0
    # One walk through the register for all of them.
    for scope, status, notify, computers, unsure in together.annotate(
        computers=Count("id"), unsure=Count("id", filter=UNSURE)
    ).order_by():
        open_ones += unsure
        scopes[scope] += computers
        states[status] += computers
        if status != "retired":
            owed[notify] += computers
        if notify == "yes":
            required[status] += computers
    yield {
        "id": viewer.acting_organisation,
        "all": states.total(),
        "open": open_ones,
        "scope": dict(scopes),
        "status": dict(states),
        "notify": dict(owed),
        "required": dict(required),
        "changed": changed.count(viewer, "waiting"),
    }


def _computer(viewer: Viewer, *, computer: uuid.UUID) -> Iterable[dict[str, Any]]:
    found = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation, id=computer)
    return changed.said(viewer, found.values(*_COMPUTER, "answered", "finding__content"))


def _duties(viewer: Viewer, *, duty: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """What is owed for which computers, with the clock's derivation and how many are done."""
    mine = Duty.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    arrived = Notification.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, side="operator", arrived_at__isnull=False
    )
    # What was notified while it was in use was notified: a duty fulfilled stays so when a computer is retired.
    told = Q(computers__status="notified") | Q(
        computers__status="retired", computers__notification__in=arrived.values("id")
    )
    counted = mine.annotate(
        computers_in=Count("computers", filter=Q(computers__notify="yes") & (~Q(computers__status="retired") | told)),
        filed=Count("computers", filter=Q(computers__notify="yes", computers__status="filed")),
        notified=Count("computers", filter=Q(computers__notify="yes") & told),
    )
    owed = {
        row.subject: row
        for row in Obligation.objects.filter(
            world=viewer.world, bearer=viewer.acting_organisation, subject__in=mine.values("id")
        ).order_by("-status")  # an open one hides a settled one
    }
    changes = upkeep.counted_by_duty(viewer)
    for one in counted if duty is None else counted.filter(id=duty):
        obligation = owed.get(one.id)
        if obligation is not None:
            yield {
                "id": one.id,
                "facility": one.facility,
                "rule": one.rule,
                "title_ja": obligation.title_ja,
                "title_en": obligation.title_en,
                "begins": one.begins,
                "due_on": obligation.due_on,
                "derivation": obligation.derivation,
                "status": obligation.status,
                "ending": outcome({"status": obligation.status, "evidence": obligation.evidence}),
                "computers": one.computers_in,
                "filed": one.filed,
                "notified": one.notified,
                "of_changes": one.id in changes,
                **changes.get(one.id, {}),
            }


def _due_days(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """By when each duty of the operator is due: its id and the day."""
    mine = Duty.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    owed = Obligation.objects.filter(
        world=viewer.world, bearer=viewer.acting_organisation, subject__in=mine.values("id")
    )
    found = dict(owed.order_by("-status").values_list("subject", "due_on"))  # an open one hides a settled one
    return [{"id": duty, "due_on": day} for duty, day in found.items()]


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


def _notifications(
    viewer: Viewer, *, status: str = "", notification: uuid.UUID | None = None, organisation: uuid.UUID | None = None
) -> Iterable[dict[str, Any]]:
    found = visible_notifications(viewer)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    if status:
        found = found.filter(status=status)
    if notification is not None:
        found = found.filter(id=notification)
    rows: Iterable[dict[str, Any]] = found.order_by("-filed_at", "id").values(
        "id", "act", "side", "organisation", "minister", "outline", "facility_category", "count", "filed_at",
        "arrived_at", "passed_on_at", "evidence", "status", "what", "channel", "reference", "transcribed", "same_as",
        "note", "corrects", "replaced_by", "paper", "contact", "outline_before", "labels", "owner",
    )  # fmt: skip
    return rows


def _about_their_act(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "about": row["act"]} for row in rows]


def _items(viewer: Viewer, *, notification: uuid.UUID) -> Iterable[dict[str, Any]]:
    found = NotifiedItem.objects.filter(
        world=viewer.world, notification=notification, notification__in=visible_notifications(viewer)
    )
    return found.order_by("position").values(
        "id", "position", *_ITEMS, "before", "replaced_by", "labels", "owner", "notification_id"
    )


def _about_their_filing(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    filings = {row["notification_id"] for row in rows}
    acts = dict(Notification.objects.filter(world=viewer.world, id__in=filings).values_list("id", "act"))
    return [{**row, "about": acts[row.pop("notification_id")]} for row in rows]


def _products(viewer: Viewer, *, maker: str = "", product: str = "") -> Iterable[dict[str, Any]]:
    """Every product notified to the PM, by operator: what warnings are matched against; one, in all its spellings."""
    found = OperatorProduct.objects.filter(world=viewer.world)
    if maker or product:
        spelt = ProductSpread.objects.filter(world=viewer.world, same=sums.same(maker, product))
        names = spelt.values_list("maker", "product")
        found = found.filter(reduce(or_, (Q(maker=m, product=p) for m, p in names), Q(maker=maker, product=product)))
    counted = found.values("organisation", "maker", "product", owner=F("organisation"), total=F("computers"))
    rows: Iterable[dict[str, Any]] = counted.order_by(*_BY_OPERATOR.order)
    return rows


def _spread(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Every product notified to the PM, with the number of operators that have it, and of computers."""
    counted = ProductSpread.objects.filter(world=viewer.world)
    rows: Iterable[dict[str, Any]] = counted.values(
        "maker", "product", "operators", "operators_same", "spellings", total=F("computers")
    ).order_by(*_SPREAD.order)
    return rows


def _as_concentration(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark them for what they are together; a row is a product, of one operator where it names one."""
    labels = {"items": ["reported_information"], "total": ["concentration"]}
    return [
        {
            **row,
            "id": uuid.uuid5(row.get("organisation") or uuid.NAMESPACE_OID, f"{row['maker']}\x1f{row['product']}"),
            "computers": row.pop("total"),
            "labels": labels,
        }
        for row in rows
    ]


def _arrivals(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Notifications that arrived at this minister and wait to be passed on: from whom and when, nothing of them."""
    found = visible_notifications(viewer).filter(status="received")
    return list(found.order_by("arrived_at").values("id", "organisation", "arrived_at"))


_OWN = Listing(order=("key",), sorts=(*SORTS, "state"), texts=("key", "name", "maker", "product"), make=changed.said)
_FILED = Listing(
    order=("-filed_at", "id"),
    sorts=(
        "filed_at", "organisation", "minister", "facility_category", "count", "arrived_at", "passed_on_at", "status",
    ),
    texts=("facility_category", "filed_at", "arrived_at", "passed_on_at"),
    make=_about_their_act,
)  # fmt: skip
_ROWS = Listing(
    order=("position",), sorts=("position", *_ITEMS), texts=("clause", "product", "maker"), make=_about_their_filing
)
_BY_OPERATOR = Listing(
    order=("maker", "product", "organisation"),
    sorts=("maker", "product", "organisation", "total"),
    texts=("maker", "product"),
    make=_as_concentration,
)
_SPREAD = Listing(
    order=("maker", "product"),
    sorts=("maker", "product", "operators", "operators_same", "spellings", "total"),
    texts=("maker", "product"),
    make=_as_concentration,
)
_MAP = ("concentration",)
_ITEM_GROUPS = {
    "items": (
        *_ITEMS,
        "outline",
        "facility_category",
        "count",
        "reference",
        "note",
        "paper",
        "contact",
        "outline_before",
    )
}
QUERIES = {
    **called.QUERIES,
    **naming.QUERIES,
    **interview.QUERIES,
    **upkeep.QUERIES,
    **vendors.QUERIES,
    **support.QUERIES,
    **supervision.QUERIES,
    "assets.register": Query("assets.register", _register, _OPERATORS, {"private": _PRIVATE}, listing=_OWN),
    "assets.summary": Query("assets.summary", _summary, _OPERATORS, recorded=False),
    "assets.computer": Query("assets.computer", _computer, _OPERATORS, {"private": _PRIVATE}),
    "assets.due_days": Query("assets.due_days", _due_days, _OPERATORS, recorded=False),
    "assets.duties": Query("assets.duties", _duties, _OPERATORS, recorded=False),
    "assets.notifications": Query(
        "assets.notifications", _notifications, _OPERATORS | _MINISTRIES | _CABINET, _ITEM_GROUPS, listing=_FILED
    ),
    "assets.notification_items": Query(
        "assets.notification_items",
        _items,
        _OPERATORS | _MINISTRIES | _CABINET,
        {"items": (*_ITEMS, "before")},
        listing=_ROWS,
    ),
    "assets.arrivals": Query("assets.arrivals", _arrivals, _MINISTRIES, recorded=False),
    "assets.same_filings": Query("assets.same_filings", copies.rows, _MINISTRIES, recorded=False),
    "assets.standing": Query("assets.standing", standing.rows, _MINISTRIES, recorded=False),
    "assets.products": Query(
        "assets.products",
        _products,
        supervision.MAP,
        {"items": ("maker", "product"), "total": ("computers", "total")},
        listing=_BY_OPERATOR,
        sensitive=_MAP,
    ),
    "assets.spread": Query(
        "assets.spread",
        _spread,
        supervision.MAP,
        {"items": ("maker", "product"), "total": ("operators", "operators_same", "spellings", "computers", "total")},
        listing=_SPREAD,
        sensitive=_MAP,
    ),
}
