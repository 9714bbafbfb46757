"""One selection by several processes on one machine, divided by flow.

This process finds the frames of a block, in memory it shares with the others (anonymous, no file), and deals the block
to one of them, which reads it if it lies in a file, decodes it to rows, and names the owner of each by the hash of its
flow. What needs other
frames, fragments, is decoded here, in the order of the capture. Then every process takes the rows that are its own,
block after block in that order. So neither file borders nor the number of processes change the result. A process that
is lost, or fails, fails the run: nothing is kept.
"""

import dataclasses
import multiprocessing
import os
import selectors
import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, NamedTuple

from sakimori.selection.engine import Progress, Run, RunSettings
from sakimori.selection.fast import mapped, share
from sakimori.selection.fast import source as sources
from sakimori.selection.fast.decoding import Decoding
from sakimori.selection.fast.hashing import Secret
from sakimori.selection.fast.rows import WORDS
from sakimori.selection.fast.run import FastRun, Prepared
from sakimori.selection.fast.store import C_BACKWARDS, C_LATEST, COUNTERS, Table
from sakimori.selection.fast.table import backwards
from sakimori.selection.real import Source
from sakimori.selection.receipt import Account, Amount

_STANDARD = 2
DECODE, TAKE, END = range(3)


class LostWorkerError(RuntimeError):
    """A process ended without its part of the result."""


class Message(NamedTuple):
    """What the processes say to each other: do this with rows `first` to `last` of a slot, or it is done.

    `origin` is the place of the slot's first byte in its capture, -1 if it cannot be read again; `earliest` and
    `latest` are the times of the block's frames. If `size` is not 0 the block is still to be read: so many bytes from
    `place` on. A block that was decoded tells in `first` how many rows are left.
    """

    kind: int
    slot: int = 0
    first: int = 0
    last: int = 0
    capture: int = 0
    origin: int = -1
    earliest: int = 0
    latest: int = 0
    place: int = 0
    size: int = 0


_FORM = struct.Struct("=10q")  # far below PIPE_BUF: written and read whole


def _send(handle: int, message: Message) -> None:
    os.write(handle, _FORM.pack(*message))


def _received(handle: int) -> list[Message]:
    """Wait for messages; none at the end of the other process."""
    data = os.read(handle, _FORM.size * 64)
    return [Message(*values) for values in _FORM.iter_unpack(data)]


@dataclass(slots=True)
class Line:
    """One worker as the reader sees it: where to write, where to read, where its answer comes, what it still owes."""

    down: int
    up: int
    answer: Connection
    owes: int = 0


class Share(FastRun):
    """What one process does: decode the blocks dealt to it, take its own rows of all."""

    def __init__(
        self, settings: RunSettings, slots: list[sources.Buffer], mine: int, workers: int, prepared: Prepared
    ) -> None:
        super().__init__(settings, workers=workers, prepared=prepared)
        self._slots, self._mine = slots, mine
        self._own = Table(len(slots[0].offsets), WORDS)
        self._paths: dict[int, Path] = {}
        self._handle = self._reading = -1

    def knows(self, paths: dict[int, Path]) -> None:
        """Note where captures lie, to read pieces of them."""
        self._paths = paths

    def serve(self, down: int, up: int) -> None:
        """Do what the reader says until it says END; decoding comes first, since all wait for it."""
        to_decode: deque[Message] = deque()
        to_take: deque[Message] = deque()
        waiting = selectors.DefaultSelector()
        waiting.register(down, selectors.EVENT_READ)
        ended = False
        while to_decode or to_take or not ended:
            if not ended and (waiting.select(0) or not (to_decode or to_take)):
                messages = _received(down)
                if not messages:
                    raise LostWorkerError("the reader was lost")
                for message in messages:
                    ended = ended or message.kind == END
                    if message.kind != END:
                        (to_decode if message.kind == DECODE else to_take).append(message)
            elif to_decode:
                message = to_decode.popleft()
                _send(up, message._replace(first=self._decode(message)))
            else:
                self._take(to_take[0])
                _send(up, to_take.popleft())

    def _decode(self, message: Message) -> int:
        """Make rows of a block's frames and find their owners; returns how many rows need other frames."""
        buffer = self._slots[message.slot]
        if message.size:
            number = message.capture
            if number != self._reading:
                self._read_on(number)
            mapped.load(self._handle, message.place, message.size, buffer)
        left = self._decoding.headers(buffer, message.last)
        share.begin(buffer, message.last, self._workers, self._secret)
        return left

    def _read_on(self, number: int) -> None:
        """Open another capture in the place of the last."""
        if self._reading >= 0:
            os.close(self._handle)
        self._handle, self._reading = os.open(self._paths[number], os.O_RDONLY), number

    def _take(self, message: Message) -> None:
        buffer = self._slots[message.slot]
        origin = None
        if message.origin >= 0:
            origin = self.place(message.capture, self._paths[message.capture], message.origin)
        count = share.mine_of(buffer, message.first, message.last, self._mine, self._own)
        own = dataclasses.replace(buffer, rows=self._own)
        self.take(own, count, origin, message.earliest, message.latest)


