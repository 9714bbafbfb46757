"""What an operator has settled about its upkeep, and what the ministry answered where no text says it."""

import uuid
from dataclasses import dataclass
from datetime import date

from sakimori import law
from sakimori.assets.interview.models import MinistryAnswer
from sakimori.assets.models import UpkeepSetting

RETIREMENT = "ministry_retirement_is_change"
"""The fact of the table `kyokaho.notify.change` that only the minister's office can answer."""
RETURNED = "ministry_returned_is_change"
"""The fact of the table `kyokaho.notify.returned` that only the minister's office can answer."""
INTERVAL = "house.stocktake.interval"
_CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Settled:
    """The settings in force: months between stocktakes, what is filed as a change, the answer they rest on.

    `file_disposals`: computers taken out of use; `file_returned`: changes undone before they were notified.
    """

    stocktake_months: int
    file_disposals: bool
    file_returned: bool
    answer: str
    answered_on: date | None


def settled(world: str, organisation: uuid.UUID) -> Settled:
    """Return the operator's settings; the house's own where nothing has been settled."""
    found = UpkeepSetting.objects.filter(world=world, organisation=organisation).order_by("-recorded_at", "-id").first()
    if found is None:
        return Settled(usual_months(), file_disposals=False, file_returned=False, answer="", answered_on=None)
    return Settled(found.stocktake_months, found.file_disposals, found.file_returned, found.answer, found.answered_on)


def usual_months() -> int:
    """Return the months between two stocktakes where an operator has not settled it (house rule)."""
    return int(str(law.parameter(INTERVAL).value))


def retirement_is_change(world: str, organisation: uuid.UUID) -> str | None:
    """Return `change` or `no_change`: what the ministry answered, else `change` where disposals are filed, else None.

    None stands for: nobody has said, and the operator does not file disposals (命令3条1項; no published text says it).
    """
    return _answered(world, organisation, RETIREMENT) or (
        _CHANGE if settled(world, organisation).file_disposals else None
    )


def returned_is_change(world: str, organisation: uuid.UUID) -> str | None:
    """Return `change` or `no_change` of a change undone before it was notified: as answered, as settled, or None.

    命令3条1項 only counts a period from the day of the change; no published text says what becomes of one undone.
    """
    return _answered(world, organisation, RETURNED) or (_CHANGE if settled(world, organisation).file_returned else None)


def _answered(world: str, organisation: uuid.UUID, fact: str) -> str | None:
    told = MinistryAnswer.objects.filter(
        world=world, organisation=organisation, fact=fact, status="standing", value__isnull=False
    )
    answer = told.order_by("-answered_on", "-id").first()
    return str(answer.value) if answer is not None and answer.value in (_CHANGE, "no_change") else None
