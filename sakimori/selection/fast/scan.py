"""Search fresh payload for the order's byte patterns with Hyperscan, only to learn which flows may hold which pattern.

Fresh pieces are laid one after another into a buffer, each stream's piece behind the last bytes of what came before it,
so that a match over the border of two pieces is seen. A match found across two flows' pieces is no harm: it only makes
the flow's payload be read again by the reference's scanner, which alone decides.
"""

import mmap
from collections.abc import Sequence
from typing import Any

import hyperscan
import numpy as np

from sakimori.selection.automaton import Either, Node, One, Times
from sakimori.selection.fast.kernel import copy, get, kernel, prefetch, put, words
from sakimori.selection.fast.store import (
    AFTER_GAP,
    C_FRESH,
    C_TAIL_FREE,
    C_TAILS,
    DATAGRAM,
    F_ENTRY,
    F_PLACE,
    F_SIZE,
    FOUND,
    SEGMENT,
    TAIL,
    Store,
)
from sakimori.selection.fast.wipe import wipe
from sakimori.selection.pattern import Pattern

FULL = 1 << 19  # a buffer is searched when it holds this much: it stays in a core's own cache
_ROOM = FULL + (1 << 24) + 512  # and takes one more piece of any size
_LOW = 0xFFFF_FFFF
_AHEAD = 8
_ALL = 256
_MOST_FOUND = (1 << 20) - 1
_ESCAPED = [f"\\x{value:02x}" for value in range(_ALL)]


def expression(node: Node) -> str:
    r"""Return a pattern's tree as an expression of Hyperscan: escaped bytes only, never its literal mode."""
    if isinstance(node, One):
        if len(node.values) == _ALL:
            return "."
        if len(node.values) == 1:
            return _ESCAPED[next(iter(node.values))]
        return f"[{''.join(_ESCAPED[value] for value in sorted(node.values))}]"
    if isinstance(node, Either):
        return f"(?:{'|'.join(expression(branch) for branch in node.branches)})"
    if isinstance(node, Times):
        return f"(?:{expression(node.part)}){{{node.low},{node.high}}}"
    return "".join([_ESCAPED[byte] if (byte := _single(part)) >= 0 else expression(part) for part in node.parts])


def _single(node: Node) -> int:
    """Return the only byte a node takes, -1 if it takes more."""
    return next(iter(node.values)) if isinstance(node, One) and len(node.values) == 1 else -1


