"""Taking turns.

On SQLite writers queue on a lock file instead of polling for the database's own lock.

SQLite lets one writer in at a time, and those who wait look again and again at growing intervals, so that many writers
together become slower than one. A blocking lock beside the database hands the turn on at once, in order. It only makes
waiting cheap: what keeps writers apart is still the database's own lock.

On PostgreSQL (READ COMMITTED) the acts of one organisation take turns: an act reads whether it may happen and then
writes, and a second act of the same organisation must not read in between. Acts of different organisations go side by
side.
"""

import fcntl
import hashlib
import uuid
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


def organisations_turn(world: str, organisation: uuid.UUID) -> None:
    """Wait until no other act of this organisation is under way in the world; held until the transaction ends.

    Nothing on SQLite, where one writer works at a time anyhow. Must come before any row is locked.
    """
    if connection.vendor != "postgresql":
        return
    named = hashlib.sha256(f"{world}/{organisation}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(named[:8], "big", signed=True)])
