"""Which parts of a datagram are there: a map has a bit for every eight bytes, the unit fragments are cut in."""

from sakimori.selection.fast.kernel import get, kernel, put

MAP = 128  # words of a map: 65,536 bytes in units of eight


@kernel
def _bits(number, first, last):
    """Return the bits of word `number` of a map that stand for the units from `first` to `last`."""
    low, high = max(first - number * 64, 0), min(last - number * 64, 64)
    return (-1 if high == 64 else (1 << high) - 1) & (-1 << low)


@kernel
def mark(maps, chart, begin, end):
    """Note in map `chart` of the table `maps` that the bytes from `begin` to `end` (65,536 at most) are there."""
    first, last = begin >> 3, (end + 7) >> 3
    for number in range(first >> 6, (last + 63) >> 6):
        at = chart * MAP + number
        put(maps, at, get(maps, at) | _bits(number, first, last))


@kernel
def marked(maps, chart, begin, end):
    """Say whether any unit between these bytes is there."""
    first, last = begin >> 3, (end + 7) >> 3
    for number in range(first >> 6, (last + 63) >> 6):
        if get(maps, chart * MAP + number) & _bits(number, first, last) != 0:
            return True
    return False
