"""強化法4, 命令2-3: whether, how, by which clock and to whom a specified critical computer is notified."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.decisions._words import Difference, first_difference
from sakimori.law.lawbook import book
from sakimori.law.tables import Decision, decide, table
from sakimori.text import Text

__all__ = [
    "AddresseeFacts",
    "ChangeFacts",
    "Difference",
    "DueFacts",
    "DueRule",
    "DutyFacts",
    "ReturnedFacts",
    "SubstituteFacts",
    "UnitFacts",
    "addressee",
    "change",
    "due",
    "due_of_present",
    "due_rule",
    "duty",
    "first_difference",
    "returned",
    "substitute",
    "unit",
]

_COMMENCEMENT = "kyokaho.commencement"


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """Facts of `kyokaho.notify`. `designated_item`: "none" or the key of a designated item (see `designated.match`)."""

    in_scope: bool | None = None
    designated_item: str | None = None
    serves: str | None = None


def duty(facts: DutyFacts, on: date) -> Decision:
    """Return "notify", "exempt_designated", "exempt_own" or "out_of_scope"; `values["notify"]` is the short answer.

    An exemption never touches scope: the computer stays in the register and its incidents stay reportable.
    """
    return decide("kyokaho.notify", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """Facts of `kyokaho.notify.unit`. `part`: whole | hardware | operating_system | middleware | application."""

    cloud_service: bool | None = None
    dedicated_program: bool | None = None
    other_programs_usual: bool | None = None
    part: str | None = None


def unit(facts: UnitFacts, on: date) -> Decision:
    """Return what makes one line of the notification; `values["own_item"]`: this part is a line of its own."""
    return decide("kyokaho.notify.unit", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class SubstituteFacts:
    """Facts of `kyokaho.notify.substitute`; names exactly as written, never normalised (命令2(4): 同一)."""

    is_facility_or_component: bool | None = None
    espa_paper: str | None = None
    espa_item_name: str | None = None
    product_name: str | None = None
    espa_supplier_name: str | None = None
    maker_name: str | None = None


def substitute(facts: SubstituteFacts, on: date) -> Decision:
    """Return "substitute", "names_differ" (the reason names the first differing character) or "own_form"."""
    return decide("kyokaho.notify.substitute", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Facts of `kyokaho.notify.change`: which of the five notified items changed."""

    facility_class_changed: bool | None = None
    computer_class_changed: bool | None = None
    product_name_changed: bool | None = None
    maker_name_changed: bool | None = None
    operator_other_changed: bool | None = None
    operator_name_changed: bool | None = None
    component_reported_same_name: bool | None = None
    retired: bool | None = None
    ministry_retirement_is_change: str | None = None


def change(facts: ChangeFacts, on: date) -> Decision:
    """Return "change", "minor", "substituted" (by a report under 推進法54(4)) or "none"."""
    return decide("kyokaho.notify.change", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class ReturnedFacts:
    """Facts of `kyokaho.notify.returned`: was all as notified again in time, and what the ministry answered."""

    returned_in_time: bool | None = None
    ministry_returned_is_change: str | None = None


def returned(facts: ReturnedFacts, on: date) -> Decision:
    """Return "change" or "returned" for a change undone before it was notified; open until the ministry answers.

    Undone only after the due day, "late_return": that day stays missed, but nothing is left to tell either.
    """
    return decide("kyokaho.notify.returned", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class DueFacts:
    """Facts of `kyokaho.notify.due`. `event`: introduced | changed. `designated`: for the business of this facility."""

    event: str | None = None
    introduced: date | None = None
    changed: date | None = None
    designated: date | None = None
    facility_at_start: bool | None = None
    newly_listed: bool | None = None
    listed: date | None = None
    successor: bool | None = None
    ministry_successor_start: date | None = None


@dataclass(frozen=True, slots=True)
class DueRule:
    """What `law.deadline(rule, start, facts=facts)` takes: the rule, the day it runs from, what else it asks for."""

    rule: str
    start: date
    facts: Mapping[str, object]


def due(facts: DueFacts, on: date) -> Decision:
    """Return as outcome the key of the clock that applies (`kyokaho.notice.…`)."""
    return decide("kyokaho.notify.due", facts_of(facts), on)


def due_rule(facts: DueFacts, on: date) -> tuple[DueRule | None, Decision]:
    """Return the clock with the day it runs from (None while that is open or not in force), and the decision."""
    known = facts_of(facts)
    decision = decide("kyokaho.notify.due", known, on)
    rule = decision.values.get("rule")
    if decision.outcome != rule or not isinstance(rule, str):
        return None, decision
    if "start_parameter" in decision.values:
        start: object = book().parameter(str(decision.values["start_parameter"]), on).value
    else:
        start = known.get(str(decision.values.get("start_fact")))
    if not isinstance(start, date):
        return None, decision
    name = decision.values.get("clock_fact")
    return DueRule(rule, start, {str(name): known[str(name)]} if name in known else {}), decision


def due_of_present(designated: date, on: date, *, successor: bool) -> tuple[DueRule | None, Decision]:
    """Return the clock of a computer that was there when the duty of a designated operator began, and the decision.

    The duty begins at commencement, or with a later designation (強化法附則4条, 命令2条2項).
    """
    start = book().parameter(_COMMENCEMENT, on).value
    begins = max(start, designated) if isinstance(start, date) else designated
    facts = DueFacts(
        event="introduced",
        introduced=date.fromordinal(begins.toordinal() - 1),
        designated=designated,
        facility_at_start=True,
        newly_listed=False,
        successor=successor,
    )
    return due_rule(facts, on)


@dataclass(frozen=True, slots=True)
class AddresseeFacts:
    """Facts of `kyokaho.notify.addressee`. `minister`: see the table for the eight ministers of the joint order."""

    minister: str | None = None


def addressee(facts: AddresseeFacts, on: date) -> Decision:
    """Return to whom a notification goes: the minister alone (in finance: the Commissioner of the FSA)."""
    return decide("kyokaho.notify.addressee", facts_of(facts), on)


def minister_names() -> Mapping[str, Text]:
    """Return the ministers of the joint order by the names used as facts."""
    return table("kyokaho.notify.addressee").facts["minister"].allowed
