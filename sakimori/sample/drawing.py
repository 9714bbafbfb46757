"""Chance from a seed: the same name gives the same draws, on every machine and in every order of asking.

Each thing of the sample world draws from its own stream, named after the thing, so that thing number 1,000 does not
depend on whether 500 or 5,000 were asked for. Not for secrets.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_WIDTH = 4  # bytes a draw takes


class Draw:
    """A stream of draws named by its parts."""

    def __init__(self, *name: object) -> None:
        self._name = "\x1f".join(str(part) for part in name).encode()
        self._block = 0
        self._bytes = b""

    def below(self, limit: int) -> int:
        """Return a number from 0 up to but not including `limit` (at most 2**24: no value is visibly favoured)."""
        if len(self._bytes) < _WIDTH:
            self._bytes = hashlib.blake2b(self._name, salt=self._block.to_bytes(_WIDTH, "big")).digest()
            self._block += 1
        taken, self._bytes = self._bytes[:_WIDTH], self._bytes[_WIDTH:]
        return int.from_bytes(taken, "big") % limit

    def one_of(self, choices: Sequence[_T]) -> _T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[tuple[_T, int]]) -> _T:
        """Return one of the choices, each as often as its weight says."""
        place = self.below(sum(weight for _, weight in choices))
        for choice, weight in choices:
            if place < weight:
                return choice
            place -= weight
        return choices[-1][0]

    def percent(self, share: int) -> bool:
        """Return True in `share` of a hundred draws."""
        return self.below(100) < share
