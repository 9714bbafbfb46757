"""Memory for the datagrams that wait for fragments: it grows to a limit, then the oldest are given up and counted."""

import mmap
from typing import Any

import numpy as np

from sakimori.selection.fast.bitmaps import MAP
from sakimori.selection.fast.hashing import Secret
from sakimori.selection.fast.joining import (
    C_LEFT,
    C_MAP_FREE,
    C_PART_FREE,
    C_PART_LEFT,
    CHUNK,
    COUNTERS,
    FEW,
    MARKS,
    MOST_PARTS,
    NESTED,
    P_NEXT,
    SEGMENT,
    STARTED,
    WORDS,
    Waiting,
    end_these,
    fill,
    join,
)
from sakimori.selection.fast.source import Buffer
from sakimori.selection.fast.store import Numbers, Table
from sakimori.selection.fast.wipe import wipe
from sakimori.selection.fragments import LIFETIME

MOST_WAITING = 1 << 17  # parts (192 MiB) and datagrams; beyond, the oldest are given up


class Joining:
    """The datagrams that wait for fragments."""

    def __init__(self) -> None:
        self._secret = Secret()
        self._lines, self._parts = Table(1 << 10, WORDS), Table(1 << 12, 4)
        self._buckets, self._counts, self._maps = Table(1 << 11), Table(COUNTERS), Table(0, MAP)
        self._memories: list[mmap.mmap] = []
        self._segments = Table(max(MOST_WAITING * 4 >> SEGMENT, 1))
        self._kept: list[Any] = []
        self._over = self._over_last = 0
        self._chain(0)
        self._hash()
        self.evictions = 0

    def rows(self, buffer: Buffer, first: int, count: int, totals: Numbers, losses: Numbers) -> int:
        """Take the FRAGMENT rows from `first` to `count`; `totals` and `losses` as in `parse`.

        Returns `count`, or the row to go on with once the rows before it are taken and the room behind the block is
        free again.
        """
        if self._over and int(buffer.times[first:count].min()) <= self._over_last:  # time went back to what seemed over
            self.evictions += self._over
            self._over = 0
        while True:
            at, _, small = join(
                buffer.base,
                buffer.limit,
                buffer.rows.address,
                first,
                count,
                buffer.lengths,
                self._state,
                buffer.side,
                buffer.wholes.address,
                totals,
                losses,
            )
            if small:
                self._grow(int(buffer.times[at:count].min()), losses)
            if at > first or not small:
                return int(at)

    def finish(self, losses: Numbers) -> None:
        """End of the input: whatever still waits is incomplete."""
        self._give_up(np.flatnonzero(self._lines.lines[:, MARKS]), losses)
        for memory in self._memories:
            wipe(memory)

    def _grow(self, earliest: int, losses: Numbers) -> None:
        """Make room: longer pools up to the limit, then the oldest datagrams are given up."""
        if self._counts.lines[C_LEFT] < NESTED:
            if len(self._lines) >= MOST_WAITING:
                self._evict(earliest, losses)
            else:
                longer = Table(4 * len(self._lines), WORDS)
                longer.lines[: len(self._lines)] = self._lines.lines
                self._lines, self._buckets = longer, Table(2 * len(longer))
                self._hash()
        if self._counts.lines[C_PART_LEFT] < NESTED * MOST_PARTS:
            if len(self._parts) >= MOST_WAITING:
                self._evict(earliest, losses)
            else:
                longer = Table(4 * len(self._parts), 4)
                longer.lines[: len(self._parts)] = self._parts.lines
                begin, self._parts = len(self._parts), longer
                self._chain(begin)
                self._hash()

    def _evict(self, earliest: int, losses: Numbers) -> None:
        """Give up what is over by its time, if nothing before `earliest` comes, and of the rest the older half."""
        lines = self._lines.lines
        used = np.flatnonzero(lines[:, MARKS])
        over = lines[used, STARTED] < earliest - LIFETIME
        gone, rest = used[over], used[~over]
        if len(gone):
            self._over += len(gone)
            self._over_last = max(self._over_last, int(lines[gone, STARTED].max()) + LIFETIME)
        if 2 * len(rest) > len(used):
            older = rest[np.argsort(lines[rest, STARTED], kind="stable")[: (len(used) + 1) // 2]]
            self.evictions += len(older)
            gone = np.concatenate([gone, older])
        self._give_up(gone, losses)

    def _give_up(self, lines: Numbers, losses: Numbers) -> None:
        chosen = Table(max(len(lines), 1))
        chosen.lines[: len(lines)] = lines
        end_these(self._state, chosen.address, len(lines), losses)
        self._hash()

    def _chain(self, begin: int) -> None:
        """Put the parts from `begin` on into the free chain, and see that each has its chunk."""
        parts, counts = self._parts.lines, self._counts.lines
        parts[begin:, P_NEXT] = np.arange(begin + 2, len(parts) + 2)
        parts[-1, P_NEXT] = counts[C_PART_FREE]
        counts[C_PART_FREE] = begin + 1
        counts[C_PART_LEFT] += len(parts) - begin
        self._more_maps(len(parts) // FEW)  # a datagram has one from its FEWth fragment on: there is always one
        while len(self._memories) << SEGMENT < len(parts):
            memory = mmap.mmap(-1, CHUNK << SEGMENT, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            self._memories.append(memory)
            self._kept.append(np.frombuffer(memory, dtype=np.uint8))
            self._segments.lines[len(self._memories) - 1] = self._kept[-1].ctypes.data

    def _more_maps(self, wanted: int) -> None:
        begin, longer = len(self._maps), Table(wanted, MAP)
        longer.lines[:begin] = self._maps.lines
        longer.lines[begin:, 0] = np.arange(begin + 2, wanted + 2)
        longer.lines[-1, 0] = self._counts.lines[C_MAP_FREE]
        self._counts.lines[C_MAP_FREE] = begin + 1
        self._maps = longer

    def _hash(self) -> None:
        """Enter all lines anew."""
        self._buckets.lines[:] = 0
        self._state = Waiting(
            buckets=self._buckets.address,
            lines=self._lines.address,
            parts=self._parts.address,
            segments=self._segments.address,
            maps=self._maps.address,
            counts=self._counts.address,
            secret=self._secret.address,
        )
        fill(self._state)
