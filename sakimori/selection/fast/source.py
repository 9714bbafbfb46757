"""A capture as blocks: many frames in one buffer, with their places, sizes, times and link types.

The buffer has three parts: room for a record that a block's end cut in two; the block itself, beginning on a page,
where the system copies fastest; room for datagrams put together elsewhere. pcap is walked by a kernel; pcapng
comes from the reference's reader, laid into the block frame by frame.
"""

import gzip
import mmap
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from sakimori.selection import capture as plain
from sakimori.selection.capture import DamagedCapture
from sakimori.selection.fast.rows import WORDS
from sakimori.selection.fast.store import Table
from sakimori.selection.fast.walk import CURSOR, CURSORS, DAMAGED, MORE, RECORD, walk_many
from sakimori.selection.fast.wipe import wipe

BLOCK = 1 << 21  # what a core's own cache holds most of
SHARED_BLOCK = 1 << 22
_HEAD = (1 << 24) + (1 << 16)  # longer than any record
SIDE = (1 << 24) + (1 << 17)
MOST = 1 << 17  # frames in a block
WHOLES = 1024  # datagrams in a block that are decoded elsewhere
SMALL = 1 << 26  # files below this are kept in memory where they may be needed again
LINK_MASK = 0xFFFF


@dataclass(slots=True)
class Buffer:
    """A block's memory, the arrays that describe the frames in it, and the rows made of them.

    `odd` tells which frames are not decoded by their headers alone, where rows were made as frames were found
    (`walk.walk_many`). `wholes` has a line for each datagram put together elsewhere: frames, first and last time. Their
    bytes lie from `side` on. Of a shared buffer, `captured` and `orders` tell how long the frame of a row is and where
    it lies, where others than its own process must know (`share`), and `tally` what was counted in the block.
    """

    memory: Any
    bytes: Any
    base: int
    limit: int
    offsets: Any
    lengths: Any
    times: Any
    links: Any
    odd: Any
    rows: Table
    wholes: Table
    captured: Any
    orders: Any
    tally: Any
    block: int

    @classmethod
    def make(cls) -> "Buffer":
        """Return a new buffer, of this process alone."""
        return cls._laid_out(mmap.MAP_PRIVATE, BLOCK, MOST, 0)

    @classmethod
    def shared(cls, tally: int) -> "Buffer":
        """Return a new buffer that processes begun afterwards share, its arrays too; no file stands for it.

        It takes as many frames as a block can hold; `tally` is how many words of that there are.
        """
        block = min(2 * BLOCK, SHARED_BLOCK)
        return cls._laid_out(mmap.MAP_SHARED, block, block // RECORD + 2, tally)

    @classmethod
    def _laid_out(cls, kind: int, block: int, most: int, tally: int) -> "Buffer":
        """Return a buffer whose arrays lie behind its bytes, in memory the system gives page by page, as it is used."""
        size = _HEAD + block + SIDE
        size += -size % mmap.PAGESIZE
        words = [most] * 7 + [tally, most * WORDS + 16, WHOLES * 3 + 16]
        memory = mmap.mmap(-1, size + 8 * sum(words), flags=kind | mmap.MAP_ANONYMOUS)
        parts = np.split(np.frombuffer(memory, dtype=np.int64, offset=size), np.cumsum(words)[:-1])
        data = np.frombuffer(memory, dtype=np.uint8)[:size]
        offsets, lengths, times, links, odd, captured, orders, counted, rows, wholes = parts
        tables = Table(most, WORDS, rows), Table(WHOLES, 3, wholes)
        base, frames = int(data.ctypes.data), (offsets, lengths, times, links, odd)
        return cls(memory, data, base, size, *frames, *tables, captured, orders, counted, block)

    def forget(self) -> None:
        """Empty it."""
        wipe(self.memory)

    @property
    def side(self) -> int:
        """Where datagrams put together elsewhere may lie."""
        return _HEAD + self.block


@dataclass(frozen=True, slots=True)
class Block:
    """`count` frames of `size` bytes lie in the buffer, whose first byte is the file's at `origin`, None if no file.

    `odds`: how many of the buffer's `odd` there are; -1 if no rows were made yet.
    """

    buffer: Buffer
    count: int
    size: int
    origin: int | None
    odds: int = -1


def blocks(stream: IO[bytes], room: Callable[[], Buffer], *, rows: bool) -> Iterator[Block]:
    """Yield the frames of one capture, block by block, each in the buffer that `room` returns.

    `room` may return the same buffer always; the block before must then be done with. Buffers made by `shared` hold one
    block only, never two. `rows`: make rows at once where the frames are walked. Raises `DamagedCapture` behind the
    frames before the damage.
    """
    source = plain.plain(stream)
    magic = plain.read(source, 4)
    if not magic:
        return
    if magic in plain.PCAP:
        order, unit = plain.PCAP[magic]
        header = plain.exact(source, 20)
        link = int.from_bytes(header[16:20], "little" if order == "<" else "big") & LINK_MASK
        large = not isinstance(source, gzip.GzipFile) and _large(stream)
        form = order == ">", unit, link
        yield from _pcap(source, room, form, place=24 if large else None, rows=rows)
    elif magic == plain.SECTION_MAGIC:
        yield from _listed(plain.pcapng(source, magic), room)
    else:
        raise DamagedCapture("not_a_capture")


def _large(stream: IO[bytes]) -> bool:
    """Say whether this is a regular file large enough to be read again rather than kept."""
    try:
        about = os.fstat(stream.fileno())
    except (OSError, AttributeError, ValueError):
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size >= SMALL


def _pcap(
    source: Any, room: Callable[[], Buffer], form: tuple[bool, int, int], *, place: int | None, rows: bool
) -> Iterator[Block]:
    cursors = Table(CURSORS, CURSOR)
    rest = np.zeros(0, dtype=np.uint8)
    while True:
        buffer = room()
        arrays = buffer.offsets, buffer.lengths, buffer.times, buffer.rows.address if rows else 0, buffer.odd
        begin = _HEAD - len(rest)
        buffer.bytes[begin:_HEAD] = rest
        size, reason = _fill(source, memoryview(buffer.memory)[_HEAD : buffer.side])
        end = _HEAD + size
        origin = None if place is None else place - _HEAD
        state = -1
        while state not in (MORE, DAMAGED):
            start = begin
            count, begin, state, odds = walk_many(buffer.base, end, begin, *form, *arrays, cursors.address)
            if count:
                buffer.links[:count] = form[2]
                size_of_all = int(begin) - int(start) - count * RECORD
                yield Block(buffer, int(count), size_of_all, origin, int(odds) if rows else -1)
        if state == DAMAGED:
            raise DamagedCapture("record_length")
        if reason is not None:
            raise DamagedCapture(reason)
        if size < buffer.block:
            if begin < end:
                raise DamagedCapture("capture_truncated")
            return
        if place is not None:
            place += size
        rest = buffer.bytes[begin:end].copy()


def _fill(source: Any, view: memoryview) -> tuple[int, str | None]:
    """Fill the view, or up to the end; returns how far, and why no further if gzip is damaged there."""
    done = 0
    while done < len(view):
        try:
            if isinstance(source, gzip.GzipFile):
                part = source.read1(len(view) - done)
                view[done : done + len(part)] = part
                size = len(part)
            else:
                size = source.readinto(view[done:])
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return done, "gzip_damaged"
        if not size:
            break
        done += size
    return done, None


def _listed(frames: Iterator[plain.Frame], room: Callable[[], Buffer]) -> Iterator[Block]:
    """Lay frames that another reader found into buffers."""
    damage: DamagedCapture | None = None
    going = True
    held: plain.Frame | None = None
    while going:
        count, place = 0, 0
        buffer = room()
        view = memoryview(buffer.memory)
        while count < len(buffer.offsets):
            try:
                frame = held or next(frames, None)
            except DamagedCapture as error:
                damage, going = error, False
                break
            held = None
            if frame is None:
                going = False
                break
            if place + len(frame.data) > buffer.side:
                held = frame
                break
            view[place : place + len(frame.data)] = frame.data
            buffer.offsets[count] = place
            buffer.lengths[count] = len(frame.data)
            buffer.times[count] = -1 if frame.time is None else frame.time
            buffer.links[count] = frame.link
            place += len(frame.data)
            count += 1
        if count:
            yield Block(buffer, count, int(buffer.lengths[:count].sum()), None)
    if damage is not None:
        raise damage
