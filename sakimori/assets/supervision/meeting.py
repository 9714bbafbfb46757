"""What was asked for or ordered arrives: the request for correction or the order ends, as of the arrival.

An order to notify is met by a notification of its category; one to correct, like a request for correction, by a filing
that cites its number. Whether what arrived is right is for people to see: a wrong one is asked about or ordered again.
"""

import uuid
from typing import Any

from sakimori.acts.context import Context
from sakimori.assets import standing
from sakimori.assets.models import Matter, Notification
from sakimori.assets.supervision.matters import RULES

_BY_ARRIVAL = {"notify": standing.NOTIFIES, "notify_change": ("change",)}


def meet(ctx: Context, notification: Notification, cites: uuid.UUID | None = None) -> int:
    """End the open requests and orders that an arrived notification meets; return how many there were.

    `cites` is the number of the request or order that the filing names. Both sides' rows end where both are here.
    """
    if notification.status in ("linked", "withdrawn", "stated_none"):
        return 0
    at = notification.arrived_at or ctx.now
    count = 0
    for matter in _open(ctx, notification):
        if not _fits(matter, notification, cites):
            continue
        count += 1
        evidence = {"notification": str(notification.act), "arrived_at": at.isoformat()}
        ctx.settle(RULES[matter.sort], matter.number, bearer=matter.operator, evidence=evidence, at=at)
        ctx.change(matter, status="met", ended_at=at, met_by=notification.act)
    return count


def _open(ctx: Context, notification: Notification) -> Any:
    return Matter.objects.filter(
        world=ctx.world.name,
        operator=notification.organisation,
        giver=notification.minister,
        sort__in=("correction", "order"),
        status__in=("open", "answered"),
    )


def _fits(matter: Matter, notification: Notification, cites: uuid.UUID | None) -> bool:
    if cites is not None and matter.number == cites:
        return True
    sorts = _BY_ARRIVAL.get(str(matter.content.get("what")), ())
    same = matter.facility_category in ("", notification.facility_category)
    return matter.sort == "order" and notification.what in sorts and same


def unmeet(ctx: Context, filing: uuid.UUID) -> None:
    """Let what an entry met wait again: the entry has been withdrawn (its obligations are reopened by `ctx.reopen`)."""
    for matter in Matter.objects.filter(world=ctx.world.name, met_by=filing, status="met"):
        ctx.change(matter, status="open", ended_at=None, met_by=None)
