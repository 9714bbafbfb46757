"""One selection by several processes on one machine, divided by flow.

The first process deals blocks: of a pcap file only which part is whose, of anything else the frames it found, in memory
all share (anonymous, no file). Who gets a block reads it if it lies in a file, finds its records, decodes it to rows,
and lays the rows of each flow's owner together (`share`). The first process verifies that the parts of a file fit
(`dealing`, `mapped`) and puts fragments together, which needs the order of the capture. Then every process takes the
rows that are its own, block after block in that order. So neither file borders nor the number of processes change the
result. A process that is lost, or fails, fails the run: nothing is kept.
"""

import dataclasses
import gc
import io
import multiprocessing
import os
import selectors
from collections import deque
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from sakimori.selection import sample
from sakimori.selection.direction import Countries
from sakimori.selection.engine import Progress, Run, RunSettings
from sakimori.selection.fast import mapped, share
from sakimori.selection.fast import source as sources
from sakimori.selection.fast.dealing import DECODE, END, TAKE, File, Line, LostWorkerError, Message, Reader, answer
from sakimori.selection.fast.dealing import received as _received
from sakimori.selection.fast.dealing import send as _send
from sakimori.selection.fast.rows import FRAME, WORDS
from sakimori.selection.fast.run import FastRun, Prepared
from sakimori.selection.fast.store import Table
from sakimori.selection.order import load_order
from sakimori.selection.real import Source
from sakimori.selection.receipt import Account

_STANDARD = 2
_SLOTS = 2  # blocks under way for each process


class Share(FastRun):
    """What one process does: decode the blocks dealt to it, take its own rows of all."""

    def __init__(
        self, settings: RunSettings, slots: list[sources.Buffer], mine: int, owners: share.Owners, prepared: Prepared
    ) -> None:
        super().__init__(settings, workers=owners.all, prepared=prepared)
        self._slots, self._mine, self._owners = slots, mine, owners
        most = len(slots[0].offsets)
        self._scratch, self._divider = mapped.Scratch(most), share.Divider(most, owners, prepared.secret)
        self._own = Table(most, WORDS)
        self._paths: dict[int, Path] = {}
        self._handle, self._reading = -1, -1
        self._form = mapped.Form(swapped=False, unit=1, link=0, length=0)

    def knows(self, paths: dict[int, Path]) -> None:
        """Note where captures lie, to read parts of them."""
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
                    ended = ended or message.task == END
                    if message.task != END:
                        (to_decode if message.task == DECODE else to_take).append(message)
            elif to_decode:
                self.decode(to_decode[0])
                _send(up, to_decode.popleft())
            else:
                self.enter(to_take[0])
                _send(up, to_take.popleft())

    def decode(self, message: Message) -> None:
        """Make rows of a block's frames, those of each owner together."""
        buffer = self._slots[message.slot]
        if not message.size:
            self._divider.divide(buffer, message.frames)
            return
        if message.capture != self._reading:
            self._read_on(message.capture)
        found = self._scratch.part(self._handle, self._form, buffer, message.place, message.size, message.exact)
        buffer.tally[share.START : share.DAMAGED + 1] = found.start, found.end, found.state
        self._divider.lay(buffer, found, self._scratch)

    def _read_on(self, number: int) -> None:
        """Open another capture in the place of the last."""
        if self._reading >= 0:
            os.close(self._handle)
        self._handle, self._reading = os.open(self._paths[number], os.O_RDONLY), number
        form = mapped.form_of(self._handle)
        if form is None:
            raise EOFError("a capture changed while it was read")
        self._form = form

    def enter(self, message: Message) -> None:
        """Enter the rows that are this process's own."""
        buffer = self._slots[message.slot]
        origin = None
        if message.origin >= 0:
            origin = self.place(message.capture, self._paths[message.capture], message.origin)
        begin, end = buffer.tally[share.RUNS + self._mine : share.RUNS + self._mine + 2].tolist()
        frames = buffer.rows.lines[begin:end, FRAME]
        if message.low:
            begin += int(frames.searchsorted(message.low))
        if message.late_end < buffer.tally[share.RUNS + self._owners.here + 1]:
            end = begin + int(buffer.rows.lines[begin:end, FRAME].searchsorted(message.high))
        count = -1
        if message.late < message.late_end:
            count = int(
                share.merge(
                    buffer.rows.address, begin, end, message.late, message.late_end, buffer.orders,
                    self._owners.all, self._owners.first + self._mine, self._own.address,
                )
            )  # fmt: skip
        if count >= 0:
            self._enter(dataclasses.replace(buffer, rows=self._own), 0, count, origin)
        else:
            self._enter(buffer, begin, end, origin)
        self._settle()
        self._bound(int(buffer.tally[share.EARLIEST]), int(buffer.tally[share.LATEST]))