class Searcher:
    """The patterns of an order, compiled; tells by flow which of them may occur."""

    def __init__(self, patterns: Sequence[tuple[str, Pattern]]) -> None:
        self.patterns = patterns
        self.longest = max((pattern.maximum for _, pattern in patterns), default=1)
        self.found: dict[int, set[int]] = {}
        self._database = _compiled(patterns) if patterns else None
        self._memory = mmap.mmap(-1, _ROOM, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._buffer = np.frombuffer(self._memory, dtype=np.uint8)
        self._begins = np.empty(FULL + 2, dtype=np.int64)
        self._entries = np.empty(FULL + 2, dtype=np.int64)
        self._hits: list[tuple[int, int]] = []

    def search(self, base: int, limit: int, store: Store) -> None:
        """Search all fresh pieces (of the block at `base`, or of the arena) and forget that they are fresh."""
        count = store.counts
        fresh = int(count[C_FRESH])
        if self._database is not None and fresh:
            store.more_tails(fresh)
            done = 0
            while done < fresh:
                done, parts, used = gather(
                    base,
                    limit,
                    store.memory,
                    done,
                    self.longest - 1,
                    self._buffer.ctypes.data,
                    len(self._buffer),
                    self._begins,
                    self._entries,
                )
                self._hits.clear()
                self._database.scan(self._buffer[:used], match_event_handler=self._note)
                if self._hits:
                    self._assign(parts, store.entries)
        count[C_FRESH] = 0

    def _note(self, number: int, _begin: int, end: int, _flags: int, _context: Any) -> None:
        self._hits.append((number, end))

    def _assign(self, parts: int, entries: Any) -> None:
        """Give each hit to the flow whose piece its last byte lies in."""
        ends = np.array([end - 1 for _, end in self._hits], dtype=np.int64)
        flows = self._entries[np.searchsorted(self._begins[:parts], ends, side="right") - 1]
        for (number, _), entry in zip(self._hits, flows.tolist(), strict=True):
            known = self.found.setdefault(entry, set())
            if number not in known:
                known.add(number)
                if entries[entry, FOUND] & _MOST_FOUND < _MOST_FOUND:
                    entries[entry, FOUND] += 1

    def of(self, entry: int) -> tuple[tuple[str, Pattern], ...]:
        """Return the patterns that may occur in a flow, in the order of the order, and forget it."""
        return tuple(self.patterns[number] for number in sorted(self.found.pop(entry, ())))

    def over(self, ended: Any, entries: Any) -> None:
        """Forget what was found in flows that have had their verdict."""
        if self.found:
            for entry in ended[entries[ended, FOUND] & _MOST_FOUND > 0].tolist():
                self.found.pop(entry, None)

    def forget(self) -> None:
        """Drop what was read."""
        wipe(self._memory)
        self._hits.clear()
        self.found.clear()


def _compiled(patterns: Sequence[tuple[str, Pattern]]) -> Any:
    """Compile all patterns; one that Hyperscan finds too large is searched for by its first bytes only."""
    expressions = [expression(pattern.node).encode() for _, pattern in patterns]
    try:
        return _database(expressions)
    except hyperscan.CompilerError:
        for number, (_, pattern) in enumerate(patterns):
            try:
                _database([expressions[number]])
            except hyperscan.CompilerError:
                expressions[number] = pattern.begin.pattern
        return _database(expressions)


def _database(expressions: list[bytes]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=expressions,
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=hyperscan.HS_FLAG_DOTALL,
        literal=False,
    )
    return database


@kernel
def gather(base, limit, arrays, first, tail, target, room, begins, flows):
    """Lay fresh pieces from number `first` on into the buffer; returns (next piece, parts laid, bytes laid)."""
    entries, fresh, count, segments = arrays.entries, arrays.fresh, arrays.counts, arrays.segments
    used = parts = 0
    before = -1
    number = first
    last = get(count, C_FRESH)
    while number < last and used < FULL:
        if number + _AHEAD < last:
            prefetch(entries + get(fresh, (number + _AHEAD) * 3 + F_ENTRY) * 128 + 64)
            near = number + _AHEAD // 2
            soon = get(entries, get(fresh, near * 3 + F_ENTRY) * 16 + TAIL) & _LOW
            if soon > 0:
                prefetch(arrays.tails + (soon - 1) * arrays.tail_words * 8)
            place = get(fresh, near * 3 + F_PLACE)
            if place >= 0:
                prefetch(base + place)
        index = get(fresh, number * 3 + F_ENTRY)
        place = get(fresh, number * 3 + F_PLACE)
        size = get(fresh, number * 3 + F_SIZE) >> 32
        marks = get(fresh, number * 3 + F_SIZE) & _LOW
        line = (get(entries, index * 16 + TAIL) & _LOW) - 1
        kept = (get(entries, index * 16 + TAIL) >> 32) & _LOW
        if marks & AFTER_GAP:
            kept = 0
        if index != before or marks != 0:
            begins[parts] = used
            flows[parts] = index
            parts += 1
            if marks & DATAGRAM == 0 and kept > 0:
                copy(target, room, used, arrays.tails, words(arrays.tails) * 8, line * arrays.tail_words * 8, kept)
                used += kept
        if place >= 0:
            copy(target, room, used, base, limit, place, size)
        else:
            at = -1 - place
            copy(target, room, used, get(segments, at >> SEGMENT), 1 << SEGMENT, at & ((1 << SEGMENT) - 1), size)
        used += size
        before = index
        number += 1
        if marks & DATAGRAM or tail == 0:
            continue
        if line < 0:
            line = _line(arrays)
        keep = min(tail, kept + size)
        copy(arrays.tails, words(arrays.tails) * 8, line * arrays.tail_words * 8, target, room, used - keep, keep)
        put(entries, index * 16 + TAIL, (keep << 32) | (line + 1))
    return number, parts, used


@kernel
def _line(arrays):
    """Take a line of the tail store."""
    count = arrays.counts
    if get(count, C_TAIL_FREE) > 0:
        line = get(count, C_TAIL_FREE) - 1
        put(count, C_TAIL_FREE, get(arrays.tail_next, line))
        return line
    put(count, C_TAILS, get(count, C_TAILS) + (1))
    return get(count, C_TAILS) - 1
