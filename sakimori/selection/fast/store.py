"""The memory of a run as plain arrays: flows, hash slots, data held out of order, pieces of payload, counters.

Every flow is one entry of sixteen 64-bit words; everything of variable size hangs on it as a chain in a pool. The
kernels never allocate: they stop at a row for which a pool might be too small, and `Store.grow` makes room.
"""

import mmap
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from sakimori.selection.fast.wipe import wipe

Numbers = np.ndarray[Any, np.dtype[np.int64]]

# words of an entry: two cache lines, of which packets of flows that are only counted need the first
S0, S1, D0, D1, KEY, LAST, INITIAL, PACKETS, FIRST, BYTES, BASE, NEXT, HELD, TAIL, PIECES, FOUND = range(16)
# FIRST, BYTES: only of flows of the order's direction
WORDS = 16
# INITIAL: sequence number below, flags above
HAS_INITIAL, HAS_BASE, ORDERED, MAY, QUIC, BEGUN, APP, GAP, ENDED, PAYLOAD, USED = (1 << (32 + n) for n in range(11))
DIRECTION_SHIFT = 48  # bits 48 to 50: number of the direction
# BASE: first sequence number of the stream below, bytes held out of order above
# HELD: root of the tree of held spans + 1 below (`held`), number of held parts above
# H_NEXT: the next part of a held span + 1; of free lines the next free line
# TAIL: line of the tail store + 1 below, bytes in it above
# PIECES: first piece + 1 below, last piece + 1 above
# FOUND: patterns found below (20 bits), destination's address condition + 1 (20 bits), source's + 1 (20 bits)

# words of a held part, a piece, a fresh piece
H_SIZES, H_REF, _, H_NEXT = range(4)  # sizes: bytes above, missing bytes after them below
P_REF, P_SIZE, P_OFFSET, P_NEXT = range(4)  # size: bytes above; below marks, over them how many come before it
F_ENTRY, F_PLACE, F_SIZE = range(3)  # place: offset in the block, or -1 - place in the arena
AFTER_GAP, DATAGRAM = 1, 2
BEFORE = 2  # bits of the marks

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
    C_NEEDED,
    C_FLOWS,
) = range(19)
COUNTERS = C_FLOWS + 8
SEGMENT = 26  # an arena segment holds 2**26 bytes


_LARGE = 1 << 14  # words; smaller tables are left to the allocator
_HUGE = 1 << 19  # words from which on larger pages pay, as numpy holds it


def _small(words: int) -> Numbers:
    return np.zeros(words, dtype=np.int64)


