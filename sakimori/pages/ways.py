"""How far a filing has got: the four states of its way, as `web/components/steps.html` shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from sakimori.pages.reads import rows_or_none
from sakimori.pages.words import choice
from sakimori.record import Viewer

_UNREADABLE = "malformed"


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
        _sent(dispatch),
        last,
    ]


def _sent(dispatch: Mapping[str, Any]) -> Step:
    """Return the step of sending; where an attempt failed, what keeps it and what to do, in words.

    A parcel that the addressee calls malformed is one its version cannot read: files travel so since decision 0027.
    """
    hindrance = str(dispatch.get("hindrance") or "")
    if dispatch["status"] != "waiting" or not hindrance:
        return Step(gettext("Sent"), dispatch["sent_at"], choice(dispatch["channel"], "channel"))
    said = gettext("Not delivered yet. It is tried again by itself; nothing is lost.")
    if dispatch.get("with_files") and hindrance.endswith(f": {_UNREADABLE}"):
        said = gettext(
            "Not delivered: the installation of the addressee is of an earlier version, which takes in no files. It "
            "arrives once that has been upgraded, and is tried again by itself. If it is urgent, send it another way."
        )
    return Step(gettext("Sent"), None, said, failed=True)
