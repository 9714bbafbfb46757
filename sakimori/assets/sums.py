"""Keeping the stored sums of products: counted anew for one operator whenever what counts of its filings changes.

Lists of products over every operator would otherwise add up hundreds of thousands of rows at each request. What counts
is what a minister has passed on (強化法4条2項) and nobody has withdrawn. A handler that makes a notification count, or
count no longer, calls `recount` as its last step.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import Count, QuerySet, Sum

from sakimori.acts.context import Context
from sakimori.assets.models import Notification, NotifiedProduct, OperatorProduct, ProductSpread
from sakimori.matching.spelling import same_product
from sakimori.record import RecordModel
from sakimori.record.turn import organisations_turn

Named = tuple[str, str]
"""Maker and product."""

_ONE_AT_A_TIME = uuid.uuid5(uuid.NAMESPACE_OID, "sakimori.assets.sums")
_AT_ONCE = 500  # values in one statement: databases limit how many


def counting(world: str) -> "QuerySet[Notification]":
    """Return the notifications of a world whose products count: passed on to the Prime Minister and standing."""
    passed_on = Notification.objects.filter(world=world, side="minister", passed_on_at__isnull=False)
    return passed_on.exclude(status__in=("withdrawn", "replaced"))


def recount(ctx: Context, organisation: uuid.UUID) -> None:
    """Count an operator's products again, and how far each product that changed is spread.

    On PostgreSQL whoever counts waits for whoever is counting: two acts side by side would each miss the other's rows.
    """
    world = ctx.world.name
    organisations_turn(world, _ONE_AT_A_TIME)
    filed = NotifiedProduct.objects.filter(
        world=world, organisation=organisation, notification__in=counting(world).filter(organisation=organisation)
    )
    counted = {
        (maker, product): {"computers": computers}
        for maker, product, computers in filed.order_by().values_list("maker", "product").annotate(Sum("computers"))
    }
    own: Any = OperatorProduct.objects.filter(world=world, organisation=organisation)
    changed = _replace(ctx, OperatorProduct, {(one.maker, one.product): one for one in own}, counted, organisation)
    for some in _chunks(changed):
        _spread(ctx, some)
    for some in _chunks(sorted({same(*name) for name in changed})):
        _join(ctx, some)


def same(maker: str, product: str) -> str:
    """Return what is stored of all spellings of a product."""
    return hashlib.sha256(same_product(maker, product).encode()).hexdigest()


def _spread(ctx: Context, names: list[Named]) -> None:
    of: dict[str, Any] = {"world": ctx.world.name, "product__in": {product for _, product in names}}
    held = OperatorProduct.objects.filter(**of).order_by().values_list("maker", "product")
    counted = {
        (maker, product): {"operators": operators, "computers": computers, "same": same(maker, product)}
        for maker, product, operators, computers in held.annotate(Count("id"), Sum("computers"))
    }
    known = {(one.maker, one.product): one for one in ProductSpread.objects.filter(**of)}
    _replace(
        ctx,
        ProductSpread,
        {name: known[name] for name in names if name in known},
        {name: counted[name] for name in names if name in counted},
    )


def _join(ctx: Context, keys: list[str]) -> None:
    """Count for each spelling of a product the operators that use any of its spellings."""
    world = ctx.world.name
    groups: dict[str, list[ProductSpread]] = defaultdict(list)
    for one in ProductSpread.objects.filter(world=world, same__in=keys):
        groups[one.same].append(one)
    for group in groups.values():
        operators = group[0].operators if len(group) == 1 else len(_users(world, group))
        for one in group:
            if (one.spellings, one.operators_same) != (len(group), operators):
                ctx.change(one, spellings=len(group), operators_same=operators)


def _users(world: str, group: list[ProductSpread]) -> set[uuid.UUID]:
    held = OperatorProduct.objects.filter(world=world, product__in={one.product for one in group})
    names = {(one.maker, one.product) for one in group}
    found = held.values_list("organisation", "maker", "product")
    return {organisation for organisation, maker, product in found if (maker, product) in names}


def _replace(
    ctx: Context,
    model: type[RecordModel],
    before: Mapping[Named, Any],
    now: Mapping[Named, Mapping[str, int]],
    organisation: uuid.UUID | None = None,
) -> list[Named]:
    """Let a table say what was counted; return the names of the rows that are new, other than before, or gone."""
    of = {"organisation": organisation} if organisation else {}
    gone = [name for name in before if name not in now]
    for some in _chunks(before[name].id for name in gone):
        model.objects.filter(id__in=some).delete()
    other = [
        name for name in now if name in before and any(getattr(before[name], k) != v for k, v in now[name].items())
    ]
    for name in other:
        ctx.change(before[name], **now[name])
    new = [name for name in now if name not in before]
    ctx.create_many(
        model, ({**of, "maker": maker, "product": product, **now[maker, product]} for maker, product in new)
    )
    return sorted([*gone, *other, *new])


def _chunks(given: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(given)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
