"""Make rows of a block's frames, in two steps: what each frame says alone, and what needs the frames before it.

`headers` looks at each frame for itself, so blocks can be taken in any order and by any process. `rest` puts fragments
together, which must be seen in the order of the capture.
"""

import dataclasses

import numpy as np

from sakimori.selection.fast.parse import account_for, parse
from sakimori.selection.fast.rows import REASONS
from sakimori.selection.fast.source import Block, Buffer
from sakimori.selection.fast.store import Numbers
from sakimori.selection.fast.waiting import Joining
from sakimori.selection.receipt import Account


class Decoding:
    """Decodes blocks and accounts for every frame; holds the fragments that wait."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._joining = Joining()
        self._totals = np.zeros(2, dtype=np.int64)  # packets and bytes decoded
        self._losses = np.zeros(2 * len(REASONS), dtype=np.int64)  # packets and bytes lost, for each reason

    def headers(self, block: Block) -> int:
        """Fill the rows of all frames, if that is not done; returns how many are a FRAGMENT, for `rest`."""
        buffer, count = block.buffer, block.count
        self._account.input.add(count, block.size)
        totals, losses = self._totals, self._losses
        if block.odds >= 0:
            return int(account_for(buffer.odd, block.odds, count, block.size, buffer.lengths, totals, losses))
        return int(
            parse(
                buffer.base,
                buffer.side,
                count,
                buffer.offsets,
                buffer.lengths,
                buffer.times,
                buffer.links,
                buffer.rows.address,
                totals,
                losses,
            )
        )

    def rest(self, buffer: Buffer, first: int, count: int) -> int:
        """Put the fragments among the rows from `first` on together, their bytes behind the block.

        Returns `count`, or the row to go on with once the rows before it are taken and the room is free again.
        """
        return self._joining.rows(buffer, first, count, self._totals, self._losses)

    def joined(self, buffer: Buffer, lengths: Numbers, times: Numbers, first: int, count: int) -> int:
        """As `rest`, of rows that do not stand in the order of the buffer's frames but have lengths and times so."""
        ordered = dataclasses.replace(buffer, lengths=lengths, times=times)
        return self._joining.rows(ordered, first, count, self._totals, self._losses)

    def finish(self) -> None:
        """End of the input: every fragment that waits is lost, and everything is told to the account."""
        self._joining.finish(self._losses)
        account = self._account
        account.decoded.add(*self._totals.tolist())
        account.evictions += self._joining.evictions
        losses = self._losses.tolist()
        for number, reason in enumerate(REASONS):
            if losses[2 * number]:
                account.lose(reason, losses[2 * number], losses[2 * number + 1])
        self._totals[:] = 0
        self._losses[:] = 0
