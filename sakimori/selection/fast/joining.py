"""Put IP fragments together again, in the order of the capture. The rules are those of `fragments`.

A datagram that waits is a line of sixteen words in a pool, found by a hash of its key; each fragment of it is a chain
of parts in a second pool, each part with room for `CHUNK` bytes. Of a datagram of many fragments a map says, a bit for
every eight bytes, what is there: each of 8,000 small fragments of one datagram costs as much as any other. The kernels
never allocate: they stop where a pool might be too small, and `waiting.Joining` makes room.
"""

from typing import NamedTuple

from sakimori.selection.fast.bitmaps import MAP, mark, marked
from sakimori.selection.fast.hashing import hash_key
from sakimori.selection.fast.kernel import be32, be64, copy, get, kernel, put, words
from sakimori.selection.fast.layers import whole
from sakimori.selection.fast.rows import (
    DATA,
    ENDS,
    FRAGMENT,
    FRAGMENT_INCOMPLETE,
    FRAGMENT_MALFORMED,
    FRAGMENT_OVERLAP,
    FRAME,
    GOOD,
    LOST,
    LOW,
    META,
    NOTHING,
    SIZES,
    STATE,
    TCP,
    TIME,
    WHOLE,
)
from sakimori.selection.fragments import LARGEST, LIFETIME

CHUNK = 1536  # a fragment on Ethernet is one part
SEGMENT = 14  # a segment of the store holds 2**14 chunks
MOST_PARTS = LARGEST // CHUNK + 2  # of one fragment
FEW = 16  # fragments of a datagram without a map
NESTED = 10  # datagrams within datagrams: 8 levels of encapsulation at most
_ROOM = NESTED * (LARGEST + 1)  # behind the block

# words of a datagram that waits
S0, S1, D0, D1, KEY, STARTED, SIZE, LENGTH, FRAMES, CAPTURED, FIRST, LAST, PARTS, HAVE, NEXT, MARKS = range(16)
WORDS = 16
_USED, _DROPPED = 1, 2  # MARKS; above them, from bit 8, how many fragments there are, from bit 32 the map + 1
# SIZE: of the whole datagram, -1 unknown; HAVE: bytes captured; KEY: identification, protocol, version
# words of a part: begin and end as stated (32 bits each), bytes captured, next part + 1
P_SPAN, P_SIZE, P_NEXT = range(3)
C_FREE, C_LEFT, C_PART_FREE, C_PART_LEFT, C_MAP_FREE = range(5)
COUNTERS = 5


class Waiting(NamedTuple):
    """What the kernels take: addresses of the tables."""

    buckets: int
    lines: int
    parts: int
    segments: int
    maps: int
    counts: int
    secret: int


@kernel
def _bucket(state, s0, s1, d0, d1, key):
    return (hash_key(state.secret, s0, s1, d0, d1, key) >> 32) & (words(state.buckets) - 1)


@kernel
def _find(state, bucket, s0, s1, d0, d1, key):
    line = get(state.buckets, bucket) - 1
    while line >= 0:
        at = line * 16
        if (
            get(state.lines, at + KEY) == key
            and get(state.lines, at + S0) == s0
            and get(state.lines, at + S1) == s1
            and get(state.lines, at + D0) == d0
            and get(state.lines, at + D1) == d1
        ):
            return line
        line = get(state.lines, at + NEXT) - 1
    return -1


@kernel
def _take(state, bucket, s0, s1, d0, d1, key, time):
    line = get(state.counts, C_FREE) - 1
    at = line * 16
    put(state.counts, C_FREE, get(state.lines, at + NEXT))
    put(state.counts, C_LEFT, get(state.counts, C_LEFT) - 1)
    put(state.lines, at + S0, s0)
    put(state.lines, at + S1, s1)
    put(state.lines, at + D0, d0)
    put(state.lines, at + D1, d1)
    put(state.lines, at + KEY, key)
    put(state.lines, at + NEXT, get(state.buckets, bucket))
    put(state.buckets, bucket, line + 1)
    _begin(state, line, time)
    return line


