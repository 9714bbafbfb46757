"""Duties of which something is owed again: what a filing told waits anew, because its record was wrong.

Another filing may have settled such a duty since, as nothing else was left of it then.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets.models import Computer, ComputerChange, Duty
from sakimori.assets.scoping import DUE_RULES

_AT_ONCE = 500


def is_owed(duty: Duty) -> bool:
    """Return whether a computer of a duty has not been notified yet (強化法4条1項)."""
    owed = Computer.objects.filter(duty=duty, notify="yes").exclude(status__in=("notified", "retired"))
    return bool(owed.exists())


def duties_of(ctx: Context, computers: Collection[uuid.UUID]) -> list[Duty]:
    """Return the duties to notify these computers."""
    wanted, found = list(computers), set[uuid.UUID]()
    for place in range(0, len(wanted), _AT_ONCE):
        of = Computer.objects.filter(world=ctx.world.name, id__in=wanted[place : place + _AT_ONCE])
        found.update(of.exclude(duty=None).values_list("duty_id", flat=True))
    return list(Duty.objects.filter(world=ctx.world.name, id__in=found, rule__in=DUE_RULES))


def told_by(ctx: Context, notification: uuid.UUID) -> set[uuid.UUID]:
    """Return the duties of the changes that a notification told."""
    told = ComputerChange.objects.filter(world=ctx.world.name, notification=notification).exclude(duty=None)
    return set(told.values_list("duty_id", flat=True))


def reopen_owed(
    ctx: Context,
    operator: uuid.UUID,
    computers: Collection[uuid.UUID],
    told: Iterable[uuid.UUID],
    why: Mapping[str, Any],
) -> None:
    """Open the settled duties of computers that wait again and of changes (`told`: their duties) that do."""
    owed = [duty.id for duty in duties_of(ctx, computers) if is_owed(duty)]
    waiting = ComputerChange.objects.filter(world=ctx.world.name, duty__in=set(told), status="waiting")
    subjects = {*owed, *waiting.values_list("duty_id", flat=True)}
    settled = Obligation.objects.filter(world=ctx.world.name, bearer=operator, status="settled", subject__in=subjects)
    for act, subject in list(settled.values_list("settled_by", "subject")):
        ctx.reopen(act, why, about=subject)
