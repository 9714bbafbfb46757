"""What the law says of one change: must it be notified, what if it was undone, by which clock (強化法4条3項, 命令3条).

The same question has the same answer, the very same object: thousands of changes in one act ask a few questions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sakimori import law
from sakimori.law.decisions import notices
from sakimori.parties.models import Facility

CHANGE_RULES = ("kyokaho.notice.change", "kyokaho.notice.change.facility_order")
UNDONE = "kyokaho.notify.returned"
"""The table of the law that decided about a change undone before it was notified."""


class Answer(NamedTuple):
    """An answer of a table: its outcome (`open` where a question is left), and the whole of it as plain data."""

    outcome: str
    decision: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a change: its rule, from which day, what else the rule asks for, and the day it is due."""

    rule: str
    begins: date
    facts: Mapping[str, object]
    due_on: date | None


def _answer(decision: law.Decision) -> Answer:
    return Answer("open" if decision.is_open else decision.outcome, decision.as_dict())


@lru_cache(maxsize=1024)
def changed(
    *,
    class_changed: bool,
    clause: bool,
    product: bool | None,
    maker: bool,
    reported: bool,
    retired: bool,
    answer: str | None,
    on: date,
) -> Answer:
    """Return whether a computer's change must be notified: what was notified before, and whether it was a disposal.

    What a filing says of the operator changes by itself (`outline`).
    """
    return _answer(
        notices.change(
            notices.ChangeFacts(
                facility_class_changed=class_changed,
                computer_class_changed=clause,
                product_name_changed=product,
                maker_name_changed=maker,
                operator_other_changed=False,
                operator_name_changed=False,
                component_reported_same_name=reported,
                retired=retired,
                ministry_retirement_is_change=answer,
            ),
            on,
        )
    )


@lru_cache(maxsize=64)
def outline(*, on: date) -> Answer:
    """Return whether a change of the operator's particulars but its name must be notified (命令3条1項, 4項)."""
    return _answer(
        notices.change(
            notices.ChangeFacts(
                facility_class_changed=False,
                computer_class_changed=False,
                product_name_changed=False,
                maker_name_changed=False,
                operator_other_changed=True,
                operator_name_changed=False,
                component_reported_same_name=False,
                retired=False,
                ministry_retirement_is_change=None,
            ),
            on,
        )
    )


@lru_cache(maxsize=64)
def undone(*, in_time: bool, answer: str | None, on: date) -> Answer:
    """Return whether a change undone before it was notified must be notified; `answer` is the ministry's, if any."""
    return _answer(notices.returned(notices.ReturnedFacts(in_time, answer), on))


def clock(place: Facility, changed_on: date, today: date) -> Clock:
    """Return the clock of a change of a computer of a facility."""
    asked = notices.DueFacts(
        event="changed",
        changed=changed_on,
        designated=place.designation.designated_on,
        newly_listed=place.order_changed_on is not None,
        listed=place.order_changed_on,
        successor=place.designation.successor,
    )
    found, _ = notices.due_rule(asked, today)
    rule, begins, facts = (found.rule, found.start, found.facts) if found else (CHANGE_RULES[0], changed_on, {})
    due = law.deadline(rule, begins, on=today, facts=facts or None).due
    return Clock(rule, begins, facts, due if due is None else date(due.year, due.month, due.day))
