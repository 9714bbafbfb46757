"""Divide the rows of a block among processes: every flow has one owner, named by the hash of its key.

Whoever decodes a block lays the rows of each owner together, in the order of the capture, so that nobody has to look
at rows of others. Fragments come last: what they become, and whose, is known only once they are put together, in the
order of the capture.
"""

from dataclasses import dataclass
from typing import Any

from sakimori.selection.fast.hashing import Secret
from sakimori.selection.fast.kernel import get, kernel, put
from sakimori.selection.fast.mapped import Frames, Scratch
from sakimori.selection.fast.parse import account_for, parse
from sakimori.selection.fast.rows import FRAGMENT, FRAME, GOOD, REASONS, STATE, WHOLE
from sakimori.selection.fast.source import Buffer
from sakimori.selection.fast.store import Numbers, Table, fresh
from sakimori.selection.fast.table import hash_rows
from sakimori.selection.receipt import Account

_OWNER_SHIFT, _OWNER_BITS = 40, 0xFF_FFFF  # above the bits the flow table takes its slots from
# words of a tally: what was found (`mapped.Frames`), sums and extremes, times going back within the block, first and
# last known time (-1: none), packets and bytes decoded, those lost by reason, where the rows of each owner begin
COUNT, START, END, DAMAGED, BYTES, EARLIEST, LATEST, BACK, FIRST, LAST, GOOD_AT = range(11)
LOST_AT = GOOD_AT + 2
RUNS = LOST_AT + 2 * len(REASONS)


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owns flows: processes `first` to `first + here` of `all` are on this host, and share memory."""

    all: int
    here: int
    first: int = 0

    def words(self) -> int:
        """Return how many words the tally of a block has: a run for each owner here, one for fragments, and the end."""
        return RUNS + self.here + 2


@kernel
def owner(state, every):
    """Return whose of `every` process a row with this STATE is, after it was hashed."""
    return ((state >> _OWNER_SHIFT) & _OWNER_BITS) % every


@kernel
def count_up(times, count, tally):
    """Put the extremes of a block's times into its tally."""
    back = 0
    first = last = -1
    earliest = latest = times[0]
    for number in range(count):
        time = times[number]
        earliest = min(earliest, time)
        latest = max(latest, time)
        if time < 0:
            continue
        if time < last:
            back += 1
        last = time
        if first < 0:
            first = time
    tally[EARLIEST] = earliest
    tally[LATEST] = latest
    tally[BACK] = back
    tally[FIRST] = first
    tally[LAST] = last


@kernel
def lay(rows, count, lengths, every, workers, begin, owners, target, captured, orders, tally):
    """Lay the rows (hashed already) by owner into `target`, fragments last; tally[RUNS + n]: where run n begins.

    Of `every` owner those of the `workers` from `begin` on are laid.
    """
    for number in range(workers + 2):
        tally[RUNS + number] = 0
    for number in range(count):
        state = get(rows, number * 8 + STATE)
        kind = state & 0xFF
        whose = -1
        if kind == GOOD:
            whose = owner(state, every) - begin
            if whose >= workers:
                whose = -1
        elif kind == FRAGMENT:
            whose = workers
        owners[number] = whose
        if whose >= 0:
            tally[RUNS + whose + 1] += 1
    for number in range(workers + 1):
        tally[RUNS + number + 1] += tally[RUNS + number]
    for number in range(count):
        whose = owners[number]
        if whose < 0:
            continue
        line = tally[RUNS + whose]
        tally[RUNS + whose] = line + 1
        for word in range(8):
            put(target, line * 8 + word, get(rows, number * 8 + word))
        if whose == workers:
            captured[line] = lengths[number]
            orders[line] = get(rows, number * 8 + FRAME)
    for number in range(workers, 0, -1):
        tally[RUNS + number] = tally[RUNS + number - 1]
    tally[RUNS] = 0


@kernel
def merge(rows, begin, end, late, late_end, orders, every, mine, target):
    """Copy an owner's rows and those of datagrams put together since that are its own, in the order of the capture.

    Returns how many; -1 if none of those is its own, and nothing is copied.
    """
    theirs = True
    for number in range(late, late_end):
        state = get(rows, number * 8 + STATE)
        if state & 0xFF == WHOLE and owner(state, every) == mine:
            theirs = False
    if theirs:
        return -1
    count = 0
    for number in range(begin, end + 1):
        while late < late_end and (number == end or orders[late] < get(rows, number * 8 + FRAME)):
            state = get(rows, late * 8 + STATE)
            if state & 0xFF == WHOLE and owner(state, every) == mine:
                for word in range(8):
                    put(target, count * 8 + word, get(rows, late * 8 + word))
                count += 1
            late += 1
        if number < end:
            for word in range(8):
                put(target, count * 8 + word, get(rows, number * 8 + word))
            count += 1
    return count


def tell(tally: list[int], account: Account) -> None:
    """Add what was counted in a block to an account; times going back need the block before, and are not added."""
    account.input.add(tally[COUNT], tally[BYTES])
    account.decoded.add(tally[GOOD_AT], tally[GOOD_AT + 1])
    for number, reason in enumerate(REASONS):
        packets, size = tally[LOST_AT + 2 * number : LOST_AT + 2 * number + 2]
        if packets:
            account.lose(reason, packets, size)


class Divider:
    """Decodes blocks for all owners, and has the memory for it; all processes must have the same secret."""

    def __init__(self, most: int, owners: Owners, secret: Secret) -> None:
        self._owners, self._secret = owners, secret
        self._rows = Table(most, 8)
        self._whose = fresh(most)

    def divide(self, buffer: Buffer, count: int) -> None:
        """Make rows of the first `count` frames of the buffer and lay them into it."""
        tally = buffer.tally
        if not self._begun(tally, count, int(buffer.lengths[:count].sum())):
            return
        parse(
            buffer.base,
            buffer.side,
            count,
            buffer.offsets,
            buffer.lengths,
            buffer.times,
            buffer.links,
            self._rows.address,
            tally[GOOD_AT:LOST_AT],
            tally[LOST_AT:RUNS],
        )
        self._laid(buffer, count, self._rows.address, buffer.lengths, buffer.times)

    def lay(self, buffer: Buffer, found: Frames, frames: Scratch) -> None:
        """Lay the rows of what was `found` in a part of a file into the buffer."""
        tally = buffer.tally
        if not self._begun(tally, found.count, found.size):
            return
        good, losses = tally[GOOD_AT:LOST_AT], tally[LOST_AT:RUNS]
        account_for(frames.odd, found.odds, found.count, found.size, frames.lengths, good, losses)
        self._laid(buffer, found.count, frames.rows.address, frames.lengths, frames.times)

    def _begun(self, tally: Any, count: int, size: int) -> bool:
        tally[COUNT], tally[BYTES] = count, size
        tally[GOOD_AT:] = 0
        return count > 0

    def _laid(self, buffer: Buffer, count: int, rows: int, lengths: Numbers, times: Numbers) -> None:
        tally = buffer.tally
        count_up(times, count, tally)
        hash_rows(buffer.base, buffer.limit, rows, 0, count, self._secret.address)
        lay(
            rows,
            count,
            lengths,
            self._owners.all,
            self._owners.here,
            self._owners.first,
            self._whose,
            buffer.rows.address,
            buffer.captured,
            buffer.orders,
            tally,
        )


def hash_late(buffer: Buffer, first: int, last: int, secret: Secret) -> None:
    """Hash the rows of datagrams put together since: lines `first` to `last`."""
    hash_rows(buffer.base, buffer.limit, buffer.rows.address, first, last, secret.address)
