"""Readings of the upkeep: what changed, what of it must be notified."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, F, Min, Q, Value, When

from sakimori.acts import clock
from sakimori.assets.models import Computer, ComputerChange
from sakimori.assets.upkeep import queries_campaigns
from sakimori.assets.upkeep.changes import UNDONE
from sakimori.parties.models import Facility
from sakimori.record import Listing, Query, Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_PRIVATE = ("key", "name", "fields")
_CHANGE = (
    "id", "computer", "computer__key", "computer__name", "computer__facility", "computer__product", "computer__maker",
    "computer__clause", "duty", "act", "changed_on", "recorded_at", "event", "fields", "outcome", "decision", "due_on",
    "notification", "status", "labels", "owner",
)  # fmt: skip
_TOLD = ("clause", "product", "maker")


_UNDONE = Q(status="recorded", outcome="open", decision__table=UNDONE)
"""Undone before it was notified; the minister's office has not answered whether that is notified."""


def _own(viewer: Viewer) -> Any:
    return ComputerChange.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)


def _changes(
    viewer: Viewer,
    *,
    status: str = "",
    computer: uuid.UUID | None = None,
    duty: uuid.UUID | None = None,
    undone: bool = False,
) -> Any:
    """What changed in the operator's computers, and whether it must be notified.

    `undone`: what was undone before it was notified and whether that must be notified is open. `answer` of a row is its
    `outcome`, or undone for such a one.
    """
    found = _own(viewer).alias(answer=Case(When(_UNDONE, then=Value("undone")), default=F("outcome")))
    found = found.filter(_UNDONE) if undone else found
    wanted = {"status": status, "computer": computer, "duty": duty}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.order_by("-recorded_at", "id").values(*_CHANGE)


def _plain(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name the fields plainly, say what was undone, and of a move to a facility of another category both categories."""
    plain = [{name.removeprefix("computer__"): value for name, value in row.items()} for row in rows]
    for row in plain:
        asked = row["status"] == "recorded" and row["outcome"] == "open"
        row["answer"] = "undone" if asked and (row["decision"] or {}).get("table") == UNDONE else row["outcome"]
    moved = [row for row in plain if isinstance(row.get("fields"), dict) and "facility" in row["fields"]]
    categories = facility_categories(viewer) if moved else {}
    for row in moved:
        old, new = (categories.get(uuid.UUID(str(one)), "") for one in row["fields"]["facility"])
        if old != new:
            row["fields"] = {**row["fields"], "category": [old, new]}
    return plain


def _to_notify(viewer: Viewer, *, facility_category: str = "") -> Iterable[dict[str, Any]]:
    """The computers with something to notify under 命令3条: what each was when last notified, and what it is now.

    One row a computer (`id`, `computer`), whatever changed since: `facility`, `category` (of the facility now) and
    `category_old`, `clause`, `product`, `maker` with `clause_old`, `product_old`, `maker_old`; `changed_on` the first
    day of change, `due_on` the earliest due day, `events` (changed, retired, rederived), `duties`, `changes` (ids).
    `undone`: old and new are the same, and it must be told all the same (the ministry said so, or the operator settled
    it, see `netting`); what was undone before it was notified does not wait otherwise.
    """
    rows: dict[uuid.UUID, dict[str, Any]] = {}
    categories = facility_categories(viewer)
    for one in _own(viewer).filter(status="waiting").order_by("changed_on", "recorded_at").values(*_CHANGE):
        row = rows.get(one["computer"]) or _begun(one, categories)
        rows[one["computer"]] = row
        for name in _TOLD:
            if name in one["fields"] and name not in row["seen"]:
                row[f"{name}_old"] = one["fields"][name][0]
                row["seen"].add(name)
        if "facility" in one["fields"] and "facility" not in row["seen"]:
            row["category_old"] = categories.get(uuid.UUID(one["fields"]["facility"][0]), "")
            row["seen"].add("facility")
        row["events"] = sorted({*row["events"], one["event"]})
        row["duties"] = sorted({*row["duties"], *([str(one["duty"])] if one["duty"] else [])})
        row["changes"].append(one["id"])
        if one["due_on"] and (row["due_on"] is None or one["due_on"] < row["due_on"]):
            row["due_on"] = one["due_on"]
    for row in rows.values():
        del row["seen"]
        same = all(row[f"{name}_old"] == row[name] for name in (*_TOLD, "category"))
        row["undone"] = same and "retired" not in row["events"]
        if not facility_category or row["category"] == facility_category:
            yield row


def _begun(one: dict[str, Any], categories: dict[uuid.UUID, str]) -> dict[str, Any]:
    category = categories.get(one["computer__facility"], "")
    now = {name: one[f"computer__{name}"] for name in _TOLD}
    return {
        "id": one["computer"],
        "computer": one["computer"],
        "key": one["computer__key"],
        "name": one["computer__name"],
        "facility": one["computer__facility"],
        "category": category,
        "category_old": category,
        **now,
        **{f"{name}_old": value for name, value in now.items()},
        "changed_on": one["changed_on"],
        "due_on": one["due_on"],
        "events": [],
        "duties": [],
        "changes": [],
        "seen": set(),
        "labels": one["labels"],
        "owner": one["owner"],
    }


def facility_categories(viewer: Viewer) -> dict[uuid.UUID, str]:
    """Return the category of each of the viewer's own facilities."""
    found = Facility.objects.filter(
        world=clock.world(viewer.world).base, organisation_id=viewer.acting_organisation
    ).values_list("id", "category")
    return dict(found)


def counted_by_duty(viewer: Viewer) -> dict[uuid.UUID, dict[str, int]]:
    """Return for each duty to notify changes how many computers changed, and of how many it is filed or notified."""
    counted: dict[uuid.UUID, dict[str, int]] = {}
    found = _own(viewer).filter(duty__isnull=False).values_list("duty", "status")
    for duty, status, computers in found.annotate(Count("computer", distinct=True)).order_by():
        row = counted.setdefault(duty, {"computers": 0, "filed": 0, "notified": 0})
        row["computers"] += computers
        if status in row:
            row[status] += computers
    return counted


def _sums(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """How many changes there are in each state, and the earliest day by which some must be notified."""
    counted = dict(_own(viewer).values_list("status").annotate(Count("id")).order_by())
    waiting = (
        _own(viewer).filter(status="waiting").aggregate(due=Min("due_on"), computers=Count("computer", distinct=True))
    )
    undone = _own(viewer).filter(_UNDONE)
    retired = Computer.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, status="retired"
    ).count()
    yield {
        "id": viewer.acting_organisation,
        "status": counted,
        "computers": waiting["computers"],
        "due_on": waiting["due"],
        "retired": retired,
        "undone": undone.values("computer").distinct().count(),
    }


_LISTED = Listing(
    order=("-recorded_at", "id"),
    sorts=(
        "changed_on",
        "recorded_at",
        "due_on",
        "status",
        "outcome",
        "answer",
        "event",
        "computer__key",
        "computer__name",
    ),
    texts=("computer__key", "computer__name", "computer__product", "computer__maker"),
    make=_plain,
)
QUERIES = {
    **queries_campaigns.QUERIES,
    "assets.changes": Query("assets.changes", _changes, _OPERATORS, {"private": _PRIVATE}, listing=_LISTED),
    "assets.changes_to_notify": Query("assets.changes_to_notify", _to_notify, _OPERATORS, {"private": ("key", "name")}),
    "assets.change_sums": Query("assets.change_sums", _sums, _OPERATORS, recorded=False),
}
