"""The conditions of a decision table in words, for the book that people review line by line."""

from collections.abc import Callable
from datetime import date
from operator import ge, gt, le, lt

from sakimori.law.decisions._conditions import (
    All,
    AnyOf,
    Compares,
    Condition,
    Equals,
    Given,
    Not,
    SameAs,
    WithinMonths,
)
from sakimori.law.decisions._model import Table
from sakimori.law.decisions._words import say
from sakimori.text import Text

_DAYS = {
    lt: Text("{0}が{1}より前", "{0} is before {1}"),
    le: Text("{0}が{1}以前", "{0} is on or before {1}"),
    gt: Text("{0}が{1}より後", "{0} is after {1}"),
    ge: Text("{0}が{1}以後", "{0} is on or after {1}"),
}
_COUNTS = {
    lt: Text("{0}が{1}未満", "{0} is less than {1}"),
    le: Text("{0}が{1}以下", "{0} is at most {1}"),
    gt: Text("{0}が{1}を超える", "{0} is more than {1}"),
    ge: Text("{0}が{1}以上", "{0} is at least {1}"),
}
ALWAYS = Text("常に", "always")
_FIRST_COUNTED = Text("初日を数える", "first day counted")
_FIRST_NOT_COUNTED = Text("初日を数えない", "first day not counted")
Operand = Callable[[str], Text | None]
Single = Equals | Given | Compares | SameAs | WithinMonths


def condition(table: Table, when: Condition, operand: Operand) -> Text:
    """Return what a row demands, facts by their names; `operand` gives a constant's value, None for a fact."""
    match when:
        case Not(part):
            inner = condition(table, part, operand)
            return Text(f"({inner.ja})ではない", f"not ({inner.en})")
        case All(parts) | AnyOf(parts):
            every = isinstance(when, All)
            said = [_bracketed(part, condition(table, part, operand), every=every) for part in parts]
            return Text(
                (" かつ " if every else " 又は ").join(part.ja for part in said) or ALWAYS.ja,
                (" and " if every else " or ").join(part.en for part in said) or ALWAYS.en,
            )
        case _:
            return _single(table, when, operand)


def _single(table: Table, when: Single, operand: Operand) -> Text:
    match when:
        case Equals(fact, values):
            said = _either(sorted((_label(table, fact, value) for value in values), key=lambda label: label.en))
            return Text(f"{fact}={said.ja}", f"{fact} = {said.en}")
        case Given(fact):
            return Text(f"{fact}が分かっている", f"{fact} is known")
        case Compares(fact, compare, name):
            spec = table.facts.get(fact)
            form = (_DAYS if spec is not None and spec.kind == "date" else _COUNTS)[compare]
            other = _operand(name, operand)
            return Text(form.ja.format(fact, other.ja), form.en.format(fact, other.en))
        case SameAs(fact, name):
            return Text(f"{fact}と{name}が一字も違わない", f"{fact} and {name} are the same, letter by letter")
        case WithinMonths(fact, of, months, counted):
            span, start = _operand(months, operand), _operand(of, operand)
            first = _FIRST_COUNTED if counted else _FIRST_NOT_COUNTED
            return Text(
                f"{fact}が{start.ja}から{span.ja}以内({first.ja})",
                f"{fact} is within {span.en} of {start.en} ({first.en})",
            )


def _either(labels: list[Text]) -> Text:
    if len(labels) == 1:
        return labels[0]
    return Text("又は".join(f"「{label.ja}」" for label in labels), " or ".join(f'"{label.en}"' for label in labels))


def _bracketed(part: Condition, said: Text, *, every: bool) -> Text:
    mixed = isinstance(part, AnyOf if every else All)
    return Text(f"({said.ja})", f"({said.en})") if mixed else said


def _operand(name: str, operand: Operand) -> Text:
    return operand(name) or Text(name, name)


def _label(table: Table, fact: str, value: object) -> Text:
    spec = table.facts.get(fact)
    key = str(value).lower() if isinstance(value, bool) else str(value)
    if spec is not None and key in spec.allowed:
        return spec.allowed[key]
    if isinstance(value, bool):
        return Text("はい", "yes") if value else Text("いいえ", "no")
    return say(value) if isinstance(value, int | date) else Text(key, key)
