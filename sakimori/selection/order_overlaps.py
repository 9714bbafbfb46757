"""Find values under two conditions of one kind: they would make two facts of one (selection-semantics §1)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sakimori.selection.conditions import AddressCondition, CommandCondition, Condition, RangeCondition, ValueCondition
from sakimori.selection.overlap import Effort, EffortError, overlap


class Unknown(NamedTuple):
    """Two conditions of which it would take too long to find out whether they overlap."""

    first: str
    second: str


def overlaps(conditions: Sequence[Condition]) -> list[tuple[str, str]]:
    """Return each pair of condition ids whose values overlap, once; an `Unknown` where nobody can say in time."""
    found = [
        *_addresses([item for item in conditions if isinstance(item, AddressCondition)]),
        *_commands([item for item in conditions if isinstance(item, CommandCondition)]),
        *_exploratory([item for item in conditions if isinstance(item, ValueCondition | RangeCondition)]),
    ]
    unknown = [pair for pair in found if isinstance(pair, Unknown)]
    known = ((min(pair), max(pair)) for pair in found if pair[0] != pair[1] and not isinstance(pair, Unknown))
    return [*dict.fromkeys(known), *unknown]


def _addresses(items: Sequence[AddressCondition]) -> Iterator[tuple[str, str]]:
    """Networks are sorted and swept once, names are looked up by their parents; the sides do not matter."""
    ranges = sorted(
        (network.version, int(network.network_address), -network.prefixlen, int(network.broadcast_address), item.id)
        for item in items
        for network in item.networks
    )
    around: list[tuple[int, int, str]] = []  # networks nest or are apart: those that hold the present place
    for version, low, _, high, key in ranges:
        around = [entry for entry in around if entry[0] == version and entry[1] >= low]
        yield from ((other, key) for _, _, other in around)
        around.append((version, high, key))
    owners: dict[str, set[str]] = {}
    for item in items:
        for name in item.names:
            owners.setdefault(name, set()).add(item.id)
    for name, ids in owners.items():
        labels = name.split(".")
        for start in range(len(labels)):
            for other in owners.get(".".join(labels[start:]), ()):
                yield from ((key, other) for key in ids)


def _commands(items: Sequence[CommandCondition]) -> Iterator[tuple[str, str]]:
    """One effort for the whole order: after the first pair that exhausts it no other is looked at."""
    effort = Effort()
    for number, item in enumerate(items):
        for other in items[number + 1 :]:
            try:
                if overlap(item.pattern, other.pattern, effort):
                    yield item.id, other.id
            except EffortError:
                yield Unknown(item.id, other.id)
                return


def _exploratory(items: Sequence[ValueCondition | RangeCondition]) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(items):
        for other in items[number + 1 :]:
            if item.field == other.field and _meet(item, other):
                yield item.id, other.id


def _meet(one: ValueCondition | RangeCondition, other: ValueCondition | RangeCondition) -> bool:
    if isinstance(one, ValueCondition) and isinstance(other, ValueCondition):
        return not one.values.isdisjoint(other.values)
    if isinstance(one, RangeCondition) and isinstance(other, RangeCondition):
        before = one.maximum is not None and other.minimum is not None and one.maximum < other.minimum
        after = other.maximum is not None and one.minimum is not None and other.maximum < one.minimum
        return not (before or after)
    return False
