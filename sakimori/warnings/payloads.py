"""What the acts of this room take in."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=300)]
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]
Tlp = Literal["tlp:red", "tlp:amber+strict", "tlp:amber", "tlp:green", "tlp:clear"]
ANSWERS = ("not_affected", "checking", "affected_mitigating", "affected_mitigated", "damage_found")


class IndicatorLine(Payload):
    """One indicator as it may be given out."""

    kind: Line
    value: Annotated[str, Field(min_length=1, max_length=2048)]


class Content(Payload):
    """The allow-list: the only things a released warning may say. An officer enters them anew."""

    advisories: list[Line] = Field(default_factory=list, max_length=50)
    title_ja: Line
    title_en: Line
    what_ja: Prose
    what_en: Prose
    measures_ja: Prose
    measures_en: Prose
    indicators: list[IndicatorLine] = Field(default_factory=list, max_length=500)


class Release(Payload):
    """A release under 40(1): the content, what was taken out, and the findings that say whom it concerns."""

    content: Content
    taken_out: Prose
    findings: Annotated[list[uuid.UUID], Field(min_length=1, max_length=5000)]
    tlp: Tlp = "tlp:amber"


class Publish(Payload):
    """A notice under 41 to every operator: for what nobody notified because it is exempt."""

    content: Content
    taken_out: Prose
    findings: Annotated[list[uuid.UUID], Field(min_length=1, max_length=5000)]
    tlp: Tlp = "tlp:clear"


class Deliver(Payload):
    """One warning to one operator, with the reason that concerns it (made by the system, one for each recipient)."""

    number: uuid.UUID
    recipient: uuid.UUID
    issuer: uuid.UUID
    content: Content
    basis: Line
    reason_ja: Prose
    reason_en: Prose
    tlp: Tlp


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


class Answer(Payload):
    """An operator's answer to a warning it received."""

    number: uuid.UUID
    answer: Literal["not_affected", "checking", "affected_mitigating", "affected_mitigated", "damage_found"]
    note: Annotated[str, Field(max_length=5000, title="Note to the sender")] = ""
