"""One direction of a TCP connection put in order (RFC 9293), by fixed rules that any engine can repeat.

- the stream begins after the SYN, else at the first segment seen; bytes before are counted and dropped
- on overlap the byte that arrived first wins; what was captured short leaves a gap where it is reached
- data out of order is held up to 64 KiB (bytes stated but not captured are no data); then the hole before it is a gap
- at the end what is still held is delivered after its gap
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Protocol

WINDOW = 65_536
_HALF, _FULL = 1 << 31, 1 << 32


class Sink(Protocol):
    """Takes the bytes of a stream in order."""

    def data(self, offset: int, data: bytes) -> None:
        """Take bytes that follow directly on those before, or on the gap just told."""

    def gap(self) -> None:
        """Learn that bytes are missing here."""


@dataclass(slots=True)
class _Span:
    """What is held without a hole, from `begin` to `end`: parts in order, each its data and the bytes missing after."""

    begin: int
    end: int
    parts: list[tuple[bytes, int]] = field(default_factory=list)


class Stream:
    """Puts the segments of one flow in order and hands them to a sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._base: int | None = None
        self._next = 0
        self._held: list[_Span] = []  # in order; spans that touch are one
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
        position, end = max(start, self._next), start + len(data) + missing
        if position >= end:
            return
        low = bisect_left(self._held, position, key=lambda span: span.end)
        high = bisect_right(self._held, end, key=lambda span: span.begin)
        touched = self._held[low:high]
        if touched and touched[0].begin <= position:
            made, touched = touched[0], touched[1:]
        else:
            made = _Span(position, position)
        for stop, span in [*((span.begin, span) for span in touched), (end, None)]:
            if made.end < stop:
                part = data[max(made.end - start, 0) : max(stop - start, 0)]
                made.parts.append((part, stop - made.end - len(part)))
                made.end = stop
                self._held_bytes += len(part)
            if span is not None:
                made.parts += span.parts
                made.end = span.end
        self._held[low:high] = [made]

    def _drain(self) -> None:
        if not self._held or self._held[0].begin != self._next:
            return
        for data, missing in self._held.pop(0).parts:
            self._held_bytes -= len(data)
            if data:
                self._sink.data(self._next, data)
            if missing:
                self._sink.gap()
            self._next += len(data) + missing

    def _jump(self) -> None:
        self._sink.gap()
        self._next = self._held[0].begin
