"""One direction of a TCP connection put in order (RFC 9293), by fixed rules that any engine can repeat.

- the stream begins after the SYN, else at the first segment seen; bytes before are counted and dropped
- on overlap the byte that arrived first wins; what was captured short leaves a gap where it is reached
- data out of order is held up to 64 KiB; then the hole before it becomes a gap
- at the end what is still held is delivered after its gap
"""

from bisect import bisect_right
from typing import Protocol

WINDOW = 65_536
_HALF, _FULL = 1 << 31, 1 << 32


class Sink(Protocol):
    """Takes the bytes of a stream in order."""

    def data(self, offset: int, data: bytes) -> None:
        """Take bytes that follow directly on those before, or on the gap just told."""

    def gap(self) -> None:
        """Learn that bytes are missing here."""


class Stream:
    """Puts the segments of one flow in order and hands them to a sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._base: int | None = None
        self._next = 0
        self._held: list[tuple[int, bytes, int]] = []  # (offset, data, bytes missing after it), sorted, disjoint
        self._held_bytes = 0
        self.before = 0
        self.overflows = 0

    def segment(self, sequence: int, data: bytes, missing: int, *, syn: bool) -> None:
        """Enter a segment: its sequence number, the payload captured, and how many stated bytes were not captured."""
        first = sequence + 1 if syn else sequence
        if self._base is None:
            self._base = first % _FULL
        if not data and not missing:
            return
        expected = self._base + self._next
        start = self._next + (first - expected + _HALF) % _FULL - _HALF
        if start < 0:
            self.before += min(-start, len(data))
        self._enter(start, data, missing)
        self._drain()
        while self._held_bytes > WINDOW:
            self.overflows += 1
            self._jump()
            self._drain()

    def finish(self) -> None:
        """End of the flow: deliver what is held, each piece after its gap."""
        while self._held:
            self._jump()
            self._drain()

    def _enter(self, start: int, data: bytes, missing: int) -> None:
        """Hold what lies in no one's place yet: neither delivered nor held."""
        end = start + len(data) + missing
        position = max(start, self._next)
        index = max(bisect_right(self._held, position, key=lambda piece: piece[0]) - 1, 0)
        while position < end:
            while index < len(self._held) and _end(self._held[index]) <= position:
                index += 1
            taken = self._held[index] if index < len(self._held) else None
            if taken is not None and taken[0] <= position:
                position = _end(taken)
                continue
            stop = min(end, taken[0]) if taken is not None else end
            part = data[max(position - start, 0) : max(stop - start, 0)]
            self._held.insert(index, (position, part, stop - position - len(part)))
            self._held_bytes += len(part)
            position = stop

    def _drain(self) -> None:
        while self._held and self._held[0][0] == self._next:
            offset, data, missing = self._held.pop(0)
            self._held_bytes -= len(data)
            if data:
                self._sink.data(offset, data)
            if missing:
                self._sink.gap()
            self._next = offset + len(data) + missing

    def _jump(self) -> None:
        self._sink.gap()
        self._next = self._held[0][0]


def _end(piece: tuple[int, bytes, int]) -> int:
    return piece[0] + len(piece[1]) + piece[2]