@dataclass(slots=True)
class _Dealt:
    """A block under way: its message to the takers, rows left by who decoded it, rows taken or being taken."""

    message: Message
    left: int = -1
    done: int = 0
    takers: int = 0


class Reader:
    """Deals blocks to the workers and passes them on in order."""

    def __init__(self, lines: list[Line], slots: list[sources.Buffer], account: Account, secret: Secret) -> None:
        self._lines, self._slots, self._secret = lines, slots, secret
        self._decoding = Decoding(account)
        self._free = deque(range(len(slots)))
        self._dealt: dict[int, _Dealt] = {}
        self._queue: deque[int] = deque()  # slots dealt, in the order of the capture
        self._counts = Table(COUNTERS)
        self._counts.lines[C_LATEST] = -1
        self._told = selectors.DefaultSelector()
        self.read = Amount()
        for line in lines:
            self._told.register(line.up, selectors.EVENT_READ, line)

    @property
    def backwards(self) -> int:
        """Return how many times went back."""
        return int(self._counts.lines[C_BACKWARDS])

    def room(self) -> sources.Buffer:
        """Return a buffer no process needs, waiting for one if there is none."""
        while not self._free:
            self._listen()
        return self._slots[self._free[0]]

    def deal(self, capture: int, count: int, origin: int | None, place: int = 0, size: int = 0) -> None:
        """Have the frames that stand in the buffer `room` returned last read (if it has a size), decoded, and taken."""
        slot = self._free.popleft()
        buffer = self._slots[slot]
        times = buffer.times[:count]
        self.read.add(count, int(buffer.lengths[:count].sum()))
        backwards(buffer.times, count, self._counts.address)
        known = -1 if origin is None else origin
        message = Message(DECODE, slot, 0, count, capture, known, int(times.min()), int(times.max()), place, size)
        self._dealt[slot] = _Dealt(message._replace(kind=TAKE))
        self._queue.append(slot)
        line = min(self._lines, key=lambda one: one.owes)
        line.owes += 2  # about as much work as taking its part of two blocks
        _send(line.down, message)
        while self._told.select(0):
            self._listen()

    def finish(self) -> None:
        """Wait until every block is taken, and let the workers end."""
        while self._dealt:
            self._listen()
        for line in self._lines:
            _send(line.down, Message(END))
        self._decoding.finish()

    def _listen(self) -> None:
        """Wait for what the workers say, and do what follows from it."""
        for key, _ in self._told.select():
            line: Line = key.data
            messages = _received(line.up)
            if not messages:
                _answer(line.answer)
                raise LostWorkerError("a process was lost")
            for message in messages:
                dealt = self._dealt[message.slot]
                if message.kind == DECODE:
                    dealt.left = message.first
                    line.owes -= 2
                else:
                    dealt.takers -= 1
                    line.owes -= 1
                    if not dealt.takers and dealt.done == dealt.message.last:
                        del self._dealt[message.slot]
                        self._free.append(message.slot)
        self._pass_on()

    def _pass_on(self) -> None:
        """Let the workers take the blocks that are next in order."""
        while self._queue:
            slot = self._queue[0]
            dealt, buffer = self._dealt[slot], self._slots[slot]
            if dealt.left < 0 or dealt.takers:
                return
            last = dealt.message.last
            upto = last
            if dealt.left:
                upto = self._decoding.rest(buffer, dealt.done, last)
                share.go_on(buffer, dealt.done, upto, len(self._lines), self._secret)
            dealt.takers = len(self._lines)
            for line in self._lines:
                line.owes += 1
                _send(line.down, dealt.message._replace(first=dealt.done, last=upto))
            dealt.done = upto
            if upto == last:
                self._queue.popleft()


