"""Change decision tables, settings of clocks and act kinds in a copy of the law: what rests on them moves."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

import pytest
import yaml

from sakimori import law
from sakimori.law import clocks, listing
from sakimori.law.lawbook import LawBook, build_book, read_files
from sakimori.law.tables import TableBook, decide, table, table_book, tables
from tests.law.situations import facts_for, names_in

FILES = read_files()
ON = date(2026, 11, 20)
TABLES = [one.key for one in tables()]
KINDS = sorted(name for name in FILES if name.startswith("kinds/"))
RULES = sorted(name for name in FILES if name.startswith("rules/"))


def _with(name: str, change: Callable[[Any], None]) -> LawBook:
    data = deepcopy(yaml.safe_load(FILES[name]))
    change(data)
    return build_book({**FILES, name: yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()})


@cache
def _situations(key: str) -> tuple[dict[str, dict[str, Any]], ...]:
    """Return, per row, a set of facts that reaches it: alone, and with everything else answered with no."""
    one = table(key)
    quiet = {"bool": False, "count": 0}
    rest: dict[str, Any] = {name: quiet[spec.kind] for name, spec in one.facts.items() if spec.kind in quiet}
    rest |= {name: "none" for name, spec in one.facts.items() if "none" in spec.allowed}
    found: dict[str, dict[str, Any]] = {}
    for row in one.rows:
        for facts in islice(facts_for(key, row), 200):
            for given in (facts, {**rest, **facts}):
                if any(hit.row == row.key for hit in decide(key, given, ON).hits):
                    found.setdefault(row.key, given)
            if row.key in found:
                break
    return (found,)


@pytest.mark.parametrize("key", TABLES)
def test_every_row_decides_by_its_own_words(key: str) -> None:
    """The outcome's sentence, the reason, the article and what would change it: each changed, each heard."""
    name = f"tables/{key}.yaml"
    (situations,) = _situations(key)
    for field in ("text", "would_change", "article", "confidence"):

        def change(data: Any, field: str = field) -> None:
            for row in data["rows"]:
                if field in ("text", "would_change"):
                    if field in row:
                        row[field] = {"ja": f"変えた理由{row['row']}。", "en": f"Changed {row['row']}."}
                elif field == "article":
                    row[field] = "強化法78"
                else:
                    row[field] = "unknown"

        copy = table_book(_with(name, change))
        for row, facts in situations.items():
            before, after = decide(key, facts, ON), copy.decide(key, facts, ON)  # hits: what is firm while open
            had = next(one for one in table(key).rows if one.key == row)
            if field == "would_change" and had.would_change is None:
                continue
            if field == "confidence" and had.confidence == "unknown":
                continue
            assert (after.as_dict(), after.hits) != (before.as_dict(), before.hits), (row, field)


@pytest.mark.parametrize("key", TABLES)
def test_every_outcome_is_said_in_its_own_words(key: str) -> None:
    def change(data: Any) -> None:
        data["outcomes"] = {name: {"ja": "変えた結論。", "en": "Changed."} for name in data["outcomes"]}

    copy = table_book(_with(f"tables/{key}.yaml", change))
    (situations,) = _situations(key)
    for row, facts in situations.items():
        labels = {hit.label.en for hit in copy.decide(key, facts, ON).hits}
        assert labels == {"Changed."}, row


def _sensitive(key: str, constant: str, copies: list[TableBook]) -> bool:
    """Tell whether the decision on some facts differs between the law and a copy where the constant has moved."""
    one = table(key)
    for row in one.rows:
        if constant not in names_in(row.when):
            continue
        for facts in islice(facts_for(key, row), 400):
            base = decide(key, facts, ON).as_dict()
            if any(copy.decide(key, facts, ON).as_dict() != base for copy in copies):
                return True
    return False


OWN = [(one.key, name) for one in tables() for name, values in one.constants.items() if values[-1].parameter is None]
FROM_PARAMETERS = sorted(
    {(one.key, name, str(v[-1].parameter)) for one in tables() for name, v in one.constants.items() if v[-1].parameter}
)


@pytest.mark.parametrize(("key", "constant"), OWN)
def test_every_number_of_a_table_moves_its_decisions(key: str, constant: str) -> None:
    def moved(by: int) -> TableBook:
        def change(data: Any) -> None:
            entry = data["constants"][constant]
            for row in entry if isinstance(entry, list) else entry.get("values", [entry]):
                row["value"] = row["value"] + (timedelta(days=by) if isinstance(row["value"], date) else by)

        return table_book(_with(f"tables/{key}.yaml", change))

    assert _sensitive(key, constant, [moved(1), moved(-1)])


@pytest.mark.parametrize(("key", "constant", "parameter"), FROM_PARAMETERS)
def test_every_parameter_a_table_uses_moves_its_decisions(key: str, constant: str, parameter: str) -> None:
    name = next(
        file
        for file, content in FILES.items()
        if file.startswith("parameters/") and parameter in yaml.safe_load(content)["parameters"]
    )

    def moved(by: int) -> TableBook:
        def change(data: Any) -> None:
            entry = data["parameters"][parameter]
            for row in entry.get("values", [entry]):
                if "value" in row:
                    row["value"] = row["value"] + (timedelta(days=by) if isinstance(row["value"], date) else by)

        return table_book(_with(name, change))

    assert _sensitive(key, constant, [moved(1), moved(-1)])


