"""The end of an authority's period, by the clock of the run: from then on nothing is read (強化法17(3), 18).

A stream is waited for, never read blindly, so that an idle one ends with the period too. What was read before is
decided and kept as ever.
"""

import io
import os
import select
import time
from collections.abc import Callable, Sequence
from typing import IO, Any

from sakimori.selection.real import is_live

_LONGEST_WAIT = 3_600_000  # ms: what `poll` takes is limited, a period is not
_MILLI = 1000
_BUFFER = 1 << 16


class Until:
    """A moment of the monotonic clock (`at`, None: none), and whether reading was given up because of it."""

    def __init__(self, at: float | None) -> None:
        self.at = at
        self.stopped = False

    def over(self) -> bool:
        """Say whether the moment has come; asked before every reading, so that yes means: it was given up."""
        self.stopped = self.stopped or (self.at is not None and time.monotonic() >= self.at)
        return self.stopped

    def wait(self) -> int | None:
        """Return how many milliseconds to wait at most before asking again; None where nothing ends."""
        if self.at is None:
            return None
        return max(0, min(_LONGEST_WAIT, int((self.at - time.monotonic()) * _MILLI) + 1))

    def stream(self, source: IO[bytes]) -> IO[bytes]:
        """Return the stream, ending at the moment at the latest."""
        if self.at is None:
            return source
        return io.BufferedReader(live(source, self) or _Ending(source, self), _BUFFER)


def live(
    source: IO[bytes], until: Until, listen: Callable[[], None] | None = None, others: Sequence[int] = ()
) -> io.RawIOBase | None:
    """Return a pipe or socket as a stream that ends with `until`, None if the source is none.

    While it waits, it calls `listen` when one of the `others` (file handles) has something to say. What the source has
    read ahead already comes first, as soon as there is more, or its end.
    """
    if not is_live(source) or not isinstance(source, (io.BufferedReader, io.FileIO)):
        return None
    return _Live(source, until, listen, others)


class _Ending(io.RawIOBase):
    """A stream that is never waited for (a file, bytes in memory), up to the moment."""

    def __init__(self, source: IO[bytes], until: Until) -> None:
        self._source, self._until = source, until

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._source.fileno()

    def readinto(self, buffer: Any) -> int:
        if self._until.over():
            return 0
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Live(io.RawIOBase):
    """A pipe or socket, up to the moment, read by its handle."""

    def __init__(
        self,
        source: io.BufferedReader | io.FileIO,
        until: Until,
        listen: Callable[[], None] | None,
        others: Sequence[int],
    ) -> None:
        self._source, self._until, self._listen = source, until, listen
        self._handle = source.fileno()
        self._ahead = b""
        self._begun = not isinstance(source, io.BufferedReader)
        self._poll = select.poll()
        for one in (self._handle, *others):
            self._poll.register(one, select.POLLIN)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._handle

    def _ready(self) -> bool:
        """Wait until there is something to read (or its end), heeding the others; False: the moment came first."""
        while not self._until.over():
            ready = [handle for handle, _ in self._poll.poll(self._until.wait())]
            if self._listen is not None and set(ready) - {self._handle}:
                self._listen()
            if self._handle in ready:
                return not self._until.over()
        return False

    def readinto(self, buffer: Any) -> int:
        if not self._ahead:
            if not self._ready():
                return 0
            if not self._begun and isinstance(self._source, io.BufferedReader):
                self._begun = True
                self._ahead = self._source.read(len(self._source.peek()))
                if not self._ahead:
                    return 0
        if self._ahead:
            view = memoryview(buffer)
            part, self._ahead = self._ahead[: len(view)], self._ahead[len(view) :]
            view[: len(part)] = part
            return len(part)
        return os.readv(self._handle, [buffer])