@kernel
def _begin(state, line, time):
    """Let a datagram begin anew at this time."""
    at = line * 16
    put(state.lines, at + STARTED, time)
    put(state.lines, at + SIZE, -1)
    for word in (LENGTH, FRAMES, CAPTURED, PARTS, HAVE):
        put(state.lines, at + word, 0)
    put(state.lines, at + MARKS, _USED)


@kernel
def _free_parts(state, line):
    part = get(state.lines, line * 16 + PARTS) - 1
    while part >= 0:
        following = get(state.parts, part * 4 + P_NEXT)
        put(state.parts, part * 4 + P_NEXT, get(state.counts, C_PART_FREE))
        put(state.counts, C_PART_FREE, part + 1)
        put(state.counts, C_PART_LEFT, get(state.counts, C_PART_LEFT) + 1)
        part = following - 1
    put(state.lines, line * 16 + PARTS, 0)
    chart = _map(state, line)
    if chart >= 0:
        put(state.maps, chart * MAP, get(state.counts, C_MAP_FREE))
        put(state.counts, C_MAP_FREE, chart + 1)
        put(state.lines, line * 16 + MARKS, get(state.lines, line * 16 + MARKS) & LOW)


@kernel
def _map(state, line):
    return (get(state.lines, line * 16 + MARKS) >> 32) - 1


@kernel
def _count(state, line, begin, end):
    """Count a fragment of a datagram; if they are many, note it in a map."""
    at = line * 16
    put(state.lines, at + MARKS, get(state.lines, at + MARKS) + 256)
    chart = _map(state, line)
    if chart >= 0:
        mark(state.maps, chart, begin, end)
    elif (get(state.lines, at + MARKS) >> 8) & 0xFF_FFFF > FEW:
        chart = get(state.counts, C_MAP_FREE) - 1
        put(state.counts, C_MAP_FREE, get(state.maps, chart * MAP))
        for word in range(MAP):
            put(state.maps, chart * MAP + word, 0)
        put(state.lines, at + MARKS, get(state.lines, at + MARKS) | ((chart + 1) << 32))
        part = get(state.lines, at + PARTS) - 1
        while part >= 0:
            span = get(state.parts, part * 4 + P_SPAN)
            mark(state.maps, chart, span >> 32, span & LOW)
            part = get(state.parts, part * 4 + P_NEXT) - 1


@kernel
def _free(state, bucket, line):
    """Give a datagram back with its parts."""
    _free_parts(state, line)
    before = -1
    at = get(state.buckets, bucket) - 1
    while at != line:
        before = at
        at = get(state.lines, at * 16 + NEXT) - 1
    following = get(state.lines, line * 16 + NEXT)
    if before < 0:
        put(state.buckets, bucket, following)
    else:
        put(state.lines, before * 16 + NEXT, following)
    for word in range(16):
        put(state.lines, line * 16 + word, 0)
    put(state.lines, line * 16 + NEXT, get(state.counts, C_FREE))
    put(state.counts, C_FREE, line + 1)
    put(state.counts, C_LEFT, get(state.counts, C_LEFT) + 1)


@kernel
def _give_up(state, line, reason, losses):
    """Count the frames of a datagram that will not be whole."""
    losses[2 * (reason - LOST)] += get(state.lines, line * 16 + FRAMES)
    losses[2 * (reason - LOST) + 1] += get(state.lines, line * 16 + CAPTURED)


@kernel
def _conflicts(state, line, begin, end, more):
    """Say whether a fragment overlaps another, or the datagram's end (`fragments.Fragments._conflicts`)."""
    size = get(state.lines, line * 16 + SIZE)
    chart = _map(state, line)
    if chart >= 0:
        if marked(state.maps, chart, begin, end):
            return True
        if size >= 0:
            return more == 0 or end > size
        return more == 0 and marked(state.maps, chart, end, LARGEST)
    highest = 0
    part = get(state.lines, line * 16 + PARTS) - 1
    while part >= 0:
        span = get(state.parts, part * 4 + P_SPAN)
        low, high = span >> 32, span & LOW
        if begin < high and low < end:
            return True
        highest = max(highest, high)
        part = get(state.parts, part * 4 + P_NEXT) - 1
    if size >= 0:
        return more == 0 or end > size
    return more == 0 and highest > end


