"""Reading the facts a clock is given (`--set name=value`): which are allowed, and what they mean.

- the window's event (introduced=2026-12-01), a variant's fact (item=15)
- midnight=yes: the period begins at 0:00, so its first day counts (民法140 proviso)
- target=24h | 3d | 2bd: an office's own target where the law has no number (hours, days, open days)
- shortened=14 (in the rule's unit) or a date; extended=4 (in the limit's unit); stopped=2026-12-01; suspended=5 (days)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sakimori.law.eras import parse_date
from sakimori.law.errors import FactError, ImpossibleDateError
from sakimori.law.model import Rule
from sakimori.text import Text

_TARGET = re.compile(r"^(\d{1,4})\s*(h|d|bd)$")
_YES, _NO = frozenset({"yes", "true", "1", "はい"}), frozenset({"no", "false", "0", "いいえ"})


def parse_when(text: str) -> date | datetime:
    """Return the day or moment written in `text`: ISO 8601, 2026年11月20日, 令和8年11月20日, R8.11.20.

    Raises ImpossibleDateError for a day that does not exist or a form that cannot be read.
    """
    plain = text.strip()
    try:
        day = parse_date(plain)
        if day is not None:
            return day
        if "T" in plain or " " in plain or ":" in plain:
            return datetime.fromisoformat(plain)
        return date.fromisoformat(plain)
    except ValueError as error:
        raise ImpossibleDateError(
            Text(
                f"「{text}」は日付として読めないか、暦に存在しません。",
                f"'{text}' is not a date that exists or can be read.",
            ),
            where=text,
            mend=Text(
                "例: 2026-11-20、2026-11-20T09:00、令和8年11月20日。",
                "For example 2026-11-20, 2026-11-20T09:00 or 令和8年11月20日.",
            ),
        ) from error


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts given to one rule, read on demand and checked against what the rule knows."""

    rule: Rule
    given: Mapping[str, object]

    def check(self) -> None:
        """Raise FactError for a fact this rule does not know."""
        allowed = allowed_facts(self.rule)
        for name in self.given:
            if name not in allowed:
                names = ", ".join(sorted(allowed)) or "-"
                raise self._error(
                    name,
                    f"この規定が知らない事実です。知っているもの: {names}",
                    f"is not a fact of this rule. Known: {names}",
                )

    def day(self, name: str) -> date | None:
        """Return a fact that is a day, or None when it is not given."""
        value = self.given.get(name)
        if isinstance(value, str):
            value = parse_when(value)
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        raise self._error(name, "日付であるべきです。", "should be a date.")

    def number(self, name: str) -> int | None:
        """Return a fact that is a whole number of at least zero, or None when it is not given."""
        value = self.given.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise self._error(name, "0以上の整数であるべきです。", "should be a whole number of at least zero.")

    def flag(self, name: str) -> bool:
        """Return a yes/no fact; absent means no."""
        value = self.given.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if str(value).lower() in _YES | _NO:
            return str(value).lower() in _YES
        raise self._error(name, "yes か no であるべきです。", "should be yes or no.")

    def choice(self, name: str) -> str | None:
        """Return a fact compared as a word, or None when it is not given."""
        value = self.given.get(name)
        return None if value is None else str(value).strip()

    def target(self) -> tuple[int, str] | None:
        """Return an office's target as (number, unit) with unit hours | days | business_days, or None."""
        value = self.given.get("target")
        if value is None:
            return None
        match = _TARGET.match(str(value).strip())
        if not match:
            raise self._error("target", "24h、3d、2bd の形であるべきです。", "should look like 24h, 3d or 2bd.")
        return int(match[1]), {"h": "hours", "d": "days", "bd": "business_days"}[match[2]]

    def is_date(self, name: str) -> bool:
        """Tell whether a fact is given as a date rather than a number."""
        value = self.given.get(name)
        return isinstance(value, date) or (isinstance(value, str) and not value.strip().isdigit())

    def refuse(self, name: str, ja: str, en: str) -> FactError:
        """Return (not raise) an error about one fact."""
        return self._error(name, ja, en)

    def _error(self, name: str, ja: str, en: str) -> FactError:
        value = self.given.get(name)
        return FactError(
            Text(f"{self.rule.key}: 「{name}={value}」: {ja}", f"{self.rule.key}: '{name}={value}' {en}"),
            where=name,
            article=self.rule.article,
        )


def allowed_facts(rule: Rule) -> frozenset[str]:
    """Return the names of the facts this rule knows."""
    names = {variant.fact for variant in rule.variants}
    if rule.window is not None and rule.window.event is not None:
        names.add(rule.window.event)
    if rule.form == "prompt":
        names.add("target")
    if rule.form in ("deadline", "waiting", "period") and rule.first_day == "excluded" and rule.method == "civil":
        names.add("midnight")
    changes = {"shortened": rule.adjust.shorten, "extended": rule.adjust.extend, "stopped": rule.adjust.stop}
    changes["suspended"] = rule.adjust.suspend
    return frozenset(names | {name for name, article in changes.items() if article is not None})
