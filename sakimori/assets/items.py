"""Laying down what a filing names: every computer as a row, and how many there are of each product.

What counts of an operator's filings is its state today: a change notification takes the place of the rows it changes, a
correction that of the whole filing it corrects, once they have been passed on as the first one was.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F

from sakimori.acts.context import Context
from sakimori.assets import sums
from sakimori.assets.models import Notification, NotifiedClause, NotifiedItem, NotifiedProduct

Row = tuple[str, str, str]
"""Clause, product, maker: what 命令2条5項 asks of a computer."""


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


def supersede(ctx: Context, change: Notification) -> int:
    """Let a change that was passed on take the place of the rows it changes; return how many rows it replaced.

    A row that nobody can find (it came on paper and was not transcribed) replaces nothing.
    """
    told = NotifiedItem.objects.filter(notification=change).exclude(before=None).values_list("before", flat=True)
    wanted = Counter(
        (one["clause"], one["product"], one["maker"], one.get("category") or change.facility_category) for one in told
    )
    replaced = 0
    for (clause, product, maker, category), number in wanted.items():
        found = _standing(ctx, change, category).filter(clause__in={clause, ""}, product=product, maker=maker)
        rows = list(
            found.order_by("-notification__filed_at", "position").values("id", "notification", "clause")[:number]
        )
        _mark(ctx, [row["id"] for row in rows], change.id)
        for filing, fewer in Counter(row["notification"] for row in rows).items():
            _fewer(NotifiedProduct, filing, fewer, maker=maker, product=product)
        for (filing, named), fewer in Counter((row["notification"], row["clause"]) for row in rows).items():
            _fewer(NotifiedClause, filing, fewer, clause=named)
        replaced += len(rows)
    return replaced


def drop_changes(ctx: Context, wrong: Notification, correction: Notification) -> None:
    """Let a correction take the place, too, of the changes that were notified of the rows of the wrong one."""
    replaced = wrong.items.exclude(replaced_by=None)
    waiting = list(replaced.values_list("replaced_by", "clause", "product", "maker"))
    while waiting:
        change = waiting[0][0]
        wanted = Counter(one[1:] for one in waiting if one[0] == change)
        waiting = [one for one in waiting if one[0] != change]
        for row in NotifiedItem.objects.filter(world=ctx.world.name, notification=change).exclude(before=None):
            key = (row.before["clause"], row.before["product"], row.before["maker"])
            if wanted[key] <= 0:
                continue
            wanted[key] -= 1
            if row.replaced_by is not None:
                waiting.append((row.replaced_by, row.clause, row.product, row.maker))
                continue
            _mark(ctx, [row.id], correction.id)
            _fewer(NotifiedProduct, change, 1, maker=row.maker, product=row.product)
            _fewer(NotifiedClause, change, 1, clause=row.clause)


def _standing(ctx: Context, change: Notification, category: str) -> Any:
    """Return the rows of the operator that count today, in filings of a category."""
    filings = sums.counting(ctx.world.name).filter(organisation=change.organisation, facility_category=category)
    return NotifiedItem.objects.filter(
        world=ctx.world.name, organisation=change.organisation, replaced_by=None, notification__in=filings
    ).exclude(notification=change)


def _mark(ctx: Context, rows: Iterable[uuid.UUID], by: uuid.UUID) -> None:
    identities = list(rows)
    for start in range(0, len(identities), 500):
        NotifiedItem.objects.filter(world=ctx.world.name, id__in=identities[start : start + 500]).update(replaced_by=by)


def _fewer(model: Any, filing: uuid.UUID, fewer: int, **named: str) -> None:
    """Count so many computers less; what is left with none goes."""
    held = model.objects.filter(notification=filing, **named)
    held.filter(computers__lte=fewer).delete()
    held.update(computers=F("computers") - fewer)