@kernel
def _add(state, line, base, limit, place, captured, begin, end):
    """Hang a fragment's bytes on its datagram."""
    at = line * 16
    low = begin
    while low < end:
        high = min(low + CHUNK, end)
        part = get(state.counts, C_PART_FREE) - 1
        put(state.counts, C_PART_FREE, get(state.parts, part * 4 + P_NEXT))
        put(state.counts, C_PART_LEFT, get(state.counts, C_PART_LEFT) - 1)
        size = min(max(captured - (low - begin), 0), high - low)
        put(state.parts, part * 4 + P_SPAN, (low << 32) | high)
        put(state.parts, part * 4 + P_SIZE, size)
        copy(
            get(state.segments, part >> SEGMENT),
            CHUNK << SEGMENT,
            (part & ((1 << SEGMENT) - 1)) * CHUNK,
            base,
            limit,
            place + (low - begin),
            size,
        )
        put(state.parts, part * 4 + P_NEXT, get(state.lines, at + PARTS))
        put(state.lines, at + PARTS, part + 1)
        put(state.lines, at + HAVE, get(state.lines, at + HAVE) + size)
        low = high
    _count(state, line, begin, end)


@kernel
def _lay(state, line, base, room, side):
    """Write a whole datagram's bytes to `side`, each part to its place; returns where they end."""
    part = get(state.lines, line * 16 + PARTS) - 1
    while part >= 0:
        size = get(state.parts, part * 4 + P_SIZE)
        copy(
            base,
            room,
            side + (get(state.parts, part * 4 + P_SPAN) >> 32),
            get(state.segments, part >> SEGMENT),
            CHUNK << SEGMENT,
            (part & ((1 << SEGMENT) - 1)) * CHUNK,
            size,
        )
        part = get(state.parts, part * 4 + P_NEXT) - 1
    return side + get(state.lines, line * 16 + SIZE)


