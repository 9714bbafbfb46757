"""強化法5, row by row: triggers, exclusions, form, addressees. Expected answers argued from 命令4 as promulgated."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.law.decisions import incidents, notices
from sakimori.law.decisions.incidents import AddresseeFacts, EventFacts, FormFacts
from sakimori.law.tables import table

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("key", "record"),
    [
        ("kyokaho.incident.reportable", EventFacts),
        ("kyokaho.incident.form", FormFacts),
        ("kyokaho.incident.addressees", AddresseeFacts),
    ],
)
def test_typed_facts_are_the_facts_of_the_table(key, record):
    assert [field.name for field in fields(record)] == list(table(key).facts)


# Nothing has happened on a facility computer of an operator designated long ago.
BROAD = EventFacts(
    in_scope=True,
    trigger_group="broad",
    harmed=False,
    trace_of_harm=False,
    malware_received=False,
    credential_input=False,
    control_evaded=False,
    gate_evaded=False,
    input_by="stranger",
    credential_obtained=False,
    trace_of_trigger=False,
    obstruction_attempt_only=False,
    other_wrongful_act=False,
    occurred=date(2026, 11, 18),
    designated=date(2024, 5, 17),
    successor=False,
    newly_listed=False,
)
NARROW = replace(BROAD, trigger_group="narrow")

CASES = [
    # 強化法5: 特定重要電子計算機に係る — elsewhere nothing.
    (replace(BROAD, in_scope=False, harmed=True), "out_of_scope", ()),
    (BROAD, "not_reportable", ()),
    (NARROW, "not_reportable", ()),
    # 強化法5: 特定侵害事象 itself, on every specified critical computer.
    (replace(BROAD, harmed=True), "reportable", ("harm",)),
    (replace(NARROW, harmed=True), "reportable", ("harm",)),
    # 命令4(1)(i)イ: 受信させる行為 is enough.
    (replace(BROAD, malware_received=True), "reportable", ("i",)),
    # 命令4(1)(ii): others only traces of 特定侵害事象; mere receiving is not one.
    (replace(NARROW, malware_received=True), "not_reportable", ()),
    # ロ: 他人の識別符号が入力される, unless by the administrator, with consent of either, or by NICT.
    (replace(BROAD, credential_input=True), "reportable", ("ro",)),
    (replace(BROAD, credential_input=True, input_by="administrator"), "not_reportable", ()),
    (replace(BROAD, credential_input=True, input_by="rightful_user"), "not_reportable", ()),
    (replace(BROAD, credential_input=True, input_by="nict"), "not_reportable", ()),
    (replace(NARROW, credential_input=True), "not_reportable", ()),
    # ハ: only アクセス管理者 and its 承諾 are left out: neither the user's consent nor NICT's plan is named.
    (replace(BROAD, control_evaded=True), "reportable", ("ha",)),
    (replace(BROAD, control_evaded=True, input_by="administrator"), "not_reportable", ()),
    (replace(BROAD, control_evaded=True, input_by="rightful_user"), "reportable", ("ha",)),
    (replace(BROAD, control_evaded=True, input_by="nict"), "reportable", ("ha",)),
    # ニ: ニにおいて同じ — the same exception as in ハ.
    (replace(BROAD, gate_evaded=True), "reportable", ("ni",)),
    (replace(BROAD, gate_evaded=True, input_by="administrator"), "not_reportable", ()),
    # ホ: obtained by harming the computer.
    (replace(BROAD, credential_obtained=True), "reportable", ("ho",)),
    # ヘ: traces of 特定侵害事象 or of イ-ホ; in item (ii) traces of 特定侵害事象 only.
    (replace(BROAD, trace_of_trigger=True), "reportable", ("he",)),
    (replace(NARROW, trace_of_trigger=True), "not_reportable", ()),
    (replace(BROAD, trace_of_harm=True), "reportable", ("trace",)),
    (replace(NARROW, trace_of_harm=True), "reportable", ("trace",)),
    # Several limbs: all are named.
    (replace(BROAD, harmed=True, malware_received=True, trace_of_trigger=True), "reportable", ("harm", "i", "he")),
    # 命令4(2)(i): 指定を受けた日から六月以内. 20 May + six months: 20 November is the last day.
    (
        replace(BROAD, harmed=True, designated=date(2026, 5, 20), occurred=date(2026, 11, 20)),
        "excluded_designation",
        (),
    ),
    (replace(BROAD, harmed=True, designated=date(2026, 5, 20), occurred=date(2026, 11, 21)), "reportable", ("harm",)),
    # The words in brackets, for 推進法53(1) cases, were added by 命令7号 …
    (
        replace(BROAD, harmed=True, designated=date(2026, 10, 15), successor=True, occurred=date(2026, 11, 1)),
        "reportable",
        ("harm",),
    ),
    # … but 附則3 of that order leaves operators designated before 18 September 2026 their six months.
    (
        replace(BROAD, harmed=True, designated=date(2026, 9, 17), successor=True, occurred=date(2026, 11, 1)),
        "excluded_designation",
        (),
    ),
    (
        replace(BROAD, harmed=True, designated=date(2026, 9, 18), successor=True, occurred=date(2026, 11, 1)),
        "reportable",
        ("harm",),
    ),
    # 命令4(2)(ii): six months after becoming one by an amendment. 31 August + six months ends on 28 February.
    (
        replace(BROAD, harmed=True, newly_listed=True, listed=date(2026, 8, 31), occurred=date(2027, 2, 28)),
        "excluded_listing",
        (),
    ),
    (
        replace(BROAD, harmed=True, newly_listed=True, listed=date(2026, 8, 31), occurred=date(2027, 3, 1)),
        "reportable",
        ("harm",),
    ),
    # From 0:00 of 15 October its first day counts (民法140 proviso): the last is 14 April.
    (
        replace(BROAD, harmed=True, newly_listed=True, listed=date(2026, 10, 15), occurred=date(2027, 4, 14)),
        "excluded_listing",
        (),
    ),
    (
        replace(BROAD, harmed=True, newly_listed=True, listed=date(2026, 10, 15), occurred=date(2027, 4, 15)),
        "reportable",
        ("harm",),
    ),
    # 命令4(2)(iii): an attempt of 刑法234条の2, outside the broad set …
    (replace(NARROW, harmed=True, obstruction_attempt_only=True), "excluded_attempt", ()),
    # … not where another 特定不正行為 or its trace is there …
    (
        replace(NARROW, harmed=True, obstruction_attempt_only=True, other_wrongful_act=True),
        "reportable",
        ("harm",),
    ),
    # … and never inside it: 一号電子計算機並びに第一条第一項第一号及び第二号に規定するものを除く.
    (replace(BROAD, harmed=True, obstruction_attempt_only=True), "reportable", ("harm",)),
]


@pytest.mark.parametrize(("facts", "outcome", "limbs"), CASES)
def test_reportable(facts, outcome, limbs):
    decision = incidents.reportable(facts, ON)
    assert decision.outcome == outcome
    assert decision.values["report"] is (outcome == "reportable")
    found = tuple(hit.values["limb"] for hit in decision.hits if hit.outcome == "reportable")
    assert found == limbs
    if limbs:
        assert len(decision.reasons) == len(limbs)


@pytest.mark.parametrize(("facts", "article"), [(BROAD, "命令4(1)(i)ヘ"), (NARROW, "命令4(1)(ii)")])
def test_a_trace_is_reported_under_the_item_of_its_computer_alone(facts, article):
    decision = incidents.reportable(replace(facts, trace_of_harm=True), ON)
    assert [reason.article for reason in decision.reasons] == [article]


def test_reportable_is_firm_while_other_limbs_are_still_unknown():
    # Harm is enough: which of the limbs hold besides cannot change the duty. The exclusions could, and are asked about.
    facts = EventFacts(
        in_scope=True,
        trigger_group="broad",
        harmed=True,
        occurred=date(2026, 11, 18),
        designated=date(2024, 5, 17),
        newly_listed=False,
    )
    assert incidents.reportable(facts, ON).outcome == "reportable"
    decision = incidents.reportable(replace(facts, designated=None), ON)
    assert decision.outcome == "open"
    assert {question.fact for question in decision.open_questions} >= {"designated"}


def test_before_the_act_started_nothing_had_to_be_reported():
    assert incidents.reportable(replace(BROAD, harmed=True), date(2026, 9, 30)).outcome == "not_in_force"


@given(
    serves=st.sampled_from(["one_operator", "same_group", "others"]),
    item=st.sampled_from(["none", "windows", "windows_server"]),
)
def test_a_product_exempt_from_notification_stays_reportable(serves, item):
    duty = notices.duty(notices.DutyFacts(True, item, serves), ON)
    decision = incidents.reportable(replace(NARROW, in_scope=True, harmed=True), ON)
    assert decision.outcome == "reportable", duty.outcome
    assert not {"serves", "designated_item"} & set(table("kyokaho.incident.reportable").facts)


@pytest.mark.parametrize(("attack", "number"), [("ddos", 1), ("ransomware", 2), ("other", 3)])
def test_form(attack, number):
    # 告示2: DDoS 共通様式1, ransomware 2, all else 3; known from a secondary source only.
    decision = incidents.form(FormFacts(attack), ON)
    assert decision.outcome == f"common_form_{number}"
    assert decision.values["form"] == number
    assert decision.confidence == "likely"


ADDRESSEES = [
    # 施行令3(1)-(4): delegated for reports under 法5.
    ("internal_affairs", "regional_communications_bureau"),
    ("economy", "regional_economy_bureau"),
    ("land", "regional_land_bureau"),
    ("prime_minister_finance", "local_finance_bureau"),
    # No delegation in 施行令3.
    ("justice", "minister"),
    ("finance", "minister"),
    ("health", "minister"),
    ("agriculture", "minister"),
]


@pytest.mark.parametrize(("minister", "first"), ADDRESSEES)
def test_minister_and_prime_minister_both(minister, first):
    # 強化法5: 特別社会基盤事業所管大臣及び内閣総理大臣に報告しなければならない.
    decision = incidents.addressees(
        AddresseeFacts(True, minister, personal_data_report=False, criminal_suspicion=False), ON
    )
    assert decision.outcomes == (first, "prime_minister")
    assert {hit.values["duty"] for hit in decision.hits} == {"law"}


def test_ministers_are_those_of_the_notification_table():
    assert set(table("kyokaho.incident.addressees").facts["minister"].allowed) == set(notices.minister_names())


def test_personal_data_adds_the_commission_or_its_delegate_and_the_police_are_voluntary():
    facts = AddresseeFacts(True, "justice", personal_data_report=True, ppc_delegated=False, criminal_suspicion=True)
    decision = incidents.addressees(facts, ON)
    assert decision.outcomes == ("minister", "prime_minister", "ppc", "police")
    assert decision.hits[-1].values["duty"] == "voluntary"
    # 個人情報保護法150(1), 規則8(3)(ii): where the power is delegated the report goes to that minister instead.
    delegated = incidents.addressees(replace(facts, ppc_delegated=True), ON)
    assert delegated.outcomes == ("minister", "prime_minister", "ppc_delegated_minister", "police")


def test_personal_data_is_reported_even_where_this_act_asks_for_nothing():
    facts = AddresseeFacts(False, "economy", personal_data_report=True, ppc_delegated=False, criminal_suspicion=False)
    assert incidents.addressees(facts, ON).outcomes == ("ppc",)


def test_nobody_to_report_to():
    facts = AddresseeFacts(False, "economy", personal_data_report=False, criminal_suspicion=False)
    assert incidents.addressees(facts, ON).outcome == "none"


def test_known_addressees_stand_while_others_are_open():
    decision = incidents.addressees(AddresseeFacts(reportable=True, minister="economy"), ON)
    assert decision.outcome == "open"
    assert decision.outcomes == ("regional_economy_bureau", "prime_minister")
    assert {question.fact for question in decision.open_questions} == {
        "personal_data_report",
        "ppc_delegated",
        "criminal_suspicion",
    }
