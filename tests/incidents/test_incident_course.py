"""The course of a case beside the straight one: not reportable, near miss, corrections, supplement, withdrawal."""

from datetime import date

import pytest

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import (
    PayloadError,
    PreconditionError,
    RefusedError,
)
from sakimori.acts.models import Obligation
from sakimori.incidents import entry
from sakimori.incidents.models import Case
from sakimori.law.tables import table
from sakimori.parties.models import Organisation
from tests.support import incidents as story
from tests.support.deployment import fixed, viewer
from tests.support.incidents import status

FIRST, FULL = "kyokaho.incident.first", "kyokaho.incident.full"
NOTHING = {"harmed": False, "trace_of_harm": False}


# --- deciding -------------------------------------------------------------------------------------------------------


def test_not_reportable_is_kept_with_its_reasons_and_ends_the_clocks(parties):
    case = story.aware(described=[story.FIREWALL])
    made = story.triage(case, facts=NOTHING)
    assert made["outcome"] == "not_reportable"
    assert made["addressees"] == []
    (reason,) = made["decisions"][0]["reasons"]
    assert "命令4" in reason["article"]
    assert reason["would_change"]["ja"]
    assert status(FIRST) == status(FULL) == ["settled"]
    assert Obligation.objects.get(rule=FULL).evidence == {"not_reportable": str(made["id"])}
    with pytest.raises(PreconditionError):
        story.file(case)


def test_a_later_finding_makes_it_reportable_from_the_first_awareness(parties):
    case = story.aware(described=[story.FIREWALL])
    story.triage(case, facts=NOTHING)
    made = story.triage(case, facts={"harmed": True, "obstruction_attempt_only": False})
    assert made["outcome"] == "reportable"
    running = Obligation.objects.get(rule=FULL, status="open")
    assert running.due_on == date(2026, 12, 21)  # from the awareness of 11-20, not from the finding of 11-24
    row = reading.read_one(viewer("power", "viewer"), "incidents.case", case=case)
    assert [one["outcome"] for one in row["triages"]] == ["not_reportable", "reportable"]


def test_a_missing_fact_keeps_it_open_and_asks(parties):
    made = story.triage(story.aware(), facts={})
    assert made["outcome"] == "open"
    assert {one["fact"] for one in made["decisions"][0]["open_questions"]} >= {"harmed"}
    assert status(FULL) == ["open"]  # on the safe side the clock runs on


def test_in_doubt_one_may_report(parties):
    case = story.aware()
    story.triage(case, facts={})
    (prepared,) = entry.prepare(viewer("power", "reporter"), case, story.filled(), "first")
    assert set(prepared.addressees) == {fixed("bureau"), fixed("cabinet")}
    story.file(case)
    story.carry()
    assert status(FIRST) == ["settled"]


@pytest.mark.parametrize("computers", [[story.SERVER, story.FIREWALL], [story.FIREWALL, story.SERVER]])
def test_one_reportable_computer_among_several_is_enough(parties, computers):
    case = story.aware(described=computers)
    made = story.triage(case, facts={**NOTHING, "malware_received": True, "trace_of_trigger": False})
    outcomes = {one["trigger_group"]: one["outcome"] for one in made["decisions"]}
    assert outcomes == {"broad": "reportable", "narrow": "not_reportable"}  # 命令4(1)(i) broad, (ii) traces only
    assert made["outcome"] == "reportable"


def test_a_computer_out_of_scope_is_not_reportable(parties):
    made = story.triage(story.aware(described=[{"clause": "", "product": "社内ポータル", "maker": "架空ソフト"}]))
    assert made["decisions"][0]["outcome"] == "out_of_scope"
    assert made["outcome"] == "not_reportable"


def test_while_no_computer_is_known_nothing_is_decided_and_the_clocks_run(parties):
    case = story.aware(described=[])
    made = story.triage(case, facts={})
    assert made["outcome"] == "open"
    assert status(FIRST) == status(FULL) == ["open"]
    made = story.triage(case, facts=NOTHING)  # no harm seen so far, but it is not known where to look
    assert made["outcome"] == "open"
    made = story.triage(case, facts={"in_scope": False})  # a person's own word
    assert made["decisions"][0]["outcome"] == "out_of_scope"
    assert status(FIRST) == status(FULL) == ["settled"]


def test_the_word_of_a_person_counts_only_while_no_computer_is_on_record(parties):
    case = story.aware(described=[story.FIREWALL])
    facts = {"in_scope": False, "harmed": True, "obstruction_attempt_only": False}
    assert story.triage(case, facts=facts)["outcome"] == "reportable"


