"""Check the facts given to a table against their declared kinds; say what is wrong, where, and what is allowed."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sakimori.law.decisions._model import FactSpec, Table
from sakimori.law.errors import FactError
from sakimori.text import Text

_KIND_WORDS: Mapping[str, Text] = {
    "bool": Text("「はい」(true)か「いいえ」(false)", "true or false"),
    "date": Text("日付(例 2026-10-01)", "a day such as 2026-10-01"),
    "count": Text("0以上の整数", "a whole number, zero or more"),
    "text": Text("文字列", "a text"),
}


def checked(table: Table, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts as the interpreter needs them; None is left out (not known).

    Days may be given as `date` or as ISO text. FactError names table, fact and what is allowed.
    """
    known: dict[str, object] = {}
    for name, value in facts.items():
        if value is None:
            continue
        spec = table.facts.get(name)
        if spec is None:
            raise _unknown(table, name)
        known[name] = _value(table, spec, value)
    return known


def _value(table: Table, spec: FactSpec, value: object) -> object:
    kind = spec.kind
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "choice" and isinstance(value, str) and value in spec.allowed:
        return value
    if kind == "count" and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if kind == "text" and isinstance(value, str):
        return value
    if kind == "date" and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise _wrong(table, spec, value) from error
    raise _wrong(table, spec, value)


def _wrong(table: Table, spec: FactSpec, value: object) -> FactError:
    if spec.kind == "choice":
        allowed = Text("次のいずれか: " + "、".join(spec.allowed), "one of: " + ", ".join(spec.allowed))
    else:
        allowed = _KIND_WORDS[spec.kind]
    shown = repr(value)[:80]
    return FactError(
        Text(
            f"判定表「{table.key}」の事実「{spec.name}」に {shown} は使えません。",
            f"Table {table.key}: {shown} is no value for the fact {spec.name}.",
        ),
        where=f"{table.key}.{spec.name}",
        mend=Text(f"使える値は、{allowed.ja}です。", f"Allowed: {allowed.en}."),
        article=table.article,
    )


def _unknown(table: Table, name: str) -> FactError:
    return FactError(
        Text(f"判定表「{table.key}」に事実「{name}」はありません。", f"Table {table.key} knows no fact {name}."),
        where=f"{table.key}.{name}",
        mend=Text(
            "使える事実は、" + "、".join(table.facts) + "です。", "Facts it knows: " + ", ".join(table.facts) + "."
        ),
        article=table.article,
    )


def facts_of(record: Any) -> dict[str, object]:
    """Return the fields of a dataclass of facts that are known (not None) under their names."""
    known = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {name: value for name, value in known if value is not None}
