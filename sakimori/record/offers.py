"""What a room offers to the door: handlers, predicates, queries.

A room lists them as plain data in `handlers.py` (`HANDLERS`, `PREDICATES`, `RECEIVERS`, `ON_ARRIVAL`) and `queries.py`
(`QUERIES`); the door finds them by the room's name. Nothing registers itself by being imported.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from sakimori.errors import SakimoriError
from sakimori.record.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Bound:
    """The thing an act is about: its type (`room.thing`) and id."""

    type: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Handler:
    """What the door calls for an act kind.

    `payload` is the pydantic model of the payload (strict, unknown fields refused); `run(ctx, payload)` does the room's
    work through `ctx` and returns what the act is about. `upcasts` maps an older kind version to a function that turns
    its stored payload into the next version's. `require_row(row)` refuses a row of a bulk act that may not even be
    staged here.
    """

    payload: type[BaseModel]
    run: Callable[[Any, Any], Bound]
    upcasts: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    require_row: Callable[[Mapping[str, Any]], None] | None = None


Predicate = Callable[[Any, Any], SakimoriError | None]
"""A named precondition: `(ctx, payload)` in, the refusal out, or None where it holds."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How the database may search and sort the rows of a query, so that a long list is read page by page.

    Such a query's `run` returns a query set of `values(...)`, neither cut nor made into a list; `make(viewer, rows)`
    makes the rows to show, in the same order, of what the database gave. `sorts` are the fields it can be sorted by,
    `texts` those searched for words (text within the field, dates and numbers by themselves), `named` further ones of
    which people read a name instead. `order` is the order where nobody asks for another; it ends with what tells every
    two rows apart.
    """

    order: tuple[str, ...]
    sorts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    make: Callable[[Viewer, list[dict[str, Any]]], list[dict[str, Any]]] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A way to read records.

    `run(viewer, **arguments)` yields dictionaries and restricts rows to those the viewer may know of; each carries
    `id`, and `labels` and `owner` where the rows are labelled (`about` names what the read record should name instead
    of the row: the act that filed it, so that the filer can see who opened it). `groups` maps each labelled field group
    to the fields in it: the door takes out what the viewer's ceiling does not cover. `roles` are the (organisation
    type, role) pairs that may use it; anybody else is refused. With a `listing`, `acts.parts` reads it page by page.
    `sensitive` means that the read record keeps in clear what was asked, and that no machine reads it without a
    clearance for each of the restrictions named.
    """

    name: str
    run: Callable[..., Iterable[dict[str, Any]]]
    roles: frozenset[tuple[str, str]]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recorded: bool = True
    listing: Listing | None = None
    sensitive: tuple[str, ...] = ()


def every_role(*organisation_types: str, roles: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return all pairs of the organisation types and roles named."""
    wanted = tuple(roles)
    return frozenset((organisation_type, role) for organisation_type in organisation_types for role in wanted)


def viewer_type(viewer: Viewer) -> tuple[str, str]:
    """Return the pair a query's `roles` are asked for."""
    return viewer.organisation_type, viewer.role
