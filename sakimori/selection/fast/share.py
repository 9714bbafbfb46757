"""Divide the rows of a block among processes: every flow has one owner, named by the hash of its key."""

from sakimori.selection.fast.hashing import Secret
from sakimori.selection.fast.kernel import get, kernel, put
from sakimori.selection.fast.rows import GOOD, STATE, WHOLE
from sakimori.selection.fast.source import Buffer
from sakimori.selection.fast.store import Table
from sakimori.selection.fast.table import hash_rows

OPEN = -1  # in the place of an owner: no datagram in this row, or none yet
_OWNER_SHIFT, _OWNER_BITS = 40, 0xFF_FFFF  # above the bits the flow table takes its slots from


@kernel
def divide(base, limit, rows, first, last, workers, owners, secret):
    """Hash the rows that are decoded and put the owner of each into `owners`; those known already are left alone."""
    for number in range(first, last):
        if owners[number] != OPEN:
            continue
        if get(rows, number * 8 + STATE) & 0xFF in (GOOD, WHOLE):
            hash_rows(base, limit, rows, number, number + 1, secret)
            owners[number] = ((get(rows, number * 8 + STATE) >> _OWNER_SHIFT) & _OWNER_BITS) % workers


@kernel
def gather(rows, first, last, owners, mine, target):
    """Copy the rows of one owner, in their order; returns how many."""
    found = 0
    for number in range(first, last):
        if owners[number] == mine:
            for word in range(8):
                put(target, found * 8 + word, get(rows, number * 8 + word))
            found += 1
    return found


def begin(buffer: Buffer, count: int, workers: int, secret: Secret) -> None:
    """Find the owners of all rows that are decoded; the others stay OPEN. All processes must have the same secret."""
    buffer.owners[:count] = OPEN
    go_on(buffer, 0, count, workers, secret)


def go_on(buffer: Buffer, first: int, last: int, workers: int, secret: Secret) -> None:
    """Find the owners of rows decoded since."""
    divide(buffer.base, buffer.limit, buffer.rows.address, first, last, workers, buffer.owners, secret.address)


def mine_of(buffer: Buffer, first: int, last: int, mine: int, target: Table) -> int:
    """Copy one owner's rows into `target`; returns how many."""
    return int(gather(buffer.rows.address, first, last, buffer.owners, mine, target.address))
