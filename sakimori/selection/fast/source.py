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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from sakimori.selection import capture as plain
from sakimori.selection.capture import DamagedCapture
from sakimori.selection.fast.rows import WORDS
from sakimori.selection.fast.store import Table
from sakimori.selection.fast.walk import CURSORS, DAMAGED, MORE, walk_many

BLOCK = 1 << 23
_HEAD = (1 << 24) + (1 << 16)  # longer than any record
SIDE = (1 << 24) + (1 << 17)
MOST = 1 << 17  # frames in a block
WHOLES = 1024  # datagrams in a block that are decoded elsewhere
_SMALL = 1 << 26  # files below this are kept in memory where they may be needed again
_LINK_MASK = 0xFFFF


@dataclass(slots=True)
class Buffer:
    """A block's memory, the arrays that describe the frames in it, and the rows made of them.

    `wholes` has a line for each datagram put together elsewhere: frames, first and last time. Their bytes lie from
    `side` on.
    """

    memory: Any
    bytes: Any
    base: int
    limit: int
    offsets: Any
    lengths: Any
    times: Any
    links: Any
    rows: Table
    wholes: Table

    @classmethod
    def make(cls) -> "Buffer":
        """Return a new buffer."""
        size = _HEAD + BLOCK + SIDE
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        data = np.frombuffer(memory, dtype=np.uint8)
        offsets, lengths, times, links = (np.zeros(MOST, dtype=np.int64) for _ in range(4))
        rows, wholes = Table(MOST, WORDS), Table(WHOLES, 3)
        return cls(memory, data, data.ctypes.data, size, offsets, lengths, times, links, rows, wholes)

    @property
    def side(self) -> int:
        """Where datagrams put together elsewhere may lie."""
        return _HEAD + BLOCK


@dataclass(frozen=True, slots=True)
class Block:
    """`count` frames lie in the buffer; `origin` is the file's place of the buffer's first byte, None if no file."""

    count: int
    origin: int | None


def blocks(stream: IO[bytes], buffer: Buffer) -> Iterator[Block]:
    """Yield the frames of one capture, block by block; raises `DamagedCapture` behind the frames before the damage."""
    source = plain.plain(stream)
    magic = plain.read(source, 4)
    if not magic:
        return
    if magic in plain.PCAP:
        order, unit = plain.PCAP[magic]
        header = plain.exact(source, 20)
        link = int.from_bytes(header[16:20], "little" if order == "<" else "big") & _LINK_MASK
        buffer.links[:] = link
        large = not isinstance(source, gzip.GzipFile) and _large(stream)
        yield from _pcap(source, buffer, swapped=order == ">", unit=unit, place=24 if large else None)
    elif magic == plain.SECTION_MAGIC:
        yield from _listed(plain.pcapng(source, magic), buffer)
    else:
        raise DamagedCapture("not_a_capture")


def _large(stream: IO[bytes]) -> bool:
    """Say whether this is a regular file large enough to be read again rather than kept."""
    try:
        about = os.fstat(stream.fileno())
    except (OSError, AttributeError, ValueError):
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size >= _SMALL


def _pcap(source: Any, buffer: Buffer, *, swapped: bool, unit: int, place: int | None) -> Iterator[Block]:
    starts, indexes = np.zeros(CURSORS + 1, dtype=np.int64), np.zeros(CURSORS + 1, dtype=np.int64)
    begin, end = _HEAD, _HEAD
    view = memoryview(buffer.memory)
    arrays = buffer.offsets, buffer.lengths, buffer.times
    while True:
        rest = end - begin
        buffer.bytes[_HEAD - rest : _HEAD] = buffer.bytes[begin:end].copy()
        begin = _HEAD - rest
        size, reason = _fill(source, view[_HEAD : _HEAD + BLOCK])
        end = _HEAD + size
        origin = None if place is None else place - _HEAD
        state = -1
        while state not in (MORE, DAMAGED):
            count, begin, state = walk_many(buffer.base, end, begin, swapped, unit, MOST, *arrays, starts, indexes)
            if count:
                yield Block(int(count), origin)
        if state == DAMAGED:
            raise DamagedCapture("record_length")
        if reason is not None:
            raise DamagedCapture(reason)
        if size < BLOCK:
            if begin < end:
                raise DamagedCapture("capture_truncated")
            return
        if place is not None:
            place += size


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


def _listed(frames: Iterator[plain.Frame], buffer: Buffer) -> Iterator[Block]:
    """Lay frames that another reader found into the buffer."""
    view = memoryview(buffer.memory)
    damage: DamagedCapture | None = None
    going = True
    held: plain.Frame | None = None
    while going:
        count, place = 0, 0
        while count < MOST:
            try:
                frame = held or next(frames, None)
            except DamagedCapture as error:
                damage, going = error, False
                break
            held = None
            if frame is None:
                going = False
                break
            if place + len(frame.data) > _HEAD + BLOCK:
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
            yield Block(count, None)
    if damage is not None:
        raise damage
