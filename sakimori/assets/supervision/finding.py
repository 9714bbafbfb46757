"""Looking at a notification when it arrives: its hints and the sums of its classes, stored once and read ever after.

Beside its own rows it is compared with what stands in sums only (`NotifiedProduct`, `NotifiedClause`): never with every
item of every notification.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.assets import copies
from sakimori.assets.models import Hint, Notification, NotifiedClause, NotifiedItem, NotifiedProduct
from sakimori.assets.supervision import hints, meeting
from sakimori.parties.models import Facility

_GONE = ("withdrawn", "linked")


def arrived(ctx: Context, notification: Notification, *, cites: uuid.UUID | None = None, told: int = 0) -> None:
    """Do what an arrival at the office sets off: look at it, and end what it was asked for or ordered by.

    `cites` is the number of the request or order that the filing names; `told` what a paper says the count is.
    """
    rows = NotifiedItem.objects.filter(world=ctx.world.name, notification=notification).order_by("position")
    look_at(ctx, notification, list(rows.values_list("clause", "product", "maker")), told=told)
    meeting.meet(ctx, notification, cites)


def look_at(ctx: Context, notification: Notification, rows: Sequence[hints.Row], *, told: int = 0) -> int:
    """Store the sums of a notification's classes and what to look at in it; return how many hints there are.

    `told` is how many computers a paper says it names. A copy of what arrived before is not looked at again.
    """
    of = {
        "notification": notification,
        "organisation": notification.organisation,
        "owner": notification.organisation,
        "labels": dict(notification.labels),
    }
    counted = Counter(clause for clause, _, _ in rows if clause)
    ctx.create_many(
        NotifiedClause, ({**of, "clause": clause, "computers": count} for clause, count in sorted(counted.items()))
    )
    if notification.status in _GONE or notification.what == "none":
        ctx.change(notification, hints=0)
        return 0
    found = [*_copies(notification), *hints.look(rows, _before(ctx, notification, told), ctx.today)]
    ctx.create_many(
        Hint,
        (
            {
                **of, "minister": notification.minister, "code": one.code, "maker": one.maker, "product": one.product,
                "clause": one.clause, "place": one.place, "rows": one.rows, "said": dict(one.said),
            }
            for one in found
        ),
    )  # fmt: skip
    ctx.change(notification, hints=len(found))
    return len(found)


def _copies(notification: Notification) -> list[hints.Found]:
    """Return that another filing names exactly the same computers; whether it is the same one, a person decides."""
    arrived = [one.arrived_at for one in copies.alike(notification) if one.arrived_at is not None]
    day = arrived[0].astimezone(clock.TOKYO).date().isoformat() if arrived else ""
    return [hints.Found("looks_same", rows=notification.count, said={"arrived": day})] if arrived else []


def _before(ctx: Context, notification: Notification, told: int) -> hints.Before:
    live = Notification.objects.filter(world=ctx.world.name, side="minister", minister=notification.minister).exclude(
        status__in=_GONE
    )
    mine = live.filter(organisation=notification.organisation).exclude(
        id__in=[notification.id, *_corrected(notification)]
    )
    facilities = list(
        Facility.objects.filter(
            world=ctx.world.base,
            organisation_id=notification.organisation,
            designation__minister_id=notification.minister,
        ).values_list("name", "category")
    )
    notified = {*mine.values_list("facility_category", flat=True), notification.facility_category}
    others, of_others = _others(live, notification)
    return hints.Before(
        names=sorted(set(_products(ctx, mine).values_list("maker", "product"))),
        last=_last(ctx, mine, notification) if notification.what == "notification" else None,
        category=notification.facility_category,
        categories=frozenset(category for _, category in facilities),
        silent=[(name, category) for name, category in facilities if category not in notified],
        others=others,
        clauses_of_others=of_others,
        clauses=frozenset(
            NotifiedClause.objects.filter(world=ctx.world.name, notification__in=mine).values_list("clause", flat=True)
        ),
        told=told,
        classed=notification.what != "substitute",
    )


def _corrected(notification: Notification) -> list[uuid.UUID]:
    """Return the wrong filing that this one corrects: what was wrong there is not held against it."""
    return [notification.corrects] if notification.corrects is not None else []


def _products(ctx: Context, notifications: Any) -> Any:
    return NotifiedProduct.objects.filter(world=ctx.world.name, notification__in=notifications)


def _last(ctx: Context, mine: Any, notification: Notification) -> tuple[int, frozenset[tuple[str, str]]] | None:
    same = mine.filter(facility_category=notification.facility_category, what="notification", transcribed=True)
    last = same.order_by("-arrived_at").first()
    if last is None:
        return None
    return last.count, frozenset(_products(ctx, [last.id]).values_list("maker", "product"))


def _others(live: Any, notification: Notification) -> tuple[int, Counter[str]]:
    """Return how many other operators notified this category with their rows, and how many of them each clause."""
    theirs = live.filter(facility_category=notification.facility_category, transcribed=True).exclude(
        organisation=notification.organisation
    )
    pairs: set[tuple[uuid.UUID, str]] = set(
        NotifiedClause.objects.filter(world=notification.world, notification__in=theirs).values_list(
            "organisation", "clause"
        )
    )
    return len({organisation for organisation, _ in pairs}), Counter(clause for _, clause in pairs)
