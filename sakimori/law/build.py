"""From parsed YAML to the typed model: sources, instruments, parameters, restrictions, calendars."""

from collections.abc import Iterator, Mapping
from datetime import date

from sakimori.law.calendars import Calendar, DayRule
from sakimori.law.errors import LawDataError
from sakimori.law.model import (
    Commencement,
    Holiday,
    Instrument,
    Parameter,
    ParameterHistory,
    Restriction,
    Source,
    Value,
)
from sakimori.law.reading import Reader
from sakimori.text import Text

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = frozenset(
    [
        "hours",
        "days",
        "weeks",
        "months",
        "years",
        "business_days",
        "minutes",
        "percent",
        "count",
        "people",
        "yen",
        "eur",
        "usd",
        "households",
        "kilowatts",
        "subscribers",
        "month_day",
        "day_of_month",
        "month",
        "date",
        "text",
        "ratio",
        "list",
        "bytes",
        "seconds",
    ]
)


def read_sources(data: object, where: str) -> dict[str, Source]:
    """Return the sources by key: where each fact was read."""
    with Reader(data, where) as file:
        out = {}
        for key, entry in file.mapping("sources").items():
            with Reader(entry, f"{where}: {key}") as source:
                out[key] = Source(key, source.text("title"), source.maybe_word("address"), source.words("files"))
        return out


def read_instruments(data: object, where: str) -> dict[str, Instrument]:
    """Return the instruments by short name, each with its commencement per article."""
    out: dict[str, Instrument] = {}
    with Reader(data, where) as file:
        defaults = file.mapping("defaults")
        for name, entry in file.mapping("instruments").items():
            with Reader(entry, f"{where}: {name}") as inst:
                out[name] = Instrument(
                    name=name,
                    title=inst.text("title"),
                    short_en=inst.word("short_en"),
                    law_id=inst.maybe_word("law_id"),
                    law_num=inst.maybe_word("law_num"),
                    aliases=inst.words("aliases"),
                    commencements=tuple(_commencements(inst, defaults)),
                    titles={
                        ref: Reader(inst.mapping("articles"), f"{inst.where}.articles").text(ref)
                        for ref in inst.mapping("articles")
                    },
                    text_unknown=frozenset(_expand(inst, inst.words("text_unknown"))),
                    house=inst.flag("house"),
                    article_word=inst.word("article_word", default="Art."),
                    supplement=inst.word("supplement", ("条", "項"), "項"),
                    watched=inst.flag("watched"),
                )
    return out


def _commencements(inst: Reader, defaults: Mapping[str, object]) -> Iterator[Commencement]:
    entries = inst.entries("commencement")
    if not entries:
        raise inst.error("「commencement」(施行日)がありません。", "lacks 'commencement' (when it came into force).")
    for entry, place in entries:
        merged = {**defaults, **entry} if isinstance(entry, Mapping) else entry
        with Reader(merged, place) as item:
            if not item.has("from") and not item.flag("unknown"):
                raise item.error(
                    "「from」(施行日)か「unknown: true」が要ります。", "needs 'from' (a date) or 'unknown: true'."
                )
            starts, latest, ends = item.maybe_day("from"), item.maybe_day("latest"), item.maybe_day("until")
            basis, source = item.word("basis"), item.word("source")
            confidence, known, note = item.confidence("certain"), item.day("known_since"), item.maybe_text("note")
            for ref in _expand(item, item.words("articles")) or [""]:
                number, subs = _split(ref)
                yield Commencement(number, subs, starts, latest, ends, basis, source, confidence, known, note)


def _expand(reader: Reader, refs: tuple[str, ...]) -> list[str]:
    """Expand ranges such as 4..10 into single articles."""
    out: list[str] = []
    for ref in refs:
        first, dots, last = ref.partition("..")
        if not dots:
            out.append(ref)
        elif first.isdigit() and last.isdigit():
            out.extend(str(number) for number in range(int(first), int(last) + 1))
        else:
            raise reader.error(f"条の範囲「{ref}」を読めません。", f"cannot read the range of articles '{ref}'.")
    return out


def _split(ref: str) -> tuple[str, tuple[str, ...]]:
    number, _, rest = ref.partition("(")
    return number, tuple(part.rstrip(")") for part in rest.split("(")) if rest else ()


def read_parameters(data: object, where: str) -> dict[str, ParameterHistory]:
    """Return the parameters of one file by key, each with its dated values, oldest first."""
    out: dict[str, ParameterHistory] = {}
    with Reader(data, where) as file:
        defaults = file.mapping("defaults")
        for key, entry in file.mapping("parameters").items():
            with Reader(entry, f"{where}: {key}") as reader:
                title, unit = reader.text("title"), reader.word("unit", UNITS)
                shared = {name: reader.raw(name) for name in _VALUE_KEYS if reader.has(name)}
                rows = reader.entries("values") or [({}, reader.where)]
                values = [
                    _value(key, title, unit, {**defaults, **shared, **_as_mapping(row, place)}, place)
                    for row, place in rows
                ]
            out[key] = ParameterHistory(
                key, title, unit, tuple(sorted(values, key=lambda v: (v.valid_from, v.known_since)))
            )
    return out


_VALUE_KEYS = (
    "value", "article", "source", "confidence", "valid_from", "valid_until", "known_since", "unknown", "note",
)  # fmt: skip


