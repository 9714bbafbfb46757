"""The memory of a run as plain arrays: flows, hash slots, data held out of order, pieces of payload, counters.

Every flow is one entry of sixteen 64-bit words; everything of variable size hangs on it as a chain in a pool. The
kernels never allocate: they stop at a row for which a pool might be too small, and `Store.grow` makes room.
"""

from typing import Any, NamedTuple

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]

# words of an entry
S0, S1, D0, D1, KEY, FIRST, LAST, PACKETS, BYTES, INITIAL, BASE, NEXT, HELD, TAIL, PIECES, FOUND = range(16)
WORDS = 16
# INITIAL: sequence number below, flags above
HAS_INITIAL, HAS_BASE, ORDERED, MAY, QUIC, BEGUN, APP, GAP, ENDED, PAYLOAD, USED = (1 << (32 + n) for n in range(11))
DIRECTION_SHIFT = 48  # bits 48 to 50: number of the direction
# BASE: first sequence number of the stream below, bytes held out of order above
# HELD: first held part + 1 below, number of held parts above
# TAIL: line of the tail store + 1 below, bytes in it above
# PIECES: first piece + 1 below, last piece + 1 above
# FOUND: patterns found below (20 bits), destination's address condition + 1 (20 bits), source's + 1 (20 bits)

# words of a held part, a piece, a fresh piece
H_PLACE, H_SIZES, H_REF, H_NEXT = range(4)  # sizes: bytes above, missing bytes after them below
P_REF, P_SIZE, P_OFFSET, P_NEXT = range(4)  # size: bytes above, marks below
F_ENTRY, F_PLACE, F_SIZE = range(3)  # place: offset in the block, or -1 - place in the arena
AFTER_GAP, DATAGRAM = 1, 2

# the counters
(
    C_ENTRIES,
    C_FREE,
    C_HELD_FREE,
    C_HELD_LEFT,
    C_PIECE_FREE,
    C_PIECE_LEFT,
    C_FRESH,
    C_ENDED,
    C_ARENA,
    C_ARENA_END,
    C_BEFORE,
    C_OVERFLOWS,
    C_QUIC,
    C_LATEST,
    C_BACKWARDS,
    C_TAILS,
    C_TAIL_FREE,
    C_FLOWS,
) = range(18)
COUNTERS = C_FLOWS + 8
SEGMENT = 26  # an arena segment holds 2**26 bytes


class Arrays(NamedTuple):
    """What the kernels take."""

    entries: Numbers
    slots: Numbers
    free: Numbers
    held: Numbers
    pieces: Numbers
    fresh: Numbers
    ended: Numbers
    tails: Any
    tail_next: Numbers
    segments: Numbers
    counts: Numbers


def _pool(lines: int) -> Numbers:
    """Return a pool whose lines form one free chain (last word: the next line, -1 at the end)."""
    pool = np.zeros((lines, 4), dtype=np.int64)
    pool[:, 3] = np.arange(1, lines + 1)
    pool[-1, 3] = -1
    return pool


