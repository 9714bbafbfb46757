"""What must hold for every clock on every day, not only on the chosen ones."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori import law

DAYS = st.dates(date(2026, 10, 1), date(2040, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 10, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
MEASURED = [rule for rule in law.rules() if rule.period is not None]


def _hours(rule: law.Rule) -> bool:
    return law.parameter(rule.period or "").unit == "hours"


FORWARD = [r.key for r in MEASURED if r.form != "backward" and not _hours(r)]
BACKWARD = [r.key for r in MEASURED if r.form == "backward"]
HOURLY = [r.key for r in MEASURED if _hours(r)]
WAITING = [r.key for r in MEASURED if r.form == "waiting"]
FIXED = {"espa.grace"}  # unknown from 2026-09-18


def _due(key: str, start: date, **facts: object) -> date:
    due = law.deadline(key, start, facts=facts).due
    assert isinstance(due, date)
    return due


@pytest.mark.parametrize("key", [key for key in FORWARD if key not in FIXED])
@settings(max_examples=60, deadline=None)
@given(start=DAYS, step=st.integers(0, 400))
def test_forward_rules_never_before_the_start_and_monotone(key: str, start: date, step: int) -> None:
    due = _due(key, start)
    assert due >= start
    assert _due(key, start + timedelta(days=step)) >= due


@pytest.mark.parametrize("key", BACKWARD)
@settings(max_examples=60, deadline=None)
@given(start=DAYS, step=st.integers(0, 400))
def test_backward_rules_never_after_the_event_and_monotone(key: str, start: date, step: int) -> None:
    due = _due(key, start)
    assert due <= start
    assert _due(key, start + timedelta(days=step)) >= due


@pytest.mark.parametrize("key", HOURLY)
@settings(max_examples=40, deadline=None)
@given(start=MOMENTS)
def test_hours_are_plain_and_keep_the_offset(key: str, start: datetime) -> None:
    answer = law.deadline(key, start).due
    assert isinstance(answer, datetime)
    hours = law.parameter(law.rule(key).period or "").value
    assert answer - start == timedelta(hours=hours)  # type: ignore[arg-type]
    assert answer.utcoffset() == start.utcoffset()


@settings(max_examples=300, deadline=None)
@given(start=DAYS)
def test_rolling_only_forwards_and_only_over_closed_days(start: date) -> None:
    calendar = law.book().calendars["jp_national"]
    for key in ("kyokaho.incident.full", "kyokaho.notice.new", "appi.full"):
        due = _due(key, start)
        assert calendar.closed(due) is None
    rolled, passed = calendar.roll_forward(start)
    assert rolled >= start
    assert [day.day for day in passed] == [start + timedelta(days=n) for n in range((rolled - start).days)]
    back, passed = calendar.roll_backward(start)
    assert back <= start
    assert len(passed) == (start - back).days


@settings(max_examples=200, deadline=None)
@given(start=DAYS)
def test_backward_rule_ends_on_an_open_day_with_at_least_two_weeks_left(start: date) -> None:
    due = _due("espa.name_change", start)
    assert law.book().calendars["jp_national"].closed(due) is None
    assert start - due >= timedelta(weeks=2)


@settings(max_examples=200, deadline=None)
@given(start=DAYS, months=st.integers(1, 4))
def test_extension_is_never_shorter_than_the_original(start: date, months: int) -> None:
    assert _due("espa.standstill", start, extended=months) >= _due("espa.standstill", start)
    assert _due("espa.extension", start) >= _due("espa.standstill", start)
    assert _due("espa.standstill", start, extended=4) == _due("espa.extension", start)


@settings(max_examples=200, deadline=None)
@given(start=DAYS, days=st.integers(1, 30))
def test_shortening_is_never_longer_and_never_before_the_start(start: date, days: int) -> None:
    shorter = _due("espa.standstill", start, shortened=days)
    assert start <= shorter <= _due("espa.standstill", start)
    assert shorter == start + timedelta(days=days - 1)  # 起算: the day of acceptance is day one


@settings(max_examples=200, deadline=None)
@given(start=DAYS)
def test_waiting_rules_name_the_first_free_day_and_never_roll(start: date) -> None:
    for key in WAITING:
        answer = law.deadline(key, start)
        assert isinstance(answer.due, date)
        assert answer.waiting
        free = (answer.due + timedelta(days=1)).isoformat()
        assert any(free in line.en for line in answer.derivation)


@settings(max_examples=300, deadline=None)
@given(start=DAYS, number=st.integers(1, 60), counted=st.booleans())
def test_calendar_months_by_the_civil_code(start: date, number: int, counted: bool) -> None:  # noqa: FBT001
    from sakimori.law.counting import count_months, month_length

    found = count_months(start, number, first_counted=counted)
    assert found.first == (start if counted else start + timedelta(days=1))
    total = found.first.year * 12 + found.first.month - 1 + number
    year, month = total // 12, total % 12 + 1
    if found.first.day <= month_length(year, month):  # the eve of the corresponding day
        assert found.last + timedelta(days=1) == date(year, month, found.first.day)
        assert not found.proviso
    else:  # no corresponding day: the last day of the last month
        assert found.last == date(year, month, month_length(year, month))
        assert found.proviso


@settings(max_examples=200, deadline=None)
@given(start=DAYS)
def test_the_time_of_day_does_not_move_a_rule_in_days(start: date) -> None:
    noon = datetime(start.year, start.month, start.day, 12)  # noqa: DTZ001 - naive on purpose
    assert law.deadline("kyokaho.incident.full", noon).due == _due("kyokaho.incident.full", start)
