"""Taking turns on SQLite: writers queue on a lock file instead of polling for the database's own lock.

SQLite lets one writer in at a time, and those who wait look again and again at growing intervals, so that many writers
together become slower than one. A blocking lock beside the database hands the turn on at once, in order. It only makes
waiting cheap: what keeps writers apart is still the database's own lock.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def turn() -> Iterator[None]:
    """Wait for this process's and thread's turn to write; nothing on other databases or inside a transaction."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or connection.in_atomic_block or "memory" in name:
        yield
        return
    with open(f"{name}.turn", "w") as lock:  # noqa: PTH123 - the name may be a URI
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
