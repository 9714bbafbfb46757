"""What the law's tables say of a case: reportable or not, for each kind of computer touched, and why.

The tables decide about one computer. Computers of one trigger group, facility and designation share an answer. A case
is reportable as soon as one of them is; it is open while a missing fact could still make it so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sakimori import law
from sakimori.law.decisions import incidents as tables
from sakimori.law.tables import OPEN, Decision, table

REPORTABLE, NOT_REPORTABLE = "reportable", "not_reportable"
FORMS: Mapping[str, int] = {"ddos": 1, "ransomware": 2, "other": 3}


@dataclass(frozen=True, slots=True)
class Touched:
    """A group of computers the tables treat alike, and dates on record.

    `trigger_group` is broad or narrow, "" where the computers are out of scope, None where it is not known which.
    """

    trigger_group: str | None
    designated: date | None
    successor: bool | None
    listed: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for the whole case and the decision about each group."""

    outcome: str
    decisions: tuple[tuple[Touched, Decision], ...]

    def as_list(self) -> list[dict[str, Any]]:
        """Return the decisions as plain data, each with the limbs met (harm, trace, i … he)."""
        return [
            {"trigger_group": touched.trigger_group, "limbs": _limbs(decision), **decision.as_dict()}
            for touched, decision in self.decisions
        ]


@cache
def trigger_group(clause: str) -> str:
    """Return the trigger group (broad | narrow) of a clause of 施行令1条3項・命令1条; "" where it is none."""
    for row in table("kyokaho.scope").rows:
        if row.outcome == clause and row.values.get("in_scope"):
            return str(row.values["trigger_group"])
    return ""


def decide(touched: Iterable[Touched], facts: Mapping[str, Any], occurred: date | None, on: date) -> Verdict:
    """Return the verdict on a case that touched these groups of computers.

    None at all means that it is not known yet which: the case stays open, unless a person says that no specified
    critical computer was reached (`in_scope` false).
    """
    groups = list(dict.fromkeys(touched)) or [Touched(None, None, None, None)]
    decisions = tuple((group, _one(group, facts, occurred, on)) for group in groups)
    outcomes = [decision.outcome for _, decision in decisions]
    if REPORTABLE in outcomes:
        outcome = REPORTABLE
    elif OPEN in outcomes:
        outcome = OPEN
    else:
        outcome = NOT_REPORTABLE
    return Verdict(outcome, decisions)


def _limbs(decision: Decision) -> list[str]:
    return list(dict.fromkeys(str(hit.values["limb"]) for hit in decision.hits if "limb" in hit.values))


def _one(group: Touched, facts: Mapping[str, Any], occurred: date | None, on: date) -> Decision:
    given = {name: value for name, value in facts.items() if value is not None}
    said = given.pop("in_scope", None)
    return tables.reportable(
        tables.EventFacts(
            in_scope=said if group.trigger_group is None else bool(group.trigger_group),
            trigger_group=group.trigger_group or None,
            occurred=occurred,
            designated=group.designated,
            successor=group.successor,
            newly_listed=group.listed is not None,
            listed=group.listed,
            **given,
        ),
        on,
    )


def personal(facts: Mapping[str, Any], on: date) -> Decision:
    """Return whether 個人情報保護法26条 asks for a report; `values` has `report` and the full one's `rule`."""
    given = {name: value for name, value in facts.items() if value is not None}
    return law.decide("appi.report", {"entity": "private", **given}, on)


def form_of(attack: str, on: date) -> int:
    """Return the number of the common form for a kind of attack (告示2)."""
    return int(str(tables.form(tables.FormFacts(attack=attack), on).values.get("form", FORMS["other"])))


def first_target(on: date) -> str:
    """Return the office's own target for 速やかに, as the clock takes it (house parameter, in hours)."""
    return f"{law.parameter('house.incident.first.target', on=on).value}h"
