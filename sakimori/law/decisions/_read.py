"""Read a decision table from its YAML file, refusing whatever has no article, no date, no sentence in both languages.

Errors name file and key (LawDataError). A row may use only facts, constants and outcomes that the table declares, and a
number may stand only among the constants.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NoReturn

import yaml

from sakimori.law.decisions._conditions import (
    COMPARISONS,
    DAY_COMPARISONS,
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
from sakimori.law.decisions._model import CONFIDENCES, Caution, Constant, FactSpec, Question, Row, Table
from sakimori.law.errors import LawDataError
from sakimori.text import Text

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_POLICIES = ("first", "all")
_KINDS = ("bool", "choice", "date", "count", "text")
_WHOM = ("operator", "record", "ministry")
_TABLE_KEYS = frozenset(
    {"table", "title", "article", "source", "policy", "valid_from", "valid_until", "known_since", "exact"}
    | {"facts", "constants", "outcomes", "rows", "otherwise", "cautions"}
)
_ROW_KEYS = frozenset(
    {"row", "when", "outcome", "article", "source", "confidence", "valid_from", "valid_until", "known_since"}
    | {"fact", "text", "would_change", "values", "stops", "excluded_by"}
)
YES_NO: Mapping[str, Text] = MappingProxyType({"true": Text("はい", "yes"), "false": Text("いいえ", "no")})


@dataclass(frozen=True, slots=True)
class _Declared:
    """What the rows of a table may refer to, and what they take over from the table."""

    facts: Mapping[str, FactSpec]
    constants: Mapping[str, tuple[Constant, ...]]
    outcomes: Mapping[str, Text]
    defaults: Mapping[str, object]


class _Place:
    """Where we are in a file, for errors."""

    def __init__(self, file: str, key: str) -> None:
        self.file = file
        self.key = key

    def at(self, key: str) -> "_Place":
        return _Place(self.file, f"{self.key}.{key}" if self.key else key)

    def fail(self, ja: str, en: str) -> NoReturn:
        raise LawDataError(f"{self.file}: {self.key}", ja, en)


def read_table(name: str, content: bytes) -> Table:
    """Return the table of that file name; LawDataError names what is missing or contradictory, and where."""
    place = _Place(name, "")
    try:
        data = yaml.load(content, Loader=_LOADER)  # noqa: S506  (a SafeLoader, in C)
    except yaml.YAMLError as error:
        place.fail(f"YAMLとして読めません: {error}", f"Not readable as YAML: {error}")
    top = _mapping(data, place)
    _only(top, _TABLE_KEYS, place)
    key = _string(top, "table", place)
    if name != f"{key}.yaml":
        place.fail("ファイル名と表の名が違います。", "File name and table name differ.")
    policy = _one_of(top, "policy", _POLICIES, place)
    facts = _facts(top, place)
    constants = _constants(top, place)
    outcomes = {
        str(name): _text_in(value, place.at(f"outcomes.{name}"))
        for name, value in _mapping(top.get("outcomes"), place.at("outcomes")).items()
    }
    defaults = {
        "source": _string(top, "source", place),
        "valid_from": _day(top, "valid_from", place),
        "known_since": _day(top, "known_since", place),
    }
    declared = _Declared(facts, constants, outcomes, defaults)
    rows = tuple(
        _row(row, place.at(f"rows[{number}]"), declared)
        for number, row in enumerate(_list(top.get("rows"), place.at("rows")))
    )
    if len({row.key for row in rows}) != len(rows):
        place.at("rows").fail("行の名が重なっています。", "Two rows have the same name.")
    otherwise = _row(
        {"row": "otherwise", "when": {}, **_mapping(top.get("otherwise"), place.at("otherwise"))},
        place.at("otherwise"),
        declared,
    )
    return Table(
        key=key,
        title=_text(top, "title", place),
        article=_string(top, "article", place),
        policy=policy,
        valid_from=_day(top, "valid_from", place),
        valid_until=_day(top, "valid_until", place) if "valid_until" in top else None,
        known_since=_day(top, "known_since", place),
        facts=MappingProxyType(facts),
        constants=MappingProxyType(constants),
        outcomes=MappingProxyType(outcomes),
        rows=rows,
        otherwise=otherwise,
        cautions=tuple(_cautions(top, place)),
        exact=top.get("exact") is True,
    )


def _row(data: object, place: _Place, declared: _Declared) -> Row:
    entry = {**declared.defaults, **_mapping(data, place)}
    _only(entry, _ROW_KEYS, place)
    outcome = _string(entry, "outcome", place)
    if outcome not in declared.outcomes:
        place.fail(f"結論「{outcome}」が宣言されていません。", f"Outcome {outcome} is not declared.")
    fact = entry.get("fact")
    if fact is not None and fact not in declared.facts:
        place.fail(f"事実「{fact}」が宣言されていません。", f"Fact {fact} is not declared.")
    values = dict(_mapping(entry.get("values") or {}, place.at("values")))
    return Row(
        key=_string(entry, "row", place),
        when=_condition(entry.get("when"), place.at("when"), declared),
        outcome=outcome,
        article=_string(entry, "article", place),
        source=_string(entry, "source", place),
        confidence=_one_of(entry, "confidence", CONFIDENCES, place),
        valid_from=_day(entry, "valid_from", place),
        valid_until=_day(entry, "valid_until", place) if "valid_until" in entry else None,
        known_since=_day(entry, "known_since", place),
        fact=None if fact is None else str(fact),
        text=_text(entry, "text", place),
        would_change=_text(entry, "would_change", place) if "would_change" in entry else None,
        values=MappingProxyType({str(name): _value(value) for name, value in values.items()}),
        stops=entry.get("stops") is True,
        excluded_by=frozenset(str(name) for name in _list(entry.get("excluded_by") or [], place.at("excluded_by"))),
    )


def _value(value: object) -> object:
    if isinstance(value, dict) and set(value) == {"ja", "en"}:
        return Text(str(value["ja"]), str(value["en"]))
    return tuple(value) if isinstance(value, list) else value


def _condition(data: object, place: _Place, declared: _Declared) -> Condition:
    parts: list[Condition] = []
    for key, what in _mapping(data, place).items():
        here = place.at(str(key))
        if key == "all" or key == "any":  # noqa: PLR1714  (reads better beside the grammar)
            inner = tuple(_condition(part, here, declared) for part in _list(what, here))
            parts.append(All(inner) if key == "all" else AnyOf(inner))
        elif key == "not":
            parts.append(Not(_condition(what, here, declared)))
        elif key in declared.facts:
            parts.extend(_about(declared.facts[str(key)], what, here, declared))
        else:
            here.fail(f"事実「{key}」が宣言されていません。", f"Fact {key} is not declared.")
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _about(spec: FactSpec, what: object, place: _Place, declared: _Declared) -> Iterator[Condition]:
    if isinstance(what, dict):
        for operator, operand in what.items():
            yield _operator(spec, str(operator), operand, place.at(str(operator)), declared)
        return
    values = what if isinstance(what, list) else [what]
    for value in values:
        known = isinstance(value, bool) if spec.kind == "bool" else str(value) in spec.allowed
        if not known:
            place.fail(f"「{value}」はこの事実の値ではありません。", f"{value} is not a value of this fact.")
    yield Equals(spec.name, frozenset(values))


def _operator(spec: FactSpec, operator: str, operand: object, here: _Place, declared: _Declared) -> Condition:
    if operator == "given":
        return Given(spec.name)
    if operator == "same_as":
        _expect(operand, "text", here, declared)
        return SameAs(spec.name, str(operand))
    if operator == "within_months":
        inner = _mapping(operand, here)
        _expect(inner.get("of"), "date", here, declared)
        if inner.get("months") not in declared.constants:
            here.fail("月数は constants に置きます。", "The number of months belongs among the constants.")
        return WithinMonths(spec.name, str(inner["of"]), str(inner["months"]), inner.get("counted") is True)
    if operator not in COMPARISONS:
        here.fail("知らない比較です。", "Unknown comparison.")
    kind = "date" if operator in DAY_COMPARISONS else "count"
    if spec.kind != kind:
        here.fail("この事実には使えない比較です。", "This comparison does not fit the fact.")
    _expect(operand, kind, here, declared)
    return Compares(spec.name, COMPARISONS[operator], str(operand))


def _expect(name: object, kind: str, place: _Place, declared: _Declared) -> None:
    if name in declared.constants and kind != "text":
        return
    spec = declared.facts.get(str(name))
    if spec is None or spec.kind != kind:
        place.fail(
            "比べる相手は constants の名か、同じ種類の事実の名で書きます。",
            "Compare with the name of a constant or of a fact of the same kind, never with a literal.",
        )


def _facts(top: Mapping[str, object], place: _Place) -> dict[str, FactSpec]:
    facts: dict[str, FactSpec] = {}
    for name, data in _mapping(top.get("facts"), place.at("facts")).items():
        here = place.at(f"facts.{name}")
        entry = _mapping(data, here)
        _only(entry, frozenset({"kind", "whom", "question", "allowed"}), here)
        kind = _one_of(entry, "kind", _KINDS, here)
        whom = _one_of({"whom": "operator", **entry}, "whom", _WHOM, here)
        question = _text(entry, "question", here)
        allowed: Mapping[str, Text] = YES_NO if kind == "bool" else {}
        if kind == "choice":
            allowed = {
                str(value): _text_in(label, here.at(str(value)))
                for value, label in _mapping(entry.get("allowed"), here.at("allowed")).items()
            }
        missing = Question(str(name), question, whom, tuple(allowed.items()))
        facts[str(name)] = FactSpec(str(name), kind, whom, question, MappingProxyType(dict(allowed)), missing)
    return facts


def _constants(top: Mapping[str, object], place: _Place) -> dict[str, tuple[Constant, ...]]:
    constants: dict[str, tuple[Constant, ...]] = {}
    for name, data in _mapping(top.get("constants") or {}, place.at("constants")).items():
        here = place.at(f"constants.{name}")
        entries = data if isinstance(data, list) else [data]
        dated = []
        for item in entries:
            entry = _mapping(item, here)
            if "parameter" in entry:
                _only(entry, frozenset({"parameter"}), here)
                dated.append(_referred(str(name), _string(entry, "parameter", here)))
                continue
            value = entry.get("value")
            if isinstance(value, bool) or not isinstance(value, int | date):
                here.fail("値は整数か日付です。", "The value must be a whole number or a day.")
            dated.append(
                Constant(
                    name=str(name),
                    value=value,
                    parameter=None,
                    unit=_string(entry, "unit", here),
                    article=_string(entry, "article", here),
                    source=_string({"source": top.get("source"), **entry}, "source", here),
                    confidence=_one_of(entry, "confidence", CONFIDENCES, here),
                    valid_from=_day({"valid_from": top.get("valid_from"), **entry}, "valid_from", here),
                    valid_until=_day(entry, "valid_until", here) if "valid_until" in entry else None,
                ),
            )
        constants[str(name)] = tuple(dated)
    return constants


def _referred(name: str, key: str) -> Constant:
    """Return a constant whose value, article, source and dates are those of a parameter of the law book."""
    return Constant(name, None, key, "", "", "", "certain", date.min, None)


def _cautions(top: Mapping[str, object], place: _Place) -> Iterator[Caution]:
    for number, data in enumerate(_list(top.get("cautions") or [], place.at("cautions"))):
        here = place.at(f"cautions[{number}]")
        entry = _mapping(data, here)
        yield Caution(
            _day(entry, "from", here), _one_of(entry, "confidence", CONFIDENCES, here), _text(entry, "text", here)
        )


def _mapping(data: object, place: _Place) -> dict[str, object]:
    if not isinstance(data, dict):
        place.fail("ここは「名: 値」の並びです。", "A mapping is expected here.")
    return data


def _list(data: object, place: _Place) -> list[object]:
    if not isinstance(data, list):
        place.fail("ここは並び(リスト)です。", "A list is expected here.")
    return data


def _only(entry: Mapping[str, object], allowed: frozenset[str], place: _Place) -> None:
    for key in entry:
        if key not in allowed:
            place.at(str(key)).fail("知らない項目です。", "Unknown key.")


def _string(entry: Mapping[str, object], key: str, place: _Place) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        place.at(key).fail("必須の文字列がありません。", "A required string is missing.")
    return value


def _one_of(entry: Mapping[str, object], key: str, allowed: tuple[str, ...], place: _Place) -> str:
    value = _string(entry, key, place)
    if value not in allowed:
        place.at(key).fail(f"使える値: {', '.join(allowed)}", f"Allowed values: {', '.join(allowed)}")
    return value


def _day(entry: Mapping[str, object], key: str, place: _Place) -> date:
    value = entry.get(key)
    if not isinstance(value, date):
        place.at(key).fail("日付がありません。", "A day is missing.")
    return value


def _text(entry: Mapping[str, object], key: str, place: _Place) -> Text:
    return _text_in(entry.get(key), place.at(key))


def _text_in(data: object, place: _Place) -> Text:
    entry = _mapping(data, place)
    return Text(_string(entry, "ja", place), _string(entry, "en", place))