@cache
def load_kernels() -> None:
    """Compile or load every kernel, over the built-in sample, so that processes begun afterwards have them."""
    settings = RunSettings(load_order(sample.ORDER), Countries(), None, None, rehearsal=True)
    data = sample.capture()
    single = FastRun(settings)
    single.capture(0, io.BytesIO(data))
    single.finish()
    alone = share.Owners(1, 1)
    slot = sources.Buffer.shared(alone.words())
    run = Share(settings, [slot], 0, alone, Prepared.of(settings))
    held = os.memfd_create("sample")
    try:
        os.write(held, data)
        run.knows({0: Path(f"/proc/self/fd/{held}")})
        run.decode(Message(DECODE, frames=1))
        for exact in (mapped.HEADER, -1):
            run.decode(Message(DECODE, place=mapped.HEADER, size=len(data) - mapped.HEADER, exact=exact))
        share.merge(slot.rows.address, 0, 0, 0, 0, slot.orders, 1, 0, slot.rows.address)
        run.enter(Message(TAKE))
        run.finish()
    finally:
        os.close(held)
        slot.forget()


class ManyRuns(Run):
    """A reader and several `Share`, each in a process, as one run, or as the share one host has in a run.

    Hosts that share a run have the same `secret` and divide its `owners`: each counts all frames, but only its own
    flows.
    """

    def __init__(
        self, settings: RunSettings, workers: int, *, owners: share.Owners | None = None, secret: bytes | None = None
    ) -> None:
        self._prepared = Prepared.of(settings, secret)
        self._owners = owners or share.Owners(workers, workers)
        super().__init__(settings, self._prepared.tester)
        self._settings = settings
        self._workers = workers
        self._sources: list[Source] = []
        self._number = 0
        self._warned: list[tuple[int, str, str]] = []

    def capture(self, number: int, source: Source) -> None:
        """Note a capture; reading begins when all are known."""
        self._sources.append(source)

    def finish(self) -> None:
        """Read everything, and put the parts together."""
        context = multiprocessing.get_context("fork")
        tally = self._owners.words()
        self._slots = [sources.Buffer.shared(tally) for _ in range(_SLOTS * self._workers)]
        load_kernels()
        gc.freeze()  # what there is now is not looked at by those that are begun: looking would copy its pages
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
            self._reader = Reader(lines, self._slots, self.account, self._prepared.secret, self._damaged)
            for number, source in enumerate(self._sources):
                self._number = number
                super().capture(number, source)
            self._reader.finish()
            parts = [answer(line.answer) for line in lines]
        except BrokenPipeError:
            for line in lines:
                answer(line.answer)
            raise LostWorkerError("a process was lost") from None
        finally:
            gc.unfreeze()
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
        for _, name, reason in sorted(self._warned, key=lambda one: one[0]):
            super()._warn(name, reason)

    def limited(self, stream: IO[bytes]) -> IO[bytes]:
        """Leave it to the reader, which ends streams itself, and files part by part."""
        return stream

    def _warn(self, name: str, reason: str) -> None:
        """Note damage; it is told in the order of the captures, whenever it is found."""
        self._warned.append((self._number, name, reason))

    def _damaged(self, number: int, reason: str) -> None:
        self._warned.append((number, Path(str(self._sources[number])).name, reason))

    def _read(self, stream: IO[bytes], number: int, path: Path | None) -> None:
        """Deal one capture, block by block: of a pcap file, only which part is to be read."""
        reader = self._reader
        form = None if path is None else mapped.form(stream)
        if form is not None:
            reader.deal_file(File(number, form), self._told, self._until)
            return
        for block in sources.blocks(reader.watched(stream, self.until_of(stream)), reader.room, rows=False):
            reader.deal(number, block.count, None if path is None else block.origin)
            self._told()

    def _told(self) -> None:
        if self._progress is not None:
            read = self.account.input
            self._progress(Progress(self.account.captures, read.packets, read.bytes))

    def part(self, mine: int, down: int, up: int) -> dict[str, Any]:
        """Run one process's share and return it."""
        settings = dataclasses.replace(self._settings, progress=None)
        run = Share(settings, self._slots, mine, self._owners, self._prepared)
        files = enumerate(self._sources)
        run.knows({number: Path(source) for number, source in files if isinstance(source, (str, Path))})
        run.serve(down, up)
        run.finish()
        return {"account": run.account, "rows": run.rows, "identities": run.identities()}

    def _together(self, parts: list[dict[str, Any]]) -> None:
        """Add up what the processes counted of their flows; the frames were counted when they were dealt."""
        self.rows = [row for part in parts for row in part["rows"]]
        total = self.account
        for part in parts:
            self.know(part["identities"])
            account: Account = part["account"]
            total.flows.update(account.flows)
            total.not_decoded.update(account.not_decoded)
            total.by_condition.update(account.by_condition)
            total.before_start += account.before_start
            total.window_overflows += account.window_overflows
            total.evictions += account.evictions
            total.facts_left_out += account.facts_left_out
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
