"""What the law says about one computer of the register: in scope or not, notified or not, by when, and why.

The answers come from the law's decision tables; this module only asks them in order and keeps what they said. The same
facts give the same answer, so answers are remembered: a list of 50,000 computers has a few hundred distinct ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from sakimori import law, proofs
from sakimori.law.decisions import assets as scope_table
from sakimori.law.decisions import designated, notices

DUE_RULES = (
    "kyokaho.notice.existing",
    "kyokaho.notice.early_window",
    "kyokaho.notice.designated",
    "kyokaho.notice.facility_order",
    "kyokaho.notice.new",
)
SCOPE_FACTS = tuple(field.name for field in fields(scope_table.ComputerFacts) if field.name != "operator_designated")


@dataclass(frozen=True, slots=True)
class FacilityFacts:
    """What the records say about the facility: designation, successor, since when in place, when newly listed.

    `successor_start`: the day from which the ministry, as it answered, counts for what was there before such a
    designation; no published text says it.
    """

    designated: date
    successor: bool
    in_place_since: date | None
    order_changed_on: date | None
    successor_start: date | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer for one computer.

    `scope` and `notify` are yes, no (for `notify` also exempt) or open; `rule` and `begins` name the clock where one
    runs; `content` holds every decision with reasons in both languages, `digest` identifies it.
    """

    scope: str
    clause: str
    trigger_group: str
    notify: str
    rule: str | None
    begins: date | None
    content: Mapping[str, Any]
    digest: str


def assess(
    facts: Mapping[str, Any], product: str, maker: str, introduced: date, facility: FacilityFacts, on: date
) -> Assessment:
    """Return the assessment of one computer; `facts` are the tables' facts, missing ones are unknown.

    A fact `designated_item` is what a person decided; it counts only where the name itself leaves it open.
    """
    known = tuple(sorted((name, value) for name, value in facts.items() if value is not None))
    return _assess(known, _designated_item(product, maker, on), introduced, facility, on)


@lru_cache(maxsize=8192)
def _designated_item(product: str, maker: str, on: date) -> str | None:
    return designated.match(product, maker, on).item


@lru_cache(maxsize=8192)
def _assess(
    known: tuple[tuple[str, Any], ...], item: str | None, introduced: date, facility: FacilityFacts, on: date
) -> Assessment:
    facts = dict(known)
    serves, decided = facts.pop("serves", None), facts.pop("designated_item", None)
    computer = scope_table.ComputerFacts(operator_designated=True, **facts)
    scope = scope_table.scope(computer, on)
    in_scope = scope.values.get("in_scope")
    duty = notices.duty(
        notices.DutyFacts(
            in_scope=in_scope if isinstance(in_scope, bool) else None, designated_item=item or decided, serves=serves
        ),
        on,
    )
    decisions = {"scope": scope.as_dict(), "notify": duty.as_dict()}
    notify = _notify(duty.outcome)
    rule, begins = None, None
    if notify == "yes":
        found, due = notices.due_rule(_due_facts(introduced, facility), on)
        decisions["due"] = due.as_dict()
        if found is not None:
            rule, begins = found.rule, found.start
    group = scope.values.get("trigger_group")
    return Assessment(
        scope="open" if in_scope is None else "in" if in_scope else "out",
        clause=scope.outcome if in_scope and not scope.is_open else "",
        trigger_group=str(group) if in_scope and group else "",
        notify=notify,
        rule=rule,
        begins=begins,
        content=decisions,
        digest=proofs.digest(proofs.canonical(decisions)),
    )


def _notify(outcome: str) -> str:
    if outcome == "notify":
        return "yes"
    if outcome.startswith("exempt"):
        return "exempt"
    return "no" if outcome == "out_of_scope" else "open"


def _due_facts(introduced: date, facility: FacilityFacts) -> notices.DueFacts:
    start = law.article("命令2(1)").in_force_from
    in_place = None if facility.in_place_since is None or start is None else facility.in_place_since < start
    return notices.DueFacts(
        event="introduced",
        introduced=introduced,
        designated=facility.designated,
        facility_at_start=in_place,
        newly_listed=facility.order_changed_on is not None,
        listed=facility.order_changed_on,
        successor=facility.successor,
        ministry_successor_start=facility.successor_start,
    )
