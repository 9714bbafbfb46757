"""Deal the blocks of captures to several processes, verify how files were cut, and pass the blocks on in order."""

import io
import os
import selectors
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import IO, Any, NamedTuple

from sakimori.selection.fast import share
from sakimori.selection.fast import source as sources
from sakimori.selection.fast.decoding import Decoding
from sakimori.selection.fast.hashing import Secret
from sakimori.selection.fast.mapped import DAMAGE, HEADER, Form
from sakimori.selection.fast.rows import FRAME, TIME
from sakimori.selection.receipt import Account
from sakimori.selection.until import Until, live

DECODE, TAKE, END = range(3)
_ALL = 1 << 62  # beyond every frame of a block


class LostWorkerError(RuntimeError):
    """A process ended without its part of the result."""


class Message(NamedTuple):
    """What the processes say to each other: decode this slot, take your rows of it; or, coming back, it is done.

    DECODE: if `size` is not 0 the slot is still to be filled, with the records of file `capture` that begin in so many
    bytes from `place` on, the first of them at `exact` if that is not -1; else so many `frames` stand in it. TAKE: own
    rows of frames from offset `low` to `high`, and lines `late` to `late_end`, put together since; `origin` is the
    place of the slot's first byte in its capture, -1 if it cannot be read again.
    """

    task: int
    slot: int = 0
    capture: int = 0
    place: int = 0
    size: int = 0
    exact: int = -1
    frames: int = 0
    origin: int = -1
    low: int = 0
    high: int = _ALL
    late: int = 0
    late_end: int = 0


_FORM = struct.Struct("=12q")  # far below PIPE_BUF: written and read whole


def send(handle: int, *messages: Message) -> None:
    """Write messages to another process."""
    for message in messages:
        os.write(handle, _FORM.pack(*message))


def received(handle: int) -> list[Message]:
    """Wait for messages; none at the end of the other process."""
    data = os.read(handle, _FORM.size * 64)
    return [Message(*values) for values in _FORM.iter_unpack(data)]


def answer(receiving: Connection) -> dict[str, Any]:
    """Return what a process answers at its end; raises `LostWorkerError` if it was lost or failed."""
    try:
        found = receiving.recv()
    except (EOFError, OSError):
        raise LostWorkerError("a process was lost") from None
    if not isinstance(found, dict):
        raise LostWorkerError(str(found))
    return found


@dataclass(slots=True)
class Line:
    """One worker as the reader sees it: where to write, where to read, where its answer comes, what it still owes.

    `free` are the slots that only it fills and nobody needs: memory that its processor knows already.
    """

    down: int
    up: int
    answer: Connection
    owes: int = 0
    free: deque[int] = field(default_factory=deque)


@dataclass(slots=True)
class File:
    """A pcap file read in parts: where its next record must begin, whether damage ended it."""

    number: int
    form: Form
    expected: int = HEADER
    over: bool = False


@dataclass(slots=True)
class _Dealt:
    """A block under way: its message, the file it is part of, the next line of its fragments, who still takes rows."""

    message: Message
    file: File | None
    decoded: bool = False
    accepted: bool = False
    late: int = 0
    low: int = 0
    takers: int = 0


