"""Dates as people type them, and as they read them.

Typed: full-width digits, 2026/11/20, 2026年11月20日, 令和8年11月20日, R8.11.20, and 46346 as a spreadsheet gives a day
where its format was lost → ISO 8601. Read: the western
year first and the era always in the same place, 2026年11月21日（令和8年）, in English 21 Nov 2026; in tables without
the era, which the full form of the same moment carries wherever it stands alone.
"""

import re
import unicodedata
from datetime import date, datetime

from sakimori import law
from sakimori.acts.clock import TOKYO
from sakimori.law.eras import era, parse_date
from sakimori.text import Text

_DAY_NUMBER = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]{1,15})?", re.ASCII)  # 1927 to 2173
_BEFORE_FIRST = 693_594  # the 1900 system counts from here (a day of the Gregorian era), its leap bug behind it
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read(value: date, language: str) -> str:
    """Return a day, or a moment in Tokyo, as it stands in a sentence or alone.

    >>> read(date(2026, 11, 21), "ja"), read(date(2026, 11, 21), "en")
    ('2026年11月21日（令和8年）', '21 Nov 2026')
    """
    day, clock = _parted(value)
    if language.startswith("ja"):
        return f"{day.year}年{day.month}月{day.day}日（{era(day).partition('年')[0]}年）{clock}"
    return _english(day, clock)


def brief(value: date, language: str) -> str:
    """Return a day, or a moment in Tokyo, as a cell of a table or a list shows it: 2026年11月21日 14:23."""
    day, clock = _parted(value)
    if language.startswith("ja"):
        return f"{day.year}年{day.month}月{day.day}日{clock and ' '}{clock}"
    return _english(day, clock)


def plain(value: date) -> str:
    """Return a day, or a moment in Tokyo, for machines that read tables: 2026-11-21 14:23."""
    day, clock = _parted(value)
    return f"{day.isoformat()}{clock and ' '}{clock}"


def _parted(value: date) -> tuple[date, str]:
    """Return the day and, of a moment, hour and minute, both in Tokyo."""
    if not isinstance(value, datetime):
        return value, ""
    moment = value.astimezone(TOKYO) if value.tzinfo else value
    return moment.date(), f"{moment:%H:%M}"


def _english(day: date, clock: str) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}{clock and ', '}{clock}"


def typed_date(text: str) -> str:
    """Return the ISO date of what was typed. Raises `law.ImpossibleDateError`, which says how to write one."""
    found = parse_date(text) or _numbered(_plain(text))
    if found is not None:
        return found.isoformat()
    when = law.parse_when(_plain(text))
    return (when.date() if isinstance(when, datetime) else when).isoformat()


def _numbered(text: str) -> date | None:
    """Return the day of a day number (ECMA-376 Part 1, 18.17.4), a time of day behind its point; None for others."""
    found = _DAY_NUMBER.fullmatch(text)
    return date.fromordinal(_BEFORE_FIRST + int(found[1])) if found else None


def typed_datetime(text: str) -> str:
    """Return the ISO date and time of what was typed, in Tokyo where no zone is given.

    Raises `law.ImpossibleDateError`; also for a bare date, which would silently become midnight.
    """
    plain = _plain(text)
    try:
        when = law.parse_when(plain)
    except law.ImpossibleDateError:
        day, _, clock = plain.rpartition(" ")
        if not day or ":" not in clock:
            raise
        when = law.parse_when(f"{typed_date(day)}T{clock.zfill(5)}")
    if not isinstance(when, datetime):
        raise law.ImpossibleDateError(
            Text(f"「{text}」に時刻がありません。", f"“{text}” has no time of day."),
            where=text,
            mend=Text(
                f"時刻も入れてください（例: {when} 09:30）。日しか分からないときは 00:00 と入れてください。",
                f"Give the time too (for example {when} 09:30); write 00:00 where only the day is known.",
            ),
        )
    return (when if when.tzinfo else when.replace(tzinfo=TOKYO)).isoformat()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().replace("/", "-")
