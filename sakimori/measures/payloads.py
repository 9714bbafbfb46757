"""What the acts of this room take in; `AskApproval` and `Decided` are also what travels to and from the committee."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=500)]
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]
Pattern = Annotated[str, Field(min_length=1, max_length=4000)]
Basis = Literal["17", "32", "33"]
Outcome = Literal["approved", "approved_with_conditions", "refused"]
APPROVED = ("approved", "approved_with_conditions")


class Condition(Payload):
    """One thing the selection may ask for, as the signed authority will state it.

    `address`: sides and values (networks or names; `*` where the criteria name no single address). `command`: refs
    and the patterns they stand for (`hex:4d5a9000`, `text:…`, `regex:…`). `exploratory`: fields and their values
    (sizes as ranges, `100..2000`).
    """

    kind: Literal["address", "command", "exploratory"]
    sides: list[Literal["source", "destination", "either"]] = Field(default_factory=list, max_length=3)
    values: list[Line] = Field(default_factory=list, max_length=1000)
    refs: list[Line] = Field(default_factory=list, max_length=1000)
    patterns: list[Pattern] = Field(default_factory=list, max_length=1000)
    fields: list[Line] = Field(default_factory=list, max_length=20)


class AddressOverride(Payload):
    """Addresses whose country the country data do not tell, or tell wrongly: they count as of this country."""

    network: Line
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]


class AskApproval(Payload):
    """A request for approval: basis, the attack, why there is no other way, equipment, criteria, conditions, period.

    `criteria` are the 選別条件設定基準 and `capacity_percent` the share of the equipment's capacity to be copied; the
    law demands both under 17(1). `address_overrides` move the border between inside and outside.
    `begins_on` and `ends_on` are the first and the last day.
    """

    basis: Basis
    attack: Prose
    no_other_way: Prose
    equipment: Line
    criteria: Annotated[str, Field(max_length=20_000)] = ""
    conditions: Annotated[list[Condition], Field(min_length=1, max_length=200)]
    address_overrides: list[AddressOverride] = Field(default_factory=list, max_length=1000)
    capacity_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    begins_on: date
    ends_on: date


class Decided(Payload):
    """The committee's decision as it is sent: whose request, how decided, and the signed authority where approved.

    `request` is the requesting office's own id of the measure, `matter` the committee's, `number` the committee's
    number for people. Who voted how stays with the committee.
    """

    issuer: uuid.UUID
    addressee: uuid.UUID
    matter: uuid.UUID
    number: Line
    request: uuid.UUID
    outcome: Outcome
    conditions: list[Line] = Field(default_factory=list, max_length=100)
    reason: Annotated[str, Field(max_length=20_000)] = ""
    decided_at: AwareDatetime
    begins_on: date | None = None
    ends_on: date | None = None
    authority: dict[str, Any] | None = None


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


class EndCopying(Payload):
    """A measure that ends before its period is over, and why."""

    measure: uuid.UUID
    reason: Prose
