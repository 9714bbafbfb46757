"""What a stream holds out of order: spans without holes, in a tree, so that no order of segments makes a search long.

A span is a line of the pool `held`; the parts it is made of hang on it as a chain, in order. Spans that touch are one.
So a segment that covers much ends as many spans as it joins, and finding, entering and ending one takes the logarithm
of their number: the tree is a treap (C. Aragon, R. Seidel, "Randomized search trees", 1989) whose priorities come from
the secret of the run, which no sender knows.
"""

from sakimori.selection.fast.hashing import scatter
from sakimori.selection.fast.kernel import get, kernel, put
from sakimori.selection.fast.rows import LOW
from sakimori.selection.fast.store import C_HELD_FREE, C_HELD_LEFT, H_NEXT, HELD

# words of a span: where it begins and ends in the stream; its first part + 1 above, its last + 1 below; the span before
# it in the tree + 1 above, the one behind it + 1 below
S_BEGIN, S_END, S_PARTS, S_LINKS = range(4)
_LEFT, _RIGHT = 32, 0


@kernel
def take(arrays):
    """Take a line of the pool."""
    line = get(arrays.counts, C_HELD_FREE)
    put(arrays.counts, C_HELD_FREE, get(arrays.held, line * 4 + H_NEXT))
    put(arrays.counts, C_HELD_LEFT, get(arrays.counts, C_HELD_LEFT) - 1)
    return line


@kernel
def give(line, arrays):
    """Give a line of the pool back."""
    put(arrays.held, line * 4 + H_NEXT, get(arrays.counts, C_HELD_FREE))
    put(arrays.counts, C_HELD_FREE, line)
    put(arrays.counts, C_HELD_LEFT, get(arrays.counts, C_HELD_LEFT) + 1)


@kernel
def _root(index, arrays):
    return (get(arrays.entries, index * 16 + HELD) & LOW) - 1


@kernel
def _child(line, side, arrays):
    return ((get(arrays.held, line * 4 + S_LINKS) >> side) & LOW) - 1


@kernel
def _hang(index, line, side, child, arrays):
    """Hang a span (-1: none) below another, or make it the root where `line` is -1."""
    if line < 0:
        put(arrays.entries, index * 16 + HELD, (get(arrays.entries, index * 16 + HELD) & ~LOW) | (child + 1))
    else:
        links = get(arrays.held, line * 4 + S_LINKS)
        put(arrays.held, line * 4 + S_LINKS, (links & ~(LOW << side)) | ((child + 1) << side))


@kernel
def _above(one, other, arrays):
    """Say whether a span stands above another in the tree."""
    first = get(arrays.secret, 0)
    return scatter(first + one) >= scatter(first + other)


@kernel
def first(index, arrays):
    """Return the first span of a flow, -1 if there is none."""
    found, line = -1, _root(index, arrays)
    while line >= 0:
        found, line = line, _child(line, _LEFT, arrays)
    return found


@kernel
def around(index, place, arrays):
    """Return the last span that begins at `place` or before, and the first that begins behind it; -1: there is none."""
    before = behind = -1
    line = _root(index, arrays)
    while line >= 0:
        if get(arrays.held, line * 4 + S_BEGIN) <= place:
            before, line = line, _child(line, _RIGHT, arrays)
        else:
            behind, line = line, _child(line, _LEFT, arrays)
    return before, behind


@kernel
def enter(index, begin, arrays):
    """Enter a new span, empty yet, that begins here; returns its line."""
    made = take(arrays)
    put(arrays.held, made * 4 + S_BEGIN, begin)
    put(arrays.held, made * 4 + S_END, begin)
    put(arrays.held, made * 4 + S_PARTS, 0)
    put(arrays.held, made * 4 + S_LINKS, 0)
    above, side, line = -1, _LEFT, _root(index, arrays)
    while line >= 0 and _above(line, made, arrays):
        above = line
        side = _LEFT if begin < get(arrays.held, line * 4 + S_BEGIN) else _RIGHT
        line = _child(line, side, arrays)
    _hang(index, above, side, made, arrays)
    low, low_side, high, high_side = made, _LEFT, made, _RIGHT
    while line >= 0:
        if get(arrays.held, line * 4 + S_BEGIN) < begin:
            _hang(index, low, low_side, line, arrays)
            low, low_side, line = line, _RIGHT, _child(line, _RIGHT, arrays)
        else:
            _hang(index, high, high_side, line, arrays)
            high, high_side, line = line, _LEFT, _child(line, _LEFT, arrays)
    _hang(index, low, low_side, -1, arrays)
    _hang(index, high, high_side, -1, arrays)
    return made


@kernel
def remove(index, gone, arrays):
    """Take a span out of the tree and give its line back; its parts are left alone."""
    begin = get(arrays.held, gone * 4 + S_BEGIN)
    above, side, line = -1, _LEFT, _root(index, arrays)
    while line >= 0 and line != gone:
        above = line
        side = _LEFT if begin < get(arrays.held, line * 4 + S_BEGIN) else _RIGHT
        line = _child(line, side, arrays)
    low, high = _child(gone, _LEFT, arrays), _child(gone, _RIGHT, arrays)
    while low >= 0 and high >= 0:
        if _above(low, high, arrays):
            _hang(index, above, side, low, arrays)
            above, side, low = low, _RIGHT, _child(low, _RIGHT, arrays)
        else:
            _hang(index, above, side, high, arrays)
            above, side, high = high, _LEFT, _child(high, _LEFT, arrays)
    _hang(index, above, side, max(low, high), arrays)
    give(gone, arrays)


@kernel
def append(span, part, end, arrays):
    """Put a part at the end of a span, which ends at `end` then."""
    put(arrays.held, part * 4 + H_NEXT, 0)
    ends = get(arrays.held, span * 4 + S_PARTS)
    if ends == 0:
        put(arrays.held, span * 4 + S_PARTS, ((part + 1) << 32) | (part + 1))
    else:
        put(arrays.held, ((ends & LOW) - 1) * 4 + H_NEXT, part + 1)
        put(arrays.held, span * 4 + S_PARTS, (ends & ~LOW) | (part + 1))
    put(arrays.held, span * 4 + S_END, end)


@kernel
def join(index, span, behind, arrays):
    """Let a span take over the one that begins where it ends."""
    ends, more = get(arrays.held, span * 4 + S_PARTS), get(arrays.held, behind * 4 + S_PARTS)
    put(arrays.held, ((ends & LOW) - 1) * 4 + H_NEXT, (more >> 32) & LOW)
    put(arrays.held, span * 4 + S_PARTS, (ends & ~LOW) | (more & LOW))
    put(arrays.held, span * 4 + S_END, get(arrays.held, behind * 4 + S_END))
    remove(index, behind, arrays)
