"""How far a file on its way in has been checked: kept in memory by the process that checks it, for the page that waits.

The server runs one process with threads (`sakimori serve`); nothing here outlives it, and nothing depends on it.
"""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable

_MOST = 200  # files at once that are remembered; the oldest goes
_LONGEST = 40
_lock = threading.Lock()
_done: OrderedDict[tuple[uuid.UUID, str], int] = OrderedDict()


def teller(organisation: uuid.UUID, token: str) -> Callable[[int], None]:
    """Return what takes the number of rows done; `token` is what the page that waits calls its file."""
    key = (organisation, token[:_LONGEST])

    def tell(rows: int) -> None:
        with _lock:
            _done[key] = rows
            _done.move_to_end(key)
            while len(_done) > _MOST:
                _done.popitem(last=False)

    if token:
        tell(0)
    return tell if token else lambda _: None


def done(organisation: uuid.UUID, token: str) -> int | None:
    """Return how many rows of a file of this organisation are done; None where nothing is known of it."""
    with _lock:
        return _done.get((organisation, token[:_LONGEST]))
