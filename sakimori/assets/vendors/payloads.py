"""What the acts about vendors take in."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import Field

from sakimori.assets.payloads import Line
from sakimori.record import Payload

MOST_ROWS = 2000
"""Computers in one request at most (house rule)."""
Note = Annotated[str, Field(max_length=4000)]
Fact = Annotated[str, Field(min_length=1, max_length=40)]
RequestId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.vendor_requests"})]
LONGEST_NOTE = 1000
"""Characters of a note to a row at most."""
Seen = Annotated[str, Field(max_length=64)]
"""What the row was when it was looked at (`seen` of `assets.vendor_items`): where it is another by now, refused.

Acts stored before it was asked for have none; a new act without it is refused as one about another row.
"""
Answer = Annotated[str, Field(max_length=300)]


class AskedRow(Payload):
    """A computer, and what is asked about it."""

    computer: uuid.UUID
    asks: Annotated[list[Fact], Field(min_length=1, max_length=30)]


class AskVendor(Payload):
    """A request: to a vendor with an account here, or to one named who answers by file."""

    vendor: Annotated[uuid.UUID | None, Field(json_schema_extra={"reference": "parties.organisations"})] = None
    vendor_name: Annotated[str, Field(max_length=200)] = ""
    due_on: date
    rows: Annotated[list[AskedRow], Field(min_length=1, max_length=MOST_ROWS)]
    note: Note = ""


class AnsweredFact(Payload):
    """One question answered: a code, a text, an ISO day, yes, no, or unknown."""

    fact: Fact
    answer: Answer


class AnsweredRow(Payload):
    """A row of a request, and what is answered about it."""

    position: Annotated[int, Field(ge=1)]
    answers: Annotated[list[AnsweredFact], Field(default_factory=list, max_length=30)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class AnswerRequest(Payload):
    """A vendor's answers; what is left out stays open."""

    request: RequestId
    rows: Annotated[list[AnsweredRow], Field(min_length=1, max_length=MOST_ROWS)]


class RecordAnswer(AnswerRequest):
    """A vendor's answers that came back as a file, and who gave them."""

    answered_by: Line


class TakeAnswer(Payload):
    """An answered row, which of its answers are taken over, and the day since when it is so."""

    item: uuid.UUID
    seen: Seen = ""
    facts: Annotated[list[Fact], Field(min_length=1, max_length=30)]
    changed_on: date


class DeclineAnswer(Payload):
    """An answered row that is left aside, and why."""

    item: uuid.UUID
    seen: Seen = ""
    reason: Annotated[str, Field(max_length=1000)] = ""


class RemindVendor(Payload):
    """A request that a vendor has not answered."""

    request: RequestId


class WithdrawRequest(Payload):
    """A request that is no longer needed, and why."""

    request: RequestId
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