def test_a_registered_computer_brings_its_clause(parties):
    from tests.support.filing import import_register

    import_register()
    rows = reading.read(viewer("power", "reporter"), "assets.register")
    wanted = next(row for row in rows if row["key"] == "P-002")
    case = story.aware(described=[], computers=[str(wanted["id"])])
    (computer,) = reading.read_one(viewer("power", "reporter"), "incidents.case", case=case)["computers"]
    assert (computer["clause"], computer["trigger_group"]) == ("meirei1-1-3", "narrow")
    with pytest.raises(RefusedError):
        story.aware(by=viewer("rail", "reporter"), described=[], computers=[str(wanted["id"])])


def test_the_minister_on_record_decides_on_the_bureau(parties):
    from sakimori.incidents.addressing import minister_fact

    assert minister_fact(Organisation(ministry_code="METI")) == "economy"
    assert minister_fact(Organisation(ministry_code="land")) == "land"
    assert minister_fact(Organisation(ministry_code="")) is None
    case = story.aware(by=viewer("rail", "reporter"), described=[story.SERVER])
    made = story.triage(case, by=viewer("rail", "reporter"))
    named = [(one["role"], one["organisation"]) for one in made["addressees"]]
    assert ("minister", str(fixed("mlit"))) in named  # no bureau on record: the minister may always act himself
    assert "minister" in {one["fact"] for one in made["addressing"]["decisions"][0]["open_questions"]}


def test_every_clause_of_the_scope_table_has_its_trigger_group():
    from sakimori.incidents.deciding import trigger_group

    clauses = [outcome for outcome in table("kyokaho.scope").outcomes if outcome != "out"]
    groups = {clause: trigger_group(clause) for clause in clauses}
    assert {clause for clause, group in groups.items() if group == "broad"} == {
        "rei1-3-1", "meirei1-1-1", "meirei1-1-2",
    }  # fmt: skip
    assert set(groups.values()) == {"broad", "narrow"}
    assert trigger_group("out") == ""


def test_personal_data_without_a_duty_starts_no_clock_and_reaches_nobody(parties):
    few = {"personal_data": True, "leaked": True, "strongly_protected": True}
    made = story.triage(story.aware(), personal=few)
    assert made["personal"]["decision"]["outcome"] == "none"
    assert status("appi.first") == []
    assert "appi" not in {one["lane"] for one in made["addressees"]}


def test_a_delegated_minister_receives_instead_of_the_commission(parties):
    case = story.aware()
    story.triage(case, personal={**story.LEAK, "delegated": True})
    story.file(case)
    story.carry()
    (row,) = [one for one in reading.read(viewer("meti", "officer"), "incidents.reports") if one["lane"] == "appi"]
    assert row["appi"]["persons"] == 1200
    assert reading.read(viewer("ppc", "liaison"), "incidents.reports") == []


def test_what_becomes_known_later_is_added_and_counts_at_the_next_decision(parties):
    case = story.aware(described=[story.FIREWALL])
    assert story.triage(case, facts=NOTHING)["outcome"] == "not_reportable"
    later = {
        "case": str(case),
        "attack": "other",
        "described": [{**story.SERVER, "facility": str(fixed("power.facility"))}],
    }
    door.perform("incidents.case.update", later, by=viewer("power", "reporter"))
    row = reading.read_one(viewer("power", "viewer"), "incidents.case", case=case)
    assert {one["clause"] for one in row["computers"]} == {"rei1-3-1", "meirei1-1-3"}
    assert {one["category"] for one in row["computers"]} == {"", "発電設備の監視制御システム"}
    assert story.triage(case, facts={**NOTHING, "malware_received": True})["outcome"] == "reportable"
    (prepared,) = entry.prepare(viewer("power", "reporter"), case, story.filled(technical={}), "first")
    assert prepared.payload["category"]["form"] == 3  # neither DDoS nor ransomware any more: 共通様式3


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"described": [{**story.SERVER, "clause": "meirei9"}]}, "described"),
        ({"described": [{**story.SERVER, "facility": str(fixed("rail.facility"))}]}, "described"),
        ({"computers": [str(fixed("no such computer"))]}, "computers"),
        ({}, None),
    ],
)
def test_an_update_that_cannot_be_is_refused(parties, wrong, where):
    case = story.aware()
    with pytest.raises(RefusedError) as refused:
        door.perform("incidents.case.update", {"case": str(case), **wrong}, by=viewer("power", "reporter"))
    assert refused.value.where == where
    assert len(reading.read_one(viewer("power", "viewer"), "incidents.case", case=case)["computers"]) == 1


def test_a_second_decision_starts_no_clock_that_was_met(parties):
    told = story.reported("full")
    story.triage(told.case, personal=story.LEAK, consult_police=True)
    assert not Obligation.objects.filter(status="open").exists()
    assert Obligation.objects.count() == 4


