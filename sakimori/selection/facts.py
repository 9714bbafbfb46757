"""What is learnt from a flow's payload: only what a condition may ask or a record keep; erased with the flow."""

from dataclasses import dataclass, field


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


@dataclass(slots=True)
class Facts:
    """Application protocol, names, and fields by the name an exploratory condition gives them (bytes exact).

    `withheld` are stream spans (start, end or None while open) of which a match may tell only id and count, unless it
    lies
    inside one of the `allowed` spans.
    """

    protocol: str | None = None
    names: set[str] = field(default_factory=set)
    fields: dict[str, set[bytes]] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    withheld: list[tuple[int, int | None]] = field(default_factory=list)
    allowed: list[tuple[int, int]] = field(default_factory=list)

    def add(self, name: str, value: bytes) -> None:
        """Note a value of a field."""
        self.fields.setdefault(name, set()).add(value)

    def name(self, name: str | None) -> None:
        """Note a host name, if it is one."""
        if name:
            self.names.add(name)

    def may_show(self, start: int, end: int) -> bool:
        """Say whether the bytes of a match at this place may be recorded."""
        if any(start >= low and end <= high for low, high in self.allowed):
            return True
        return not any(end > low and (high is None or start < high) for low, high in self.withheld)
