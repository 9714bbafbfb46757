"""What the acts between office and operator take in."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from sakimori.acts.attaching import Attachments
from sakimori.record import Payload

OperatorId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "parties.organisations"})]
MatterNumber = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.matters"})]
FilingAct = Annotated[
    uuid.UUID | None,
    Field(default=None, title="Filing", description="The act by which it was filed or entered, where it is about one."),
]
Words = Annotated[str, Field(min_length=1, max_length=8000)]
Category = Annotated[str, Field(default="", max_length=200)]
Reason = Annotated[str, Field(min_length=1, max_length=4000)]
Evidence = Annotated[str, Field(default="", max_length=200)]
MOST_ROWS = 500
"""Rows named in one matter at most (house rule)."""


class NamedRow(Payload):
    """A row of a notification as the other side knows it, and what is the matter with it."""

    row: Annotated[int, Field(ge=1)] | None = None
    product: Annotated[str, Field(max_length=200)] = ""
    maker: Annotated[str, Field(max_length=200)] = ""
    wrong: Annotated[str, Field(max_length=1000)] = ""


Rows = Annotated[list[NamedRow], Field(default_factory=list, max_length=MOST_ROWS)]


class Concerning(Payload):
    """Whom it is about and which filing, if one; the words."""

    operator: OperatorId
    filing: FilingAct
    facility_category: Category
    text: Words
    rows: Rows


class AskQuestion(Concerning):
    """A question to an operator, with the day the office would like an answer by (its own target, no deadline)."""

    due_on: date | None = None


class AskCorrection(Concerning):
    """A request to correct a notification: which rows, what is wrong; the day is the office's own target."""

    due_on: date | None = None


class Hearing(Payload):
    """The opportunity to be heard before an order, or why there was none: the office says which procedure applies."""

    way: Literal["in_writing", "orally", "not_held"]
    notified_on: date | None = None
    held_on: date | None = None
    statement: Annotated[str, Field(max_length=8000)] = ""
    why_not: Annotated[str, Field(max_length=4000)] = ""


class IssueOrder(Concerning):
    """An order (強化法6条): what is to be done within which limit, why, how the operator was heard, its remedies."""

    what: Literal["notify", "notify_change", "correct"]
    limit: date
    reasons: Reason
    hearing: Hearing
    remedies: Annotated[str, Field(min_length=1, max_length=8000)]


class ServeOrder(Payload):
    """How and when an order was served, and the evidence."""

    number: MatterNumber
    how: Literal["system", "hand", "post", "electronic", "other"]
    served_at: AwareDatetime
    reference: Evidence
    attachments: Attachments


class StateOpinion(Payload):
    """An opinion of the Prime Minister to a minister (強化法7条): that an order or another measure be taken."""

    minister: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "parties.organisations"})]
    operator: OperatorId
    filing: FilingAct
    what: Literal["order", "other_measure"]
    text: Words
    reasons: Reason


class DemandMaterial(Concerning):
    """A demand for a report or material (強化法9条), its reasons and the day it is due."""

    reasons: Reason
    due_on: date


class GiveGuidance(Concerning):
    """Guidance or advice (強化法10条)."""


class Answer(Payload):
    """The answer to a question."""

    number: MatterNumber
    text: Words
    attachments: Attachments


class GiveMaterial(Answer):
    """The report or the material that was demanded."""


class CloseMatter(Payload):
    """A matter that needs no answer any more, and why."""

    number: MatterNumber
    reason: Reason


class RemindOf(Payload):
    """A matter to remind the operator of."""

    number: MatterNumber


class WithdrawOrder(CloseMatter):
    """An order withdrawn, and why."""


class Reached(Payload):
    """A dispatch of a matter, and whether the addressee took it in."""

    dispatch: uuid.UUID
    accepted: bool


class SetOffice(Payload):
    """What an office sets for its dealings: the days it gives for an answer, its own words on remedies (教示)."""

    answer_days: Annotated[int, Field(ge=1, le=365)] | None = None
    remedies: Annotated[str, Field(max_length=8000)] = ""


class AllowMap(Payload):
    """That the list of concentrations may be taken out as a file, until when, and why."""

    until: date
    reason: Reason


class PassOnChosen(Payload):
    """Notifications to pass on to the Prime Minister at once."""

    notifications: Annotated[list[uuid.UUID], Field(min_length=1, max_length=500)]
