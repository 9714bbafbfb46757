"""Which flows are given up when memory is short, so that a flood cannot push out those who talk.

First come flows silent for longer than a flow lasts: no packet can continue them, unless time goes back, and then they
are counted as evicted after all. Then flows of a single packet, the oldest first: of a flood of SYNs each flow is one.
Then the rest, the longest silent first. A flow given up gets its verdict with what it has; what comes later is new.
"""

import numpy as np

from sakimori.selection.fast.store import (
    C_ENTRIES,
    ENDED,
    HELD,
    INITIAL,
    LAST,
    PACKETS,
    PIECES,
    USED,
    Numbers,
    Store,
)
from sakimori.selection.flows import SILENCE


def victims(store: Store, wanted: int, latest: int) -> tuple[Numbers, Numbers]:
    """Return the entries of at least `wanted` flows, if there are as many: those over by silence, and those evicted."""
    entries = store.entries[: int(store.counts[C_ENTRIES])]
    living = np.flatnonzero((entries[:, INITIAL] & USED != 0) & (entries[:, INITIAL] & ENDED == 0))
    last = entries[living, LAST]
    silent = last < latest - SILENCE
    over = living[silent]
    missing = wanted - len(over)
    if missing <= 0:
        return over, living[:0]
    rest, last = living[~silent], last[~silent]
    order = np.lexsort((last, entries[rest, PACKETS] > 1))
    return over, rest[order[:missing]]


def keepers(store: Store) -> Numbers:
    """Return the entries of all flows that hold payload in the arena."""
    entries = store.entries[: int(store.counts[C_ENTRIES])]
    living = (entries[:, INITIAL] & USED != 0) & (entries[:, INITIAL] & ENDED == 0)
    return np.flatnonzero(living & ((entries[:, PIECES] != 0) | (entries[:, HELD] != 0)))
