"""Counting days, months, years and hours: 民法139, 140, 143 and Regulation (EEC, Euratom) 1182/71. Pure arithmetic.

- 民法139: a period in hours runs at once.
- 民法140: the first day is not counted, unless the period starts at 0:00 (or the text says 起算).
- 民法143(1): weeks, months and years by the calendar.
- 民法143(2): a period not begun on the first day of a month ends on the eve of the corresponding day; if the last month
  has no such day, on its last day. (Begun on the first day, it ends with the last day of the last month: the eve of the
  corresponding first day is that same day, so one formula serves both.)

Example: awareness 2026-11-20, 30 days, first day not counted: 11-21 is day one, 12-20 is day thirty.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MONTHS_A_YEAR = 12
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Counted:
    """Result of one count: the last day, the day counted first, and whether the month had no corresponding day."""

    last: date
    first: date
    proviso: bool = False


def month_length(year: int, month: int) -> int:
    """Return the number of days of that month."""
    return monthrange(year, month)[1]


def shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    """Return (year, month) moved by a number of months, which may be negative."""
    total = year * MONTHS_A_YEAR + (month - 1) + by
    return total // MONTHS_A_YEAR, total % MONTHS_A_YEAR + 1


def count_days(start: date, number: int, *, first_counted: bool) -> Counted:
    """Return the last of `number` days; with `first_counted` the start is day one (起算)."""
    first = start if first_counted else start + timedelta(days=1)
    return Counted(first + timedelta(days=number - 1), first)


def count_months(start: date, number: int, *, first_counted: bool) -> Counted:
    """Return the end of `number` calendar months by 民法143(2)."""
    first = start if first_counted else start + timedelta(days=1)
    year, month = shift_month(first.year, first.month, number)
    if first.day > month_length(year, month):
        return Counted(date(year, month, month_length(year, month)), first, proviso=True)
    return Counted(date(year, month, first.day) - timedelta(days=1), first)


def same_date(start: date, number: int) -> Counted:
    """Return the day of the same number `number` months on, or that month's last day (Reg. 1182/71 Art. 3(2)(c))."""
    year, month = shift_month(start.year, start.month, number)
    length = month_length(year, month)
    return Counted(date(year, month, min(start.day, length)), start + timedelta(days=1), proviso=start.day > length)


def back_days(event: date, number: int) -> Counted:
    """Return the day `number` days before the event, the mirror image of a forward count without the first day."""
    return Counted(event - timedelta(days=number), event - timedelta(days=1))


def back_months(event: date, number: int) -> Counted:
    """Return the day `number` months before the event: the same number, or that month's last day."""
    counted = same_date(event, -number)
    return Counted(counted.last, event - timedelta(days=1), counted.proviso)


def plain_hours(start: datetime, number: int) -> datetime:
    """Return the moment `number` elapsed hours later, in the start's offset (民法139; across clock changes too)."""
    return (start.astimezone(UTC) + timedelta(hours=number)).astimezone(start.tzinfo)


def next_fiscal_year(day: date, first_month: int) -> date:
    """Return the first day of the fiscal year after the one `day` lies in; fiscal years start in `first_month`."""
    year = day.year if day.month < first_month else day.year + 1
    return date(year, first_month, 1)


def next_month(day: date) -> date:
    """Return the first day of the month after `day`."""
    year, month = shift_month(day.year, day.month, 1)
    return date(year, month, 1)


def clamp(year: int, month: int, day: int) -> date:
    """Return that date, or the month's last day when the month is shorter."""
    return date(year, month, min(day, month_length(year, month)))
