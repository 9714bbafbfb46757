"""Dates as people write them in the Japanese calendar, and what is none."""

from datetime import date

import pytest

from sakimori.law.eras import day_of, era, parse_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和8年11月20日", date(2026, 11, 20)),
        ("令和元年5月1日", date(2019, 5, 1)),  # the first day of the era
        ("平成31年4月30日", date(2019, 4, 30)),  # the last day of the era before
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("Ｒ８．１１．２０", date(2026, 11, 20)),  # full-width
        ("2026/11/20", date(2026, 11, 20)),
        ("令和7年5月1日", date(2025, 5, 1)),
        ("令和 7 年 5 月 1 日", date(2025, 5, 1)),  # as forms with boxes give it
        ("2025 年 5 月 1 日", date(2025, 5, 1)),
    ],
)
def test_read(text: str, day: date) -> None:
    assert parse_date(text) == day


def test_eight_digits_are_a_day_or_none() -> None:
    assert day_of("20261001") == date(2026, 10, 1)
    assert day_of("２０２６１００１") == date(2026, 10, 1)
    assert [day_of(text) for text in ("20261301", "2026100", "202610011", "12345678")] == [None] * 4


@pytest.mark.parametrize(
    "text", ["平成31年5月1日", "令和0年1月1日", "令和元年4月30日", "令和8年2月30日", "11月20日", ""]
)
def test_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 20), "令和8年11月20日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1868, 10, 22), "1868年10月22日"),  # before the first era we hold
    ],
)
def test_written(day: date, text: str) -> None:
    assert era(day) == text
