"""Which changes that wait a change notification on paper told: those its rows match, and no other (強化法4条3項).

What changed in a computer after the arrival was not told by it; it waits on, by its own clock.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.assets.copies import Row
from sakimori.assets.models import Computer, ComputerChange, Notification
from sakimori.assets.upkeep import changes
from sakimori.assets.upkeep.asking import CHANGE_RULES

_Names = tuple[str, str, str]  # clause, product, maker
Changed = Mapping[uuid.UUID, Sequence[ComputerChange]]
"""The changes that wait, by computer, in the order they were recorded."""
_AT_ONCE = 500
_NO_CLOCK = "every change that waits has its clock already"


def tell(ctx: Context, entry: Notification, waiting: Changed, rows: Sequence[Row], evidence: Mapping[str, Any]) -> None:
    """Mark of the changes that waited when it arrived those that its rows tell; without rows, all of them.

    The clocks of which nothing is left end, as of the arrival.
    """
    arrived = (entry.arrived_at or entry.filed_at).astimezone(clock.TOKYO).date()
    computers = _matched(ctx, waiting, rows, arrived) if rows else list(waiting)
    told = [one for computer in computers for one in waiting[computer]]
    for place in range(0, len(told), _AT_ONCE):
        some = [one.id for one in told[place : place + _AT_ONCE]]
        ComputerChange.objects.filter(world=ctx.world.name, id__in=some).update(
            status="notified", notification=entry.id
        )
    duties = {one.duty_id for one in told if one.duty_id is not None}
    _own_clocks(ctx, entry.organisation, computers)
    changes.end_empty(ctx, duties, evidence, entry.arrived_at)
    for computer in computers:  # clocks of computers as they were kept before they were kept by duties
        if not ComputerChange.objects.filter(computer=computer, status__in=("waiting", "filed")).exists():
            for rule in CHANGE_RULES:
                ctx.settle(rule, computer, bearer=entry.organisation, evidence=evidence, at=entry.arrived_at)


def _own_clocks(ctx: Context, operator: uuid.UUID, computers: Sequence[uuid.UUID]) -> None:
    """Give what changed after the arrival its own clock: that of the change it waited with has ended."""
    later = [one.computer for one in _changes_of(ctx, computers, status="waiting").select_related("computer")]
    if not later:
        return
    _changes_of(ctx, [one.id for one in later], status="waiting").update(duty=None, due_on=None)
    noted = changes.Noted(ctx, operator)
    noted.look_again(later)
    noted.finish()


def _changes_of(ctx: Context, computers: Sequence[uuid.UUID], **which: Any) -> Any:
    return ComputerChange.objects.filter(world=ctx.world.name, computer__in=computers, **which)


def waive_clocks(ctx: Context) -> None:
    """Say of the clocks of changes that the kind declares and nothing started why they do not start."""
    started = {one.rule for one in ctx.started}
    for rule in {start.rule for start in ctx.kind.starts} & set(CHANGE_RULES) - started:
        ctx.waive(rule, _NO_CLOCK)


def _matched(ctx: Context, waiting: Changed, rows: Sequence[Row], arrived: date) -> list[uuid.UUID]:
    """Return the computers whose waiting changes the rows tell, each row one computer."""
    said: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        names = (row.product, row.maker) if row.product else ("", "")
        was = () if row.before is None else (row.before["product"], row.before["maker"])
        said.setdefault((*was, *names), []).append(row.clause)
    later = _later(ctx, list(waiting), arrived)
    found = []
    for computer, group in waiting.items():
        old, new = _difference(group, later.get(computer, []))
        for key in ((*old[1:], *new[1:]), new[1:]):
            left = said.get(key, [])
            clause = next((one for one in left if not new[1] or one in ("", new[0])), None)
            if clause is not None:
                left.remove(clause)
                found.append(computer)
                break
    return found


def _later(ctx: Context, computers: Sequence[uuid.UUID], arrived: date) -> dict[uuid.UUID, list[ComputerChange]]:
    """Return by computer what changed after the arrival, whatever became of it."""
    found: dict[uuid.UUID, list[ComputerChange]] = {}
    for place in range(0, len(computers), _AT_ONCE):
        some = _changes_of(ctx, computers[place : place + _AT_ONCE], changed_on__gt=arrived)
        for one in some.order_by("recorded_at", "id"):
            found.setdefault(one.computer_id, []).append(one)
    return found


def _difference(group: Sequence[ComputerChange], later: Sequence[ComputerChange]) -> tuple[_Names, _Names]:
    """Return what a computer was before its changes and what it was at the arrival; no names once it is gone."""
    computer: Computer = group[0].computer
    now = {name: str(getattr(computer, name)) for name in changes.TOLD}
    now |= _first_old(later)
    old = now | _first_old(group)
    gone = any(one.event == "retired" for one in group) or not now["clause"]
    return _names(old), ("", "", "") if gone else _names(now)


def _first_old(group: Sequence[ComputerChange]) -> dict[str, str]:
    """Return what each field was before the first of some changes that touched it."""
    found: dict[str, str] = {}
    for one in group:
        for name in changes.TOLD:
            if name in one.fields:
                found.setdefault(name, str(one.fields[name][0]))
    return found


def _names(values: Mapping[str, str]) -> _Names:
    return values["clause"], values["product"], values["maker"]
