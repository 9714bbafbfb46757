"""What one computation of a deadline carries along: the question, and the sentences gathered on the way."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from sakimori.law.facts import Facts
from sakimori.law.model import Holiday, Rule
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.law.lawbook import LawBook


@dataclass(slots=True)
class Case:
    """One question to one rule.

    `day` is the start's day in the rule's zone, `on` the day whose law applies, `asked` that day if it was asked for.
    """

    book: "LawBook"
    rule: Rule
    start: date | datetime
    day: date
    facts: Facts
    on: date
    known: date | None
    start_means: Text
    article: str
    asked: date | None = None
    confidence: str = ""
    is_target: bool = False
    lines: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.confidence = self.confidence or self.rule.confidence

    def say(self, line: Text) -> None:
        """Add one sentence to the derivation."""
        self.lines.append(line)


@dataclass(frozen=True, slots=True)
class Count:
    """The result of counting: the last day (or moment), and what is needed to explain it.

    `unchanged` is the last day before a change (extension, shortening, stop); `skipped` are the closed days that a
    count of open days passed over.
    """

    due: date | datetime
    amount: Text
    start: date | datetime
    first: date
    counted: bool = False
    months: bool = False
    proviso: bool = False
    sign: str = "+"
    changed: bool = False
    unchanged: date | None = None
    skipped: tuple[Holiday, ...] = ()
    open_days: bool = False
    lines: tuple[Text, ...] = ()
    rolled: date | None = None
    passed: tuple[Holiday, ...] = ()

    @property
    def unit(self) -> str:
        """Return moment for rules in hours, day otherwise."""
        return "moment" if isinstance(self.due, datetime) else "day"
