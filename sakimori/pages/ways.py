"""How far a filing has got: the four states of its way, as `web/components/steps.html` shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from sakimori.pages.reads import rows_or_none
from sakimori.pages.words import choice
from sakimori.record import Viewer


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a filing on its way: done (with time and detail), or still to come."""

    label: str
    at: datetime | None
    detail: str = ""
    failed: bool = False


def steps(viewer: Viewer, act: Mapping[str, Any], dispatch: Mapping[str, Any]) -> list[Step]:
    """Return the four states of a filing: prepared, approved, sent, arrived. Only the last settles anything.

    `act` is a row of `acts.done`, `dispatch` one of `acts.dispatches`.
    """
    prepared = act["occurred_at"]
    if act["proposal"]:
        proposed = rows_or_none(viewer, "acts.proposals", status="", proposal=act["proposal"])
        prepared = proposed[0]["proposed_at"] if proposed else prepared
    refused = dispatch["status"] == "refused"
    evidence = dispatch["acknowledgement"] or {}
    last = Step(gettext("Refused"), dispatch["sent_at"], dispatch["refusal"], failed=True)
    if not refused:
        told = gettext("Signed acknowledgement of “%(who)s”") % {"who": evidence.get("from", "")} if evidence else ""
        if evidence.get("by"):  # recorded by the sender: it arrived by other means
            told = " · ".join(
                part for part in (choice(evidence.get("channel"), "channel"), evidence.get("reference")) if part
            )
        last = Step(gettext("Arrived"), dispatch["arrived_at"], told)
    return [
        Step(gettext("Prepared"), prepared),
        Step(gettext("Approved"), act["recorded_at"]),
        Step(gettext("Sent"), dispatch["sent_at"], choice(dispatch["channel"], "channel")),
        last,
    ]