def _as_mapping(row: object, place: str) -> Mapping[str, object]:
    if not isinstance(row, Mapping):
        raise LawDataError(place, "項目の組であるべきです。", "should be a mapping.")
    return row


def _value(key: str, title: Text, unit: str, row: Mapping[str, object], place: str) -> Parameter:
    with Reader(row, place) as item:
        unknown, note, value = item.flag("unknown"), item.maybe_text("note"), item.raw("value")
        mark = item.confidence("certain")
        if unknown and (value is not None or note is None):
            raise item.error(
                "未詳の値には値を置かず「note」に分かっていることを書きます。",
                "an unknown value has no 'value' but a 'note' saying what is known.",
            )
        if not unknown and value is None:
            raise item.error("「value」がありません(未詳なら unknown: true)。", "lacks 'value' (or 'unknown: true').")
        return Parameter(
            key=key,
            title=title,
            value=_checked(value, unit, item),
            unit=unit,
            article=item.word("article"),
            source=item.word("source"),
            confidence="unknown" if unknown else mark,
            valid_from=item.day("valid_from"),
            valid_until=item.maybe_day("valid_until"),
            known_since=item.day("known_since"),
            unknown=unknown,
            note=note,
        )


def _checked(value: object, unit: str, item: Reader) -> Value:
    if value is None or isinstance(value, int | float | str | date | list):
        if unit == "date" and value is not None and not isinstance(value, date):
            raise item.error("単位 date の値は日付です。", "a value of unit 'date' must be a date.")
        return value
    raise item.error(f"値の型が扱えません: {value!r}", f"cannot hold this value: {value!r}")


def read_restrictions(data: object, where: str) -> dict[str, Restriction]:
    """Return the restrictions (labels) by key."""
    out: dict[str, Restriction] = {}
    with Reader(data, where) as file:
        defaults = file.mapping("defaults")
        for key, entry in file.mapping("restrictions").items():
            with Reader({**defaults, **_as_mapping(entry, f"{where}: {key}")}, f"{where}: {key}") as item:
                out[key] = Restriction(
                    key=key,
                    title=item.text("title"),
                    article=item.word("article"),
                    ceilings=item.words("ceilings"),
                    parametrised=item.flag("parametrised"),
                    released_by=item.words("released_by"),
                    refuses=item.words("refuses"),
                    note=item.maybe_text("note"),
                    known_since=item.day("known_since"),
                    source=item.word("source"),
                    house_rule=item.flag("house_rule"),
                )
    return out


def read_calendar(data: object, where: str, overrides: list[tuple[str, Holiday]]) -> Calendar:
    """Return one office calendar with its local overrides laid over it."""
    with Reader(data, where) as file:
        key = file.word("key")
        article, title = file.word("article"), file.text("title")
        file.day("known_since"), file.word("source")
        covers = Reader(file.mapping("covers"), f"{where}.covers")
        first, last = covers.number("first_year"), covers.number("last_year")
        year_end = file.one("year_end", _year_end)
        return Calendar(
            key=key,
            title=title,
            article=article,
            first_year=first,
            last_year=last,
            national_holidays=file.flag("national_holidays"),
            names={str(ja): str(en) for ja, en in file.mapping("names").items()},
            year_end=year_end[0] if year_end else None,
            year_end_name=year_end[1] if year_end else None,
            rules=tuple(_day_rule(entry, place) for entry, place in file.entries("holidays")),
            overrides={holiday.day: holiday for name, holiday in overrides if name == key},
        )


def _year_end(reader: Reader) -> tuple[tuple[tuple[int, int], tuple[int, int]], Text]:
    first, last = _month_day(reader, "from"), _month_day(reader, "until")
    reader.word("article")
    return (first, last), reader.text("title")


def _month_day(reader: Reader, key: str) -> tuple[int, int]:
    month, _, day = reader.word(key).partition("-")
    if not (month.isdigit() and day.isdigit()):
        raise reader.error(f"「{key}」は MM-DD の形です。", f"'{key}' should be MM-DD.")
    return int(month), int(day)


def _day_rule(entry: object, place: str) -> DayRule:
    with Reader(entry, place) as rule:
        weekday = rule.maybe_word("weekday", _WEEKDAYS)
        fixed = rule.number("day", 0) or None
        if (fixed is None) == (weekday is None):
            raise rule.error("「day」か「weekday」のどちらか一つが要ります。", "needs either 'day' or 'weekday'.")
        return DayRule(
            name=rule.text("title"),
            month=rule.number("month"),
            day=fixed,
            weekday=_WEEKDAYS.index(weekday) if weekday else None,
            nth=rule.number("nth", 0) or None,
            since=rule.number("since", 0) or None,
            observed=rule.flag("observed"),
        )


def read_overrides(data: object, where: str) -> list[tuple[str, Holiday]]:
    """Return the local override table: (calendar key, day closed or open, with its reason)."""
    out = []
    with Reader(data, where) as file:
        for entry, place in file.entries("overrides"):
            with Reader(entry, place) as item:
                item.word("article"), item.word("source"), item.day("known_since")
                out.append((item.word("calendar"), Holiday(item.day("date"), item.text("title"), item.flag("closed"))))
    return out
