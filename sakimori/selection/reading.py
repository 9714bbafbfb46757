"""Read a stream that arrives in pieces as if it were there at once.

A parser is a generator: it yields when it needs more bytes, so its code reads straight on, and how the stream was cut
into segments cannot change what it sees.
"""

from collections.abc import Generator

Parser = Generator[None, None, None]


class NotThis(Exception):  # noqa: N818  the way a parser says that the grammar does not hold (any more)
    """The bytes do not follow the grammar; nothing more is read from this stream."""


class Reader:
    """The bytes not yet consumed, and the stream offset of the first of them."""

    def __init__(self) -> None:
        self._data = bytearray()
        self.offset = 0

    def feed(self, data: bytes) -> None:
        """Append bytes."""
        self._data += data

    def peek(self, size: int) -> Generator[None, None, bytes]:
        """Return the next `size` bytes without consuming them."""
        while len(self._data) < size:
            yield
        return bytes(self._data[:size])

    def take(self, size: int) -> Generator[None, None, bytes]:
        """Return and consume the next `size` bytes."""
        data = yield from self.peek(size)
        self._consume(size)
        return data

    def skip(self, size: int) -> Generator[None, None, None]:
        """Consume `size` bytes without keeping them."""
        while size > len(self._data):
            size -= len(self._data)
            self._consume(len(self._data))
            yield
        self._consume(size)

    def peek_line(self, limit: int) -> Generator[None, None, bytes]:
        """Return the next line with its line feed, without consuming it; raises `NotThis` beyond `limit` bytes."""
        searched = 0
        while (end := self._data.find(b"\n", searched)) < 0:
            searched = len(self._data)
            if searched > limit:
                raise NotThis
            yield
        if end >= limit:
            raise NotThis
        return bytes(self._data[: end + 1])

    def line(self, limit: int) -> Generator[None, None, bytes]:
        """Return and consume the next line with its line feed; raises `NotThis` beyond `limit` bytes."""
        line = yield from self.peek_line(limit)
        self._consume(len(line))
        return line

    def available(self, start: int = 0) -> bytes:
        """Return what is there now, from its byte `start` on, without consuming it."""
        return bytes(self._data[start:])

    def _consume(self, size: int) -> None:
        del self._data[:size]
        self.offset += size
