"""Several readings for one page: who looks, and what it is cleared for, is found once for all of them.

A desk reads twenty lists. Each reading asks whether the viewer holds its role today and what it was cleared for; within
one glance the first answer stands. Nothing may be performed meanwhile: a glance shows, it never changes.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from sakimori.record import Viewer
from sakimori.record.fences import seen_as

T = TypeVar("T")
_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("sakimori_glance", default=None)


@contextmanager
def one_glance(viewer: Viewer) -> Iterator[None]:
    """Let all readings of the block share what is found out about a viewer; on PostgreSQL they share a transaction.

    Within another glance it is a part of that one.
    """
    token = _found.set(known if (known := _found.get()) is not None else {})
    try:
        with seen_as(viewer):
            yield
    finally:
        _found.reset(token)


def once(what: Hashable, viewer: Viewer, find: Callable[[Viewer], T]) -> T:
    """Return what `find` says of a viewer (`what` names it): within one glance it is asked once, else every time."""
    known = _found.get()
    if known is None:
        return find(viewer)
    key = (what, viewer)
    if key not in known:
        known[key] = find(viewer)
    found: T = known[key]
    return found
