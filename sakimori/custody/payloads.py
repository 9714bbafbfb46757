"""What the acts of this room take in."""

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from sakimori.oversight.queries import Handled
from sakimori.record import Payload

__all__ = [
    "Arrived",
    "EndRetention",
    "EnrolEngine",
    "Erase",
    "ExtendRetention",
    "Handled",
    "RecordSelection",
    "WithdrawEngine",
]

Line = Annotated[str, Field(min_length=1, max_length=500)]
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class EnrolEngine(Payload):
    """A selection engine: its name, where it stands, and its public key (Ed25519, 64 hex digits)."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    equipment: Line
    public_key: Digest
    valid_from: date
    valid_until: date | None = None


class WithdrawEngine(Payload):
    """An engine whose receipts no longer count, and why."""

    engine: uuid.UUID = Field(json_schema_extra={"reference": "custody.engines"})
    reason: Prose


class RecordSelection(Payload):
    """A finished selection: the measure, the order as written, the engine's receipt, and how long the records stay.

    `records` is the digest of the kept records; the records themselves are the staged batch (none: nothing was kept).
    """

    measure: uuid.UUID = Field(json_schema_extra={"reference": "measures.measures"})
    order: Prose
    receipt: dict[str, Any]
    records: Digest
    retained_until: date


class ExtendRetention(Payload):
    """A new last day of retention, and why the information is still needed (25(2))."""

    selection: uuid.UUID = Field(json_schema_extra={"reference": "custody.selections"})
    retained_until: date
    reason: Prose


class EndRetention(Payload):
    """A selection whose information is no longer needed, and why (25(3))."""

    selection: uuid.UUID = Field(json_schema_extra={"reference": "custody.selections"})
    reason: Prose


class Erase(Payload):
    """A selection whose information is to be erased."""

    selection: uuid.UUID


class Arrived(Payload):
    """A dispatch whose acknowledgement came back."""

    dispatch: uuid.UUID
    accepted: bool
