"""Facts that change a clock: windows, items, stops, targets; and what happens when a fact is wrong."""

from datetime import date, datetime

import pytest

from sakimori import law
from sakimori.law.facts import allowed_facts, parse_when

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("introduced", "due", "basis"),
    [
        ("2026-12-01", "2027-06-01", "命令2(2)"),  # on the day of designation: six months from designation
        ("2027-02-01", "2027-06-01", "命令2(2)"),  # last day of the two months (起算日 12-02, eve of 02-02)
        ("2027-02-02", "2027-06-02", "命令2(1)"),  # one day late: four months from introduction
        ("2026-05-01", "2027-06-01", "命令2(2)"),  # was there before designation: treated as inside the window
    ],
)
def test_designated_window(introduced: str, due: str, basis: str) -> None:
    answer = law.deadline("kyokaho.notice.designated", date(2026, 12, 1), facts={"introduced": introduced})
    assert (answer.due, answer.basis, answer.rule) == (date.fromisoformat(due), basis, "kyokaho.notice.designated")


@pytest.mark.parametrize(
    ("introduced", "due", "basis"),
    [
        ("2027-05-31", "2027-09-30", "命令2(3)"),  # in force 04-01 at 0:00, so the window ends on 05-31
        ("2027-06-01", "2027-10-01", "命令2(1)"),  # outside: four months from introduction (Fri)
    ],
)
def test_facility_order_window(introduced: str, due: str, basis: str) -> None:
    answer = law.deadline("kyokaho.notice.facility_order", date(2027, 4, 1), facts={"introduced": introduced})
    assert (answer.due, answer.basis) == (date.fromisoformat(due), basis)


@pytest.mark.parametrize(
    ("start", "occurrence", "knowing", "detail_only", "minister"),
    [
        # The table of 4(1) as made in 2017: items 1-13 「事故が発生した」, 14-18 「事故の発生を知った」.
        ("2023-03-30", [*range(1, 12), 13], range(14, 19), {10, 13, 17}, 12),
        # As amended from 2023-03-31: a new item 10 pushes the later ones on by one.
        ("2023-03-31", [*range(1, 13), 14], range(15, 20), {10, 11, 14, 18}, 13),
        ("2026-11-20", [*range(1, 13), 14], range(15, 20), {10, 11, 14, 18}, 13),
    ],
)
def test_gas_items_by_the_numbering_of_the_day(
    start: str, occurrence: list[int], knowing: range, detail_only: set[int], minister: int
) -> None:
    day = date.fromisoformat(start)
    for item in (*occurrence, *knowing):
        means = "知った" if item in knowing else "発生し"
        detail = law.deadline("gas.detail", day, facts={"item": str(item)})
        first = law.deadline("gas.first", datetime(day.year, day.month, day.day, 9), facts={"item": item})  # noqa: DTZ001
        assert means in detail.start_means.ja, item
        assert detail.due is not None
        assert (first.due is None) == (item in detail_only), item
        assert item in detail_only or means in first.start_means.ja
    for rule in ("gas.first", "gas.detail"):
        fixed = law.deadline(rule, day, facts={"item": str(minister)})
        assert fixed.due is None
        assert fixed.reason is not None
        assert f"{minister}号の期限は経済産業大臣" in fixed.reason.ja


def test_gas_law_of_another_day_can_be_asked_for() -> None:
    """An accident of 2023-03-30 whose report is looked at by the later numbering, and the other way round."""
    assert "知った" in law.deadline("gas.detail", date(2023, 3, 30), facts={"item": "14"}).start_means.ja
    later = law.deadline("gas.detail", date(2023, 3, 30), on=date(2023, 3, 31), facts={"item": "14"})
    assert "発生し" in later.start_means.ja


@pytest.mark.parametrize("item", ["0", "20", "x"])
def test_gas_item_that_does_not_exist_is_refused(item: str) -> None:
    with pytest.raises(law.FactError) as caught:
        law.deadline("gas.detail", ON, facts={"item": item})
    assert caught.value.article == "ガス報則4(1)"
    assert "8, 9, 10, 11" in caught.value.what.en  # in the order people count


def test_gas_item_nineteen_did_not_exist_before_2023() -> None:
    with pytest.raises(law.FactError):
        law.deadline("gas.detail", date(2023, 3, 30), facts={"item": "19"})


def test_stop_ends_a_waiting_period_early() -> None:
    # 52(9): an operator that accepted the recommendation may go ahead under the modified plan
    answer = law.deadline("espa.standstill", ON, facts={"stopped": "2026-12-01"})
    assert answer.due == date(2026, 12, 1)
    assert any("推進法52条9項" in line.ja for line in answer.derivation)
    assert law.deadline("espa.standstill", ON, facts={"stopped": "2027-01-01"}).due == date(2026, 12, 19)


def test_committee_may_fix_a_shorter_period() -> None:
    answer = law.deadline("measures.transit.period", ON, facts={"shortened": "2"})
    assert answer.due == date(2027, 1, 20)  # two months: 起算日 11-21, eve of 01-21
    assert law.deadline("measures.transit.period", ON, facts={"shortened": "2027-02-01"}).due == date(2027, 2, 1)


def test_suspension_adds_days_then_rolls() -> None:
    # house target of 14 days (12-04) plus 8 days of a question: 12-12, a Saturday -> Monday 12-14
    assert law.deadline("house.intake.check", ON, facts={"suspended": "8"}).due == date(2026, 12, 14)


