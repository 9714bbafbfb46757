"""Change every number in a copy of the law: every result resting on it must move. Nothing is wired past the data."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import yaml

from sakimori import law
from sakimori.law import clocks, listing
from sakimori.law.lawbook import LawBook, build_book, read_files

FILES = read_files()
PARAMETER_FILES = sorted(name for name in FILES if name.startswith("parameters/"))
STARTS = (datetime(2026, 11, 20, 9), datetime(2026, 10, 5, 9), datetime(2027, 8, 31, 9))  # noqa: DTZ001 - read in each rule's zone
ON = date(2026, 11, 20)


def _entries() -> Iterator[tuple[str, str]]:
    for name in PARAMETER_FILES:
        for key in yaml.safe_load(FILES[name])["parameters"]:
            yield name, key


def _moved(value: Any) -> Any:
    """Return another value of the same sort, far enough away that a roll over a holiday cannot hide the change."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value * 3 + 11 if value else 1
    if isinstance(value, date):
        return value + timedelta(days=45)
    if isinstance(value, list):
        return [*value, value[-1]]
    return "01-31" if value[:2].isdigit() and value[2:3] == "-" else f"{value} (changed)"


def _changed(name: str, key: str) -> LawBook:
    data = yaml.safe_load(FILES[name])
    entry = data["parameters"][key]
    for row in entry.get("values", [entry]):
        if row.get("unknown", data.get("defaults", {}).get("unknown")):
            row.pop("unknown", None)
            row.update(unknown=False, value="answered", note=row.get("note") or entry.get("note"))
            if entry["unit"] not in ("text", "list"):
                row["value"] = ON if entry["unit"] == "date" else 7
        else:
            row["value"] = 12 if entry["unit"] == "month" else _moved(row["value"])
            if entry["unit"] == "day_of_month":
                row["value"] = 5
    return build_book({**FILES, name: yaml.safe_dump(data, allow_unicode=True).encode()})


def _answers(book: LawBook, keys: frozenset[str]) -> dict[str, list[object]]:
    out: dict[str, list[object]] = {}
    for key in keys:
        rule = book.rule(key)
        starts = (*STARTS, datetime(2025, 6, 10, 9)) if key == "espa.grace" else STARTS  # noqa: DTZ001
        out[key] = [clocks.deadline(book, key, start).as_dict() for start in starts]
        if rule.window is not None:
            event = rule.window.event
            for days in (-60, 15, 75, 100):  # before, inside and after the windows
                near = STARTS[1] + timedelta(days=days)
                facts = {event: near.date()} if event else {}
                out[key].append(clocks.deadline(book, key, STARTS[1] if event else near, facts=facts).as_dict())
        if rule.adjust.extend_limit is not None:
            limit = book.parameter(rule.adjust.extend_limit).value
            out[key].append(clocks.deadline(book, key, STARTS[0], facts={"extended": limit}).as_dict())
    return out


def _users(book: LawBook) -> dict[str, frozenset[str]]:
    """Return, per parameter, the rules whose answer rests on it, following rules that hand over to another."""
    direct: dict[str, set[str]] = {}
    for rule in book.rules():
        window = rule.window
        used = [rule.period, rule.guide, rule.adjust.extend_limit]
        used += [window.anchor, window.within] if window else []
        if rule.begins == "next_fiscal_year":
            used.append(clocks.FISCAL_YEAR)
        for key in used:
            if key is not None:
                direct.setdefault(key, set()).add(rule.key)
    return {key: frozenset(rules) for key, rules in direct.items()}


@cache
def _base() -> tuple[dict[str, frozenset[str]], dict[str, list[object]]]:
    users = _users(law.book())
    return users, _answers(law.book(), frozenset(key for keys in users.values() for key in keys))


@pytest.mark.parametrize(("name", "key"), list(_entries()))
def test_every_number_moves_what_rests_on_it(name: str, key: str) -> None:
    users, before = _base()
    book = _changed(name, key)
    dependent = users.get(key, frozenset())
    after = _answers(book, dependent)
    for rule in dependent:
        assert after[rule] != before[rule], f"{rule} does not move with {key}"
    assert listing.show(law.book(), key, ON) != listing.show(book, key, ON)
    assert book.digest != law.book().digest


def test_rules_that_do_not_rest_on_a_number_do_not_move() -> None:
    _, before = _base()
    book = _changed("parameters/kyokaho_clocks.yaml", "kyokaho.incident.full.period")
    others = frozenset(before) - {"kyokaho.incident.full"}
    assert _answers(book, others) == {key: before[key] for key in others}


def test_the_closed_days_rest_on_the_calendar_data() -> None:
    name = "calendars/jp_national.yaml"
    book = build_book({**FILES, name: FILES[name].replace(b'"12-29"', b'"12-27"')})
    start = date(2026, 11, 28)  # day 30 is Monday 12-28
    assert clocks.deadline(law.book(), "kyokaho.incident.full", start).due == date(2026, 12, 28)
    assert clocks.deadline(book, "kyokaho.incident.full", start).due == date(2027, 1, 4)


def test_a_commencement_rests_on_the_instrument_data() -> None:
    text = FILES["instruments.yaml"].decode()
    old = "unknown: true\n        latest: 2027-11-22"
    assert old in text
    book = build_book({**FILES, "instruments.yaml": text.replace(old, "from: 2026-11-01").encode()})
    assert book.in_force("強化法17", ON)
    assert clocks.deadline(book, "measures.transit.period", ON).in_force
