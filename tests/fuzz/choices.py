"""Bytes taken as choices: what a fuzz target makes structured inputs from."""


class Choices:
    """Takes numbers and pieces from the front of some bytes; when they are used up, zeros and nothing."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def __bool__(self) -> bool:
        return self._place < len(self._data)

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        part = self._data[self._place : self._place + size]
        self._place += size
        return part

    def number(self, size: int = 1) -> int:
        """Return the next bytes as a number."""
        return int.from_bytes(self.take(size), "big")

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._data))
