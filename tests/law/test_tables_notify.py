"""強化法4, row by row: duty, unit, substitute, clock, change, addressee. Expected answers argued from the text."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sakimori.law as law
from sakimori.law.decisions import assets, designated, notices
from sakimori.law.decisions.notices import (
    AddresseeFacts,
    ChangeFacts,
    DueFacts,
    DutyFacts,
    ReturnedFacts,
    SubstituteFacts,
    UnitFacts,
)
from sakimori.law.tables import table

ON = date(2026, 11, 20)
TYPED = [
    ("kyokaho.notify", DutyFacts),
    ("kyokaho.notify.unit", UnitFacts),
    ("kyokaho.notify.substitute", SubstituteFacts),
    ("kyokaho.notify.change", ChangeFacts),
    ("kyokaho.notify.returned", ReturnedFacts),
    ("kyokaho.notify.due", DueFacts),
    ("kyokaho.notify.addressee", AddresseeFacts),
]


@pytest.mark.parametrize(("key", "record"), TYPED)
def test_typed_facts_are_the_facts_of_the_table(key, record):
    assert [field.name for field in fields(record)] == list(table(key).facts)


DUTIES = [
    # 強化法4(1) is about 特定重要電子計算機 only.
    (DutyFacts(in_scope=False), "out_of_scope", False),
    # 命令2(1) proviso, second case, with 告示1 of 2026-09-15.
    (DutyFacts(in_scope=True, designated_item="windows"), "exempt_designated", False),
    (DutyFacts(in_scope=True, designated_item="windows_server"), "exempt_designated", False),
    # 命令2(1) proviso, first case: 一の特別社会基盤事業者 …の事業の用に供される.
    (DutyFacts(in_scope=True, designated_item="none", serves="one_operator"), "exempt_own", False),
    # … 親法人等が同一であるもの若しくは一方の者が他方の者の親法人等であるもの.
    (DutyFacts(in_scope=True, designated_item="none", serves="same_group"), "exempt_own", False),
    # Neither: the rule of the main clause.
    (DutyFacts(in_scope=True, designated_item="none", serves="others"), "notify", True),
]


@pytest.mark.parametrize(("facts", "outcome", "must"), DUTIES)
def test_duty(facts, outcome, must):
    decision = notices.duty(facts, ON)
    assert (decision.outcome, decision.values["notify"]) == (outcome, must)


def test_exempt_either_way_is_firm_even_while_the_ground_is_open():
    decision = notices.duty(DutyFacts(in_scope=True, serves="one_operator"), ON)
    assert decision.outcome == "open"
    assert decision.possible == ("exempt_designated", "exempt_own")
    assert decision.values == {"notify": False, "keep_in_register": True}


def test_the_designation_is_only_likely_because_the_notice_was_not_read():
    assert notices.duty(DUTIES[1][0], ON).confidence == "likely"
    assert notices.duty(DUTIES[3][0], ON).confidence == "certain"


BOOL = st.none() | st.booleans()


@given(
    facts=st.builds(
        assets.ComputerFacts,
        *[BOOL, BOOL, st.none() | st.sampled_from(["private", "public_only", "none"])],
        *[BOOL] * 11,
    ),
    item=st.none() | st.sampled_from(["none", "windows", "windows_server"]),
    serves=st.none() | st.sampled_from(["one_operator", "same_group", "others"]),
)
def test_exemption_from_notification_never_changes_scope(facts, item, serves):
    # 命令4 has no exemption like that of 命令2(1): the scope table does not even know the facts of an exemption.
    scope = assets.scope(facts, ON)
    duty = notices.duty(DutyFacts(scope.values.get("in_scope"), item, serves), ON)
    assert not set(table("kyokaho.notify").facts) & set(table("kyokaho.scope").facts)
    if duty.outcome.startswith("exempt"):
        assert scope.values["in_scope"] is True
        assert duty.values["keep_in_register"] is True


NAMES = [
    ("Windows 11 Pro", "Microsoft", "windows"),
    ("Microsoft Windows 10 Enterprise LTSC 2021", "Microsoft Corporation", "windows"),
    ("Ｗｉｎｄｏｗｓ　１１", "日本マイクロソフト株式会社", "windows"),
    ("Microsoft® Windows® 11", None, "windows"),
    ("Windows Server 2022 Datacenter", "Microsoft", "windows_server"),
    ("Microsoft Windows Server 2012 R2", "マイクロソフト", "windows_server"),
    ("WINDOWS SERVER", "", "windows_server"),
    # Another product, whatever it runs on.
    ("Microsoft SQL Server 2022", "Microsoft", "none"),
    ("Red Hat Enterprise Linux 9", "Red Hat", "none"),
    ("OpenWindows", "Sun Microsystems", "none"),
    ("", "Microsoft", "none"),
    # Doubtful: the notice was not readable, so a person decides.
    ("Windows Server Update Services", "Microsoft", None),
    ("Windows 10 IoT Enterprise", "Microsoft", None),
    ("Windows Embedded Standard 7", "Microsoft", None),
    ("Windows 11 Pro", "株式会社架空電機", None),
]


@pytest.mark.parametrize(("product", "maker", "item"), NAMES)
def test_designated_names(product, maker, item):
    found = designated.match(product, maker, ON)
    assert found.item == item
    assert found.why.ja
    assert found.why.en
    if item is None:
        assert found.candidate in {"windows", "windows_server"}


def test_nothing_is_designated_before_the_notice_takes_effect():
    assert designated.match("Windows 11", "Microsoft", date(2026, 9, 30)).item == "none"
    assert designated.match("Windows 11", "Microsoft", date(2026, 10, 1)).item == "windows"


def test_items_of_the_list_are_the_values_of_the_fact():
    keys = {item.key for item in designated.items(ON)}
    assert keys | {"none"} == set(table("kyokaho.notify").facts["designated_item"].allowed)


UNITS = [
    # 命令2(4), 2(5)(iv)-(v): the service and its provider.
    (UnitFacts(cloud_service=True), "cloud_service", True),
    # 命令2(1)(i): アプライアンスに係るハードウェア.
    (UnitFacts(False, True, False, "whole"), "appliance_hardware", True),
    (UnitFacts(False, True, False, "hardware"), "appliance_hardware", True),
    # Item (ii) is about アプライアンス以外, so the firmware inside is no line of its own.
    (UnitFacts(False, True, False, "operating_system"), "inside_appliance", False),
    # 命令2(1)(ii): オペレーティングシステム、ミドルウェア及びアプリケーション.
    (UnitFacts(False, False, True, "operating_system"), "software", True),
    (UnitFacts(False, False, True, "middleware"), "software", True),
    # A device with a dedicated program on which others are usual too is no アプライアンス.
    (UnitFacts(False, True, True, "application"), "software", True),
    (UnitFacts(False, False, True, "whole"), "list_software", False),
    # Its hardware is named neither in (i) nor in (ii).
    (UnitFacts(False, False, True, "hardware"), "hardware_not_notified", False),
]


@pytest.mark.parametrize(("facts", "outcome", "own"), UNITS)
def test_unit(facts, outcome, own):
    decision = notices.unit(facts, ON)
    assert (decision.outcome, decision.values["own_item"]) == (outcome, own)


SAME = SubstituteFacts(
    is_facility_or_component=True,
    espa_paper="plan",
    espa_item_name="中央監視装置 MX-5",
    product_name="中央監視装置 MX-5",
    espa_supplier_name="架空電機株式会社",
    maker_name="架空電機株式会社",
)
SUBSTITUTES = [
    # 命令2(4): both names 同一.
    ({}, "substitute"),
    # 推進法52(11) counts as well.
    ({"espa_paper": "emergency"}, "substitute"),
    # No filing at all; not a facility or 構成設備.
    ({"espa_paper": "none"}, "own_form"),
    ({"is_facility_or_component": False}, "own_form"),
    # One character apart is not 同一: a full-width hyphen, a trailing space, 株式会社 before or after.
    ({"product_name": "中央監視装置 MX−5"}, "names_differ"),
    ({"product_name": "中央監視装置 MX-5 "}, "names_differ"),
    ({"maker_name": "株式会社架空電機"}, "names_differ"),
]


@pytest.mark.parametrize(("changes", "outcome"), SUBSTITUTES)
def test_substitute(changes, outcome):
    decision = notices.substitute(replace(SAME, **changes), ON)
    assert decision.outcome == outcome
    assert decision.values["substitute"] is (outcome == "substitute")


def test_where_names_differ_is_said_in_both_languages():
    decision = notices.substitute(replace(SAME, product_name="中央監視装置 ＭX-5"), ON)
    text = decision.reasons[0].text
    assert "8文字目" in text.ja
    assert "全角と半角" in text.ja
    assert "character 8" in text.en
    assert "fullwidth latin capital letter m" in text.en
    assert decision.values["substitute"] is False


@given(left=st.text(max_size=6), right=st.text(max_size=6))
def test_the_substitute_needs_exact_equality(left, right):
    decision = notices.substitute(replace(SAME, espa_item_name=left, product_name=right), ON)
    assert (decision.outcome == "substitute") is (left == right)


AT_START = DueFacts(event="introduced", designated=date(2024, 5, 17), newly_listed=False, facility_at_start=True)
DUES = [
    # 強化法附則4: この法律の施行の際現に … 導入している → from the day of enforcement, whatever the day of
    # introduction.
    ({"introduced": date(2019, 4, 1)}, "existing", date(2026, 10, 1)),
    ({"introduced": date(2026, 9, 30)}, "existing", date(2026, 10, 1)),
    # 命令附則2: 施行の日から二月以内. The period begins at 0:00 of 1 October, so its last day is 30 November.
    ({"introduced": date(2026, 10, 1)}, "early_window", date(2026, 10, 1)),
    ({"introduced": date(2026, 11, 30)}, "early_window", date(2026, 10, 1)),
    ({"introduced": date(2026, 12, 1)}, "new", date(2026, 12, 1)),
    # 附則2 is about 施行の際現に導入されている特定重要設備: a facility that came later gives no window.
    ({"introduced": date(2026, 11, 1), "facility_at_start": False}, "new", date(2026, 11, 1)),
    # 命令2(2): 指定を受けた日から二月以内. 15 January + two months: 15 March is the last day (民法143(2)).
    (
        {"designated": date(2027, 1, 15), "successor": False, "introduced": date(2027, 3, 15)},
        "designated",
        date(2027, 1, 15),
    ),
    ({"designated": date(2027, 1, 15), "successor": False, "introduced": date(2027, 3, 16)}, "new", date(2027, 3, 16)),
    # Already there on the day of designation: read as inside (likely).
    (
        {"designated": date(2027, 1, 15), "successor": False, "introduced": date(2020, 1, 1)},
        "designated",
        date(2027, 1, 15),
    ),
    # Designated on the first day of the Act itself: a new designation, not one in place at commencement.
    (
        {"designated": date(2026, 10, 1), "successor": False, "introduced": date(2026, 9, 1)},
        "designated",
        date(2026, 10, 1),
    ),
    (
        {"designated": date(2026, 10, 1), "successor": False, "introduced": date(2026, 12, 2)},
        "new",
        date(2026, 12, 2),
    ),
    # Introduced on the very day of designation: not earlier, so firm rather than likely.
    (
        {"designated": date(2027, 1, 15), "successor": False, "introduced": date(2027, 1, 15)},
        "designated",
        date(2027, 1, 15),
    ),
    # 命令2(2) proviso: 推進法53条1項各号 — no special period.
    ({"designated": date(2027, 1, 15), "successor": True, "introduced": date(2027, 2, 1)}, "new", date(2027, 2, 1)),
    # 命令2(3): amended facility order, first day counted; February has no 31st, so the end is its last day (143(2)).
    (
        {"newly_listed": True, "listed": date(2026, 12, 31), "introduced": date(2027, 2, 28)},
        "facility_order",
        date(2026, 12, 31),
    ),
    ({"newly_listed": True, "listed": date(2026, 12, 31), "introduced": date(2027, 3, 1)}, "new", date(2027, 3, 1)),
    (
        {"newly_listed": True, "listed": date(2027, 4, 1), "introduced": date(2015, 4, 1)},
        "facility_order",
        date(2027, 4, 1),
    ),
    # An amendment before the designation: at that time it bound nobody; the designation counts.
    (
        {
            "newly_listed": True,
            "listed": date(2027, 1, 4),
            "designated": date(2027, 4, 1),
            "successor": False,
            "introduced": date(2026, 1, 1),
        },
        "designated",
        date(2027, 4, 1),
    ),
    # Amendment and designation on one day: both windows begin together; the rule on the amendment is the special one.
    (
        {
            "newly_listed": True,
            "listed": date(2027, 4, 1),
            "designated": date(2027, 4, 1),
            "successor": False,
            "introduced": date(2026, 1, 1),
        },
        "facility_order",
        date(2027, 4, 1),
    ),
    # 命令3(1): four months from the change.
    ({"event": "changed", "changed": date(2027, 1, 10)}, "change", date(2027, 1, 10)),
    # 命令3(2) with 2(3): a change within two months of the amendment runs from the amendment. An amendment takes effect
    # at 0:00, so its first day counts (民法140 proviso): 1 April to 31 May.
    (
        {"event": "changed", "changed": date(2027, 5, 31), "newly_listed": True, "listed": date(2027, 4, 1)},
        "change.facility_order",
        date(2027, 4, 1),
    ),
    (
        {"event": "changed", "changed": date(2027, 6, 1), "newly_listed": True, "listed": date(2027, 4, 1)},
        "change",
        date(2027, 6, 1),
    ),
]


@pytest.mark.parametrize(("changes", "rule", "start"), DUES)
def test_due_rule(changes, rule, start):
    found, decision = notices.due_rule(replace(AT_START, **changes), ON)
    assert found is not None, decision.explain("en")
    assert found.rule == decision.outcome == f"kyokaho.notice.{rule}"
    assert found.start == start


# 2027-03-31 is named in the Government's answer; the others follow from 民法140, 143 and the roll over closed days.
DEADLINES = [
    ({"introduced": date(2019, 4, 1)}, date(2027, 3, 31)),
    ({"introduced": date(2026, 11, 30)}, date(2027, 3, 31)),
    # 1 December + four months: 1 April 2027, a Thursday.
    ({"introduced": date(2026, 12, 1)}, date(2027, 4, 1)),
    # 15 January + six months: 15 July 2027, a Thursday.
    ({"designated": date(2027, 1, 15), "successor": False, "introduced": date(2027, 3, 15)}, date(2027, 7, 15)),
    # From 0:00 of 1 April, six months: 30 September 2027, a Thursday.
    ({"newly_listed": True, "listed": date(2027, 4, 1), "introduced": date(2015, 4, 1)}, date(2027, 9, 30)),
    (
        {"event": "changed", "changed": date(2027, 5, 31), "newly_listed": True, "listed": date(2027, 4, 1)},
        date(2027, 9, 30),
    ),
    # 10 January + four months: 10 May 2027, a Monday.
    ({"event": "changed", "changed": date(2027, 1, 10)}, date(2027, 5, 10)),
]


@pytest.mark.parametrize(("changes", "due"), DEADLINES)
def test_the_clock_takes_the_rule_as_decided(changes, due):
    found, _ = notices.due_rule(replace(AT_START, **changes), ON)
    assert found is not None
    assert law.deadline(found.rule, found.start, facts=found.facts, on=ON).due == due


def test_reading_computers_already_there_into_the_window_is_marked_likely():
    facts = replace(AT_START, designated=date(2027, 1, 15), successor=False, introduced=date(2020, 1, 1))
    assert notices.due(facts, ON).confidence == "likely"


def test_a_successors_older_computers_are_a_question_to_the_ministry():
    facts = replace(AT_START, designated=date(2027, 1, 15), successor=True, introduced=date(2020, 1, 1))
    found, decision = notices.due_rule(facts, ON)
    assert found is None
    assert [(question.fact, question.whom) for question in decision.open_questions] == [
        ("ministry_successor_start", "ministry")
    ]
    answered, _ = notices.due_rule(replace(facts, ministry_successor_start=date(2027, 1, 15)), ON)
    assert answered is not None
    assert answered.start == date(2027, 1, 15)


def test_without_the_day_of_introduction_there_is_no_clock():
    found, decision = notices.due_rule(AT_START, ON)
    assert found is None
    assert "introduced" in {question.fact for question in decision.open_questions}


UNCHANGED = ChangeFacts(
    **dict.fromkeys(("facility_class_changed", "computer_class_changed", "product_name_changed", "retired"), False),
    maker_name_changed=False,
    operator_other_changed=False,
    operator_name_changed=False,
)
CHANGES = [
    # 命令2(5): five items; none changed (a new version is none of them).
    ({}, "none"),
    ({"facility_class_changed": True}, "change"),
    ({"computer_class_changed": True}, "change"),
    ({"maker_name_changed": True}, "change"),
    ({"product_name_changed": True, "component_reported_same_name": False}, "change"),
    # 命令3(3): the report under 推進法54(4) stands in.
    ({"product_name_changed": True, "component_reported_same_name": True}, "substituted"),
    # 命令3(4): 特別社会基盤事業者の名称の変更 only.
    ({"operator_name_changed": True}, "minor"),
    ({"operator_other_changed": True}, "change"),
    # A minor change beside one that is not: the latter must be notified.
    ({"operator_name_changed": True, "maker_name_changed": True}, "change"),
    # Disposal: as the ministry has answered.
    ({"retired": True, "ministry_retirement_is_change": "change"}, "change"),
    ({"retired": True, "ministry_retirement_is_change": "no_change"}, "none"),
]


@pytest.mark.parametrize(("changes", "outcome"), CHANGES)
def test_change(changes, outcome):
    assert notices.change(replace(UNCHANGED, **changes), ON).outcome == outcome


def test_disposal_is_a_question_to_the_ministry_not_a_guess():
    decision = notices.change(replace(UNCHANGED, retired=True), ON)
    assert decision.outcome == "open"
    assert [question.whom for question in decision.open_questions] == ["ministry"]


def test_addressee_is_the_minister_alone():
    # 強化法4(1): 特別社会基盤事業所管大臣に; 施行令3 delegates powers as to 法5 only.
    for minister in notices.minister_names():
        decision = notices.addressee(AddresseeFacts(minister), ON)
        assert decision.values == {"also_prime_minister": False, "regional": False}
    assert notices.addressee(AddresseeFacts("prime_minister_finance"), ON).outcome == "financial_services_agency"
    assert notices.addressee(AddresseeFacts("economy"), ON).outcome == "minister"


RETURNED = [
    # 命令3(1) had run out while it was not as notified: that stays said, but nothing is left to tell (強化法4(3)).
    (ReturnedFacts(returned_in_time=False), "open"),
    (ReturnedFacts(returned_in_time=False, ministry_returned_is_change="change"), "change"),
    (ReturnedFacts(returned_in_time=False, ministry_returned_is_change="no_change"), "late_return"),
    # Undone in time: no text says it either, so it is asked, never guessed.
    (ReturnedFacts(returned_in_time=True), "open"),
    (ReturnedFacts(returned_in_time=True, ministry_returned_is_change="change"), "change"),
    (ReturnedFacts(returned_in_time=True, ministry_returned_is_change="no_change"), "returned"),
]


@pytest.mark.parametrize(("facts", "outcome"), RETURNED)
def test_a_change_undone_before_it_was_notified_is_a_question_to_the_ministry(facts, outcome):
    decision = notices.returned(facts, ON)
    assert decision.outcome == outcome
    asked = ["ministry_returned_is_change"] if outcome == "open" else []
    assert [one.fact for one in decision.open_questions] == asked