def fresh(words: int) -> Numbers:
    """Return words that are 0, of memory the system gives page by page, as it is used."""
    memory = mmap.mmap(-1, max(8 * words, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if words >= _HUGE:
        with suppress(OSError):  # a system without larger pages
            memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, dtype=np.int64)[:words]


class Table:
    """Lines of 64-bit words at an address of whole cache lines; in front of it stands how many words there are.

    `raw` is memory to lay it in, empty and 16 words longer than the lines; without it the table has its own.
    """

    def __init__(self, lines: int, width: int = 1, raw: Numbers | None = None) -> None:
        size = lines * width
        self._raw = (fresh if size > _LARGE else _small)(size + 16) if raw is None else raw
        begin = 8 + (-(self._raw.ctypes.data + 64) % 64) // 8
        self._raw[begin - 1] = size
        flat = self._raw[begin : begin + size]
        self.lines = flat if width == 1 else flat.reshape(lines, width)
        self.address = int(flat.ctypes.data)

    def __len__(self) -> int:
        return len(self.lines)


class Memory(NamedTuple):
    """What the kernels take: the addresses of the tables."""

    entries: int
    slots: int
    free: int
    held: int
    pieces: int
    fresh: int
    ended: int
    tails: int
    tail_next: int
    segments: int
    counts: int
    tail_words: int
    secret: int


def _pool(lines: int) -> Table:
    """Return a pool whose lines form one free chain (last word: the next line, -1 at the end)."""
    pool = Table(lines, 4)
    pool.lines[:, 3] = np.arange(1, lines + 1)
    pool.lines[-1, 3] = -1
    return pool


def _longer(old: Table, lines: int, width: int) -> Table:
    """Return a table with more lines that begins with the old one's."""
    table = Table(lines, width)
    table.lines[: len(old)] = old.lines
    return table


class Store:
    """Owns the tables and lets them grow."""

    def __init__(self, tail: int, secret: int, *, flows: int = 1 << 16, ended: int = 1 << 17) -> None:
        self._secret = secret  # address of the words of `hashing.Secret`, which the run holds
        self._segments: list[Any] = []
        self._memories: list[mmap.mmap] = []
        self._tail_words = max((tail + 7) // 8, 1)
        self._entries, self._free, self._slots = Table(flows, WORDS), Table(flows), Table(flows * 4)
        self._held, self._pieces = _pool(1 << 12), _pool(1 << 14)
        self._fresh, self._ended = Table(1 << 16, 3), Table(ended)
        self._tails, self._tail_next = Table(1 << 14, self._tail_words), Table(1 << 14)
        self._places = Table(1)
        self._counts = Table(COUNTERS)
        self.counts = self._counts.lines
        self.counts[C_HELD_LEFT] = len(self._held)
        self.counts[C_PIECE_LEFT] = len(self._pieces)
        self.counts[C_LATEST] = -1
        self._tell()

    def _tell(self) -> None:
        self.memory = Memory(
            entries=self._entries.address,
            slots=self._slots.address,
            free=self._free.address,
            held=self._held.address,
            pieces=self._pieces.address,
            fresh=self._fresh.address,
            ended=self._ended.address,
            tails=self._tails.address,
            tail_next=self._tail_next.address,
            segments=self._places.address,
            counts=self._counts.address,
            tail_words=self._tail_words,
            secret=self._secret,
        )

    @property
    def entries(self) -> Numbers:
        """Return the flows."""
        return self._entries.lines

    @property
    def pieces(self) -> Numbers:
        """Return the pool of pieces."""
        return self._pieces.lines

    @property
    def ended(self) -> Numbers:
        """Return the flows that wait for their verdict (the first C_ENDED of them)."""
        return self._ended.lines

    def room_for(self, rows: int) -> None:
        """Make room for as many new flows as rows."""
        lines = len(self._entries)
        wanted = int(self.counts[C_ENTRIES] - self.counts[C_FREE]) + rows
        if int(self.counts[C_ENTRIES]) + rows > lines:
            size = max(4 * lines, int(self.counts[C_ENTRIES]) + rows)
            self._entries = _longer(self._entries, size, WORDS)
            self._free = _longer(self._free, size, 1)
        slots = len(self._slots)
        while slots < 2 * wanted:
            slots *= 4
        self._tell()
        if slots != len(self._slots):
            self.rehash(slots)

    def rehash(self, slots: int | None = None) -> None:
        """Build the hash slots anew, from the flows that have not ended."""
        from sakimori.selection.fast.table import fill_slots  # noqa: PLC0415  the kernels import this module

        self._slots = Table(slots or len(self._slots))
        self._tell()
        fill_slots(self.memory)

    def grow(self, payload: int) -> None:
        """Make room after a kernel stopped for want of C_NEEDED lines, or of `payload` bytes in the arena."""
        count = self.counts
        needed = int(count[C_NEEDED])
        while count[C_HELD_LEFT] < needed:
            self._held = self._longer_pool(self._held, C_HELD_FREE, C_HELD_LEFT)
        while count[C_PIECE_LEFT] < needed:
            self._pieces = self._longer_pool(self._pieces, C_PIECE_FREE, C_PIECE_LEFT)
        while len(self._fresh) - count[C_FRESH] < needed:
            self._fresh = _longer(self._fresh, 2 * len(self._fresh), 3)
        if count[C_ARENA] + payload > count[C_ARENA_END]:
            number = (int(count[C_ARENA_END]) >> SEGMENT) if count[C_ARENA_END] else 0
            if number >= len(self._segments):
                self._add_segment()
            count[C_ARENA] = number << SEGMENT
            count[C_ARENA_END] = (number + 1) << SEGMENT
        self._tell()

    def _add_segment(self) -> None:
        memory = mmap.mmap(-1, 1 << SEGMENT, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        segment = np.frombuffer(memory, dtype=np.uint8)
        self._memories.append(memory)
        self._segments.append(segment)
        if len(self._places) < len(self._segments):
            self._places = _longer(self._places, 2 * len(self._places), 1)
        self._places.lines[len(self._segments) - 1] = segment.ctypes.data

    @property
    def flows(self) -> int:
        """Return how many flows there are."""
        return int(self.counts[C_ENTRIES] - self.counts[C_FREE])

    @property
    def kept(self) -> int:
        """Return how many bytes of payload the arena holds."""
        return int(self.counts[C_ARENA])

    @property
    def parts(self) -> int:
        """Return how many pieces of payload, or parts held out of order, there are: the larger of the two."""
        held, pieces = len(self._held) - self.counts[C_HELD_LEFT], len(self._pieces) - self.counts[C_PIECE_LEFT]
        return int(max(held, pieces))

    def empty_arena(self) -> None:
        """Begin the arena anew, once no flow holds payload in it."""
        for memory in self._memories:
            wipe(memory)
        self.counts[C_ARENA] = self.counts[C_ARENA_END] = 0

    def _longer_pool(self, pool: Table, free: int, left: int) -> Table:
        """Return the pool four times as long, its new lines in front of the free chain."""
        lines, count = len(pool), self.counts
        longer = _longer(pool, 4 * lines, 4)
        longer.lines[lines:, 3] = np.arange(lines + 1, 4 * lines + 1)
        longer.lines[-1, 3] = count[free] if count[left] else -1
        count[free] = lines
        count[left] += 3 * lines
        return longer

    def more_tails(self, wanted: int) -> None:
        """Make room for the tails of `wanted` more streams."""
        lines = len(self._tails)
        if int(self.counts[C_TAILS]) + wanted > lines:
            size = max(4 * lines, lines + wanted)
            self._tails = _longer(self._tails, size, self._tail_words)
            self._tail_next = _longer(self._tail_next, size, 1)
            self._tell()

    def forget(self) -> None:
        """Give every page of the arena, and the tails of the streams, back."""
        for memory in self._memories:
            wipe(memory)
        self._tails.lines[:] = 0

    def bytes_of(self, place: int, size: int) -> bytes:
        """Return bytes kept in the arena."""
        begin = place & ((1 << SEGMENT) - 1)
        found: bytes = self._segments[place >> SEGMENT][begin : begin + size].tobytes()
        return found