KIND_CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "title": lambda _: {"ja": "変えた題", "en": "Changed"},
    "basis": lambda kind: [*kind["basis"], "強化法78"],
    "actors": lambda _: ["jpcert/liaison"],
    "predicates": lambda kind: [*kind.get("predicates", []), "one_more"],
    "settles": lambda kind: [*kind.get("settles", []), "listing.disclosure"],
    "starts": lambda kind: [*kind.get("starts", []), {"rule": "listing.disclosure", "bearer": "diet", "from": "x"}],
    "notifies": lambda kind: [*kind.get("notifies", []), {"to": "diet", "within": "promptly", "basis": "強化法78"}],
    "restricts": lambda kind: {**kind.get("restricts", {}), "more": ["secret"]},
    "releases": lambda kind: [*kind.get("releases", []), "secret"],
    "bulk": lambda kind: not kind.get("bulk", False),
    "token": lambda kind: not kind.get("token", False),
    "competence": lambda kind: "record" if kind.get("competence", "designation") == "designation" else "designation",
    "text_unknown": lambda kind: not kind.get("text_unknown", False),
    "house_rule": lambda _: {"ja": "変えた定め。", "en": "Changed."},
    "second_person": lambda kind: "law" if kind.get("second_person", "none") != "law" else "house",
}


@pytest.mark.parametrize("field", KIND_CHANGES)
def test_every_word_of_a_kind_is_what_the_book_says_of_it(field: str) -> None:
    """For all kinds at once, one field after the other: nothing about a kind is written anywhere but in the data."""
    content = dict(FILES)
    for name in KINDS:
        data = deepcopy(yaml.safe_load(FILES[name]))
        for kind in data["kinds"]:
            merged = {**data.get("defaults", {}), **kind}
            if field == "actors" and merged.get("system"):
                kind["system"] = False
                kind.pop("speaks_for", None)
            kind[field] = KIND_CHANGES[field](merged)
            if field == "second_person":
                kind["proposal_rule"] = "house.proposal.expiry"
        content[name] = yaml.safe_dump(data, allow_unicode=True).encode()
    copy = build_book(content)
    for kind in law.kinds():
        assert listing.show(copy, kind.name, ON) != listing.show(law.book(), kind.name, ON), (kind.name, field)


def test_every_kind_and_clock_is_in_force_only_by_its_article() -> None:
    text = FILES["instruments.yaml"].decode()
    data = yaml.safe_load(text)
    for instrument in data["instruments"].values():
        for entry in instrument["commencement"]:
            entry.pop("unknown", None)
            entry.pop("until", None)
            entry["from"] = date(2026, 11, 21)
    copy = build_book({**FILES, "instruments.yaml": yaml.safe_dump(data, allow_unicode=True).encode()})
    for kind in copy.kinds():
        assert not copy.in_force(kind.in_force_by, ON)
        assert copy.in_force(kind.in_force_by, ON + timedelta(days=1))
    for rule in copy.rules():
        day = datetime(2026, 11, 20, 9)  # noqa: DTZ001 - each rule's own zone
        assert not clocks.deadline(copy, rule.key, day, on=ON).in_force
        open_now = rule.enabled and rule.valid_until is None
        assert clocks.deadline(copy, rule.key, day, on=ON + timedelta(days=1)).in_force == open_now


STARTS = [datetime(2026, 11, 1, 9) + timedelta(days=day) for day in range(75)]  # noqa: DTZ001 - each rule's own zone
RULE_CHANGES = {"first_day": ("excluded", "counted"), "roll": ("none", "forward"), "method": ("civil", "same_date")}


def _heard(book: LawBook, key: str) -> list[dict[str, object]]:
    return [clocks.deadline(book, key, start).as_dict() for start in STARTS]


@pytest.mark.parametrize("setting", RULE_CHANGES)
def test_every_setting_of_a_clock_moves_it(setting: str) -> None:
    """First day, roll and way of counting months: flipped in a copy, the days (or the reasons) move."""
    plain, other = RULE_CHANGES[setting]
    for name in RULES:
        data = deepcopy(yaml.safe_load(FILES[name]))
        flipped = []
        for rule in data["rules"]:
            merged = {**data.get("defaults", {}), **rule}
            period = law.book().parameters.get(merged.get("period", ""))
            unit = period.values[-1].unit if period and not period.values[-1].unknown else ""
            counted = ("days", "weeks", "months", "years")
            if unit not in (("months", "years") if setting == "method" else counted):
                continue
            if merged.get("form") in ("backward", "calendar") or (setting == "roll" and merged.get("calendar") is None):
                continue
            if (
                setting == "first_day" and merged.get("method") == "same_date"
            ):  # the day of the same number, no first day
                continue
            if merged.get("window", {}).get("anchor"):  # one fixed day: the settings are told by the table test
                continue
            rule[setting] = other if merged.get(setting, plain) == plain else plain
            flipped.append(rule["key"])
        copy = build_book({**FILES, name: yaml.safe_dump(data, allow_unicode=True).encode()})
        for key in flipped:
            assert _heard(copy, key) != _heard(law.book(), key), (key, setting)
