"""Days on which an office is closed, and rolling over them.

Japan: Saturdays, Sundays, the holidays of 国民の祝日に関する法律 (from the kept library jpholiday) and the
year-end days of 行政機関の休日に関する法律1(1)(iii). United States: 5 U.S.C. 6103 as rules in data. A table of local
overrides closes or opens single days. Years outside a calendar's coverage raise ImpossibleDateError, for a silent guess
would be wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sakimori.law.errors import ImpossibleDateError
from sakimori.law.model import Holiday
from sakimori.text import Text

SATURDAY, SUNDAY = 5, 6
_WEEKEND = (
    Holiday(date.min, Text("土曜日", "Saturday")),
    Holiday(date.min, Text("日曜日", "Sunday")),
)


@dataclass(frozen=True, slots=True)
class DayRule:
    """One yearly holiday by rule: a fixed day, or the `nth` `weekday` (0 = Monday, nth -1 = last) of a month."""

    name: Text
    month: int
    day: int | None
    weekday: int | None
    nth: int | None
    since: int | None
    observed: bool


@dataclass(slots=True)
class Calendar:
    """One office calendar; `_years` and `_nationals` keep what was computed (pure: same input, same output)."""

    key: str
    title: Text
    article: str
    first_year: int
    last_year: int
    national_holidays: bool
    names: Mapping[str, str]
    year_end: tuple[tuple[int, int], tuple[int, int]] | None
    year_end_name: Text | None
    rules: tuple[DayRule, ...]
    overrides: dict[date, Holiday]
    _years: dict[int, dict[date, Holiday]] = field(default_factory=dict)
    _nationals: dict[date, Holiday | None] = field(default_factory=dict)

    def closed(self, day: date) -> Holiday | None:
        """Return why the office is closed on that day (weekend, holiday, override), or None when it is open."""
        override = self.overrides.get(day)
        if override is not None:
            return override if override.closed else None
        found = self._year(day.year).get(day)
        found = (self._national(day) if self.national_holidays else None) or found
        if found is not None:
            return found
        weekday = day.weekday()
        return _WEEKEND[weekday - SATURDAY] if weekday >= SATURDAY else None

    def roll_forward(self, day: date) -> tuple[date, list[Holiday]]:
        """Return the first open day on or after `day`, and the closed days passed."""
        return self._roll(day, timedelta(days=1))

    def roll_backward(self, day: date) -> tuple[date, list[Holiday]]:
        """Return the last open day on or before `day`, and the closed days passed."""
        return self._roll(day, timedelta(days=-1))

    def business_days(self, start: date, number: int) -> tuple[date, list[Holiday]]:
        """Return the `number`th open day after `start` (never counted itself), and the closed days passed over."""
        day, passed = start, []
        for _ in range(number):
            day, closed = self.roll_forward(day + timedelta(days=1))
            passed.extend(closed)
        return day, passed

    def _roll(self, day: date, step: timedelta) -> tuple[date, list[Holiday]]:
        passed: list[Holiday] = []
        why = self.closed(day)
        while why is not None:
            passed.append(Holiday(day, why.name))
            day += step
            why = self.closed(day)
        return day, passed

    def _year(self, year: int) -> dict[date, Holiday]:
        known = self._years.get(year)
        if known is None:
            if not self.first_year <= year <= self.last_year:
                raise ImpossibleDateError(
                    Text(
                        f"{year}年は{self.title.ja}の収録範囲({self.first_year}〜{self.last_year}年)の外です。",
                        f"{year} lies outside {self.title.en} ({self.first_year} to {self.last_year}).",
                    ),
                    where=self.key,
                    mend=Text("日付を確かめてください。", "Check the date."),
                )
            known = self._years[year] = self._compute(year)
        return known

    def _compute(self, year: int) -> dict[date, Holiday]:
        days: dict[date, Holiday] = {}
        if self.year_end is not None and self.year_end_name is not None:
            (from_month, from_day), (to_month, to_day) = self.year_end
            for first, last in (
                (date(year, 1, 1), date(year, to_month, to_day)),
                (date(year, from_month, from_day), date(year, MONTH_LAST, DAY_LAST)),
            ):
                for offset in range((last - first).days + 1):
                    day = first + timedelta(days=offset)
                    days[day] = Holiday(day, self.year_end_name)
        for rule in self.rules:
            for around in (year, year + 1):  # New Year's Day on a Saturday is observed in the old year
                holiday = _rule_day(rule, around)
                if holiday is not None and holiday.day.year == year:
                    days[holiday.day] = holiday
        return days

    def _national(self, day: date) -> Holiday | None:
        """Return the national holiday of that day; day by day, for the library takes 30 ms for a whole year."""
        if day not in self._nationals:
            import jpholiday  # noqa: PLC0415  (30 ms that most first uses need not pay)

            name = jpholiday.is_holiday_name(day)
            self._nationals[day] = Holiday(day, Text(name, self._english(name))) if name else None
        return self._nationals[day]

    def _english(self, name: str) -> str:
        base, space, _substitute = name.partition(" ")  # the library writes a substitute holiday as "春分の日 振替休日"
        known = self.names.get(base)
        if known is None:
            return f"national holiday ({name})"
        return f"{known}, substitute holiday" if space else known


MONTH_LAST, DAY_LAST = 12, 31


def _rule_day(rule: DayRule, year: int) -> Holiday | None:
    if rule.since is not None and year < rule.since:
        return None
    if rule.day is not None:
        day = date(year, rule.month, rule.day)
        if rule.observed and day.weekday() == SATURDAY:
            day -= timedelta(days=1)
        elif rule.observed and day.weekday() == SUNDAY:
            day += timedelta(days=1)
        return Holiday(day, rule.name)
    if rule.weekday is None or rule.nth is None:
        return None
    if rule.nth > 0:
        first = date(year, rule.month, 1)
        gap = (rule.weekday - first.weekday()) % 7
        return Holiday(first + timedelta(days=gap + 7 * (rule.nth - 1)), rule.name)
    last = date(year + rule.month // 12, rule.month % 12 + 1, 1) - timedelta(days=1)
    return Holiday(last - timedelta(days=(last.weekday() - rule.weekday) % 7), rule.name)
