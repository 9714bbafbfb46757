"""推進法54: what a change of a filed plan requires."""

from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.tables import Decision, decide


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What changes, at which stage. Table `espa.change` lists the values of `stage` and `item`."""

    stage: str | None = None
    item: str | None = None
    country_changes: bool | None = None
    shortens_only: bool | None = None
    enters_band: bool | None = None
    emergency: bool | None = None
    ministry_version: str | None = None


def change(facts: ChangeFacts, on: date) -> Decision:
    """Return "important", "important_emergency", "report", "report_component", "new_plan", "minor" or "none".

    `values`: prior and report (bool), rule (the clock), form and form_mic (numbers of the forms).
    """
    return decide("espa.change", facts_of(facts), on)
