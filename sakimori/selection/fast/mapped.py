"""Find the records of a pcap file where it lies, so that other processes can read each its blocks of it.

The file is mapped a block at a time, and only the records' headers are looked at; what a block holds is read by the
process it is dealt to. The rules are those of `source`. A file that is made shorter meanwhile ends the run.
"""

import mmap
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np

from sakimori.selection import capture as plain
from sakimori.selection.capture import DamagedCapture
from sakimori.selection.fast.source import LINK_MASK, SMALL, Buffer
from sakimori.selection.fast.walk import CURSORS, DAMAGED, walk_many

_HEADER = 24
_PAGE = mmap.ALLOCATIONGRANULARITY


@dataclass(frozen=True, slots=True)
class Chunk:
    """`count` frames; what they lie in, `size` bytes of the file from `place` on, belongs to the buffer's beginning."""

    buffer: Buffer
    count: int
    place: int
    size: int
    origin: int | None


def header(stream: IO[bytes]) -> bytes | None:
    """Return the header of a pcap file that can be mapped, None if it is something else; the stream stays where it is.

    Raises:
        OSError: it cannot be read.
    """
    try:
        handle = stream.fileno()
    except (OSError, AttributeError, ValueError):
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        return None
    head = os.pread(handle, _HEADER, 0)
    return head if len(head) == _HEADER and head[:4] in plain.PCAP else None


def chunks(stream: IO[bytes], head: bytes, room: Callable[[], Buffer]) -> Iterator[Chunk]:
    """Yield the frames of a pcap file, block by block, their places and times in the buffer that `room` returns.

    Raises:
        DamagedCapture: behind the frames before the damage.
    """
    order, unit = plain.PCAP[head[:4]]
    link = int.from_bytes(head[20:24], "little" if order == "<" else "big") & LINK_MASK
    handle = stream.fileno()
    length = os.fstat(handle).st_size
    starts, indexes = np.zeros(CURSORS + 1, dtype=np.int64), np.zeros(CURSORS + 1, dtype=np.int64)
    place = _HEADER
    while place < length:
        buffer = room()
        arrays = buffer.offsets, buffer.lengths, buffer.times
        count = 0
        for span in (buffer.block, buffer.side):  # a record may be longer than a block
            size = min(span, length - place)
            before = place % _PAGE
            with mmap.mmap(handle, before + size, access=mmap.ACCESS_READ, offset=place - before) as window:
                base = int(np.frombuffer(window, dtype=np.uint8).ctypes.data)
                count, after, state = walk_many(
                    base, before + size, before, order == ">", unit, len(buffer.offsets), *arrays, starts, indexes
                )
            if count or state == DAMAGED:
                break
        if count:
            buffer.offsets[:count] -= before
            buffer.links[:count] = link
            origin = place if length >= SMALL else None
            yield Chunk(buffer, int(count), place, int(after) - before, origin)
            place += int(after) - before
        if state == DAMAGED:
            raise DamagedCapture("record_length")
        if not count:
            raise DamagedCapture("capture_truncated")


def load(handle: int, place: int, size: int, buffer: Buffer) -> None:
    """Read what a chunk's frames lie in; raises `EOFError` if the file has become shorter."""
    view = memoryview(buffer.memory)[:size]
    done = 0
    while done < size:
        part = os.preadv(handle, [view[done:]], place + done)
        if not part:
            raise EOFError("a capture changed while it was read")
        done += part
