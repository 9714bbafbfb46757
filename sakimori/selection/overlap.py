"""Find patterns that overlap, so that one match would count as two facts (selection-semantics §1).

Two patterns overlap when a match of one can lie wholly inside a match of the other (equality included), and at least
four bytes of
it are specific in both (house rule: what lies on the other's wildcards is no common fact).
"""

from sakimori.selection.automaton import Automaton, Node, One, Row
from sakimori.selection.pattern import NARROW, SHORTEST, Pattern


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
    return _inside(one.automaton, other.automaton) or _inside(other.automaton, one.automaton)


def _inside(inner: Automaton, outer: Automaton) -> bool:
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
