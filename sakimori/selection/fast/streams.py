"""Put TCP streams in order without touching their bytes, and chain the pieces of payload that may be needed.

The rules are those of `streams.Stream`. Of a flow that cannot be kept only the numbers the receipt needs are held; of
one that may be kept each piece is chained in the order of its stream and told as fresh.
"""

from sakimori.selection.fast import held, hints
from sakimori.selection.fast.kernel import copy, get, kernel, put, u8
from sakimori.selection.fast.rows import LOW
from sakimori.selection.fast.store import (
    AFTER_GAP,
    APP,
    BASE,
    BEFORE,
    BEGUN,
    C_ARENA,
    C_BEFORE,
    C_FRESH,
    C_OVERFLOWS,
    C_PIECE_FREE,
    C_PIECE_LEFT,
    F_ENTRY,
    F_PLACE,
    F_SIZE,
    GAP,
    H_NEXT,
    H_REF,
    H_SIZES,
    HAS_BASE,
    HELD,
    INITIAL,
    KEY,
    MAY,
    NEXT,
    P_NEXT,
    P_OFFSET,
    P_REF,
    P_SIZE,
    PAYLOAD,
    PIECES,
    SEGMENT,
)

WINDOW = 65_536  # as in `sakimori.selection.streams`


@kernel
def keep(base, limit, origin, copying, place, size, arrays):
    """Return where these bytes can be read again: a place in the source, or -1 - place in the arena."""
    if not copying:
        return origin + place
    at = get(arrays.counts, C_ARENA)
    segments = arrays.segments
    copy(get(segments, at >> SEGMENT), 1 << SEGMENT, at & ((1 << SEGMENT) - 1), base, limit, place, size)
    put(arrays.counts, C_ARENA, at + size)
    return -1 - at


@kernel
def piece(index, ref, place, size, offset, marks, arrays):
    """Chain a piece of payload to its flow and tell it as fresh; `place` as in F_PLACE."""
    pieces, count, fresh = arrays.pieces, arrays.counts, arrays.fresh
    line = get(count, C_PIECE_FREE)
    put(count, C_PIECE_FREE, get(pieces, line * 4 + P_NEXT))
    put(count, C_PIECE_LEFT, get(count, C_PIECE_LEFT) - (1))
    put(pieces, line * 4 + P_REF, ref)
    put(pieces, line * 4 + P_OFFSET, offset)
    put(pieces, line * 4 + P_NEXT, -1)
    ends = get(arrays.entries, index * 16 + PIECES)
    before = 0
    if ends == 0:
        put(arrays.entries, index * 16 + PIECES, ((line + 1) << 32) | (line + 1))
    else:
        last = ((ends >> 32) & LOW) - 1
        before = ((get(pieces, last * 4 + P_SIZE) & LOW) >> BEFORE) + 1
        put(pieces, last * 4 + P_NEXT, line)
        put(arrays.entries, index * 16 + PIECES, ((line + 1) << 32) | (ends & LOW))
    put(pieces, line * 4 + P_SIZE, (size << 32) | (before << BEFORE) | marks)
    number = get(count, C_FRESH)
    put(fresh, number * 3 + F_ENTRY, index)
    put(fresh, number * 3 + F_PLACE, place)
    put(fresh, number * 3 + F_SIZE, (size << 32) | marks)
    put(count, C_FRESH, number + 1)


@kernel
def chained(arrays, line, into):
    """Write the numbers of a chain's pieces from `line` on; returns (how many, the next one, -1 at the end)."""
    number = 0
    while line >= 0 and number < len(into):
        into[number] = line
        number += 1
        line = get(arrays.pieces, line * 4 + P_NEXT)
    return number, line


@kernel
def _data(index, ref, place, size, offset, arrays):
    """Bytes of a stream in order."""
    marks = get(arrays.entries, index * 16 + INITIAL)
    gap = AFTER_GAP if marks & GAP else 0
    put(arrays.entries, index * 16 + INITIAL, (marks & ~GAP) | BEGUN | PAYLOAD)
    if marks & MAY:
        piece(index, ref, place, size, offset, gap, arrays)


@kernel
def _begins_app(base, limit, place, size, ports, order):
    """Say whether a stream with this first piece may be of a protocol `apps` reads; never says no wrongly."""
    if (ports >> 16) == 53 or ports & 0xFFFF == 53:
        return True
    byte = u8(base, limit, place)
    if byte == 22:
        return order.fields or hints.tls(base, limit, place, size, order.listed)
    for step in range(min(size, 8)):
        byte = u8(base, limit, place + step)
        if byte == 10:
            return True
        if byte < 32 and byte not in (9, 13):
            return False
    return True


