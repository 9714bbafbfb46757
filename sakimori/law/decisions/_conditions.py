"""Conditions of decision-table rows: read from data, evaluated with a third value for "not known".

A condition answers True, False or None (not known), after Kleene: `all` is False as soon as one part is False, however
much is unknown; `any` is True as soon as one part is True. So a missing fact matters only where the answer turns on it,
and `needs` names exactly the missing facts on which it turns.

Grammar (YAML): a mapping of facts to what they must be, all of which must hold; `all:`, `any:` (lists), `not:`.
What a fact must be: a value; a list of values; or one or more of
`before`, `on_or_before`, `after`, `on_or_after` (days), `less_than`, `at_most`, `more_than`, `at_least` (counts), each
with the name of a constant or of another fact, never a literal; `within_months: {of: day, months: constant, counted:
true}` (not later than that many calendar months from that day, 民法140, 143); `same_as: fact` (the same characters);
`given: true` (known at all).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import ge, gt, le, lt

from sakimori.law.counting import count_months

Facts = Mapping[str, object]
Compare = Callable[[object, object], bool]

COMPARISONS: Mapping[str, Callable[..., bool]] = {
    "before": lt,
    "on_or_before": le,
    "after": gt,
    "on_or_after": ge,
    "less_than": lt,
    "at_most": le,
    "more_than": gt,
    "at_least": ge,
}
DAY_COMPARISONS = frozenset({"before", "on_or_before", "after", "on_or_after"})


@dataclass(frozen=True, slots=True)
class Equals:
    """The fact has one of these values."""

    fact: str
    values: frozenset[object]

    def test(self, facts: Facts) -> bool | None:
        """Return True, False, or None when the fact is missing."""
        value = facts.get(self.fact)
        return None if value is None else value in self.values

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield the fact if it is missing."""
        if facts.get(self.fact) is None:
            yield self.fact


@dataclass(frozen=True, slots=True)
class Given:
    """The fact is known. Never False: an unknown fact leaves the row undecided and is asked for."""

    fact: str

    def test(self, facts: Facts) -> bool | None:
        """Return True, or None when the fact is missing."""
        return None if facts.get(self.fact) is None else True

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield the fact if it is missing."""
        if facts.get(self.fact) is None:
            yield self.fact


@dataclass(frozen=True, slots=True)
class Compares:
    """The fact stands in an order to a constant or another fact (`operand`), looked up by name."""

    fact: str
    compare: Callable[..., bool]
    operand: str

    def test(self, facts: Facts) -> bool | None:
        """Return True, False, or None when either side is missing."""
        left, right = facts.get(self.fact), facts.get(self.operand)
        return None if left is None or right is None else self.compare(left, right)

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield the sides that are missing."""
        for name in (self.fact, self.operand):
            if facts.get(name) is None:
                yield name


@dataclass(frozen=True, slots=True)
class SameAs:
    """Two texts are the same, character by character."""

    fact: str
    other: str

    def test(self, facts: Facts) -> bool | None:
        """Return True, False, or None when either text is missing."""
        left, right = facts.get(self.fact), facts.get(self.other)
        return None if left is None or right is None else left == right

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield the texts that are missing."""
        for name in (self.fact, self.other):
            if facts.get(name) is None:
                yield name


@dataclass(frozen=True, slots=True)
class WithinMonths:
    """The day is not later than the end of so many calendar months from another day."""

    fact: str
    of: str
    months: str
    counted: bool

    def test(self, facts: Facts) -> bool | None:
        """Return True, False, or None when a day is missing."""
        day, start, months = facts.get(self.fact), facts.get(self.of), facts.get(self.months)
        if not isinstance(day, date) or not isinstance(start, date) or not isinstance(months, int):
            return None
        return day <= count_months(start, months, first_counted=self.counted).last

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield the days that are missing."""
        for name in (self.fact, self.of):
            if facts.get(name) is None:
                yield name


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: "tuple[Condition, ...]"

    def test(self, facts: Facts) -> bool | None:
        """Return False if any part is False, else None if any is unknown, else True."""
        known = True
        for part in self.parts:
            answer = part.test(facts)
            if answer is False:
                return False
            if answer is None:
                known = False
        return True if known else None

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield what the unknown parts need."""
        if self.test(facts) is None:
            for part in self.parts:
                yield from part.needs(facts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: "tuple[Condition, ...]"

    def test(self, facts: Facts) -> bool | None:
        """Return True if any part is True, else None if any is unknown, else False."""
        known = True
        for part in self.parts:
            answer = part.test(facts)
            if answer:
                return True
            if answer is None:
                known = False
        return False if known else None

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield what the unknown parts need."""
        if self.test(facts) is None:
            for part in self.parts:
                yield from part.needs(facts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Condition"

    def test(self, facts: Facts) -> bool | None:
        """Return the opposite; unknown stays unknown."""
        answer = self.part.test(facts)
        return None if answer is None else not answer

    def needs(self, facts: Facts) -> Iterator[str]:
        """Yield what the part needs."""
        yield from self.part.needs(facts)


Condition = Equals | Given | Compares | SameAs | WithinMonths | All | AnyOf | Not
