"""What the matrix asks for: each room makes one thing of side A and one of side B, and says what must not leak.

A room's module `tests/roles/things/<room>.py` offers

    def make(side: Side) -> Made      # called for A, then for B, in the rooms' order

`Made.ids` maps `<room>.<argument>` to a value. A URL of the room with a keyword argument `computer`, an API path with
`{computer}` and a query with the argument `computer` all ask for `assets.computer`. `Made.secrets` are texts that only
the named organisations may ever be shown. What exists once only is made for A alone. `WORLD` says in which world the
room's pages and queries are asked, where that is not the sample world. A room without a module is covered as far as
nothing of it takes an argument; the matrix fails where something does.
"""

import uuid
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from sakimori.acts import registry
from tests.support.deployment import WORLD


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides: its letter, its operator and its operator's minister."""

    letter: str
    operator: str
    minister: str


A, B = Side("A", "power", "meti"), Side("B", "rail", "mlit")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that only these organisations may be shown; contents are for no administrator at all."""

    text: str
    seen_by: frozenset[str]
    contents: bool = True


@dataclass(slots=True)
class Made:
    """What a room made for one side."""

    ids: dict[str, str | uuid.UUID] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)

    def keep(self, name: str, thing: uuid.UUID, *seen_by: str) -> None:
        """Note a thing under its name; its id too is for these organisations only."""
        self.ids[name] = thing
        self.secrets.append(Secret(str(thing), frozenset(seen_by)))


def world_of(room: str) -> str:
    """Return the world in which a room is asked."""
    name = f"tests.roles.things.{room}"
    return str(getattr(import_module(name), "WORLD", WORLD)) if find_spec(name) else WORLD


def make_all() -> dict[str, Made]:
    """Have every room make its things; return them by side."""
    made = {side.letter: Made() for side in (A, B)}
    # The floor's things are made of the rooms'.
    rooms = sorted((*registry.rooms(), "access", "enrol"), key=lambda room: room == "acts")
    for room in rooms:
        name = f"tests.roles.things.{room}"
        if find_spec(name) is None:
            continue
        for side in (A, B):
            one = import_module(name).make(side)
            made[side.letter].ids.update(one.ids)
            made[side.letter].secrets += one.secrets
    return made