class ManyRuns(Run):
    """A reader and several `Share`, each in a process, as one run."""

    def __init__(self, settings: RunSettings, workers: int) -> None:
        self._prepared = Prepared.of(settings)
        super().__init__(settings, self._prepared.tester)
        self._settings = settings
        self._workers = workers
        self._sources: list[Source] = []

    def capture(self, number: int, source: Source) -> None:
        """Note a capture; reading begins when all are known."""
        self._sources.append(source)

    def finish(self) -> None:
        """Read everything, and put the parts together."""
        context = multiprocessing.get_context("fork")
        self._slots = [sources.Buffer.shared() for _ in range(2 * self._workers + 2)]
        lines: list[Line] = []
        processes = []
        try:
            for mine in range(self._workers):
                receiving, sending = context.Pipe(duplex=False)
                down, up = os.pipe(), os.pipe()
                process = context.Process(target=_work, args=(self, mine, down[0], up[1], sending), daemon=True)
                process.start()
                processes.append(process)
                lines.append(Line(down[1], up[0], receiving))
                sending.close()
                os.close(down[0])
                os.close(up[1])
            self._reader = Reader(lines, self._slots, self.account, self._prepared.secret)
            for number, source in enumerate(self._sources):
                super().capture(number, source)
            self._reader.finish()
            parts = [_answer(line.answer) for line in lines]
        except BrokenPipeError:
            for line in lines:
                _answer(line.answer)
            raise LostWorkerError("a process was lost") from None
        finally:
            for line in lines:
                os.close(line.down)
                os.close(line.up)
                line.answer.close()
            for process in processes:
                process.join(1)
                if process.is_alive():
                    process.kill()
                    process.join()
            for slot in self._slots:
                slot.forget()
        self._together(parts)

    def _read(self, stream: IO[bytes], number: int, path: Path | None) -> None:
        """Deal one capture, block by block: of a file that can be mapped, only where the frames are."""
        reader = self._reader
        head = None if path is None else mapped.header(stream)
        if head is not None:
            for chunk in mapped.chunks(stream, head, reader.room):
                reader.deal(number, chunk.count, chunk.origin, chunk.place, chunk.size)
                self._told()
        else:
            for block in sources.blocks(stream, reader.room):
                reader.deal(number, block.count, None if path is None else block.origin)
                self._told()

    def _told(self) -> None:
        if self._progress is not None:
            read = self._reader.read
            self._progress(Progress(self.account.captures, read.packets, read.bytes))

    def part(self, mine: int, down: int, up: int) -> dict[str, Any]:
        """Run one process's share and return it."""
        settings = dataclasses.replace(self._settings, progress=None)
        run = Share(settings, self._slots, mine, self._workers, self._prepared)
        files = enumerate(self._sources)
        run.knows({number: Path(source) for number, source in files if isinstance(source, (str, Path))})
        run.serve(down, up)
        run.finish()
        return {"account": run.account, "rows": run.rows, "identities": run.identities()}

    def _together(self, parts: list[dict[str, Any]]) -> None:
        """Add up what the processes counted: frames where they were decoded, flows where they are kept."""
        self.rows = [row for part in parts for row in part["rows"]]
        total = self.account
        total.backwards = self._reader.backwards
        for part in parts:
            self.know(part["identities"])
            account: Account = part["account"]
            total.input.add(account.input.packets, account.input.bytes)
            total.decoded.add(account.decoded.packets, account.decoded.bytes)
            for reason, lost in account.undecodable.items():
                total.lose(reason, lost.packets, lost.bytes)
            total.flows.update(account.flows)
            total.not_decoded.update(account.not_decoded)
            total.by_condition.update(account.by_condition)
            total.before_start += account.before_start
            total.window_overflows += account.window_overflows
            total.evictions += account.evictions
        if total.input != self._reader.read:
            raise LostWorkerError("not everything read was decoded")
        self._told()


def _work(runs: ManyRuns, mine: int, down: int, up: int, sending: Connection) -> None:
    """Do a share and send it; whatever goes wrong, only that it did is told, and where."""
    _close_all_but({sending.fileno(), down, up})
    try:
        sending.send(runs.part(mine, down, up))
    except Exception as error:  # noqa: BLE001  the message may hold data and must not cross
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        with suppress(OSError):  # nobody is there to be told
            sending.send(f"{type(error).__name__} {place}")
    finally:
        sending.close()
        os.close(up)


def _close_all_but(wanted: set[int]) -> None:
    """Close every handle inherited but those, and the three standard ones: a pipe held open would never end."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        handle = int(entry.name)
        if handle > _STANDARD and handle not in wanted:
            with suppress(OSError):
                os.close(handle)


def _answer(receiving: Connection) -> dict[str, Any]:
    try:
        answer = receiving.recv()
    except (EOFError, OSError):
        raise LostWorkerError("a process was lost") from None
    if not isinstance(answer, dict):
        raise LostWorkerError(str(answer))
    return answer