class Store:
    """Owns the arrays and lets them grow."""

    def __init__(self, tail: int, *, flows: int = 1 << 14) -> None:
        self._tail = max(tail, 1)
        self.segments: list[Any] = []
        self.arrays = Arrays(
            entries=np.zeros((flows, WORDS), dtype=np.int64),
            slots=np.zeros(flows * 4, dtype=np.int64),
            free=np.zeros(flows, dtype=np.int64),
            held=_pool(1 << 12),
            pieces=_pool(1 << 14),
            fresh=np.zeros((1 << 16, 3), dtype=np.int64),
            ended=np.zeros(1 << 16, dtype=np.int64),
            tails=np.zeros((1 << 10, self._tail), dtype=np.uint8),
            tail_next=_chain(1 << 10),
            segments=np.zeros(0, dtype=np.int64),
            counts=np.zeros(COUNTERS, dtype=np.int64),
        )
        count = self.arrays.counts
        count[C_HELD_LEFT] = len(self.arrays.held)
        count[C_PIECE_LEFT] = len(self.arrays.pieces)
        count[C_LATEST] = -1

    def room_for(self, rows: int) -> None:
        """Make room for as many new flows as rows."""
        arrays = self.arrays
        count = arrays.counts
        lines = len(arrays.entries)
        wanted = int(count[C_ENTRIES] - count[C_FREE]) + rows
        if wanted > lines:
            size = max(2 * lines, wanted)
            entries = np.zeros((size, WORDS), dtype=np.int64)
            entries[:lines] = arrays.entries
            free = np.zeros(size, dtype=np.int64)
            free[:lines] = arrays.free
            arrays = arrays._replace(entries=entries, free=free)
        if len(arrays.ended) < rows:
            arrays = arrays._replace(ended=np.zeros(rows, dtype=np.int64))
        slots = len(arrays.slots)
        while slots < 2 * wanted:
            slots *= 4
        self.arrays = arrays
        if slots != len(arrays.slots):
            self.rehash(slots)

    def rehash(self, slots: int | None = None) -> None:
        """Build the hash slots anew, from the flows that have not ended."""
        from sakimori.selection.fast.table import fill_slots  # noqa: PLC0415  the kernels import this module

        self.arrays = self.arrays._replace(slots=np.zeros(slots or len(self.arrays.slots), dtype=np.int64))
        fill_slots(self.arrays)

    def grow(self, payload: int) -> None:
        """Make room after a kernel stopped: double what is short, and see that the arena takes `payload` bytes."""
        arrays = self.arrays
        count = arrays.counts
        if count[C_HELD_LEFT] * 2 <= len(arrays.held):
            arrays = arrays._replace(held=_longer(arrays.held, count, C_HELD_FREE, C_HELD_LEFT))
        if count[C_PIECE_LEFT] * 2 <= len(arrays.pieces):
            arrays = arrays._replace(pieces=_longer(arrays.pieces, count, C_PIECE_FREE, C_PIECE_LEFT))
        if count[C_FRESH] * 2 > len(arrays.fresh):
            fresh = np.zeros((2 * len(arrays.fresh), 3), dtype=np.int64)
            fresh[: len(arrays.fresh)] = arrays.fresh
            arrays = arrays._replace(fresh=fresh)
        self.arrays = arrays
        if count[C_ARENA] + payload > count[C_ARENA_END]:
            segment = np.empty(1 << SEGMENT, dtype=np.uint8)
            self.segments.append(segment)
            self.arrays = arrays._replace(segments=np.append(arrays.segments, np.int64(segment.ctypes.data)))
            count[C_ARENA] = (len(self.segments) - 1) << SEGMENT
            count[C_ARENA_END] = len(self.segments) << SEGMENT

    def more_tails(self, wanted: int) -> None:
        """Make room for the tails of `wanted` more streams."""
        arrays = self.arrays
        lines = len(arrays.tails)
        if int(arrays.counts[C_TAILS]) + wanted <= lines:
            return
        size = max(2 * lines, lines + wanted)
        tails = np.zeros((size, self._tail), dtype=np.uint8)
        tails[:lines] = arrays.tails
        following = _chain(size)
        following[:lines] = arrays.tail_next
        self.arrays = arrays._replace(tails=tails, tail_next=following)

    def bytes_of(self, place: int, size: int) -> bytes:
        """Return bytes kept in the arena."""
        segment = self.segments[place >> SEGMENT]
        begin = place & ((1 << SEGMENT) - 1)
        return segment[begin : begin + size].tobytes()


def _chain(lines: int) -> Numbers:
    return np.zeros(lines, dtype=np.int64)


def _longer(pool: Numbers, count: Numbers, free: int, left: int) -> Numbers:
    """Return the pool twice as long, its new lines in front of the free chain."""
    lines = len(pool)
    longer = _pool(2 * lines)
    longer[:lines] = pool
    longer[-1, 3] = count[free] if count[left] else -1
    count[free] = lines
    count[left] += lines
    return longer
