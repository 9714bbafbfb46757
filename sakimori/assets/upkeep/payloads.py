"""What the acts of the upkeep take in."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sakimori.acts.attaching import Attachments
from sakimori.assets.payloads import LONGEST, Line, StagedFacts
from sakimori.record import Payload

MOST = 20_000
"""Computers that one answer to a stocktake names at most (house rule)."""
_LONGEST_NOTE = 4000
_MOST_FIELDS = 100
Note = Annotated[str, Field(max_length=_LONGEST_NOTE)]
StocktakeId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.stocktakes"})]


class Settle(Payload):
    """How often stocktakes come, what is filed as a change, and the minister's answer it rests on."""

    stocktake_months: Annotated[int, Field(ge=1, le=36)]
    file_disposals: bool = False
    file_returned: Annotated[bool, Field(title="Changes undone before they were notified are filed all the same")] = (
        False
    )
    answer: Annotated[str, Field(max_length=_LONGEST_NOTE, title="What the minister's office answered")] = ""
    answered_on: date | None = None
    attachments: Attachments


class MendComputer(Payload):
    """What the register has had wrong of one computer from the start, put right, and why; fields left out stay.

    No change of the computer: what differs was never so. `no_change` is a change recorded by mistake: it never
    happened, what it says was so all the time.
    """

    computer: uuid.UUID
    reason: Annotated[str, Field(min_length=1, max_length=2000, title="Why it was wrong")]
    maker: Line | None = None
    product: Line | None = None
    unit: Annotated[
        Literal["appliance", "os", "middleware", "application", "cloud"] | None, Field(title="Kind of computer")
    ] = None
    name: Line | None = None
    introduced_on: date | None = None
    facts: StagedFacts | None = None
    no_change: Annotated[uuid.UUID | None, Field(title="A recorded change that never happened")] = None


class StartStocktake(Payload):
    """A stocktake to start: what it is called, by when to answer, for which facilities (none named: all)."""

    title: Line
    answer_by: date
    facilities: Annotated[list[uuid.UUID], Field(default_factory=list, max_length=1000)]


class ListedChange(Payload):
    """What a responsible person says has changed in one computer, and on which day; fields left out stay.

    `was` holds what each of these fields was where it was looked at (a fact as `facts.<name>`): where the register says
    otherwise by now, somebody else has been there, and the answer is refused.
    """

    computer: uuid.UUID
    changed_on: date
    was: Annotated[dict[str, bool | str | None], Field(default_factory=dict, max_length=_MOST_FIELDS)]
    maker: Line | None = None
    product: Line | None = None
    name: Line | None = None
    version: Annotated[str, Field(max_length=LONGEST["version"])] | None = None
    serial: Annotated[str, Field(max_length=LONGEST["serial"])] | None = None
    address: Annotated[str, Field(max_length=LONGEST["address"])] | None = None
    responsible: Annotated[str, Field(max_length=LONGEST["responsible"])] | None = None
    facts: StagedFacts | None = None


class ListedRetirement(Payload):
    """A computer that a responsible person says is no longer used, and since when."""

    computer: uuid.UUID
    retired_on: date


class AnswerStocktake(Payload):
    """A responsible person's answer: what changed, what is gone; everything else of the list is as it was.

    `computers` is how many were on the list that was answered and `listed` which they were (`assets.stocktake_progress`
    gives both): where others are on it by now, the answer is refused, as it is without `listed`, which acts stored
    before it was asked for do not have. `answered_for` names the person whose list came back as a file, without an
    account.
    """

    stocktake_list: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.stocktake_lists"})]
    computers: Annotated[int, Field(ge=0)]
    listed: Annotated[str, Field(max_length=64)] = ""
    changes: Annotated[list[ListedChange], Field(default_factory=list, max_length=MOST)]
    retired: Annotated[list[ListedRetirement], Field(default_factory=list, max_length=MOST)]
    answered_for: Annotated[str, Field(max_length=200)] = ""
    note: Note = ""


class OneStocktake(Payload):
    """A stocktake."""

    stocktake: StocktakeId


class CloseStocktake(Payload):
    """A stocktake to close, and what is to be said of those who did not answer."""

    stocktake: StocktakeId
    note: Note = ""


class RemindDue(Payload):
    """An organisation, a day by which something is due, and the rung of the ladder (negative: days after)."""

    organisation: uuid.UUID
    due_on: date
    rung: int


class Rederive(Payload):
    """A facility whose duties are derived anew, and what has changed: records, law or both."""

    facility: uuid.UUID
    digest: Annotated[str, Field(min_length=64, max_length=64)]
