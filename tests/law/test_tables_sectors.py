"""Sector accidents at their thresholds: just below, at, above. Argued from the rules of each sector."""

from dataclasses import fields, replace
from datetime import date

import pytest

from sakimori import law
from sakimori.law.decisions import sectors
from sakimori.law.decisions.sectors import (
    BroadcastingFacts,
    ElectricityFacts,
    GasFacts,
    RailwayFacts,
    TelecomFacts,
)
from sakimori.law.tables import table

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("key", "record"),
    [
        ("sector.electricity", ElectricityFacts),
        ("sector.gas", GasFacts),
        ("sector.railway", RailwayFacts),
        ("sector.telecom", TelecomFacts),
        ("sector.broadcasting", BroadcastingFacts),
    ],
)
def test_typed_facts_are_the_facts_of_the_table(key, record):
    assert [field.name for field in fields(record)] == list(table(key).facts)


POWER = ElectricityFacts(
    casualties=False,
    fire=False,
    other_property=False,
    major_damage="none",
    generation_lost_kw=0,
    generation_days=0,
    storage_lost_kw=0,
    storage_days=0,
    supply_lost_kw=0,
    minutes=0,
    to_other_operator=False,
    dam_discharge=False,
    social_influence=False,
)
POWER_CASES = [
    ({}, (), None),
    # 8号: 七千キロワット以上七万キロワット未満 …一時間以上; 七万キロワット以上十万キロワット未満 …十分以上.
    ({"supply_lost_kw": 6_999, "minutes": 600}, (), None),
    ({"supply_lost_kw": 7_000, "minutes": 59}, (), None),
    ({"supply_lost_kw": 7_000, "minutes": 60}, ("item_8",), "director"),
    ({"supply_lost_kw": 69_999, "minutes": 60}, ("item_8",), "director"),
    ({"supply_lost_kw": 70_000, "minutes": 9}, (), None),
    ({"supply_lost_kw": 70_000, "minutes": 10}, ("item_8",), "director"),
    ({"supply_lost_kw": 99_999, "minutes": 10}, ("item_8",), "director"),
    # The upper bound of the first pair is 未満: at 70,000 only the second pair speaks, so the item is found once.
    ({"supply_lost_kw": 70_000, "minutes": 60}, ("item_8",), "director"),
    ({"supply_lost_kw": 70_000, "minutes": 60, "to_other_operator": True}, ("item_10",), "director"),
    ({"supply_lost_kw": 100_000, "minutes": 60, "to_other_operator": True}, ("item_11",), "minister"),
    # 9号: 十万キロワット以上, 十分以上 → 経済産業大臣.
    ({"supply_lost_kw": 100_000, "minutes": 10}, ("item_9",), "minister"),
    ({"supply_lost_kw": 100_000, "minutes": 9}, (), None),
    # 10号, 11号: the same at another operator, instead of 8 and 9.
    ({"supply_lost_kw": 7_000, "minutes": 60, "to_other_operator": True}, ("item_10",), "director"),
    ({"supply_lost_kw": 70_000, "minutes": 10, "to_other_operator": True}, ("item_10",), "director"),
    ({"supply_lost_kw": 100_000, "minutes": 10, "to_other_operator": True}, ("item_11",), "minister"),
    # 6号, 7号: 十万キロワット以上, 七日間以上.
    ({"generation_lost_kw": 100_000, "generation_days": 7}, ("item_6",), "director"),
    ({"generation_lost_kw": 100_000, "generation_days": 6}, (), None),
    ({"storage_lost_kw": 100_000, "storage_days": 7}, ("item_7",), "director"),
    # 1-5号, 13号.
    ({"casualties": True}, ("item_1",), "director"),
    ({"fire": True}, ("item_2",), "director"),
    ({"other_property": True}, ("item_3",), "director"),
    ({"major_damage": "item_4"}, ("item_4",), "director"),
    ({"major_damage": "item_5"}, ("item_5",), "minister"),
    ({"dam_discharge": True}, ("item_13",), "director"),
    # 14号: 第一号から前号までの事故以外の事故.
    ({"social_influence": True}, ("item_14",), "director"),
    ({"social_influence": True, "casualties": True}, ("item_1",), "director"),
    # 3(1) last sentence: 二以上の号に該当 …報告先 …が異なる事故は、経済産業大臣.
    ({"casualties": True, "supply_lost_kw": 100_000, "minutes": 10}, ("item_1", "item_9"), "minister"),
]


