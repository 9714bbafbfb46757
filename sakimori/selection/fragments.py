"""Put IP fragments together again (RFC 791, RFC 8200 4.5), refusing whatever is ambiguous (RFC 5722).

- key: (source, destination, identification, protocol)
- a datagram not complete 30 s (capture time) after its first fragment is incomplete, and a later fragment begins anew
- any overlap drops the datagram, and every further fragment of it until those 30 s are over
- a fragment captured shorter than stated fills only what was captured, so its datagram stays incomplete
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from sakimori.selection.packet import Seen, Undecodable

LIFETIME = 30 * 1_000_000_000  # selection-semantics §2
LARGEST = 65_535
_UNIT = 8  # fragment offsets count 8-byte units

Key = tuple[bytes, bytes, int, int]


@dataclass(slots=True)
class Fragment:
    """One fragment: where its data begins, the data captured, its stated size, whether more follow, its IP length."""

    offset: int
    data: bytes
    stated: int
    more: bool
    length: int
    seen: Seen


@dataclass(slots=True)
class Whole:
    """A reassembled datagram: its data, the sum of the fragments' IP lengths, and all frames that carried it."""

    data: bytes
    length: int
    seen: Seen


@dataclass(slots=True)
class _Pending:
    started: int
    pieces: dict[int, bytes] = field(default_factory=dict)
    stated: list[tuple[int, int]] = field(default_factory=list)  # where each fragment begins and ends, in order
    captured: int = 0
    size: int | None = None
    length: int = 0
    seen: Seen | None = None
    dropped: bool = False


class Fragments:
    """All datagrams that wait for fragments. `lost` holds (reason, frames, captured bytes) of those given up."""

    def __init__(self) -> None:
        self._pending: dict[Key, _Pending] = {}
        self.lost: list[tuple[str, int, int]] = []

    def add(self, key: Key, fragment: Fragment, time: int) -> Whole | None:
        """Enter a fragment captured at `time`; returns the datagram when it is complete, else None.

        Raises:
            Undecodable: the fragment itself is malformed, or overlaps what is there.
        """
        end = fragment.offset + fragment.stated
        if end > LARGEST or not fragment.stated or (fragment.more and fragment.stated % _UNIT):
            raise Undecodable("fragment_malformed")
        pending = self._current(key, time)
        if pending.dropped:
            raise Undecodable("fragment_overlap")
        if self._conflicts(pending, fragment, end):
            self._drop(pending)
            raise Undecodable("fragment_overlap")
        insort(pending.stated, (fragment.offset, end))
        pending.pieces[fragment.offset] = fragment.data
        pending.captured += len(fragment.data)
        pending.length += fragment.length
        if not fragment.more:
            pending.size = end
        if pending.seen is None:
            pending.seen = fragment.seen
        else:
            pending.seen.add(fragment.seen)
        return self._complete(key, pending)

    def finish(self) -> None:
        """End of the input: whatever still waits is incomplete."""
        for pending in self._pending.values():
            self._give_up(pending, "fragment_incomplete")
        self._pending.clear()

    def _current(self, key: Key, time: int) -> _Pending:
        pending = self._pending.get(key)
        if pending is not None and time > pending.started + LIFETIME:
            self._give_up(pending, "fragment_incomplete")
            pending = None
        if pending is None:
            pending = self._pending[key] = _Pending(started=time)
        return pending

    @staticmethod
    def _conflicts(pending: _Pending, fragment: Fragment, end: int) -> bool:
        place = bisect_left(pending.stated, (fragment.offset, end))
        if place and pending.stated[place - 1][1] > fragment.offset:
            return True
        if place < len(pending.stated) and pending.stated[place][0] < end:
            return True
        if pending.size is not None:  # nothing may lie beyond the last fragment, and there is only one last
            return not fragment.more or end > pending.size
        return not fragment.more and bool(pending.stated) and pending.stated[-1][1] > end

    def _complete(self, key: Key, pending: _Pending) -> Whole | None:
        if pending.size is None or pending.seen is None:
            return None
        if pending.captured < pending.size:
            return None
        del self._pending[key]
        data = b"".join(pending.pieces[offset] for offset in sorted(pending.pieces))
        return Whole(data, pending.length, pending.seen)

    def _drop(self, pending: _Pending) -> None:
        self._give_up(pending, "fragment_overlap")
        pending.dropped = True
        pending.pieces.clear()
        pending.stated.clear()
        pending.captured = 0
        pending.seen = None

    def _give_up(self, pending: _Pending, reason: str) -> None:
        if pending.seen is not None:
            self.lost.append((reason, pending.seen.frames, pending.seen.captured))
