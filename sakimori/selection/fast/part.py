"""One of several processes that share nothing but the captures: it reads all, and enters its own flows only.

What no memory can be shared with, another host, needs no packet handed to it this way. It costs that every process
reads and decodes everything; flows, payload and verdicts are divided.
"""

import dataclasses

import numpy as np

from sakimori.selection.engine import Progress, RunSettings
from sakimori.selection.fast import share, table
from sakimori.selection.fast import source as sources
from sakimori.selection.fast.rows import WORDS
from sakimori.selection.fast.run import FastRun, Prepared
from sakimori.selection.fast.store import Table


class PartRun(FastRun):
    """The run of the process `mine` of `workers`; its account counts all frames, but only its own flows.

    `secret` is that of all of them: by it flows are divided.
    """

    def __init__(self, settings: RunSettings, workers: int, mine: int, secret: bytes) -> None:
        super().__init__(settings, workers=workers, prepared=Prepared.of(settings, secret))
        self._mine = mine
        self._buffer = dataclasses.replace(self._buffer, owners=np.zeros(sources.MOST, dtype=np.int64))
        self._own = dataclasses.replace(self._buffer, rows=Table(sources.MOST, WORDS))

    def _block(self, count: int, origin: int | None) -> None:
        buffer, own = self._buffer, self._own
        left = self._decoding.headers(buffer, count)
        table.backwards(buffer.times, count, self._store.memory.counts)
        share.begin(buffer, count, self._workers, self._secret)
        done = 0
        while done < count:
            upto = count
            if left:
                upto = self._decoding.rest(buffer, done, count)
                share.go_on(buffer, done, upto, self._workers, self._secret)
            self._enter(own, 0, share.mine_of(buffer, done, upto, self._mine, own.rows), origin)
            done = upto
        self._settle()
        self._bound(int(buffer.times[:count].min()), int(buffer.times[:count].max()))
        if self._progress is not None:
            amount = self.account.input
            self._progress(Progress(self.account.captures, amount.packets, amount.bytes))