@pytest.mark.parametrize(("changes", "items", "to"), POWER_CASES)
def test_electricity(changes, items, to):
    decision = sectors.electricity(replace(POWER, **changes), ON)
    assert decision.outcomes == items
    assert (decision.outcome == "none") is (items == ())
    assert sectors.electricity_addressee(decision) == to


def test_a_natural_cause_frees_supply_disruptions_from_the_written_report():
    # 3(2) proviso: 第八号から第十三号まで …原因が自然現象; item 1 is not among them.
    disruption = sectors.electricity(replace(POWER, supply_lost_kw=100_000, minutes=10), ON)
    assert not sectors.electricity_written(disruption, natural_cause=True)
    assert sectors.electricity_written(disruption, natural_cause=False)
    both = sectors.electricity(replace(POWER, supply_lost_kw=100_000, minutes=10, casualties=True), ON)
    assert sectors.electricity_written(both, natural_cause=True)
    assert not sectors.electricity_written(sectors.electricity(POWER, ON), natural_cause=False)


GAS = GasFacts(
    facility_casualties="none",
    during_works=False,
    customers=0,
    safety_shutoff=False,
    production_stop_hours=0,
    major_damage="none",
    leak_explosion_fire=False,
    minister_named_disaster=False,
    public_disruption=False,
    appliance_event="none",
)
GAS_CASES = [
    ({}, None, None, None, None),
    # 4(1) table as numbered since 31 March 2023. 一・二: death; 五・六: injury.
    ({"facility_casualties": "death"}, "1", True, "occurrence", "minister_and_director"),
    ({"facility_casualties": "death", "during_works": True}, "2", True, "occurrence", "minister_and_director"),
    ({"facility_casualties": "injury"}, "5", True, "occurrence", "director"),
    ({"facility_casualties": "injury", "during_works": True}, "6", True, "occurrence", "director"),
    # 三: 五百以上; 七: 百以上五百未満 (thirty before 2023), not for a 保安閉栓.
    ({"customers": 99}, None, None, None, None),
    ({"customers": 100}, "7", True, "occurrence", "director"),
    ({"customers": 100, "safety_shutoff": True}, None, None, None, None),
    ({"customers": 499}, "7", True, "occurrence", "director"),
    ({"customers": 500}, "3", True, "occurrence", "minister_and_director"),
    # 四: 二十四時間以上; 八: 十時間以上二十四時間未満.
    ({"production_stop_hours": 9}, None, None, None, None),
    ({"production_stop_hours": 10}, "8", True, "occurrence", "director"),
    ({"production_stop_hours": 24}, "4", True, "occurrence", "minister_and_director"),
    # 九-十一: damage; 詳報 only for 十 and 十一.
    ({"major_damage": "high_medium"}, "9", True, "occurrence", "director"),
    ({"major_damage": "high_medium_works"}, "10", False, "occurrence", "director"),
    ({"major_damage": "low"}, "11", False, "occurrence", "director"),
    ({"leak_explosion_fire": True}, "12", True, "occurrence", "director"),
    # 十三: named by the minister, times as named; takes the place of 三, 四, 七-十二.
    ({"minister_named_disaster": True, "customers": 5000}, "13", True, "named_by_minister", "minister_and_director"),
    ({"public_disruption": True}, "14", False, "occurrence", "director"),
    # 十五-十九: from knowing.
    ({"appliance_event": "valve_casualties"}, "15", True, "knowing", "director"),
    ({"appliance_event": "valve_ignition"}, "16", True, "knowing", "director"),
    ({"appliance_event": "use_casualties"}, "17", True, "knowing", "director"),
    ({"appliance_event": "appliance_damage_only"}, "18", False, "knowing", "director"),
    ({"appliance_event": "ignition_other"}, "19", True, "knowing", "director"),
]


