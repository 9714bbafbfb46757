"""The fast engine: blocks of frames, kernels for headers and flows, one search for patterns; then the reference.

Every flow that may be kept has its payload read once more, in order, by the reference's scanner, application readers
and conditions, which decide exactly. The kernels decode, count and order as the reference does, and leave out flows
that no payload could make the order keep.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from sakimori.selection.conditions import CommandCondition, Condition, Tester
from sakimori.selection.engine import Progress, Run, RunSettings
from sakimori.selection.fast import evict, table
from sakimori.selection.fast import source as sources
from sakimori.selection.fast import store as words
from sakimori.selection.fast.decoding import Decoding
from sakimori.selection.fast.hashing import Secret
from sakimori.selection.fast.reach import DIRECTIONS, Tables, hopeful
from sakimori.selection.fast.rows import LOW, SIZES
from sakimori.selection.fast.scan import Searcher
from sakimori.selection.fast.store import Store, Table
from sakimori.selection.fast.streams import chained
from sakimori.selection.fast.wipe import wipe
from sakimori.selection.flows import SILENCE, Flow, Key

_CAPTURE_SHIFT = 44  # a place in a source: number of the capture above, place in its file below
_JOINED = _SPAN = 1 << 20
_NEAR = 4096  # reading as much more costs less than another call
_CHAIN = 4096
_MARKS = (1 << words.BEFORE) - 1
_OPEN_FILES = 32
MOST_FLOWS = 4_000_000  # about 800 MB
MOST_KEPT = 1 << 30  # bytes of payload kept for flows whose verdict is open
MOST_PARTS = 15_000_000  # lines that tell of payload kept, and as many of what is out of order: 480 MB each


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is made of an order and the country files before any traffic, and the secret of the run's hash.

    Processes begun afterwards share it.
    """

    tables: Tables
    searcher: Searcher
    tester: Tester
    secret: Secret

    @classmethod
    def of(cls, settings: RunSettings, secret: bytes | None = None) -> "Prepared":
        """Prepare an order; `secret` is another process's, where this one has a share in its run."""
        tester = Tester(settings.order.conditions)
        return cls(Tables(settings.order, settings.country), Searcher(tester.patterns), tester, Secret(secret))


