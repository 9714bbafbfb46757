"""Facts on both sides of every number and day of a decision table, and what a condition speaks of."""

from datetime import date, timedelta
from itertools import islice, product

from sakimori.law.decisions._conditions import All, AnyOf, Condition, Not
from sakimori.law.lawbook import book as law_book
from sakimori.law.tables import table


def conditions(condition: Condition):
    yield condition
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from conditions(part)
    elif isinstance(condition, Not):
        yield from conditions(condition.part)


def candidates(key, spec):
    """A few values of a fact that lie on both sides of every number or day of its table."""
    numbers = [value for value in constants_of(key) if isinstance(value, int)]
    days = [value for value in constants_of(key) if not isinstance(value, int)]
    if spec.kind == "bool":
        return [True, False]
    if spec.kind == "choice":
        return list(spec.allowed)
    if spec.kind == "count":
        return sorted({0, *numbers, *(number - 1 for number in numbers), *(number + 1 for number in numbers)})
    if spec.kind == "date":
        return [day + timedelta(days=by) for day in (*days, date(2026, 11, 20)) for by in (-900, -1, 0, 40, 150, 400)]
    return ["A", "B"]


def constants_of(key):
    """Yield the values of a table's constants in order, today's where they are parameters."""
    for values in table(key).constants.values():
        for constant in values:
            yield law_book().parameter(constant.parameter).value if constant.parameter else constant.value


def facts_for(key, row):
    """Yield some sets of facts under which the row's condition holds, and nothing the condition does not speak of."""
    one = table(key)
    named = dict(zip(one.constants, constants_of(key), strict=True))
    used = dict.fromkeys(
        name
        for part in conditions(row.when)
        for name in (getattr(part, attribute, None) for attribute in ("fact", "operand", "of", "other"))
        if name in one.facts
    )
    choices = product(*(candidates(key, one.facts[name]) for name in used))
    for values in islice(choices, 300_000):
        facts = dict(zip(used, values, strict=True))
        if row.when.test({**named, **facts}):
            yield facts


def names_in(condition):
    return {getattr(part, at, None) for part in conditions(condition) for at in ("operand", "months", "of", "fact")}
