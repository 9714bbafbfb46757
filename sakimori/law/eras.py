"""Japanese eras (元号): reading a date as people write it, and writing one.

The eras' first days are those of the cabinet orders under 元号法 (平成, 令和) and of the imperial edicts before it.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

_ERAS = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 10, 23)),
)
_ERA_DATE = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])\s*(元|\d{1,2})\s?[年./-]\s*(\d{1,2})\s?[月./-]\s*(\d{1,2})\s?日?"
)
_MOMENT = re.compile(
    r"(.+?)[ T]*(?:午前|午後|AM|PM)?\s*(\d{1,2})(?::|時)(?:(\d{1,2})分?)?(?::\d{2}(?:[.,]\d{1,9})?|\d{1,2}秒)?"
    r"\s*(?:AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WEEKDAY = re.compile(r"\s*\([月火水木金土日]\)")
_HALF_DAY = re.compile(r"午[前後]|[AP]M", re.IGNORECASE)
_LONGEST_MOMENT = 60
_LAST_HOUR, _LAST_MINUTE = 24, 59
_TOKYO = timedelta(hours=9)
_WESTERN = re.compile(r"(\d{4})\s?[年./-]\s*(\d{1,2})\s?[月./-]\s*(\d{1,2})\s?日?")


def parse_date(value: str) -> date | None:
    """Return the date of an ISO, slashed, Japanese or era notation (令和8年10月1日, R8.10.1); None where it is none.

    A day outside its era (平成31年5月1日, 令和0年) is no date.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if match := _WESTERN.fullmatch(text):
        return _day(*(int(part) for part in match.groups()))
    match = _ERA_DATE.fullmatch(text)
    if match is None:
        return None
    name, count, month, day = match.groups()
    later: date | None = None
    for kanji, letter, first in _ERAS:
        if name in (kanji, letter):
            found = _day(first.year + (1 if count == "元" else int(count)) - 1, int(month), int(day))
            return found if found and first <= found and (later is None or found < later) else None
        later = first
    return None


def day_of(value: str) -> date | None:
    """Return the day of a date or moment as people and exports write it; None where it is none.

    Eight digits are a day too (20261001, as exports write it). A time of day after the date (9:00, 午前9時30分,
    T09:00:00) and a day of the week in brackets say nothing more; a moment with an offset from UTC counts by the clock
    of Tokyo.
    """
    found = parse_date(value)
    if found is not None or len(value) > _LONGEST_MOMENT:
        return found
    if digits := _DIGITS.fullmatch(unicodedata.normalize("NFKC", value).strip()):
        return _day(*(int(part) for part in digits.groups()))
    text = _WEEKDAY.sub("", unicodedata.normalize("NFKC", value).strip(), count=1)
    match = _MOMENT.fullmatch(text)
    day = parse_date(match.group(1) if match else text)
    if match is None or day is None:
        return day
    hour, minute, offset = int(match.group(2)), int(match.group(3) or 0), (match.group(4) or "").upper()
    if hour > _LAST_HOUR or minute > _LAST_MINUTE or (offset and _HALF_DAY.search(text)):
        return None  # nobody writes the hours of half days with an offset
    return _in_tokyo(day, timedelta(hours=hour, minutes=minute), offset) if offset else day


def _in_tokyo(day: date, clock: timedelta, offset: str) -> date | None:
    sign = -1 if offset[0] == "-" else 1
    ahead = timedelta() if offset == "Z" else sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    try:
        return (datetime(day.year, day.month, day.day, tzinfo=UTC) + clock - ahead + _TOKYO).date()
    except OverflowError:
        return None


def era(day: date) -> str:
    """Return the date in the Japanese calendar: 令和8年11月24日; the first year is 元年."""
    for kanji, _, first in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{kanji}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
