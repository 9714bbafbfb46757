"""Read a pcap file in parts of one size, each by any process: nobody has to walk all of it first.

Where a part's first record begins is not known until the part before it is walked. So it is guessed, and the guess is
verified afterwards: a part counts only if it begins exactly where the one before ended (`dealing`), else it is read
again from there. The rules on damage are those of `source`. A file that is made shorter meanwhile ends the run.
"""

import os
import stat
from dataclasses import dataclass
from typing import IO, Any

from sakimori.selection import capture as plain
from sakimori.selection.fast.rows import WORDS
from sakimori.selection.fast.source import LINK_MASK, SMALL, Buffer
from sakimori.selection.fast.store import Table, fresh
from sakimori.selection.fast.walk import (
    CURSOR,
    CURSORS,
    DAMAGED,
    LARGEST,
    MORE,
    RECORD,
    begin_of_records,
    walk,
    walk_many,
)

HEADER = 24
TRUNCATED = 16  # beside the states of `walk`: the file ends within a record
DAMAGE = {DAMAGED: "record_length", TRUNCATED: "capture_truncated"}
_OVER = 1 << 16  # read beyond a part's end, for the record that its end cuts in two


@dataclass(frozen=True, slots=True)
class Form:
    """What a pcap file's header says, and its length."""

    swapped: bool
    unit: int
    link: int
    length: int

    @property
    def large(self) -> bool:
        """Say whether payload is read again from the file, where it is needed again, rather than kept."""
        return self.length >= SMALL


@dataclass(frozen=True, slots=True)
class Frames:
    """`count` frames of a part, from place `start` of the file (-1: no record was found) to `end`; why no further.

    `odds` of them are `Scratch.odd`.
    """

    count: int
    start: int
    end: int
    state: int
    odds: int = 0

    @property
    def size(self) -> int:
        """The bytes of the frames."""
        return self.end - self.start - self.count * RECORD


def form(stream: IO[bytes]) -> Form | None:
    """Return what a pcap file is like that can be read in parts, None if it is something else.

    The stream stays where it is. Raises `OSError` if it cannot be read.
    """
    try:
        handle = stream.fileno()
    except (OSError, AttributeError, ValueError):
        return None
    about = os.fstat(handle)
    return form_of(handle) if stat.S_ISREG(about.st_mode) else None


def form_of(handle: int) -> Form | None:
    """As `form`, of an open regular file."""
    head = os.pread(handle, HEADER, 0)
    if len(head) < HEADER or head[:4] not in plain.PCAP:
        return None
    order, unit = plain.PCAP[head[:4]]
    link = int.from_bytes(head[20:24], "little" if order == "<" else "big") & LINK_MASK
    return Form(order == ">", unit, link, os.fstat(handle).st_size)


class Scratch:
    """Arrays for the frames of one part at a time and their rows, and for the cursors that find them."""

    def __init__(self, most: int) -> None:
        self.lengths, self.times, self.odd, self._offsets = (fresh(most) for _ in range(4))
        self.rows = Table(most, WORDS)
        self._cursors = Table(CURSORS, CURSOR)

    def part(self, handle: int, about: Form, buffer: Buffer, place: int, size: int, exact: int) -> Frames:
        """Read `size` bytes of the file from `place` on to the buffer's beginning; make rows of what begins there.

        `exact` is where the first of them begins, -1 if that must be guessed. Raises `EOFError` if the file has become
        shorter.
        """
        if place + size > about.length:
            raise EOFError("a capture changed while it was read")
        have = min(size + _OVER, about.length - place)
        load(handle, place, have, buffer)
        begin = exact - place
        if exact < 0:
            final = place + have == about.length
            begin = int(begin_of_records(buffer.base, have, 0, size, final, about.swapped, about.unit))
            if begin < 0:
                return Frames(0, -1, -1, MORE)
        form_args, arrays = (about.swapped, about.unit, about.link), (self._offsets, self.lengths, self.times)
        made = *arrays, self.rows.address, self.odd
        count, after, state, odds = walk_many(buffer.base, size, begin, *form_args, *made, self._cursors.address)
        while state != DAMAGED and after < size:  # what begins in this part and ends behind it
            before = count
            count, after, state, odds = walk(buffer.base, have, after, *form_args, count, count + 1, *made, odds)
            if count == before and state == MORE:
                if place + have == about.length:
                    state = TRUNCATED
                    break
                more = min(about.length - place, int(after) + RECORD + LARGEST)
                load(handle, place, more, buffer, have)
                have = more
        state = int(state) if state in DAMAGE else MORE
        return Frames(int(count), place + begin, place + int(after), state, int(odds))


def load(handle: int, place: int, size: int, buffer: Buffer, done: int = 0) -> None:
    """Read `size` bytes from `place` on to the buffer's beginning, but for `done` that are there.

    Raises `EOFError` if the file has become shorter.
    """
    view: Any = memoryview(buffer.memory)[:size]
    while done < size:
        part = os.preadv(handle, [view[done:]], place + done)
        if not part:
            raise EOFError("a capture changed while it was read")
        done += part
