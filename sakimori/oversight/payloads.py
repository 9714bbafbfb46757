"""What the acts of this room take in; `Handled` is what travels here from whoever handles acquired information."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from sakimori.measures.queries import Decided
from sakimori.record import Payload

__all__ = ["Arrived", "Decided", "Handled", "Receive", "RecordDecision", "Vote"]

Line = Annotated[str, Field(min_length=1, max_length=500)]


class Vote(Payload):
    """One person's vote on approving."""

    person: uuid.UUID
    vote: Literal["approve", "reject", "abstain"]


class RecordDecision(Payload):
    """A meeting and what it decided: who was present, every vote, the outcome, and what is approved for how long.

    `begins_on` and `ends_on` are the first and last day as approved; the committee may shorten what was asked.
    """

    matter: uuid.UUID = Field(json_schema_extra={"reference": "oversight.docket"})
    present: Annotated[list[uuid.UUID], Field(min_length=1, max_length=100)]
    votes: Annotated[list[Vote], Field(min_length=1, max_length=100)]
    outcome: Literal["approved", "approved_with_conditions", "refused"]
    conditions: list[Line] = Field(default_factory=list, max_length=100)
    reason: Annotated[str, Field(max_length=20_000)] = ""
    begins_on: date | None = None
    ends_on: date | None = None


class Handled(Payload):
    """A notice of the handling (30): what was done, under which authority, when, how much; the engine's receipt.

    A receipt holds counts and digests only, nothing of any communication.
    """

    issuer: uuid.UUID
    addressee: uuid.UUID
    what: Literal["selection", "retention_extended", "erasure"]
    handling: uuid.UUID
    authority: Line
    happened_at: AwareDatetime
    kept_flows: Annotated[int, Field(ge=0)] | None = None
    retained_until: date | None = None
    receipt_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    receipt: dict[str, Any] | None = None


class Receive(Payload):
    """An act that came in by envelope."""

    envelope: uuid.UUID
    sender: uuid.UUID | None
    addressee: uuid.UUID
    document: dict[str, Any]


class Arrived(Payload):
    """A dispatch whose acknowledgement came back."""

    dispatch: uuid.UUID
    accepted: bool
