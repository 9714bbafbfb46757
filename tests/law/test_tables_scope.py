"""kyokaho.scope, row by row. Each expected clause is argued from 施行令1(3) and 命令1 as promulgated."""

from dataclasses import fields, replace
from datetime import date
from itertools import product

import pytest

from sakimori.law.decisions import assets
from sakimori.law.decisions.assets import ComputerFacts, scope
from sakimori.law.tables import table

ON = date(2026, 11, 20)

# A computer of a designated operator on the site network of which everything else is answered with no.
PLAIN = ComputerFacts(
    operator_designated=True,
    part_of_facility=False,
    connection="private",
    sends_unrouted=False,
    nearest_router=False,
    nearest_firewall=False,
    relay_store=False,
    keeps_network_diagram=False,
    keeps_all_credentials=False,
    controls_access=False,
    has_ip_address=False,
    makes_interval_data=False,
    absence_stops_facility=False,
    interval_access_control=False,
)

CLAUSES = [
    # 施行令1(3)(i): 特定重要設備である電子計算機又はその一部 — the facility itself, whatever else is true of it.
    ({"part_of_facility": True}, "rei1-3-1", "施行令1(3)(i)", "broad", "E"),
    # 命令1(1)(i): sends to the facility and no 経路制御 happens on the way.
    ({"sends_unrouted": True}, "meirei1-1-1", "命令1(1)(i)", "broad", "E"),
    # 命令1(1)(ii): ルーティング機器 sending to a 一号電子計算機 without another ルーティング機器 in between.
    ({"nearest_router": True}, "meirei1-1-2", "命令1(1)(ii)", "broad", "E"),
    # 命令1(1)(iii): ファイアウォール等 sending to a 一号電子計算機 without another in between. No NCO letter is
    # known for it.
    ({"nearest_firewall": True}, "meirei1-1-3", "命令1(1)(iii)", "narrow", None),
    # 命令1(1)(iv): 一時的に保存する機能 and only through ファイアウォール等; 及び当該ファイアウォール等.
    ({"relay_store": True}, "meirei1-1-4", "命令1(1)(iv)", "narrow", None),
    # 命令1(1)(v)イ: stores the network diagram with identifiers.
    ({"keeps_network_diagram": True}, "meirei1-1-5-i", "命令1(1)(v)イ", "narrow", None),
    # 命令1(1)(v)ロ: stores 全ての識別符号 of one of these computers.
    ({"keeps_all_credentials": True}, "meirei1-1-5-ro", "命令1(1)(v)ロ", "narrow", None),
    # 命令1(1)(vi): アクセス制御機能 for these computers; B after the published summary.
    ({"controls_access": True}, "meirei1-1-6", "命令1(1)(vi)", "narrow", "B"),
    # 命令1(1)(vii): アイ・ピー・アドレスを割り当てられた電気通信設備; A.
    ({"has_ip_address": True}, "meirei1-1-7", "命令1(1)(vii)", "narrow", "A"),
    # 命令1(2)(ii): not connected at all (air gap, hand-over on media), but its data is put in at fixed intervals,
    # the facility
    # would stop without it, and the maker has an internet address.
    (
        {"connection": "none", "makes_interval_data": True, "absence_stops_facility": True, "has_ip_address": True},
        "meirei1-2-2",
        "命令1(2)(ii)",
        "narrow",
        "A",
    ),
    # 命令1(2)(i): itself serves to make that data and controls access to such a maker.
    (
        {
            "connection": "none",
            "makes_interval_data": True,
            "absence_stops_facility": True,
            "interval_access_control": True,
        },
        "meirei1-2-1",
        "命令1(2)(i)",
        "narrow",
        "B",
    ),
    # 施行令1(3)(iii) excludes only computers of items (i) and (ii), not every connected one: over the public
    # internet only, a
    # maker is not within 命令1(1) and so comes under 1(2)(ii).
    (
        {
            "connection": "public_only",
            "makes_interval_data": True,
            "absence_stops_facility": True,
            "has_ip_address": True,
        },
        "meirei1-2-2",
        "命令1(2)(ii)",
        "narrow",
        "A",
    ),
]


@pytest.mark.parametrize(("change", "clause", "article", "group", "letter"), CLAUSES)
def test_each_clause(change, clause, article, group, letter):
    decision = scope(replace(PLAIN, **change), ON)
    assert decision.outcome == clause
    assert decision.values["in_scope"] is True
    assert decision.values["article"] == article == decision.reasons[0].article
    assert decision.values["trigger_group"] == group
    assert decision.values.get("nco_type") == letter
    assert decision.confidence == "certain"
    assert decision.open_questions == ()
    assert decision.reasons[0].would_change


