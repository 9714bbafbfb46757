"""Find patterns that overlap, so that one match would count as two facts (selection-semantics §1).

Two patterns overlap when a match of one can lie wholly inside a match of the other (equality included), and at least
four bytes of
it are specific in both (house rule: what lies on the other's wildcards is no common fact).
"""

from functools import reduce
from operator import or_
from typing import NamedTuple

from sakimori.selection.automaton import Automaton, Node, One, Row
from sakimori.selection.pattern import NARROW, SHORTEST, Pattern

MOST_STEPS = 30_000_000  # house rule: about ten seconds of one order's check
_EACH = 8  # steps that meeting a position costs anyhow


def as_literal(pattern: Pattern) -> bytes | None:
    """Return the bytes of a pattern that matches one string only, else None."""
    if not isinstance(pattern.node, Row):
        return None
    flat: list[int] = []
    for part in _flatten(pattern.node):
        if not isinstance(part, One) or len(part.values) != 1:
            return None
        flat.extend(part.values)
    return bytes(flat)


def _flatten(node: Node) -> list[Node]:
    if isinstance(node, Row):
        return [leaf for part in node.parts for leaf in _flatten(part)]
    return [node]


class Effort:
    """How much may still be done to find overlaps in one order; a step is one position held against a set of others."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        self._sides: dict[int, tuple[Automaton, _Sides]] = {}

    def sides(self, of: Automaton) -> "_Sides":
        """Return an automaton made ready, once for the whole order."""
        if id(of) not in self._sides:
            self._sides[id(of)] = of, _sides(of)
        return self._sides[id(of)][1]

    def spend(self, steps: int) -> None:
        """Take note of steps done; raises `EffortError` when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise EffortError


class EffortError(Exception):
    """Whether patterns overlap cannot be found out with the effort there is: their repeats combine in too many ways."""


class _Sides(NamedTuple):
    """A pattern's automaton with the sets of its positions as bits of numbers.

    `follow[n]` is what may follow position n, `takes[b]` the positions that take byte value b, `narrow` the specific,
    `specific` their values; `met` remembers which positions take one of several values.
    """

    automaton: Automaton
    follow: list[int]
    takes: list[int]
    narrow: int
    specific: frozenset[int]
    met: dict[frozenset[int], int]


def overlap(one: Pattern, other: Pattern, effort: Effort | None = None) -> bool:
    """Say whether a match of either pattern can lie inside a match of the other; raises `EffortError`."""
    left, right = as_literal(one), as_literal(other)
    if left is not None and right is not None:
        return left in right or right in left
    effort = effort or Effort()
    effort.spend(1)
    first, second = effort.sides(one.automaton), effort.sides(other.automaton)
    if first.specific.isdisjoint(second.specific):
        return False
    return _inside(first, second, effort) or _inside(second, first, effort)


def _sides(of: Automaton) -> _Sides:
    takes = [0] * 256
    for position, values in enumerate(of.values):
        for value in values:
            takes[value] |= 1 << position
    narrow = sum(1 << position for position, values in enumerate(of.values) if len(values) <= NARROW)
    specific = frozenset().union(*(values for values in set(of.values) if len(values) <= NARROW))
    return _Sides(of, [sum(1 << after for after in follow) for follow in of.follow], takes, narrow, specific, {})


def _inside(inner: _Sides, outer: _Sides, effort: Effort) -> bool:
    """Walk both at once, the inner from its beginning, the outer from any place, counting specific bytes in common.

    No pattern repeats without end, so what follows a position always has a higher number: each position of the inner is
    met once, with all places of the outer it can stand at, by how many bytes in common (each place with the most only).
    """
    of = inner.automaton
    everywhere = (1 << len(outer.automaton.values)) - 1
    reached = [[0] * (SHORTEST + 1) for _ in of.values]
    after: dict[int, int] = {}
    for position, values in enumerate(of.values):
        here = reached[position]
        if position in of.first:
            here[0] |= everywhere
        if not any(here):
            continue
        effort.spend(_EACH)
        if values not in outer.met:
            outer.met[values] = reduce(or_, (outer.takes[value] for value in values))
        allowed = outer.met[values]
        counted = _counted(here, allowed, outer.narrow if len(values) <= NARROW else 0)
        if position in of.last and counted[SHORTEST]:
            return True
        for common, places in enumerate(counted):
            if not places:
                continue
            if places not in after:
                effort.spend(places.bit_count())
                after[places] = _follow(outer, places)
            effort.spend(len(of.follow[position]))
            for following in of.follow[position]:
                reached[following][common] |= after[places]
    return False


def _counted(here: list[int], allowed: int, narrow: int) -> list[int]:
    """Return the places by the bytes in common once this byte is taken, each place with the most only."""
    counted = [0] * (SHORTEST + 1)
    better = 0
    for common in range(SHORTEST, -1, -1):
        places = here[common] & allowed
        counted[min(common + 1, SHORTEST)] |= places & narrow
        counted[common] |= places & ~narrow
    for common in range(SHORTEST, -1, -1):
        counted[common] &= ~better
        better |= counted[common]
    return counted


def _follow(outer: _Sides, places: int) -> int:
    found = 0
    while places:
        lowest = places & -places
        found |= outer.follow[lowest.bit_length() - 1]
        places ^= lowest
    return found