@kernel
def segment(index, sequence, flags, base, limit, origin, copying, place, size, missing, arrays, order):
    """Take one TCP segment (`streams.Stream.segment`)."""
    entries, count = arrays.entries, arrays.counts
    first = (sequence + 1) & LOW if flags & 2 else sequence
    marks = get(entries, index * 16 + INITIAL)
    if marks & HAS_BASE == 0:
        put(entries, index * 16 + BASE, first)
        marks |= HAS_BASE
        put(entries, index * 16 + INITIAL, marks)
    if size == 0 and missing == 0:
        return
    following = get(entries, index * 16 + NEXT)
    ahead = (first - get(entries, index * 16 + BASE) - following) & LOW
    if ahead >= 0x8000_0000:
        ahead -= 0x1_0000_0000
    start = following + ahead
    if start < 0:
        put(count, C_BEFORE, get(count, C_BEFORE) + (min(-start, size)))
    if marks & BEGUN == 0 and size > 0 and marks & (APP | GAP) == 0 and start <= following < start + size:
        at = place + following - start
        sure = (
            size - (following - start) if get(entries, index * 16 + HELD) & LOW == 0 else 1
        )  # what is held may come in between
        if _begins_app(base, limit, at, sure, (get(entries, index * 16 + KEY) >> 32) & LOW, order):
            put(entries, index * 16 + INITIAL, marks | APP)
    if get(entries, index * 16 + HELD) & LOW == 0:  # nothing is held: most segments are next in order, or old
        if start + size + missing <= following:
            return
        if start <= following:
            skip = following - start
            part = size - skip
            if part > 0:
                ref = 0
                if marks & MAY:
                    ref = keep(base, limit, origin, copying, place + skip, part, arrays)
                _data(index, ref, place + skip, part, following, arrays)
            if start + size + missing > max(following, start + size):
                put(entries, index * 16 + INITIAL, get(entries, index * 16 + INITIAL) | (GAP))
            put(entries, index * 16 + NEXT, start + size + missing)
            return
    _hold(index, start, base, limit, place, size, missing, marks & MAY, arrays)
    drain(index, arrays)
    while (get(entries, index * 16 + BASE) >> 32) & LOW > WINDOW:
        put(count, C_OVERFLOWS, get(count, C_OVERFLOWS) + (1))
        jump(index, arrays)
        drain(index, arrays)


@kernel
def _hold(index, start, base, limit, place, size, missing, may, arrays):
    """Hold what lies in no one's place yet (`streams.Stream._enter`)."""
    entries, spans = arrays.entries, arrays.held
    end = start + size + missing
    position = max(start, get(entries, index * 16 + NEXT))
    if position >= end:
        return
    span, behind = held.around(index, position, arrays)
    if span < 0 or get(spans, span * 4 + held.S_END) < position:
        span = held.enter(index, position, arrays)
    position = get(spans, span * 4 + held.S_END)
    while position < end:
        stop = min(end, get(spans, behind * 4 + held.S_BEGIN)) if behind >= 0 else end
        if position < stop:
            low = max(position - start, 0)
            part = max(min(max(stop - start, 0), size) - low, 0)
            line = held.take(arrays)
            put(spans, line * 4 + H_SIZES, (part << 32) | (stop - position - part))
            put(spans, line * 4 + H_REF, 0)
            if may and part > 0:
                put(spans, line * 4 + H_REF, keep(base, limit, 0, True, place + low, part, arrays))
            held.append(span, line, stop, arrays)
            put(entries, index * 16 + HELD, get(entries, index * 16 + HELD) + (1 << 32))
            put(entries, index * 16 + BASE, get(entries, index * 16 + BASE) + (part << 32))
        if behind >= 0 and get(spans, behind * 4 + held.S_BEGIN) == stop:
            held.join(index, span, behind, arrays)
            _, behind = held.around(index, stop, arrays)
        position = get(spans, span * 4 + held.S_END)


@kernel
def drain(index, arrays):
    """Hand on what is held and now next in order."""
    spans, entries = arrays.held, arrays.entries
    span = held.first(index, arrays)
    if span < 0 or get(spans, span * 4 + held.S_BEGIN) != get(entries, index * 16 + NEXT):
        return
    at = (get(spans, span * 4 + held.S_PARTS) >> 32) - 1
    held.remove(index, span, arrays)
    while at >= 0:
        sizes = get(spans, at * 4 + H_SIZES)
        part = sizes >> 32
        missing = sizes & LOW
        ref = get(spans, at * 4 + H_REF)
        following = get(spans, at * 4 + H_NEXT) - 1
        held.give(at, arrays)
        put(entries, index * 16 + HELD, get(entries, index * 16 + HELD) - (1 << 32))
        put(entries, index * 16 + BASE, get(entries, index * 16 + BASE) - (part << 32))
        offset = get(entries, index * 16 + NEXT)
        if part > 0:
            _data(index, ref, ref, part, offset, arrays)
        if missing > 0:
            put(entries, index * 16 + INITIAL, get(entries, index * 16 + INITIAL) | (GAP))
        put(entries, index * 16 + NEXT, offset + part + missing)
        at = following


@kernel
def jump(index, arrays):
    """Give up the hole before the first held span: a gap."""
    put(arrays.entries, index * 16 + INITIAL, get(arrays.entries, index * 16 + INITIAL) | (GAP))
    put(arrays.entries, index * 16 + NEXT, get(arrays.held, held.first(index, arrays) * 4 + held.S_BEGIN))