OUT = [
    # Nothing applies: a computer on the site network that only receives.
    {},
    # 強化法2(2)(ii): 特定社会基盤事業者が使用する電子計算機 — not designated, not covered, even if it is the
    # facility.
    {"operator_designated": False, "part_of_facility": True},
    # 命令1(1): 電気通信回線（公衆の用に供されているものを除く。） — a link over the public internet alone does not
    # count.
    {"connection": "public_only", "has_ip_address": True},
    {"connection": "public_only", "sends_unrouted": True, "controls_access": True},
    # Not connected: nothing of paragraph 1.
    {"connection": "none", "has_ip_address": True},
    # 施行令1(3)(iii): the facility must stop or weaken when the data stops coming.
    {"connection": "none", "makes_interval_data": True, "absence_stops_facility": False, "has_ip_address": True},
    # 命令1(2): one of the two items must hold: neither access control nor an internet address.
    {"connection": "none", "makes_interval_data": True, "absence_stops_facility": True},
    # 命令1(2) as a whole is about computers 作成するために用いられる: an authentication server that is none is
    # outside.
    {
        "connection": "none",
        "makes_interval_data": False,
        "interval_access_control": True,
        "absence_stops_facility": True,
    },
]


@pytest.mark.parametrize("change", OUT)
def test_out_of_scope(change):
    decision = scope(replace(PLAIN, **change), ON)
    assert decision.outcome == "out"
    assert decision.values["in_scope"] is False
    assert decision.reasons[0].would_change


def test_broad_clause_comes_first_when_several_apply():
    # 命令4(1)(i) gives the broad triggers to 1(1)(i) whatever other item the computer meets too; both clauses are
    # listed.
    decision = scope(replace(PLAIN, sends_unrouted=True, has_ip_address=True, controls_access=True), ON)
    assert decision.outcome == "meirei1-1-1"
    assert decision.outcomes == ("meirei1-1-1", "meirei1-1-6", "meirei1-1-7")
    assert decision.values["trigger_group"] == "broad"


def test_the_facility_itself_meets_no_other_clause():
    # 命令1(1): 令第一条第三項第一号に掲げるものを除く.
    decision = scope(replace(PLAIN, part_of_facility=True, has_ip_address=True), ON)
    assert decision.outcomes == ("rei1-3-1",)


def test_a_connected_computer_is_not_counted_again_under_paragraph_2():
    # 命令1(2): 前項各号に規定するものを除く.
    facts = replace(PLAIN, has_ip_address=True, makes_interval_data=True, absence_stops_facility=True)
    assert scope(facts, ON).outcomes == ("meirei1-1-7",)


def test_missing_answers_leave_the_clause_open_and_are_asked_in_order():
    facts = replace(PLAIN, nearest_router=None, controls_access=None, has_ip_address=True)
    decision = scope(facts, ON)
    assert decision.outcome == "open"
    assert [question.fact for question in decision.open_questions] == ["nearest_router", "controls_access"]
    assert decision.possible == ("meirei1-1-2", "meirei1-1-6", "meirei1-1-7")
    # Whatever the answers, it is in scope: that much is firm.
    assert decision.values["in_scope"] is True


def test_answers_that_do_not_matter_are_not_asked_for():
    # Not connected and making no data for the facility: none of the nine other answers can change anything.
    facts = ComputerFacts(
        operator_designated=True, part_of_facility=False, connection="none", makes_interval_data=False
    )
    decision = scope(facts, ON)
    assert decision.outcome == "out"
    assert decision.open_questions == ()


def test_a_public_link_alone_needs_no_further_answers_for_paragraph_1():
    facts = ComputerFacts(
        operator_designated=True, part_of_facility=False, connection="public_only", makes_interval_data=None
    )
    decision = scope(facts, ON)
    assert decision.outcome == "open"
    assert "sends_unrouted" not in {question.fact for question in decision.open_questions}
    assert "makes_interval_data" in {question.fact for question in decision.open_questions}


def test_before_the_first_of_october_2026_nothing_is_in_force():
    # 附則1 of Act, Cabinet Order and Order: 令和八年十月一日.
    facts = replace(PLAIN, part_of_facility=True)
    assert scope(facts, date(2026, 9, 30)).outcome == "not_in_force"
    assert scope(facts, date(2026, 10, 1)).outcome == "rei1-3-1"


def test_typed_facts_are_the_facts_of_the_table():
    assert [field.name for field in fields(ComputerFacts)] == list(table("kyokaho.scope").facts)


def test_clauses_are_all_outcomes_but_out():
    assert len(assets.clauses()) == 1 + 8 + 2
    assert "out" not in assets.clauses()


def test_every_complete_interview_has_a_firm_answer():
    names = [field.name for field in fields(ComputerFacts) if field.name != "connection"]
    for connection in ("private", "public_only", "none"):
        for bits in product((True, False), repeat=6):
            facts = replace(PLAIN, connection=connection, **dict(zip(names[1:7], bits, strict=True)))
            assert scope(facts, ON).open_questions == ()