@pytest.mark.parametrize(("changes", "item", "first", "start", "to"), GAS_CASES)
def test_gas(changes, item, first, start, to):
    decision = sectors.gas(replace(GAS, **changes), ON)
    if item is None:
        assert decision.outcome == "none"
        return
    assert [hit.values["item"] for hit in decision.hits] == [item]
    assert decision.outcomes == (f"item_{item}",)
    values = decision.hits[0].values
    assert (values["first"], values["start"], values["to"]) == (first, start, to)
    # The clocks know the same item under the same number, and agree on where it starts and what is due.
    means = {"occurrence": "発生し", "knowing": "知った", "named_by_minister": "発生し"}[start]
    detail = law.deadline("gas.detail", ON, facts={"item": item})
    assert means in detail.start_means.ja
    assert (detail.due is None) == (start == "named_by_minister")
    prompt = law.deadline("gas.first", ON, facts={"item": item})
    assert (prompt.due is not None) == (first and start != "named_by_minister")
    assert ("rule_first" in values) is (first and item != "13")


TRAIN = RailwayFacts(
    accident="disruption",
    passenger_or_crew_death=False,
    casualties=0,
    crossing_death_no_gate=False,
    own_fault=False,
    exceptional=False,
    blocked_minutes=0,
    near_miss=False,
    cancelled=False,
    passenger_delay_minutes=0,
    other_delay_minutes=0,
)
TRAIN_CASES = [
    ({}, set()),
    # 5(2)(i): 三時間以上本線における運転を支障 — 速報 only.
    ({"blocked_minutes": 179}, set()),
    ({"blocked_minutes": 180}, {"first"}),
    # 5(2)(ii): 特に異例 — report too.
    ({"exceptional": True}, {"first", "written"}),
    # 5(4): cancelled, passenger trains 三十分以上, others 一時間以上.
    ({"cancelled": True}, {"monthly"}),
    ({"passenger_delay_minutes": 29}, set()),
    ({"passenger_delay_minutes": 30}, {"monthly"}),
    ({"other_delay_minutes": 59}, set()),
    ({"other_delay_minutes": 60}, {"monthly"}),
    # 5(1): collision, derailment, fire always.
    ({"accident": "collision"}, {"first", "written", "monthly"}),
    ({"accident": "derailment"}, {"first", "written", "monthly"}),
    ({"accident": "fire"}, {"first", "written", "monthly"}),
    # Other accidents: (i)-(iv), (vi) both, (v) 第五号の鉄道運転事故を除き first only; every accident monthly.
    ({"accident": "other"}, {"monthly"}),
    ({"accident": "other", "casualties": 4}, {"monthly"}),
    ({"accident": "other", "casualties": 5}, {"first", "written", "monthly"}),
    ({"accident": "other", "passenger_or_crew_death": True}, {"first", "written", "monthly"}),
    ({"accident": "other", "crossing_death_no_gate": True}, {"first", "written", "monthly"}),
    ({"accident": "other", "own_fault": True}, {"first", "written", "monthly"}),
    ({"accident": "other", "exceptional": True}, {"first", "written", "monthly"}),
    ({"accident": "other", "blocked_minutes": 180}, {"first", "monthly"}),
    # 5(3), 5(4): a situation under 4(1).
    ({"accident": "none", "near_miss": True}, {"first", "monthly"}),
]


@pytest.mark.parametrize(("changes", "reports"), TRAIN_CASES)
def test_railway(changes, reports):
    decision = sectors.railway(replace(TRAIN, **changes), ON)
    assert set(decision.outcomes) == reports
    assert (decision.outcome == "none") is (reports == set())


