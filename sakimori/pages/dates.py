"""Dates as people type them: full-width digits, 2026/11/20, 2026年11月20日, 令和8年11月20日, R8.11.20 → ISO 8601."""

import unicodedata
from datetime import datetime, time

from sakimori import law
from sakimori.acts.clock import TOKYO
from sakimori.law.eras import parse_date


def typed_date(text: str) -> str:
    """Return the ISO date of what was typed. Raises `law.ImpossibleDateError`, which says how to write one."""
    found = parse_date(text)
    if found is not None:
        return found.isoformat()
    when = law.parse_when(_plain(text))
    return (when.date() if isinstance(when, datetime) else when).isoformat()


def typed_datetime(text: str) -> str:
    """Return the ISO date and time of what was typed, in Tokyo where no zone is given; a bare date means 0:00.

    Raises `law.ImpossibleDateError`.
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
        when = datetime.combine(when, time())
    return (when if when.tzinfo else when.replace(tzinfo=TOKYO)).isoformat()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().replace("/", "-")
