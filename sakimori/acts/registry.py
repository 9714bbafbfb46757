"""What the rooms offer, found by their names: handlers, predicates, queries, receivers.

A room is a package below `sakimori` with `handlers.py` and `queries.py`; both list what they offer as plain data, and
nothing happens on import. The law says which kinds there are; a kind without a handler is "not performable here".
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.conf import settings

from sakimori import law
from sakimori.acts.errors import DeclarationError, NotPerformableError
from sakimori.record import Handler, Predicate, Query
from sakimori.text import Text


def rooms() -> tuple[str, ...]:
    """Return the names of the rooms installed here, the floor's own (`parties`, `acts`) first."""
    return ("parties", "acts", *settings.ROOMS)


def _modules(part: str) -> list[tuple[str, ModuleType]]:
    names = [(room, f"sakimori.{room}.{part}") for room in rooms()]
    return [(room, import_module(name)) for room, name in names if find_spec(name) is not None]


def _gather(part: str, attribute: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for room, module in _modules(part):
        for name, value in getattr(module, attribute, {}).items():
            if name in found:
                raise DeclarationError(f"{attribute} {name!r} of room {room} exists already")
            found[name] = value
    return found


@cache
def handlers() -> dict[str, Handler]:
    """Return all handlers by act kind."""
    return _gather("handlers", "HANDLERS")


@cache
def predicates() -> dict[str, Predicate]:
    """Return all predicates by name."""
    return _gather("handlers", "PREDICATES")


@cache
def queries() -> dict[str, Query]:
    """Return all queries by name."""
    return _gather("queries", "QUERIES")


@cache
def receivers() -> dict[str, str]:
    """Return, for each act kind that may come in by envelope, the system act that takes it in here."""
    return _gather("handlers", "RECEIVERS")


@cache
def arrivals() -> dict[str, str]:
    """Return, for each act kind that goes out by envelope, the system act that its acknowledgement sets off here."""
    return _gather("handlers", "ON_ARRIVAL")


@cache
def recurring() -> dict[str, Callable[[str], int]]:
    """Return what the rooms have to do again and again in a world (erasure at expiry), by name."""
    return _gather("handlers", "RECURRING")


def handler(kind: law.ActKind) -> Handler:
    """Return the handler of a kind; `NotPerformableError` where no room here has one."""
    found = handlers().get(kind.name)
    if found is None:
        raise NotPerformableError(
            Text(
                f"行為「{kind.title.ja}」は法令上ありますが、このソフトウェアではまだ行えません。",
                f"The act “{kind.title.en}” exists in law, but cannot be performed here yet.",
            ),
            where=kind.name,
            article=", ".join(kind.basis),
        )
    return found
