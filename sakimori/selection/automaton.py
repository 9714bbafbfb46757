"""Patterns as trees, as position automata (Glushkov), and as a machine that finds the longest match from a place.

The machine remembers the sets of positions it met, so that matching takes one look-up a byte; it forgets them when
there are too many, and when told to. It never backtracks, whatever the pattern and the traffic.
"""

from dataclasses import dataclass

_MOST_STATES = 4_096


@dataclass(frozen=True, slots=True)
class One:
    """Exactly one byte out of `values`."""

    values: frozenset[int]


@dataclass(frozen=True, slots=True)
class Row:
    """One part after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the branches."""

    branches: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Times:
    """The part, at least `low` and at most `high` times."""

    part: "Node"
    low: int
    high: int


Node = One | Row | Either | Times


@dataclass(frozen=True, slots=True)
class Automaton:
    """Positions of a pattern (each a set of byte values), where a match may begin and end, and what may follow what."""

    values: tuple[frozenset[int], ...]
    first: frozenset[int]
    last: frozenset[int]
    follow: tuple[frozenset[int], ...]


@dataclass(slots=True)
class _Shape:
    empty: bool
    first: set[int]
    last: set[int]


def automaton(node: Node) -> Automaton:
    """Return the position automaton of a pattern's tree."""
    values: list[frozenset[int]] = []
    follow: list[set[int]] = []
    shape = _build(node, values, follow)
    return Automaton(
        tuple(values), frozenset(shape.first), frozenset(shape.last), tuple(frozenset(after) for after in follow)
    )


def _build(node: Node, values: list[frozenset[int]], follow: list[set[int]]) -> _Shape:
    if isinstance(node, One):
        values.append(node.values)
        follow.append(set())
        return _Shape(empty=False, first={len(values) - 1}, last={len(values) - 1})
    if isinstance(node, Either):
        shapes = [_build(branch, values, follow) for branch in node.branches]
        return _Shape(
            any(shape.empty for shape in shapes),
            set().union(*(shape.first for shape in shapes)),
            set().union(*(shape.last for shape in shapes)),
        )
    result = _Shape(empty=True, first=set(), last=set())
    parts = node.parts if isinstance(node, Row) else (node.part,) * node.high
    for number, part in enumerate(parts):
        shape = _build(part, values, follow)
        if isinstance(node, Times) and number >= node.low:
            shape.empty = True
        result = _after(result, shape, follow)
    return result


def _after(left: _Shape, right: _Shape, follow: list[set[int]]) -> _Shape:
    for position in left.last:
        follow[position] |= right.first
    return _Shape(
        left.empty and right.empty,
        left.first | right.first if left.empty else left.first,
        right.last | left.last if right.empty else right.last,
    )


class Machine:
    """Finds longest matches of one automaton."""

    def __init__(self, of: Automaton) -> None:
        self._of = of
        self.forget()

    def forget(self) -> None:
        """Drop what was remembered: it mirrors the traffic it was run on."""
        self._numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self._sets: list[frozenset[int]] = [frozenset()]
        self._accepting: list[bool] = [False]
        self._steps: dict[tuple[int, int], int] = {}
        self._begins: dict[int, int] = {}

    def longest(self, data: bytes, start: int) -> int | None:
        """Return the end of the longest match beginning exactly at `start`, or None."""
        if len(self._sets) > _MOST_STATES:
            self.forget()
        if start >= len(data):
            return None
        state = self._begin(data[start])
        end = start + 1 if self._accepting[state] else None
        place = start + 1
        while state and place < len(data):
            state = self._step(state, data[place])
            place += 1
            if self._accepting[state]:
                end = place
        return end

    def _begin(self, byte: int) -> int:
        if byte not in self._begins:
            self._begins[byte] = self._number(self._of.first, byte)
        return self._begins[byte]

    def _step(self, state: int, byte: int) -> int:
        key = (state, byte)
        if key not in self._steps:
            after = frozenset().union(*(self._of.follow[position] for position in self._sets[state]))
            self._steps[key] = self._number(after, byte)
        return self._steps[key]

    def _number(self, positions: frozenset[int], byte: int) -> int:
        """Return the number of the set of those positions that take this byte; 0 is the empty set."""
        taken = frozenset(position for position in positions if byte in self._of.values[position])
        if taken not in self._numbers:
            self._numbers[taken] = len(self._sets)
            self._sets.append(taken)
            self._accepting.append(not self._of.last.isdisjoint(taken))
        return self._numbers[taken]
