"""One of several processes that share nothing but the captures: it reads all, and enters its own flows only.

What no memory can be shared with, another host, needs no packet handed to it this way. It costs that every process
reads and decodes everything; flows, payload and verdicts are divided.
"""

import dataclasses

import numpy as np

from sakimori.selection.engine import Progress, RunSettings
from sakimori.selection.fast import share, table
from sakimori.selection.fast import source as sources
from sakimori.selection.fast.rows import FRAME, TIME, WORDS
from sakimori.selection.fast.run import FastRun, Prepared
from sakimori.selection.fast.store import Table


class PartRun(FastRun):
    """The run of the process `mine` of `workers`; its account counts all frames, but only its own flows.

    `secret` is that of all of them: by it flows are divided.
    """

    def __init__(self, settings: RunSettings, workers: int, mine: int, secret: bytes) -> None:
        super().__init__(settings, workers=workers, prepared=Prepared.of(settings, secret))
        self._mine = mine
        most = sources.MOST
        self._divider = share.Divider(most, workers, self._secret)
        self._laid = dataclasses.replace(
            self._buffer,
            captured=np.zeros(most, dtype=np.int64),
            orders=np.zeros(most, dtype=np.int64),
            tally=np.zeros(share.words(workers), dtype=np.int64),
        )
        self._own = dataclasses.replace(self._buffer, rows=Table(most, WORDS))

    def _block(self, count: int, origin: int | None) -> None:
        buffer, account = self._laid, self.account
        self._divider.divide(buffer, count, buffer)
        tally = buffer.tally.tolist()
        share.tell(tally, account)
        table.backwards(buffer.times, count, self._store.memory.counts)
        begin, last = tally[share.RUNS + self._mine : share.RUNS + self._mine + 2]
        late, late_last = tally[share.RUNS + self._workers :]
        frames = buffer.rows.lines[:, FRAME]
        while True:
            upto, end = late_last, last
            if late < late_last:
                times = buffer.rows.lines[:, TIME]
                upto = self._decoding.joined(buffer, buffer.captured, times, late, late_last)
                share.hash_late(buffer, late, upto, self._secret)
                if upto < late_last:
                    end = begin + int(frames[begin:last].searchsorted(frames[upto]))
            found = share.merge(
                buffer.rows.address, begin, end, late, upto, buffer.orders,
                self._workers, self._mine, self._own.rows.address,
            )  # fmt: skip
            if found >= 0:
                self._enter(self._own, 0, int(found), origin)
            else:
                self._enter(buffer, begin, end, origin)
            begin, late = end, upto
            if upto == late_last:
                break
        self._settle()
        self._bound(int(buffer.times[:count].min()), int(buffer.times[:count].max()))
        if self._progress is not None:
            amount = self.account.input
            self._progress(Progress(self.account.captures, amount.packets, amount.bytes))
