"""What an operator has settled about its upkeep, and what the ministry answered where no text says it."""

import uuid
from dataclasses import dataclass
from datetime import date

from sakimori import law
from sakimori.assets.interview.models import MinistryAnswer
from sakimori.assets.models import UpkeepSetting

RETIREMENT = "ministry_retirement_is_change"
"""The fact of the table `kyokaho.notify.change` that only the minister's office can answer."""
INTERVAL = "house.stocktake.interval"
_CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Settled:
    """The settings in force: months between stocktakes, whether disposals are filed, the answer they rest on."""

    stocktake_months: int
    file_disposals: bool
    answer: str
    answered_on: date | None


def settled(world: str, organisation: uuid.UUID) -> Settled:
    """Return the operator's settings; the house's own where nothing has been settled."""
    found = UpkeepSetting.objects.filter(world=world, organisation=organisation).order_by("-recorded_at", "-id").first()
    if found is None:
        return Settled(usual_months(), file_disposals=False, answer="", answered_on=None)
    return Settled(found.stocktake_months, found.file_disposals, found.answer, found.answered_on)


def usual_months() -> int:
    """Return the months between two stocktakes where an operator has not settled it (house rule)."""
    return int(str(law.parameter(INTERVAL).value))


def retirement_is_change(world: str, organisation: uuid.UUID) -> str | None:
    """Return `change` or `no_change`: what the ministry answered, else `change` where disposals are filed, else None.

    None stands for: nobody has said, and the operator does not file disposals (命令3条1項; no published text says it).
    """
    told = MinistryAnswer.objects.filter(
        world=world, organisation=organisation, fact=RETIREMENT, status="standing", value__isnull=False
    )
    answer = told.order_by("-answered_on", "-id").first()
    if answer is not None and answer.value in (_CHANGE, "no_change"):
        return str(answer.value)
    return _CHANGE if settled(world, organisation).file_disposals else None
