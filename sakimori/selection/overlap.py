"""Find patterns that overlap, so that one match would count as two facts (selection-semantics §1).

Two patterns overlap when a match of one can lie wholly inside a match of the other (equality included), and at least
four bytes of
it are specific in both (house rule: what lies on the other's wildcards is no common fact).
"""

from dataclasses import dataclass

from sakimori.selection.pattern import NARROW, SHORTEST, Either, Node, One, Pattern, Row, Times


@dataclass(frozen=True, slots=True)
class _Automaton:
    """Positions of a pattern (each a set of byte values), where a match may begin and end, and what may follow what."""

    values: tuple[frozenset[int], ...]
    first: frozenset[int]
    last: frozenset[int]
    follow: tuple[frozenset[int], ...]


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


def overlap(one: Pattern, other: Pattern) -> bool:
    """Say whether a match of either pattern can lie inside a match of the other."""
    left, right = as_literal(one), as_literal(other)
    if left is not None and right is not None:
        return left in right or right in left
    a, b = _automaton(one.node), _automaton(other.node)
    return _inside(a, b) or _inside(b, a)


def _inside(inner: _Automaton, outer: _Automaton) -> bool:
    """Walk both at once, the inner from its beginning, the outer from any place, counting specific bytes in common."""
    todo = [(i, o, 0) for i in inner.first for o in range(len(outer.values)) if inner.values[i] & outer.values[o]]
    known = set(todo)
    while todo:
        i, o, common = todo.pop()
        if max(len(inner.values[i]), len(outer.values[o])) <= NARROW:
            common = min(common + 1, SHORTEST)
        if i in inner.last and common == SHORTEST:
            return True
        for step in ((j, p, common) for j in inner.follow[i] for p in outer.follow[o]):
            if step not in known and inner.values[step[0]] & outer.values[step[1]]:
                known.add(step)
                todo.append(step)
    return False


@dataclass(slots=True)
class _Shape:
    empty: bool
    first: set[int]
    last: set[int]


def _automaton(node: Node) -> _Automaton:
    values: list[frozenset[int]] = []
    follow: list[set[int]] = []
    shape = _build(node, values, follow)
    return _Automaton(
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