TELECOM = TelecomFacts(
    service="other",
    equipment_failure=True,
    minutes=0,
    users=0,
    all_traffic_lost=False,
    secrecy_leak=False,
    user_information_leak=False,
    leaked_users=0,
    foreign_government=False,
    business_suspended=False,
    risk_situation=False,
)
# 電通則58(2)(i): (service, minutes, users) pairs that must both be reached.
LIMITS = [
    ("voice_emergency", 60, 30_000),
    ("voice", 120, 30_000),
    ("voice", 60, 100_000),
    ("lpwa", 12 * 60, 30_000),
    ("lpwa", 120, 1_000_000),
    ("free_large_mail", 240, 100_000),
    ("free_large_mail", 120, 1_000_000),
    ("free_internet", 24 * 60, 100_000),
    ("free_internet", 12 * 60, 1_000_000),
    ("internet_access", 120, 30_000),
    ("internet_access", 60, 100_000),
    ("other", 120, 30_000),
    ("other", 60, 1_000_000),
]


@pytest.mark.parametrize(("service", "minutes", "users"), LIMITS)
def test_telecom_limits(service, minutes, users):
    at = replace(TELECOM, service=service, minutes=minutes, users=users)
    assert "serious_accident" in sectors.telecom(at, ON).outcomes
    lowest = min(limit[2] for limit in LIMITS if limit[0] == service)
    shortest = min(limit[1] for limit in LIMITS if limit[0] == service)
    assert sectors.telecom(replace(at, users=lowest - 1), ON).outcome == "none"
    assert sectors.telecom(replace(at, minutes=shortest - 1), ON).outcome == "none"
    # Not caused by equipment: no 重大な事故.
    assert sectors.telecom(replace(at, equipment_failure=False), ON).outcome == "none"


def test_telecom_between_two_pairs_is_no_serious_accident():
    # Voice: 90 minutes reach the second pair's time, 50,000 users only the first pair's number.
    assert sectors.telecom(replace(TELECOM, service="voice", minutes=90, users=50_000), ON).outcome == "none"


TELECOM_CASES = [
    # 58(2)(ii): 全ての通信 …二時間以上.
    ({"service": "satellite_cable", "all_traffic_lost": True, "minutes": 120}, ("serious_accident",)),
    ({"service": "satellite_cable", "all_traffic_lost": True, "minutes": 119}, ()),
    ({"service": "satellite_cable", "minutes": 500}, ()),
    # 57: secrecy at once; 58(1): 千を超える, or to a foreign government.
    ({"secrecy_leak": True}, ("secrecy_leak",)),
    ({"user_information_leak": True, "leaked_users": 1000}, ()),
    ({"user_information_leak": True, "leaked_users": 1001}, ("user_information_leak",)),
    ({"user_information_leak": True, "foreign_government": True}, ("user_information_leak",)),
    ({"business_suspended": True}, ("suspension",)),
    # 58-2: unless it is a 重大な事故 itself.
    ({"risk_situation": True}, ("near_miss",)),
    ({"risk_situation": True, "minutes": 120, "users": 30_000}, ("serious_accident",)),
]


@pytest.mark.parametrize(("changes", "outcomes"), TELECOM_CASES)
def test_telecom(changes, outcomes):
    assert sectors.telecom(replace(TELECOM, **changes), ON).outcomes == outcomes


BROADCAST_CASES = [
    # 125(1), (2)(ii): 十五分以上; relay (2)(i) and community (5): 二時間以上; (6): not for temporary or test.
    ("main", True, 14, "none"),
    ("main", True, 15, "serious_accident"),
    ("fm", True, 15, "serious_accident"),
    ("relay", True, 119, "none"),
    ("relay", True, 120, "serious_accident"),
    ("community", True, 119, "none"),
    ("community", True, 120, "serious_accident"),
    ("temporary_or_test", True, 600, "none"),
    ("main", False, 600, "none"),
]


@pytest.mark.parametrize(("station", "equipment", "minutes", "outcome"), BROADCAST_CASES)
def test_broadcasting(station, equipment, minutes, outcome):
    assert sectors.broadcasting(BroadcastingFacts(station, equipment, minutes), ON).outcome == outcome
