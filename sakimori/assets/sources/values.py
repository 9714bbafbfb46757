"""What a cell of a workbook shows: dates out of day numbers, numbers as written, leading zeros kept.

ECMA-376 Part 1 (SpreadsheetML): 18.8.30 number formats, 18.17.4 dates and times (1900 and 1904 date systems).
"""

import re
from datetime import date

from sakimori.law import eras

_BUILT_IN_DATES = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))  # 18.8.30, East Asian ones included
_BUILT_IN_TIMES = frozenset((*range(18, 22), 45, 46, 47))
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
_LAST_SERIAL = 2_958_465  # 9999-12-31
_BEFORE_1900 = 693_594  # the day from which the 1900 system counts (after its leap bug), in days of the Gregorian era
_BEFORE_1904 = 695_056  # the same of the 1904 system
_LEAP_BUG = 60  # the 1900 system counts a 29 February 1900 that was none
SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]{1,15})?", re.ASCII)
"""The day numbers of 1927 to 2173, the time of day behind the point."""
_EXACT = 15  # digits a double holds for certain


def is_date_format(number: int, code: str | None) -> bool:
    """Return whether a number format shows a day (also in Japanese eras: g, e)."""
    if code is None:
        return number in _BUILT_IN_DATES
    plain = _LITERAL.sub("", code.split(";")[0]).casefold()
    return bool(re.search(r"[yd]|e(?![+-])|g", plain)) and "general" not in plain


def padding(code: str | None) -> int:
    """Return to how many digits a format fills up with zeros (`00000`), 0 where it does not."""
    return len(code) if code and len(code) <= _EXACT and set(code) == {"0"} else 0


def day_of(text: str, *, since_1904: bool) -> str | None:
    """Return the day (ISO) that a day number stands for; None where it stands for none."""
    try:
        serial = int(float(text))
    except (ValueError, OverflowError):
        return None
    if not 0 < serial <= _LAST_SERIAL or (serial == _LEAP_BUG and not since_1904):
        return None
    first = _BEFORE_1904 if since_1904 else _BEFORE_1900 if serial > _LEAP_BUG else _BEFORE_1900 + 1
    return date.fromordinal(first + serial).isoformat() if first + serial <= date.max.toordinal() else None


def day_written(text: str, *, since_1904: bool = False) -> date | None:
    """Return the day that a cell for a day holds: as people write it, or the day number left where a format was lost.

    Five digits (`46327`, also `46327.0` and with a time of day) are a day number: no other way of writing a day looks
    like it. None where it is no day.
    """
    found = eras.day_of(text)
    if found is not None or not SERIAL.fullmatch(text.strip()):
        return found
    serial = day_of(text.strip(), since_1904=since_1904)
    return date.fromisoformat(serial) if serial else None


def number(text: str, zeros: int = 0) -> str:
    """Return a number as Excel shows it: no `.0`, no exponent for whole numbers, filled up with zeros if asked."""
    if text.isdigit():
        return text.zfill(zeros)
    try:
        value = float(text)
    except ValueError:
        return text
    if value.is_integer() and abs(value) < 10**_EXACT:
        return str(int(value)).zfill(zeros)
    return format(value, f".{_EXACT}g")