class Reader:
    """Deals blocks to the workers and passes them on in order."""

    def __init__(
        self,
        lines: list[Line],
        slots: list[sources.Buffer],
        account: Account,
        secret: Secret,
        damaged: Callable[[int, str], None],
    ) -> None:
        self._lines, self._slots, self._account, self._damaged = lines, slots, account, damaged
        self._decoding, self._secret = Decoding(account), secret
        for slot in range(len(slots)):
            lines[slot % len(lines)].free.append(slot)
        self._next = lines[0]
        self._dealt: dict[int, _Dealt] = {}
        self._queue: deque[int] = deque()  # slots dealt, in the order of the capture
        self._latest = -1
        self._told = selectors.DefaultSelector()
        for line in lines:
            self._told.register(line.up, selectors.EVENT_READ, line)

    def room(self) -> sources.Buffer:
        """Return a buffer no process needs, waiting for one if there is none."""
        while True:
            able = [line for line in self._lines if line.free]
            if able:
                self._next = min(able, key=lambda one: one.owes)
                return self._slots[self._next.free[0]]
            self._listen()

    def deal(self, capture: int, count: int, origin: int | None) -> None:
        """Have the frames that stand in the buffer `room` returned last decoded and taken."""
        self._deal(Message(DECODE, 0, capture, frames=count, origin=-1 if origin is None else origin), None)

    def deal_file(self, file: File, told: Callable[[], None], until: Until) -> None:
        """Have a file read in parts, decoded and taken; `told` is called for each. None is dealt out after `until`."""
        place = HEADER
        while place < file.form.length and not file.over and not until.over():
            block = self.room().block
            size = min(block, file.form.length - place)
            exact = place if place == HEADER else -1
            origin = place if file.form.large else -1
            self._deal(Message(DECODE, 0, file.number, place, size, exact, origin=origin), file)
            place += size
            told()

    def _deal(self, message: Message, file: File | None) -> None:
        slot = self._next.free.popleft()
        dealt = self._dealt[slot] = _Dealt(message._replace(slot=slot), file)
        self._queue.append(slot)
        self._have_decoded(dealt)
        while self._told.select(0):
            self._listen()

    def _have_decoded(self, dealt: _Dealt) -> None:
        line = self._lines[dealt.message.slot % len(self._lines)]
        line.owes += 2  # about as much work as taking its part of two blocks
        send(line.down, dealt.message)

    def finish(self) -> None:
        """Wait until every block is taken, and let the workers end."""
        while self._dealt:
            self._listen()
        for line in self._lines:
            send(line.down, Message(END))
        self._decoding.finish()

    def _listen(self) -> None:
        """Wait for what the workers say, and do what follows from it."""
        for key, _ in self._told.select():
            line: Line = key.data
            messages = received(line.up)
            if not messages:
                answer(line.answer)
                raise LostWorkerError("a process was lost")
            for message in messages:
                dealt = self._dealt[message.slot]
                if message.task == DECODE:
                    dealt.decoded = True
                    line.owes -= 2
                else:
                    dealt.takers -= 1
                    line.owes -= 1
                    if not dealt.takers and (not self._queue or self._queue[0] != message.slot):
                        self._done_with(message.slot)
        self._pass_on()

    def _done_with(self, slot: int) -> None:
        del self._dealt[slot]
        self._lines[slot % len(self._lines)].free.append(slot)

    def _pass_on(self) -> None:
        """Let the workers take the blocks that are next in order."""
        while self._queue:
            slot = self._queue[0]
            dealt = self._dealt[slot]
            if not dealt.decoded or dealt.takers:
                return
            if not dealt.accepted:
                wanted = self._accept(dealt, self._slots[slot].tally)
                if wanted is None:
                    dealt.decoded = False
                    self._have_decoded(dealt)
                    return
                if not wanted:
                    self._queue.popleft()
                    self._done_with(slot)
                    continue
            self._have_taken(dealt, self._slots[slot])

    def _accept(self, dealt: _Dealt, tally: Any) -> bool | None:
        """Say whether a decoded block has frames that count, and count them; None: it must be read again, from `exact`.

        A part of a file counts if it begins where the part before it ended.
        """
        file, message = dealt.file, dealt.message
        if file is not None:
            if file.over or file.expected >= message.place + message.size:
                return False  # nothing begins here: behind damage, or within a record longer than a block
            if int(tally[share.START]) != file.expected:
                if message.exact == file.expected:
                    raise LostWorkerError("a part of a file does not begin where it must")
                dealt.message = message._replace(exact=file.expected)
                return None
            file.expected = int(tally[share.END])
            state = int(tally[share.DAMAGED])
            if state in DAMAGE:
                file.over = True
                self._damaged(file.number, DAMAGE[state])
        dealt.accepted = True
        count = int(tally[share.COUNT])
        if count:
            self._count(tally.tolist())
            dealt.late = int(tally[share.RUNS + len(self._lines)])
        return count > 0

    def _count(self, tally: list[int]) -> None:
        share.tell(tally, self._account)
        self._account.backwards += tally[share.BACK] + (0 <= tally[share.FIRST] < self._latest)
        if tally[share.LAST] >= 0:
            self._latest = tally[share.LAST]

    def _have_taken(self, dealt: _Dealt, buffer: sources.Buffer) -> None:
        """Have all take their rows of the block at the queue's head: up to the fragments there is no room for yet."""
        end = int(buffer.tally[share.RUNS + len(self._lines) + 1])
        upto, high = end, _ALL
        if dealt.late < end:
            times = buffer.rows.lines[:, TIME]
            upto = self._decoding.joined(buffer, buffer.captured, times, dealt.late, end)
            share.hash_late(buffer, dealt.late, upto, self._secret)
            if upto < end:
                high = int(buffer.rows.lines[upto, FRAME])
        dealt.takers = len(self._lines)
        message = dealt.message._replace(task=TAKE, low=dealt.low, high=high, late=dealt.late, late_end=upto)
        for line in self._lines:
            line.owes += 1
            send(line.down, message)
        dealt.late, dealt.low = upto, high
        if upto == end:
            self._queue.popleft()

    def watched(self, stream: IO[bytes], until: Until) -> IO[bytes]:
        """Return a stream that notices a lost worker while it waits for more to come, and ends with `until`."""
        raw = live(stream, until, self._listen, [line.up for line in self._lines])
        return until.stream(stream) if raw is None else io.BufferedReader(raw)
