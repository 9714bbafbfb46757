"""Make rows of a block's frames, in two steps: what each frame says alone, and what needs the frames before it.

`headers` looks at each frame for itself, so blocks can be taken in any order and by any process. `rest` decodes what is
left, fragments among it, which must be seen in the order of the capture.
"""

import numpy as np

from sakimori.selection.decode import Decoder
from sakimori.selection.fast.parse import parse
from sakimori.selection.fast.rows import NOTHING, SLOW, STATE, WHOLE
from sakimori.selection.fast.source import Buffer
from sakimori.selection.packet import Datagram, Undecodable
from sakimori.selection.receipt import Account

_ADDRESSES = 32


class Decoding:
    """Decodes blocks and accounts for every frame; holds the fragments that wait."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._decoder = Decoder()
        self._totals = np.zeros(4, dtype=np.int64)
        self._held: Datagram | None = None  # decoded, but there was no room for it

    def headers(self, buffer: Buffer, count: int) -> int:
        """Fill the rows of all frames the kernels know; returns how many are left SLOW."""
        self._totals[:] = 0
        left = parse(
            buffer.base,
            buffer.side,
            count,
            buffer.offsets,
            buffer.lengths,
            buffer.times,
            buffer.links,
            buffer.rows.address,
            self._totals,
        )
        account = self._account
        account.input.add(count, int(buffer.lengths[:count].sum()))
        account.decoded.add(int(self._totals[0]), int(self._totals[1]))
        if self._totals[2]:
            account.lose("not_ip", int(self._totals[2]), int(self._totals[3]))
        return int(left)

    def rest(self, buffer: Buffer, first: int, count: int) -> int:
        """Decode the SLOW rows from `first` on, their bytes behind the block.

        Returns `count`, or the row to go on with once the rows before it are taken and the room behind the block is
        free again.
        """
        rows, side, wholes = buffer.rows.lines, buffer.side, 0
        for line in (first + np.flatnonzero(rows[first:count, STATE] == SLOW)).tolist():
            datagram = self._held or self._decode(buffer, line)
            self._held = None
            if datagram is None:
                rows[line, STATE] = NOTHING
                continue
            if side + len(datagram.payload) + _ADDRESSES > buffer.limit or wholes >= len(buffer.wholes):
                self._held = datagram
                return int(line)
            side = _lay(buffer, line, datagram, side, wholes)
            wholes += 1
        return count

    def finish(self) -> None:
        """End of the input: every fragment that waits is lost."""
        self._decoder.fragments.finish()
        self._count_lost_fragments()

    def _decode(self, buffer: Buffer, line: int) -> Datagram | None:
        """Let the reference's decoder take a frame, and account for it."""
        account = self._account
        begin, size = int(buffer.offsets[line]), int(buffer.lengths[line])
        time = int(buffer.times[line])
        if time < 0:
            account.lose("no_timestamp", 1, size)
            return None
        data = buffer.bytes[begin : begin + size].tobytes()
        datagram = None
        try:
            datagram = self._decoder.datagram(int(buffer.links[line]), data, time)
        except Undecodable as undecodable:
            seen = undecodable.seen
            account.lose(undecodable.reason, *((1, size) if seen is None else (seen.frames, seen.captured)))
        self._count_lost_fragments()
        if datagram is not None:
            account.decoded.add(datagram.seen.frames, datagram.seen.captured)
        return datagram

    def _count_lost_fragments(self) -> None:
        lost = self._decoder.fragments.lost
        while lost:
            self._account.lose(*lost.pop())


def _lay(buffer: Buffer, line: int, datagram: Datagram, side: int, whole: int) -> int:
    """Make a row of a datagram the reference decoded, its bytes behind the block; returns where they end."""
    old = len(datagram.src) == 4
    data = datagram.payload if old else datagram.src + datagram.dst + datagram.payload
    buffer.memory[side : side + len(data)] = data
    ends = int.from_bytes(datagram.src + datagram.dst, "big", signed=True) if old else side
    place = side + len(data) - len(datagram.payload)
    version = 4 if old else 6
    key = datagram.src_port << 48 | datagram.dst_port << 32 | datagram.protocol << 16 | version
    buffer.wholes.lines[whole] = (datagram.seen.frames, datagram.seen.first, datagram.seen.last)
    buffer.rows.lines[line, 1:] = (
        whole,
        len(datagram.payload),
        ends,
        _signed(key),
        _signed(datagram.sequence << 32 | datagram.length),
        _signed(place << 32 | datagram.missing),
        datagram.flags << 8 | WHOLE,
    )
    return side + len(data)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
