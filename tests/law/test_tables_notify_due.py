"""強化法4, row by row: by when, what changes, to whom. Expected answers argued from the text."""

from dataclasses import replace
from datetime import date

import pytest

import sakimori.law as law
from sakimori.law.decisions import notices
from sakimori.law.decisions.notices import (
    AddresseeFacts,
    ChangeFacts,
    DueFacts,
    ReturnedFacts,
)

ON = date(2026, 11, 20)
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
