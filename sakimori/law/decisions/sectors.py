"""Accident reports of electricity, gas, railway, telecommunications and broadcasting: effect decides, not cause.

None of these rules knows the word cyber; an attack is reported under them when its effect reaches their thresholds.
"""

from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.tables import Decision, decide


@dataclass(frozen=True, slots=True)
class ElectricityFacts:
    """Facts of 電気関係報告規則3(1)."""

    casualties: bool | None = None
    fire: bool | None = None
    other_property: bool | None = None
    major_damage: str | None = None
    generation_lost_kw: int | None = None
    generation_days: int | None = None
    storage_lost_kw: int | None = None
    storage_days: int | None = None
    supply_lost_kw: int | None = None
    minutes: int | None = None
    to_other_operator: bool | None = None
    dam_discharge: bool | None = None
    social_influence: bool | None = None


def electricity(facts: ElectricityFacts, on: date) -> Decision:
    """Return the items met as hits ("item_1" … "item_14"); `hit.values["to"]` is director or minister."""
    return decide("sector.electricity", facts_of(facts), on)


def electricity_addressee(decision: Decision) -> str | None:
    """Return "director" (産業保安監督部長) or "minister"; None when nothing need be reported.

    電気報則3(1): where an accident meets several items with different addressees, the minister receives it.
    """
    addressees = {str(hit.values["to"]) for hit in decision.hits if "to" in hit.values}
    if not addressees:
        return None
    return addressees.pop() if len(addressees) == 1 else "minister"


def electricity_written(decision: Decision, *, natural_cause: bool) -> bool:
    """Return whether form 13 is needed: not where every item met is freed by a natural cause (電気報則3(2) proviso)."""
    reported = [hit for hit in decision.hits if "rule" in hit.values]
    freed = [hit for hit in reported if natural_cause and hit.values.get("natural_cause_frees_detail") is True]
    return len(reported) > len(freed)


@dataclass(frozen=True, slots=True)
class GasFacts:
    """Facts of ガス関係報告規則4(1)."""

    facility_casualties: str | None = None
    during_works: bool | None = None
    customers: int | None = None
    safety_shutoff: bool | None = None
    production_stop_hours: int | None = None
    major_damage: str | None = None
    leak_explosion_fire: bool | None = None
    minister_named_disaster: bool | None = None
    public_disruption: bool | None = None
    appliance_event: str | None = None


def gas(facts: GasFacts, on: date) -> Decision:
    """Return the items met as hits ("item_1" … "item_19").

    `hit.values`: first and detail (bool), start (occurrence | knowing | named_by_minister), to (director |
    minister_and_director), item (also what `law.deadline` takes as the fact `item`).
    """
    return decide("sector.gas", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class RailwayFacts:
    """Facts of 鉄道事故等報告規則3-5."""

    accident: str | None = None
    passenger_or_crew_death: bool | None = None
    casualties: int | None = None
    crossing_death_no_gate: bool | None = None
    own_fault: bool | None = None
    exceptional: bool | None = None
    blocked_minutes: int | None = None
    near_miss: bool | None = None
    cancelled: bool | None = None
    passenger_delay_minutes: int | None = None
    other_delay_minutes: int | None = None


def railway(facts: RailwayFacts, on: date) -> Decision:
    """Return the reports due as hits: "first", "written", "monthly"; `hit.values["rule"]` is the clock."""
    return decide("sector.railway", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class TelecomFacts:
    """Facts of 電気通信事業法施行規則57-58の2."""

    service: str | None = None
    equipment_failure: bool | None = None
    minutes: int | None = None
    users: int | None = None
    all_traffic_lost: bool | None = None
    secrecy_leak: bool | None = None
    user_information_leak: bool | None = None
    leaked_users: int | None = None
    foreign_government: bool | None = None
    business_suspended: bool | None = None
    risk_situation: bool | None = None


def telecom(facts: TelecomFacts, on: date) -> Decision:
    """Return the reports due as hits; `hit.values`: rule, rule_first, start, form."""
    return decide("sector.telecom", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class BroadcastingFacts:
    """Facts of 放送法施行規則125."""

    station: str | None = None
    caused_by_equipment: bool | None = None
    minutes: int | None = None


def broadcasting(facts: BroadcastingFacts, on: date) -> Decision:
    """Return "serious_accident" or "none"."""
    return decide("sector.broadcasting", facts_of(facts), on)
