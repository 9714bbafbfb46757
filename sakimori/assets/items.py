"""Laying down what a filing names: every computer as a row, and how many there are of each product.

What counts of an operator's filings is its state today: a change notification takes the place of the rows it changes, a
correction that of the whole filing it corrects, once they have been passed on as the first one was.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sakimori.acts.context import Context
from sakimori.assets import succession
from sakimori.assets.models import Notification, NotifiedClause, NotifiedItem, NotifiedProduct

Row = tuple[str, str, str]
"""Clause, product, maker: what 命令2条5項 asks of a computer."""
_GONE = ("withdrawn", "linked")


def place(
    ctx: Context,
    notification: Notification,
    rows: Sequence[Row],
    before: Sequence[dict[str, str] | None] | None = None,
) -> None:
    """Store the rows in their order, and the count of each product that searches and sums run over.

    `before` gives for each row of a change notification how it was notified; a row whose product is empty stands for a
    computer that is gone, and counts for nothing.
    """
    of = {
        "notification": notification,
        "organisation": notification.organisation,
        "owner": notification.organisation,
    }
    ctx.create_many(
        NotifiedItem,
        (
            {
                **of, "position": position, "clause": clause, "product": product, "maker": maker,
                "before": before[position - 1] if before else None,
            }
            for position, (clause, product, maker) in enumerate(rows, start=1)
        ),
    )  # fmt: skip
    counted = Counter((maker, product) for _, product, maker in rows if product)
    ctx.create_many(
        NotifiedProduct,
        (
            {**of, "maker": maker, "product": product, "computers": number}
            for (maker, product), number in counted.items()
        ),
    )


def stand_anew(ctx: Context, organisation: uuid.UUID) -> None:
    """Say of every filing and row of an operator what stands in its place today, and count what is left of each.

    Found anew from all of them (`succession`), so that it does not matter in which order they were passed on, entered,
    linked or withdrawn. A row that nobody can find (it came on paper and was not transcribed) is replaced by nothing.
    """
    of = {"world": ctx.world.name, "organisation": organisation}
    records = {one.id: one for one in Notification.objects.filter(**of, side="minister")}
    filings = [_filing(one) for one in records.values()]
    _say_replaced(ctx, records, succession.replaced(filings))
    found = NotifiedItem.objects.filter(**of, notification__side="minister")
    if not found.exclude(before=None).exists() and not found.exclude(replaced_by=None).exists():
        return
    named = ("id", "clause", "product", "maker", "before")
    rows: dict[uuid.UUID, list[succession.Row]] = defaultdict(list)
    held: dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID | None]] = {}
    for filing, by, *row in found.order_by("position").values_list("notification", "replaced_by", *named).iterator():
        rows[filing].append(succession.Row(*row))
        held[row[0]] = (filing, by)
    now = succession.replacements(filings, rows)
    other: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    for row_id, (_, by) in held.items():
        if now.get(row_id) != by:
            other[now.get(row_id)].append(row_id)
    for by, changed in other.items():
        _mark(ctx, changed, by)
    for filing in {held[row_id][0] for changed in other.values() for row_id in changed}:
        _count(ctx, records[filing], [row for row in rows[filing] if row.id not in now])


def _filing(one: Notification) -> succession.Filing:
    stands = one.status not in _GONE
    counts = stands and one.passed_on_at is not None
    return succession.Filing(one.id, one.facility_category, one.filed_at, counts, one.corrects, stands)


def _say_replaced(ctx: Context, records: Mapping[uuid.UUID, Notification], replaced: set[uuid.UUID]) -> None:
    by = {one.corrects: one.id for one in records.values() if one.corrects and one.status not in _GONE}
    for one in records.values():
        if one.id in replaced and one.status in ("received", "passed_on"):
            ctx.change(one, status="replaced", replaced_by=by.get(one.id, one.replaced_by))
        elif one.status == "replaced" and one.id not in replaced:
            ctx.change(one, status="passed_on" if one.passed_on_at else "received", replaced_by=None)


def _mark(ctx: Context, rows: Sequence[uuid.UUID], by: uuid.UUID | None) -> None:
    for start in range(0, len(rows), 500):
        NotifiedItem.objects.filter(world=ctx.world.name, id__in=rows[start : start + 500]).update(replaced_by=by)


def _count(ctx: Context, filing: Notification, rows: Sequence[succession.Row]) -> None:
    """Count the products and clauses of the rows of a filing that nothing has taken the place of."""
    _say_counts(
        ctx, NotifiedProduct, filing, ("maker", "product"), Counter((r.maker, r.product) for r in rows if r.product)
    )
    _say_counts(ctx, NotifiedClause, filing, ("clause",), Counter((r.clause,) for r in rows if r.clause))


def _say_counts(
    ctx: Context, model: Any, filing: Notification, names: tuple[str, ...], counted: Mapping[tuple[str, ...], int]
) -> None:
    held = {tuple(getattr(one, name) for name in names): one for one in model.objects.filter(notification=filing)}
    gone = [one.id for name, one in held.items() if name not in counted]
    for start in range(0, len(gone), 500):
        model.objects.filter(id__in=gone[start : start + 500]).delete()
    for name, computers in counted.items():
        if name in held and held[name].computers != computers:
            ctx.change(held[name], computers=computers)
    of = {"notification": filing, "organisation": filing.organisation, "owner": filing.organisation}
    ctx.create_many(
        model,
        (
            {**of, "labels": dict(filing.labels), "computers": computers, **dict(zip(names, name, strict=True))}
            for name, computers in counted.items()
            if name not in held
        ),
    )