def test_a_leak_that_turns_out_to_be_an_accident_changes_its_period(parties):
    case = story.aware()
    story.triage(case, personal=story.LEAK)
    story.triage(case, personal={**story.LEAK, "wrongful_purpose": False, "sensitive": True})
    assert status("appi.full.wrongful") == ["settled"]
    assert status("appi.full") == ["open"]
    assert status("appi.first") == ["open"]


# --- near misses ----------------------------------------------------------------------------------------------------


def test_a_near_miss_is_its_own_kind_and_starts_no_clock(parties):
    case = story.aware(nature="near_miss", described=[story.FIREWALL])
    assert status(FULL) == []
    story.triage(case, facts=NOTHING)
    assert status(FULL) == []
    (row,) = reading.read(viewer("power", "viewer"), "incidents.cases", nature="near_miss")
    assert row["status"] == "not_reportable"


def test_a_near_miss_that_the_law_finds_reportable_is_no_near_miss(parties):
    story.triage(story.aware(nature="near_miss"))
    assert status(FULL) == ["open"]


# --- awareness ------------------------------------------------------------------------------------------------------


def test_awareness_in_the_future_or_without_a_zone_is_refused(parties):
    with pytest.raises(PreconditionError):
        story.aware(aware_at="2026-12-01T00:00:00+09:00")
    with pytest.raises(PayloadError):
        story.aware(aware_at="2026-11-20T09:30:00")
    assert not Case.objects.exists()


def test_a_corrected_awareness_moves_the_clock_and_keeps_the_old_one(parties):
    case = story.aware(occurred_at=None)
    correction = {"case": str(case), "aware_at": "2026-11-18T08:00:00+09:00", "reason": "委託先が先に気付いていた"}
    door.perform("incidents.awareness.correct", correction, by=viewer("power", "approver"))
    assert status(FULL) == ["open", "settled"]
    assert Obligation.objects.get(rule=FULL, status="open").due_on == date(2026, 12, 18)
    assert Obligation.objects.get(rule=FULL, status="settled").evidence["corrected"] == "委託先が先に気付いていた"


def test_midnight_in_japan_decides_the_day(parties):
    # 2026-11-18 00:30 in Japan is still 11-17 in UTC: the day of awareness is the 18th, due on Friday 12-18.
    story.aware(aware_at="2026-11-17T15:30:00Z", occurred_at=None)
    assert Obligation.objects.get(rule=FULL).due_on == date(2026, 12, 18)


# --- supplement, withdrawal -----------------------------------------------------------------------------------------


def supplement(case, **changed):
    """File a supplement by two persons."""
    story.file(case, "supplement", lanes=("kyokaho",), reason="侵入経路が分かった", **changed)
    story.carry()


def test_a_supplement_is_a_version_of_the_same_case_never_a_second_incident(parties):
    told = story.reported()
    supplement(told.case, event={"summary": "2台が暗号化された", "state": "contained"})
    rows = reading.read(viewer("cabinet", "analyst"), "incidents.reports")
    assert {row["case"] for row in rows} == {told.case}
    assert [(row["version"], row["stage"], row["status"]) for row in rows] == [
        (2, "supplement", "current"),
        (1, "first", "superseded"),
    ]
    assert rows[0]["reason"] == "侵入経路が分かった"
    assert Obligation.objects.filter(rule=FULL).count() == 1
    assert Case.objects.count() == 1


def test_what_is_superseded_is_no_longer_matched(parties):
    told = story.reported()
    supplement(told.case, technical={"indicators": ["198.51.100.9"], "ransomware": {}})
    rows = reading.read(viewer("cabinet", "analyst"), "incidents.indicators")
    assert [row["value"] for row in rows] == ["198.51.100.9"]


def test_a_withdrawn_report_stays_and_says_so(parties):
    told = story.reported()
    made = proposals.propose(
        "incidents.report.withdraw",
        {"case": str(told.case), "reason": "訓練の記録だった"},
        by=viewer("power", "reporter"),
    )
    proposals.confirm(made.id, by=viewer("power", "approver"))
    assert Case.objects.get().status == "reportable"  # not before it arrived
    story.carry()
    rows = reading.read(viewer("bureau", "officer"), "incidents.reports")
    assert {(row["stage"], row["status"]) for row in rows} == {("first", "withdrawn"), ("withdrawal", "withdrawn")}
    assert Case.objects.get().status == "withdrawn"
    assert status(FULL) == ["settled"]
    assert reading.read(viewer("cabinet", "analyst"), "incidents.indicators") == []
    with pytest.raises(PreconditionError):
        story.triage(told.case)