def test_period_from_midnight_counts_its_first_day() -> None:
    assert law.deadline("measures.transit.period", ON, facts={"midnight": "yes"}).due == date(2027, 5, 19)
    assert law.deadline("measures.transit.period", ON, facts={"midnight": "no"}).due == date(2027, 5, 20)


@pytest.mark.parametrize(
    ("target", "due"),
    [
        ("24h", datetime.fromisoformat("2026-11-21T09:00+09:00")),
        ("3d", date(2026, 11, 23)),
        ("2bd", date(2026, 11, 25)),  # Sat, Sun and 勤労感謝の日 pass: Tue 24, Wed 25
    ],
)
def test_targets(target: str, due: date) -> None:
    answer = law.deadline(
        "kyokaho.incident.first", datetime.fromisoformat("2026-11-20T09:00"), facts={"target": target}
    )
    assert (answer.due, answer.is_target, answer.in_force) == (due, True, True)


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("kyokaho.incident.full", {"introduced": "2026-11-20"}),  # not a fact of this rule
        ("kyokaho.notice.designated", {"introduced": "soon"}),
        ("kyokaho.notice.designated", {"introduced": 3}),
        ("kyokaho.incident.first", {"target": "soon"}),
        ("espa.standstill", {"shortened": "31"}),  # longer than the period
        ("espa.standstill", {"shortened": "0"}),
        ("espa.standstill", {"shortened": "2027-12-01"}),
        ("espa.standstill", {"extended": "5"}),  # beyond four months
        ("espa.standstill", {"extended": "-1"}),
        ("espa.standstill", {"stopped": "2026-01-01"}),  # before the start
        ("measures.transit.period", {"midnight": "perhaps"}),
    ],
)
def test_wrong_facts_are_refused_in_both_languages(rule: str, facts: dict[str, object]) -> None:
    with pytest.raises(law.LawError) as caught:
        law.deadline(rule, ON, facts=facts)
    assert caught.value.what.ja
    assert caught.value.what.en


@pytest.mark.parametrize("start", [date(9999, 12, 31), date(1, 1, 1), date(2500, 1, 1), date(2099, 12, 1)])
def test_days_outside_the_calendars_are_impossible(start: date) -> None:
    with pytest.raises(law.ImpossibleDateError):
        law.deadline("kyokaho.incident.full", start)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("令和8年11月20日", date(2026, 11, 20)),
        ("R8.11.20", date(2026, 11, 20)),
        ("2026年11月20日", date(2026, 11, 20)),
        ("2026-11-20T09:30+09:00", datetime.fromisoformat("2026-11-20T09:30+09:00")),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date) -> None:
    assert parse_when(text) == day


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "tomorrow", "", "令和8年2月30日", "2026-11-20T25:00"])
def test_impossible_days_are_refused(text: str) -> None:
    with pytest.raises(law.ImpossibleDateError):
        parse_when(text)


def test_not_in_force_is_computed_and_said() -> None:
    answer = law.deadline("measures.transit.period", ON)
    assert (answer.due, answer.in_force) == (date(2027, 5, 20), False)
    assert any("施行されていません" in line.ja for line in answer.derivation)


def test_unknown_number_answers_with_a_reason() -> None:
    answer = law.deadline("espa.grace", date(2026, 9, 18))  # 53 as amended that day has not been read
    assert (answer.due, answer.confidence) == (None, "unknown")
    assert answer.reason is not None
    assert "未詳" in answer.reason.ja
    assert law.deadline("espa.grace", date(2026, 11, 20), on=date(2026, 6, 1)).due == date(2027, 5, 20)


def test_circia_is_off_by_default() -> None:
    assert not law.deadline("circia.incident", datetime.fromisoformat("2026-11-20T09:00-05:00")).in_force


def test_start_in_another_zone_is_the_day_of_the_rules_own_country() -> None:
    evening = datetime.fromisoformat("2026-11-19T20:00-05:00")  # already the 20th in Tokyo
    assert law.deadline("kyokaho.incident.full", evening).due == law.deadline("kyokaho.incident.full", ON).due
    night = datetime.fromisoformat("2026-11-21T08:00+09:00")  # still the 20th, 18:00, in New York
    assert law.deadline("sec.8k", night).due == date(2026, 11, 27)


def test_every_fact_of_every_rule_is_accepted() -> None:
    samples: dict[str, object] = {
        "target": "3d",
        "midnight": "yes",
        "introduced": ON,
        "changed": ON,
        "item": "1",
        "shortened": "1",
        "extended": "4",
        "stopped": ON,
        "suspended": "1",
    }
    for rule in law.rules():
        for fact in allowed_facts(rule):
            assert law.deadline(rule.key, ON, facts={fact: samples[fact]}).rule == rule.key


def test_answer_as_plain_data_has_exactly_the_promised_keys() -> None:
    keys = ["rule", "from", "from_means", "due", "in_force", "basis", "confidence", "derivation", "is_target"]
    assert list(law.deadline("kyokaho.incident.full", ON).as_dict()) == keys
    assert list(law.deadline("kyokaho.incident.first", ON).as_dict()) == [*keys, "reason"]
    only = law.deadline("kyokaho.incident.full", ON).as_dict("ja")
    assert only["derivation"][0] == "認知 2026年11月20日(金) + 30日 = 12月20日(日) → 12月21日(月)、命令4条2項"  # type: ignore[index]
