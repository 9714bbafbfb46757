"""What is left to notify of everything that changed in a computer: old and new of the whole, not of every step.

What was notified and is again as it was notified has no difference to tell (強化法4条3項, 命令3条1項). Whether it must
be told all the same no published text says: `law` table `kyokaho.notify.returned`. The changes themselves stay.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sakimori.assets.models import ComputerChange, Duty

TOLD = ("clause", "product", "maker")
"""What a notification says of a computer (命令2条5項3号-5号)."""
_PLACE = "facility"
_WRITTEN = ("outcome", "decision", "status", "duty", "due_on")
_AT_ONCE = 500


@dataclass(slots=True)
class Waiting:
    """One change of a computer on its way into the records: new, or `kept` before; what becomes of it changes here."""

    computer: uuid.UUID
    fields: Mapping[str, list[Any]]
    changed_on: date
    event: str
    outcome: str
    decision: Mapping[str, Any]
    status: str = "recorded"
    duty: Duty | None = None
    due_on: date | None = None
    kept: ComputerChange | None = None

    @classmethod
    def of(cls, kept: ComputerChange) -> "Waiting":
        """Return a change kept before."""
        return cls(
            kept.computer_id, kept.fields, kept.changed_on, kept.event, kept.outcome, kept.decision, kept.status,
            kept.duty, kept.due_on, kept,
        )  # fmt: skip


def undone(group: Iterable[Waiting], category: Callable[[Any], str]) -> frozenset[str]:
    """Return what of a computer changed and is as it was notified again; `category` is that of a facility.

    `group` is everything that waits for the computer, in the order it was recorded, and whatever is new.
    """
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for one in group:
        for name in (*TOLD, _PLACE):
            if name not in one.fields:
                continue
            old, new = one.fields[name]
            if one.outcome == "change":
                first.setdefault(name, old)
            last[name] = new
    same = {name for name, old in first.items() if name != _PLACE and last[name] == old}
    if _PLACE in first and category(first[_PLACE]) == category(last[_PLACE]):
        same.add(_PLACE)
    return frozenset(same)


def concerns(one: Waiting, names: frozenset[str]) -> bool:
    """Return whether a change is one of these fields."""
    return not names.isdisjoint(one.fields)


def is_undone(one: Waiting, names: frozenset[str]) -> bool:
    """Return whether nothing that a notification tells is left of a change; a disposal is never undone."""
    told = {*TOLD, _PLACE} & set(one.fields)
    return one.event != "retired" and bool(told) and told <= names


def write(world: str, every: Iterable[Waiting]) -> None:
    """Write what became of the changes kept before, where anything did; those alike together."""
    alike: dict[tuple[Any, ...], tuple[dict[str, Any], list[uuid.UUID]]] = {}
    for one in every:
        if one.kept is None:
            continue
        kept = one.kept
        fields = {name: getattr(one, name) for name in _WRITTEN if getattr(one, name) != getattr(kept, name)}
        if fields:
            # The law's answers are the same object where they are the same: thousands need no comparing by content.
            key = tuple((name, id(value) if name == "decision" else value) for name, value in fields.items())
            alike.setdefault(key, (fields, []))[1].append(kept.id)
    for fields, changes in alike.values():
        for place in range(0, len(changes), _AT_ONCE):
            ComputerChange.objects.filter(world=world, id__in=changes[place : place + _AT_ONCE]).update(**fields)
