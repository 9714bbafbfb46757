"""Search a flow's payload for the order's byte patterns: leftmost-longest, non-overlapping, the same however it is cut.

The scanner holds back only those last bytes that may still be part of an undecided match. No match crosses a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sakimori.selection.pattern import Pattern

KEPT = 16  # matches kept per condition; the rest is counted (selection-semantics §7)


@dataclass(slots=True)
class Found:
    """Matches of one condition: how many, and the first of them as (offset, matched bytes)."""

    count: int = 0
    first: list[tuple[int, bytes]] = field(default_factory=list)


class Scanner:
    """Searches one flow for all patterns; `found` maps condition ids to what was found."""

    def __init__(self, patterns: Sequence[tuple[str, Pattern]]) -> None:
        self._patterns = patterns
        self._places = [0] * len(patterns)
        self._buffer = b""
        self._offset: int | None = None
        self.found: dict[str, Found] = {}

    def data(self, offset: int, data: bytes) -> None:
        """Take bytes that follow directly on those before, or begin anew after a gap."""
        if not self._patterns:
            return
        if self._offset is None:
            self._offset = offset
        self._buffer += data
        self._search(final=False)
        done = min(self._places)
        self._buffer = self._buffer[done:]
        self._offset += done
        self._places = [place - done for place in self._places]

    def gap(self) -> None:
        """Decide what is undecided and begin anew."""
        self._search(final=True)
        self._buffer = b""
        self._offset = None
        self._places = [0] * len(self._patterns)

    def _search(self, *, final: bool) -> None:
        buffer, base = self._buffer, self._offset or 0
        for number, (key, pattern) in enumerate(self._patterns):
            place = self._places[number]
            while True:
                start = pattern.candidate(buffer, place)
                if start < 0:
                    place = max(place, len(buffer) - pattern.reach + 1)
                    break
                if not final and start + pattern.maximum > len(buffer):
                    place = start
                    break
                end = pattern.longest(buffer, start)
                place = start + 1 if end is None else end
                if end is not None:
                    self._record(key, base + start, buffer[start:end])
            self._places[number] = place

    def _record(self, key: str, offset: int, matched: bytes) -> None:
        found = self.found.setdefault(key, Found())
        found.count += 1
        if len(found.first) < KEPT:
            found.first.append((offset, matched))