class FastRun(Run):
    """The state of one run, or of the share one of `workers` has in it; dropped as a whole when it is over."""

    def __init__(self, settings: RunSettings, *, workers: int = 1, prepared: Prepared | None = None) -> None:
        prepared = prepared or Prepared.of(settings)
        super().__init__(settings, prepared.tester)
        self._workers = workers
        self._tables, self._searcher = prepared.tables, prepared.searcher
        conditions = settings.order.conditions
        self._commands = {item.id: item for item in conditions if isinstance(item, CommandCondition)}
        self._others = prepared.tester.without_commands()
        self._secret = prepared.secret
        self._store = Store(self._searcher.longest - 1, self._secret.address)
        self._buffer = sources.Buffer.make()
        self._decoding = Decoding(self.account)
        self._files: dict[int, Path] = {}
        self._open: dict[int, int] = {}
        self._latest_time = self._over = self._over_last = 0

    def _read(self, stream: IO[bytes], number: int, path: Path | None) -> None:
        """Take one capture, block by block."""
        for block in sources.blocks(stream, lambda: self._buffer, rows=True):
            self._block(block, self.place(number, path, block.origin))

    def place(self, number: int, path: Path | None, origin: int | None) -> int | None:
        """Return where a buffer's first byte lies among all captures; None where it cannot be read again."""
        if origin is None or path is None:
            return None
        self._files[number] = path
        return (number << _CAPTURE_SHIFT) + origin

    def _block(self, block: sources.Block, origin: int | None) -> None:
        buffer, count, account = self._buffer, block.count, self.account
        left = self._decoding.headers(block)
        table.backwards(buffer.times, count, self._store.memory.counts)
        done = 0
        while done < count:
            upto = self._decoding.rest(buffer, done, count) if left else count
            table.hash_rows(buffer.base, buffer.limit, buffer.rows.address, done, upto, self._secret.address)
            self._enter(buffer, done, upto, origin)
            done = upto
        self._settle()
        self._bound(int(buffer.times[:count].min()), int(buffer.times[:count].max()))
        if self._progress is not None:
            self._progress(Progress(account.captures, account.input.packets, account.input.bytes))

    def take(self, buffer: sources.Buffer, count: int, origin: int | None, earliest: int, latest: int) -> None:
        """Enter `count` rows, hashed already, of a block whose frames' times lie from `earliest` to `latest`."""
        self._enter(buffer, 0, count, origin)
        self._settle()
        self._bound(earliest, latest)

    def _enter(self, buffer: sources.Buffer, first: int, last: int, origin: int | None) -> None:
        """Enter rows into flows and search what is fresh."""
        if first >= last:
            return
        store = self._store
        store.room_for(last - first)
        while True:
            at = table.enter(
                buffer.base,
                buffer.limit,
                origin or 0,
                origin is None,
                buffer.rows.address,
                first,
                last,
                buffer.wholes.address,
                store.memory,
                self._tables.places,
                self._tables.order,
            )
            self._searcher.search(buffer.base, buffer.limit, store)
            if at >= last:
                return
            if int(store.counts[words.C_ENDED]) >= len(store.ended):  # of one block more flows ended than can wait
                self._settle()
            store.grow(int(buffer.rows.lines[at, SIZES]))
            first = at

    def _settle(self) -> None:
        """Give the flows that ended their verdict, and everything of them back."""
        store = self._store
        ended = int(store.counts[words.C_ENDED])
        if not ended:
            return
        chosen = np.empty(ended, dtype=np.int64)
        number = hopeful(store.memory, self._tables.order, chosen)
        for entry in chosen[:number].tolist():
            self._verdict(entry)
        self._searcher.over(store.ended[:ended], store.entries)
        table.release(store.memory)

    def _bound(self, earliest: int, latest: int) -> None:
        """Keep memory below its limits: end flows early where there are too many, or too much payload is kept."""
        store, most_flows, most_kept = self._store, MOST_FLOWS // self._workers, MOST_KEPT // self._workers
        self._latest_time = max(self._latest_time, latest)
        if self._over and earliest - SILENCE <= self._over_last:  # time went back to flows that seemed over
            self.account.evictions += self._over
            self._over = 0
        if store.flows > most_flows:
            over, evicted = evict.victims(store, most_flows // 4, self._latest_time)
            if len(over):
                self._over += len(over)
                self._over_last = max(self._over_last, int(store.entries[over, words.LAST].max()))
            self._give_up(np.concatenate([over, evicted]), len(evicted))
        if store.kept > most_kept or store.parts > MOST_PARTS // self._workers:
            keeping = evict.keepers(store)
            self._give_up(keeping, len(keeping))
            store.empty_arena()

    def _give_up(self, entries: words.Numbers, evicted: int) -> None:
        """End these flows with what they have."""
        store, at = self._store, 0
        chosen = Table(max(len(entries), 1))
        chosen.lines[: len(entries)] = entries
        while at < len(entries):
            before = at
            at = int(table.finish_these(chosen.address, at, len(entries), store.memory))
            self._searcher.search(self._buffer.base, self._buffer.limit, store)
            self._settle()
            if at == before:
                store.grow(0)
        self.account.evictions += evicted
        store.rehash()

    def _verdict(self, entry: int) -> None:
        """Read a flow's payload as the reference does and keep its record, or nothing."""
        line = self._store.entries[entry].tolist()
        marks = line[words.INITIAL]
        direction = DIRECTIONS[marks >> words.DIRECTION_SHIFT & 7]
        flow = Flow(_key(line), direction, self._searcher.of(entry), self._tester.wanted)
        flow.first, flow.last = line[words.FIRST], line[words.LAST]
        flow.packets, flow.bytes = line[words.PACKETS], line[words.BYTES]
        self._pieces(flow, line[words.PIECES])
        flow.finish()
        self._judge(flow)

    def _holding(self, flow: Flow) -> tuple[Condition, ...]:
        """Return the conditions that hold; of many patterns only those found are looked at."""
        found = () if flow.scanner is None else flow.scanner.found
        return (*self._others.holding(flow), *(self._commands[key] for key in found))

    def _pieces(self, flow: Flow, ends: int) -> None:
        """Hand a flow its payload: datagrams one by one, a stream in long runs."""
        run: list[bytes] = []
        begin = size = 0
        for data, marks, offset in self._payload((ends & LOW) - 1):
            if marks & words.DATAGRAM:
                flow.datagram(data)
                continue
            if run and (marks & words.AFTER_GAP or size >= _JOINED):
                flow.data(begin, b"".join(run))
                run, size = [], 0
            if marks & words.AFTER_GAP:
                flow.gap()
            if not run:
                begin = offset
            run.append(data)
            size += len(data)
        if run:
            flow.data(begin, b"".join(run))

    def _payload(self, first: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield bytes, marks and offset of each piece of a chain; pieces near each other in a file are read at once."""
        chain = np.empty(_CHAIN, dtype=np.int64)
        while first >= 0:
            number, first = chained(self._store.memory, first, chain)
            refs, sizes, offsets, _ = self._store.pieces[chain[:number]].T.tolist()
            ends = [ref + (size >> 32) for ref, size in zip(refs, sizes, strict=True)]
            at = 0
            while at < number:
                begin, last = refs[at], at + 1
                while (
                    last < number and begin >= 0 <= refs[last] - ends[last - 1] < _NEAR and ends[last] - begin < _SPAN
                ):
                    last += 1
                data = self._bytes(begin, ends[last - 1] - begin)
                for piece in range(at, last):
                    part = data[refs[piece] - begin : ends[piece] - begin]
                    yield part, sizes[piece] & _MARKS, offsets[piece]
                at = last

    def _bytes(self, ref: int, size: int) -> bytes:
        """Return kept bytes: from the arena, or read again from the capture file."""
        if ref < 0:
            return self._store.bytes_of(-1 - ref, size)
        number = ref >> _CAPTURE_SHIFT
        if number not in self._open:
            while len(self._open) >= _OPEN_FILES:
                os.close(self._open.pop(next(iter(self._open))))
            self._open[number] = os.open(self._files[number], os.O_RDONLY)
        data = os.pread(self._open[number], size, ref & ((1 << _CAPTURE_SHIFT) - 1))
        if len(data) != size:
            raise EOFError("a capture changed while it was read")
        return data

    def finish(self) -> None:
        """End of the input: every fragment that waits is lost, every flow ends."""
        self._decoding.finish()
        store, buffer = self._store, self._buffer
        at = 0
        while at < int(store.counts[words.C_ENTRIES]):
            before = at
            at = int(table.finish_all(at, store.memory))
            self._searcher.search(buffer.base, buffer.limit, store)
            self._settle()
            if at == before:
                store.grow(0)
        self._closed()
        counts = store.counts.tolist()
        account = self.account
        account.backwards = counts[words.C_BACKWARDS]
        account.before_start = counts[words.C_BEFORE]
        account.window_overflows = counts[words.C_OVERFLOWS]
        if counts[words.C_QUIC]:
            account.not_decoded["quic"] = counts[words.C_QUIC]
        for number, name in enumerate(DIRECTIONS):
            if counts[words.C_FLOWS + number]:
                account.flows[name] = counts[words.C_FLOWS + number]
        self._searcher.forget()
        wipe(self._buffer.memory)
        self._store.forget()
        self._tester.forget()
        if self._progress is not None:
            amount = account.input
            self._progress(Progress(account.captures, amount.packets, amount.bytes))

    def _closed(self) -> None:
        for handle in self._open.values():
            with suppress(OSError):
                os.close(handle)
        self._open.clear()


def _unsigned(value: int) -> int:
    return value & ((1 << 64) - 1)


def _key(line: list[int]) -> Key:
    """Return a flow's key as the reference has it."""
    key = _unsigned(line[words.KEY])
    if key & 0xFFFF == 4:
        source, destination = line[words.S0].to_bytes(4, "big"), line[words.D0].to_bytes(4, "big")
    else:
        parts = [_unsigned(line[word]).to_bytes(8, "big") for word in (words.S0, words.S1, words.D0, words.D1)]
        source, destination = parts[0] + parts[1], parts[2] + parts[3]
    return source, destination, key >> 16 & 0xFFFF, key >> 48, key >> 32 & 0xFFFF
