"""What is learnt from a flow's payload: only what a condition may ask or a record keep; erased with the flow.

Who sends chooses how many names and values a flow has, so there are limits. What a condition of the order asks for is
found beyond them too: they bound what a record keeps, not what is selected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sakimori.selection.names import and_parents

# house rules, for each flow
MOST_VALUES = 4_096  # names, or values of one field
MOST_CHARACTERS = 262_144  # of all names and values
LONGEST_VALUE = 1_024  # no name is longer: 253 bytes, four characters each where they must be written out


@dataclass(slots=True)
class Mailbox:
    """A mailbox: the local part as sent (never recorded, only its pseudonym) and the normalised domain."""

    local: bytes
    domain: str


@dataclass(slots=True)
class Received:
    """One Received row (RFC 5321 4.4): hosts and addresses by their grammar, nothing from comments."""

    from_name: str | None = None
    from_host: str | None = None
    from_address: str | None = None
    by: str | None = None
    protocol: str | None = None
    id: str | None = None
    id_mailbox: Mailbox | None = None
    recipient: Mailbox | None = None
    date: str | None = None


@dataclass(slots=True)
class Mail:
    """Rows 1, 2, 4-11 of the government's table on e-mail, of one message, as structured fields."""

    envelope_from: Mailbox | None = None
    envelope_to: list[Mailbox] = field(default_factory=list)
    sender: list[Mailbox] = field(default_factory=list)
    to: list[Mailbox] = field(default_factory=list)
    date: str | None = None
    return_path: Mailbox | None = None
    received: list[Received] = field(default_factory=list)
    authentication: list[tuple[str, str]] = field(default_factory=list)
    authentication_host: str | None = None
    message_id: Mailbox | None = None
    mime: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What the conditions of an order ask for: names, and values by field."""

    names: frozenset[str] = frozenset()
    fields: Mapping[str, frozenset[bytes]] = field(default_factory=dict)

    @cached_property
    def deepest(self) -> int:
        """The most labels a name has: of another name no more need be looked at."""
        return max((name.count(".") + 1 for name in self.names), default=0)


@dataclass(slots=True)
class Facts:
    """Application protocol, names, and fields by the name an exploratory condition gives them (bytes exact).

    `withheld` are stream spans (start, end or None while open) of which a match may tell only id and count, unless it
    lies inside one of the `allowed` spans. `met` are names of the order that a name beyond the limits equals or lies
    below; `left_out` counts how often the limits left something out.
    """

    protocol: str | None = None
    names: set[str] = field(default_factory=set)
    fields: dict[str, set[bytes]] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    withheld: list[tuple[int, int | None]] = field(default_factory=list)
    allowed: list[tuple[int, int]] = field(default_factory=list)
    wanted: Wanted = field(default_factory=Wanted)
    met: set[str] = field(default_factory=set)
    left_out: int = 0
    size: int = 0  # characters of names and values

    def add(self, name: str, value: bytes) -> None:
        """Note a value of a field, as far as the limits allow or the order asks for it."""
        values = self.fields.setdefault(name, set())
        if value not in values and (value in self.wanted.fields.get(name, ()) or self._room(len(values), len(value))):
            values.add(value)

    def name(self, name: str | None) -> None:
        """Note a host name, if it is one, as far as the limits allow; beyond, only which of the order's it meets."""
        if not name or name in self.names:
            return
        if self._room(len(self.names), len(name)):
            self.names.add(name)
        elif self.wanted.names:
            self.met |= self.wanted.names.intersection(and_parents(name, self.wanted.deepest))

    def _room(self, number: int, size: int) -> bool:
        """Say whether there is room for one more where so many are, and take it."""
        if number >= MOST_VALUES or size > LONGEST_VALUE or self.size + size > MOST_CHARACTERS:
            self.left_out += 1
            return False
        self.size += size
        return True

    def may_show(self, start: int, end: int) -> bool:
        """Say whether the bytes of a match at this place may be recorded."""
        if any(start >= low and end <= high for low, high in self.allowed):
            return True
        return not any(end > low and (high is None or start < high) for low, high in self.withheld)