@kernel
def join(base, room, rows, first, count, lengths, state, side, wholes, totals, losses):
    """Take the FRAGMENT rows from `first` to `count`; datagrams that become whole are rows of their last fragment.

    Returns (row to go on with, place behind the bytes laid from `side` on, whether pools are too small): the row is
    `count`, or one before which there is no room left behind the block, in `wholes`, or in the pools.
    """
    made = 0
    for number in range(first, count):
        if get(rows, number * 8 + STATE) & 0xFF != FRAGMENT:
            continue
        if side + _ROOM > room or made >= words(wholes) // 3:
            return number, side, False
        if get(state.counts, C_LEFT) < NESTED or get(state.counts, C_PART_LEFT) < NESTED * MOST_PARTS:
            return number, side, True
        frames, captured = 1, lengths[number]
        time = get(rows, number * 8 + TIME)
        earliest = latest = time
        state_now = FRAGMENT
        while state_now == FRAGMENT:
            meta = get(rows, number * 8 + META)
            begin = (meta >> 48) & 0xFFFF
            place = (get(rows, number * 8 + DATA) >> 32) & LOW
            stated = get(rows, number * 8 + DATA) & LOW
            more = (meta >> 32) & 1
            end = begin + stated
            if end > LARGEST or stated == 0 or (more and stated & 7):
                state_now = FRAGMENT_MALFORMED
                break
            address = get(rows, number * 8 + ENDS)
            version = meta & 0xFFFF
            protocol = (meta >> 16) & 0xFFFF
            tcp = get(rows, number * 8 + TCP)
            key = (((tcp >> 32) & LOW) << 32) | (protocol << 16) | version
            s1 = d1 = 0
            if version == 4:
                s0, d0 = be32(base, room, address), be32(base, room, address + 4)
            else:
                s0, s1 = be64(base, room, address), be64(base, room, address + 8)
                d0, d1 = be64(base, room, address + 16), be64(base, room, address + 24)
            bucket = _bucket(state, s0, s1, d0, d1, key)
            line = _find(state, bucket, s0, s1, d0, d1, key)
            if line >= 0 and time - LIFETIME > get(state.lines, line * 16 + STARTED):
                _give_up(state, line, FRAGMENT_INCOMPLETE, losses)
                _free_parts(state, line)
                _begin(state, line, time)
            if line < 0:
                line = _take(state, bucket, s0, s1, d0, d1, key, time)
            at = line * 16
            if get(state.lines, at + MARKS) & _DROPPED:
                state_now = FRAGMENT_OVERLAP
                break
            if _conflicts(state, line, begin, end, more):
                _give_up(state, line, FRAGMENT_OVERLAP, losses)
                _free_parts(state, line)
                put(state.lines, at + FRAMES, 0)
                put(state.lines, at + CAPTURED, 0)
                put(state.lines, at + MARKS, _USED | _DROPPED)
                state_now = FRAGMENT_OVERLAP
                break
            _add(state, line, base, room, place, get(rows, number * 8 + SIZES), begin, end)
            put(state.lines, at + LENGTH, get(state.lines, at + LENGTH) + (tcp & LOW))
            if more == 0:
                put(state.lines, at + SIZE, end)
            if get(state.lines, at + FRAMES) == 0:
                put(state.lines, at + FIRST, earliest)
                put(state.lines, at + LAST, latest)
            frames += get(state.lines, at + FRAMES)
            captured += get(state.lines, at + CAPTURED)
            earliest = min(earliest, get(state.lines, at + FIRST))
            latest = max(latest, get(state.lines, at + LAST))
            put(state.lines, at + FRAMES, frames)
            put(state.lines, at + CAPTURED, captured)
            put(state.lines, at + FIRST, earliest)
            put(state.lines, at + LAST, latest)
            size = get(state.lines, at + SIZE)
            if size < 0 or get(state.lines, at + HAVE) < size:
                state_now = NOTHING
                break
            total = get(state.lines, at + LENGTH)
            after = _lay(state, line, base, room, side)
            _free(state, bucket, line)
            levels = (meta >> 40) & 0xFF
            state_now = whole(base, room, address, version, protocol, total, side, after, levels, rows, number)
            side = after
        if state_now == GOOD:
            put(wholes, made * 3 + 0, frames)
            put(wholes, made * 3 + 1, earliest)
            put(wholes, made * 3 + 2, latest)
            put(rows, number * 8 + FRAME, made)
            put(rows, number * 8 + STATE, (get(rows, number * 8 + STATE) & ~0xFF) | WHOLE)
            made += 1
            totals[0] += frames
            totals[1] += captured
            continue
        put(rows, number * 8 + STATE, NOTHING)
        if state_now >= LOST:
            losses[2 * (state_now - LOST)] += frames
            losses[2 * (state_now - LOST) + 1] += captured
    return count, side, False


@kernel
def fill(state):
    """Enter every datagram that waits into empty buckets, and chain the lines that are free."""
    put(state.counts, C_FREE, 0)
    put(state.counts, C_LEFT, 0)
    for line in range(words(state.lines) // 16 - 1, -1, -1):
        at = line * 16
        if get(state.lines, at + MARKS) == 0:
            put(state.lines, at + NEXT, get(state.counts, C_FREE))
            put(state.counts, C_FREE, line + 1)
            put(state.counts, C_LEFT, get(state.counts, C_LEFT) + 1)
            continue
        bucket = _bucket(
            state,
            get(state.lines, at + S0),
            get(state.lines, at + S1),
            get(state.lines, at + D0),
            get(state.lines, at + D1),
            get(state.lines, at + KEY),
        )
        put(state.lines, at + NEXT, get(state.buckets, bucket))
        put(state.buckets, bucket, line + 1)


@kernel
def end_these(state, chosen, number, losses):
    """Give up these datagrams: incomplete."""
    for at in range(number):
        line = get(chosen, at)
        _give_up(state, line, FRAGMENT_INCOMPLETE, losses)
        _free_parts(state, line)
        put(state.lines, line * 16 + MARKS, 0)
