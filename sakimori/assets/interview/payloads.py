"""What the acts of the interview take in."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sakimori.acts.attaching import Attachments
from sakimori.assets.payloads import Line, StagedFacts
from sakimori.record import Payload

FacilityId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.scoping"})]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
Why = Annotated[str, Field(min_length=1, max_length=2000)]
_VALUE = "Where the answer gives no such value it is kept all the same, and the point stays open."
MOST_NAMES = 1000
"""Names in one paper of the prior review at most (house rule)."""


class RecordAnswers(Payload):
    """Answers about computers of one facility, staged as a batch of `StagedAnswer`."""

    facility: FacilityId


class StagedAnswer(Payload):
    """What was answered about one computer; what is left out stays as it was."""

    computer: uuid.UUID
    facts: StagedFacts


class RecordMinistryAnswer(Payload):
    """What the ministry answered: question, words, day, from whom.

    With `fact` and `value` (yes, no, one of the table's words, or a day) it closes that point wherever it is open in
    the facility (none named: in all of the operator's facilities).
    """

    facility: FacilityId | None = None
    fact: Annotated[str, Field(max_length=60)] = ""
    question: Words
    answer: Words
    value: Annotated[str, Field(max_length=60, title="What it says of the point", description=_VALUE)] = ""
    answered_on: date
    answered_by: Line
    reference: Annotated[str, Field(max_length=200)] = ""
    attachments: Attachments


class WithdrawMinistryAnswer(Payload):
    """A record of an answer that is wrong, and why."""

    answer: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.ministry_answers"})]
    reason: Why


class PlanName(Payload):
    """One name in a paper of the prior review: the facility or component (構成設備), and its supplier, as written."""

    name: Line
    supplier: Line


class RecordPlanPaper(Payload):
    """A paper of the prior review: 導入等計画書 (plan, 推進法52条1項) or 緊急導入等届出書 (emergency, 52条11項)."""

    facility: FacilityId
    paper: Literal["plan", "emergency"]
    filed_on: date
    reference: Annotated[str, Field(max_length=200)] = ""
    replaces: uuid.UUID | None = None
    items: Annotated[list[PlanName], Field(min_length=1, max_length=MOST_NAMES)]


class WithdrawPlanPaper(Payload):
    """A record of a paper that is wrong."""

    paper: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.plan_papers"})]
    reason: Why
