"""Put TCP streams in order without touching their bytes, and chain the pieces of payload that may be needed.

The rules are those of `streams.Stream`. Of a flow that cannot be kept only the numbers the receipt needs are held; of
one that may be kept each piece is chained in the order of its stream and told as fresh.
"""

from sakimori.selection.fast.kernel import copy, kernel, u8
from sakimori.selection.fast.rows import LOW
from sakimori.selection.fast.store import (
    AFTER_GAP,
    APP,
    BASE,
    BEGUN,
    C_ARENA,
    C_BEFORE,
    C_FRESH,
    C_HELD_FREE,
    C_HELD_LEFT,
    C_OVERFLOWS,
    C_PIECE_FREE,
    C_PIECE_LEFT,
    F_ENTRY,
    F_PLACE,
    F_SIZE,
    GAP,
    H_NEXT,
    H_PLACE,
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
    at = arrays.counts[C_ARENA]
    segments = arrays.segments
    copy(segments[at >> SEGMENT], 1 << SEGMENT, at & ((1 << SEGMENT) - 1), base, limit, place, size)
    arrays.counts[C_ARENA] = at + size
    return -1 - at


@kernel
def piece(index, ref, place, size, offset, marks, arrays):
    """Chain a piece of payload to its flow and tell it as fresh; `place` as in F_PLACE."""
    pieces, count, fresh = arrays.pieces, arrays.counts, arrays.fresh
    line = count[C_PIECE_FREE]
    count[C_PIECE_FREE] = pieces[line, P_NEXT]
    count[C_PIECE_LEFT] -= 1
    pieces[line, P_REF] = ref
    pieces[line, P_SIZE] = (size << 32) | marks
    pieces[line, P_OFFSET] = offset
    pieces[line, P_NEXT] = -1
    ends = arrays.entries[index, PIECES]
    if ends == 0:
        arrays.entries[index, PIECES] = ((line + 1) << 32) | (line + 1)
    else:
        pieces[((ends >> 32) & LOW) - 1, P_NEXT] = line
        arrays.entries[index, PIECES] = ((line + 1) << 32) | (ends & LOW)
    number = count[C_FRESH]
    fresh[number, F_ENTRY] = index
    fresh[number, F_PLACE] = place
    fresh[number, F_SIZE] = (size << 32) | marks
    count[C_FRESH] = number + 1


@kernel
def _data(index, ref, place, size, offset, arrays):
    """Bytes of a stream in order."""
    marks = arrays.entries[index, INITIAL]
    gap = AFTER_GAP if marks & GAP else 0
    arrays.entries[index, INITIAL] = (marks & ~GAP) | BEGUN | PAYLOAD
    if marks & MAY:
        piece(index, ref, place, size, offset, gap, arrays)


@kernel
def _begins_app(base, limit, place, size, ports):
    """Say whether a stream with this first piece may be of a protocol `apps` reads; never says no wrongly."""
    if (ports >> 16) == 53 or ports & 0xFFFF == 53:
        return True
    byte = u8(base, limit, place)
    if byte == 22:
        return size < 2 or u8(base, limit, place + 1) == 3
    for step in range(min(size, 8)):
        byte = u8(base, limit, place + step)
        if byte == 10:
            return True
        if byte < 32 and byte not in (9, 13):
            return False
    return True


@kernel
def segment(index, sequence, flags, base, limit, origin, copying, place, size, missing, arrays):
    """Take one TCP segment (`streams.Stream.segment`)."""
    entries, count = arrays.entries, arrays.counts
    first = (sequence + 1) & LOW if flags & 2 else sequence
    marks = entries[index, INITIAL]
    if marks & HAS_BASE == 0:
        entries[index, BASE] = first
        marks |= HAS_BASE
        entries[index, INITIAL] = marks
    if size == 0 and missing == 0:
        return
    following = entries[index, NEXT]
    ahead = (first - entries[index, BASE] - following) & LOW
    if ahead >= 0x8000_0000:
        ahead -= 0x1_0000_0000
    start = following + ahead
    if start < 0:
        count[C_BEFORE] += min(-start, size)
    if marks & BEGUN == 0 and size > 0 and marks & (APP | GAP) == 0 and start <= following < start + size:
        at = place + following - start
        sure = size - (following - start) if entries[index, HELD] & LOW == 0 else 1  # what is held may come in between
        if _begins_app(base, limit, at, sure, (entries[index, KEY] >> 32) & LOW):
            entries[index, INITIAL] = marks | APP
    if entries[index, HELD] & LOW == 0:  # nothing is held: most segments are next in order, or old
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
                entries[index, INITIAL] |= GAP
            entries[index, NEXT] = start + size + missing
            return
    _hold(index, start, base, limit, place, size, missing, marks & MAY, arrays)
    drain(index, arrays)
    while (entries[index, BASE] >> 32) & LOW > WINDOW:
        count[C_OVERFLOWS] += 1
        jump(index, arrays)
        drain(index, arrays)


@kernel
def _hold(index, start, base, limit, place, size, missing, may, arrays):
    """Hold what lies in no one's place yet (`streams.Stream._enter`)."""
    held, count, entries = arrays.held, arrays.counts, arrays.entries
    end = start + size + missing
    position = max(start, entries[index, NEXT])
    before = -1
    at = (entries[index, HELD] & LOW) - 1
    while position < end:
        while at >= 0 and _end(held, at) <= position:
            before = at
            at = held[at, H_NEXT]
        if at >= 0 and held[at, H_PLACE] <= position:
            position = _end(held, at)
            continue
        stop = min(end, held[at, H_PLACE]) if at >= 0 else end
        low = max(position - start, 0)
        part = max(min(max(stop - start, 0), size) - low, 0)
        line = count[C_HELD_FREE]
        count[C_HELD_FREE] = held[line, H_NEXT]
        count[C_HELD_LEFT] -= 1
        held[line, H_PLACE] = position
        held[line, H_SIZES] = (part << 32) | (stop - position - part)
        held[line, H_REF] = 0
        if may and part > 0:
            held[line, H_REF] = keep(base, limit, 0, True, place + low, part, arrays)
        held[line, H_NEXT] = at
        if before < 0:
            entries[index, HELD] = (entries[index, HELD] & ~LOW) | (line + 1)
        else:
            held[before, H_NEXT] = line
        entries[index, HELD] += 1 << 32
        entries[index, BASE] += part << 32
        before = line
        position = stop


@kernel
def _end(held, at):
    sizes = held[at, H_SIZES]
    return held[at, H_PLACE] + (sizes >> 32) + (sizes & LOW)


@kernel
def drain(index, arrays):
    """Hand on what is held and now next in order."""
    held, count, entries = arrays.held, arrays.counts, arrays.entries
    while True:
        at = (entries[index, HELD] & LOW) - 1
        if at < 0 or held[at, H_PLACE] != entries[index, NEXT]:
            return
        sizes = held[at, H_SIZES]
        part = sizes >> 32
        missing = sizes & LOW
        ref = held[at, H_REF]
        entries[index, HELD] = ((entries[index, HELD] - (1 << 32)) & ~LOW) | (held[at, H_NEXT] + 1)
        entries[index, BASE] -= part << 32
        offset = entries[index, NEXT]
        held[at, H_NEXT] = count[C_HELD_FREE]
        count[C_HELD_FREE] = at
        count[C_HELD_LEFT] += 1
        if part > 0:
            _data(index, ref, ref, part, offset, arrays)
        if missing > 0:
            entries[index, INITIAL] |= GAP
        entries[index, NEXT] = offset + part + missing


@kernel
def jump(index, arrays):
    """Give up the hole before the first held part: a gap."""
    arrays.entries[index, INITIAL] |= GAP
    arrays.entries[index, NEXT] = arrays.held[(arrays.entries[index, HELD] & LOW) - 1, H_PLACE]
