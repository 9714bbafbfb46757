"""Closed days, against an independent library as oracle and against the Act's own words."""

from dataclasses import replace
from datetime import date, timedelta

import holidays
import pytest

from sakimori import law
from sakimori.text import Text

YEARS = range(2020, 2051)


def _all_days() -> list[date]:
    first = date(YEARS[0], 1, 1)
    return [first + timedelta(days=n) for n in range((date(YEARS[-1], 12, 31) - first).days + 1)]


def test_japan_agrees_with_the_oracle(book: law.LawBook) -> None:
    oracle = holidays.country_holidays("JP", years=YEARS)
    calendar = book.calendars["jp_national"]
    for day in _all_days():
        year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
        assert (calendar.closed(day) is not None) == (day.weekday() >= 5 or day in oracle or year_end), day


def test_united_states_agree_with_the_oracle(book: law.LawBook) -> None:
    oracle = holidays.country_holidays("US", years=YEARS)
    calendar = book.calendars["us_federal"]
    ordered = {date(2025, 1, 9)}  # a day of mourning by executive order, in our override table
    for day in _all_days():
        assert (calendar.closed(day) is not None) == (day.weekday() >= 5 or day in oracle or day in ordered), day


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 29), "年末年始"),
        (date(2027, 1, 3), "年末年始"),
        (date(2027, 1, 1), "元日"),  # the holiday's own name goes before the closing
        (date(2026, 11, 21), "土曜日"),
        (date(2026, 11, 23), "勤労感謝の日"),
    ],
)
def test_closed_days_are_named(book: law.LawBook, day: date, name: str) -> None:
    closed = book.calendars["jp_national"].closed(day)
    assert closed is not None
    assert closed.name.ja == name


def test_open_days_are_open(book: law.LawBook) -> None:
    for day in (date(2026, 12, 28), date(2027, 1, 4), date(2026, 11, 20)):
        assert book.calendars["jp_national"].closed(day) is None


def test_override_closes_and_opens(book: law.LawBook) -> None:
    from sakimori.law.model import Holiday

    base = book.calendars["jp_national"]
    changed = {
        date(2027, 2, 10): Holiday(date(2027, 2, 10), Text("臨時", "special")),
        date(2026, 12, 29): Holiday(date(2026, 12, 29), Text("開庁", "open"), closed=False),
    }
    calendar = replace(base, overrides=changed, _years={})
    assert calendar.roll_forward(date(2027, 2, 10))[0] == date(2027, 2, 12)  # 02-11 建国記念の日
    assert calendar.closed(date(2026, 12, 29)) is None


def test_closed_days_have_english_names(book: law.LawBook) -> None:
    calendar = book.calendars["jp_national"]
    said = {day: calendar.closed(day) for day in (date(2027, 3, 22), date(2026, 11, 23), date(2026, 12, 30))}
    assert [found.name.en for found in said.values() if found] == [
        "Vernal Equinox Day, substitute holiday",
        "Labor Thanksgiving Day",
        "year-end closing",
    ]


def test_every_holiday_of_a_century_has_an_english_name(book: law.LawBook) -> None:
    calendar = book.calendars["jp_national"]
    days = (date(2017, 1, 1) + timedelta(days=number) for number in range(365 * 42))
    closed = (calendar.closed(day) for day in days)
    unnamed = {found.name.ja for found in closed if found and found.name.en.startswith("national holiday (")}
    assert unnamed <= {"天皇の即位の日", "即位礼正殿の儀"}  # the two single days of 2019


def test_business_days_never_count_the_start(book: law.LawBook) -> None:
    calendar = book.calendars["us_federal"]
    assert [day.day.day for day in calendar.business_days(date(2026, 11, 20), 4)[1]] == [21, 22, 26]  # Thanksgiving
    assert calendar.business_days(date(2026, 11, 20), 1)[0] == date(2026, 11, 23)
    assert calendar.business_days(date(2026, 11, 21), 1)[0] == date(2026, 11, 23)
