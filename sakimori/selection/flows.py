"""Flows: one direction of a communication (selection-semantics §3), and what its payload told while it lasted."""

from collections.abc import Sequence

from sakimori.selection import app_dns, apps
from sakimori.selection.facts import Facts, Wanted
from sakimori.selection.packet import ACK, SYN, TCP, UDP, Datagram
from sakimori.selection.pattern import Pattern
from sakimori.selection.scanner import Scanner
from sakimori.selection.streams import Stream

SILENCE = 120 * 1_000_000_000  # a flow is over when nothing came for longer than this
_FULL = 1 << 32

Key = tuple[bytes, bytes, int, int, int]


class Flow:
    """One flow: key, counts, times in ns, and (only where the direction is the order's) facts and pattern matches."""

    __slots__ = (
        "_app",
        "_stream",
        "bytes",
        "direction",
        "facts",
        "first",
        "initial",
        "key",
        "last",
        "packets",
        "scanner",
    )

    def __init__(
        self,
        key: Key,
        direction: str,
        patterns: Sequence[tuple[str, Pattern]] | None,
        wanted: Wanted = Wanted(),  # noqa: B008  it cannot change
    ) -> None:
        self.key = key
        self.direction = direction
        self.packets = self.bytes = 0
        self.first = self.last = 0
        self.initial: int | None = None
        self.facts = Facts(wanted=wanted)
        self.scanner = None if patterns is None else Scanner(patterns)
        self._stream: Stream | None = None
        self._app: apps.StreamApp | None = None
        if self.scanner is not None and key[2] == TCP:
            self._stream = Stream(self)
            self._app = apps.StreamApp(self.facts, dns=self._is_dns())

    def _is_dns(self) -> bool:
        return app_dns.PORT in (self.key[3], self.key[4])

    def ended_by(self, datagram: Datagram, time: int) -> bool:
        """Say whether a datagram arriving at `time` begins a new flow: silence before it, or another SYN."""
        if time > self.last + SILENCE:
            return True
        if datagram.protocol != TCP or datagram.flags & (SYN | ACK) != SYN:
            return False
        return self.initial is not None and datagram.sequence != self.initial

    def enter(self, datagram: Datagram) -> None:
        """Count a datagram into the flow and take its payload."""
        seen = datagram.seen
        self.first = min(self.first, seen.first) if self.packets else seen.first
        self.last = max(self.last, seen.last) if self.packets else seen.last
        self.packets += seen.frames
        self.bytes += datagram.length
        if datagram.protocol == TCP and self.initial is None:  # without SYN: as if it had come just before
            self.initial = (datagram.sequence - (0 if datagram.flags & SYN else 1)) % _FULL
        if self.scanner is None:
            return
        if self._stream is not None:
            self._stream.segment(datagram.sequence, datagram.payload, datagram.missing, syn=bool(datagram.flags & SYN))
        elif datagram.payload:
            self.datagram(datagram.payload)

    def datagram(self, payload: bytes) -> None:
        """Take the payload of one datagram (of any protocol but TCP), which is not empty."""
        if self.scanner is None:
            return
        self.scanner.data(0, payload)
        self.scanner.gap()
        if self.key[2] == UDP:
            apps.datagram(payload, self.facts, dns=self._is_dns())

    def data(self, offset: int, data: bytes) -> None:
        """Take bytes of the stream in order (see `streams.Sink`)."""
        if self.scanner is not None:
            self.scanner.data(offset, data)
        if self._app is not None:
            self._app.data(data, offset)

    def gap(self) -> None:
        """Learn of missing bytes (see `streams.Sink`)."""
        if self.scanner is not None:
            self.scanner.gap()
        if self._app is not None:
            self._app.gap()

    def finish(self) -> tuple[int, int]:
        """End the flow; returns (bytes before the stream's start, overflows of the window) of its stream."""
        before = overflows = 0
        if self._stream is not None:
            self._stream.finish()
            before, overflows = self._stream.before, self._stream.overflows
        self.gap()
        self._stream = self._app = None
        return before, overflows
