"""From a person's table to checked rows: every fault with line, column, reason and mend; nothing applied on any."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sakimori.assets import editions
from sakimori.assets.payloads import LONGEST
from sakimori.assets.sources.values import day_written
from sakimori.assets.tables import Read, RowFault, parse_flag, read
from sakimori.assets.wording import COLUMNS, CONNECTIONS, FLAGS, SERVES, UNITS
from sakimori.law.decisions import assets as scope_table
from sakimori.law.tables import table
from sakimori.text import Text

_TEXTS = ("key", "name", "maker", "product", "version", "serial", "address", "responsible")
_FURTHER = ("asset_tag", "position", "asset_owner", "host", "cpe", "purl")
_EMPTY = Text("空欄です。", "It is empty.")
_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_NEEDED = ("key", "name", "maker", "product")
_OFFERED = 20  # so many facilities are offered in one message
_LONGEST_WORD = 1000  # no name of a facility and no word of ours is longer
_QUOTED = 60  # so many characters of a wrong value are quoted


@dataclass(frozen=True, slots=True)
class Checked:
    """What a table came to: rows ready to be staged (empty where there is any fault), every fault, what was not read.

    `lines` are the lines of all rows of the file in order, good or not; `candidates` what each came to, good or not;
    `notes` what was left out as chosen, or made; `left_out` the rows left out one by one, each with its line.
    """

    rows: list[dict[str, Any]]
    faults: list[RowFault]
    headings: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    lines: Sequence[int] = ()
    candidates: Sequence[dict[str, Any]] = ()
    notes: Sequence[Text] = ()
    left_out: Sequence[tuple[int, str]] = ()


def check(
    data: bytes, facilities: Mapping[str, str], today: date, progress: Callable[[int], None] = lambda _: None
) -> Checked:
    """Return the checked rows of a CSV file with our own headings.

    `facilities` maps a facility's name and its category to its id. Raises `TableError` where the file as a whole is no
    table. `progress` is told the number of rows done. Whether the register has a key already is for `differences`.
    """
    return check_read(read(data, COLUMNS), facilities, today, progress)


def check_read(
    found: Read,
    facilities: Mapping[str, str],
    today: date,
    progress: Callable[[int], None] = lambda _: None,
    notes: Sequence[Text] = (),
) -> Checked:
    """Return the checked rows of a table that has been read (of whatever format), as `check` does."""
    found, notes = _without_private(found, notes)
    known = {_folded(name): identity for name, identity in facilities.items()}
    keys: dict[str, int] = {}
    rows, faults = [], list(found.faults)
    for number, cells in enumerate(found.rows, start=1):
        checker = _Row(cells, found.headings, facilities, known, today)
        rows.append(checker.checked())
        checker.check_key(keys)
        faults += checker.faults
        if number % 1000 == 0:
            progress(number)
    progress(len(found.rows))
    lines = [int(cells["_line"]) for cells in found.rows]
    order = {column.field: place for place, column in enumerate(COLUMNS)}
    places = {heading: order[name] for name, heading in found.headings.items()}
    faults.sort(key=lambda fault: (fault.line, places.get(fault.column, -1)))
    return Checked([] if faults else rows, faults, found.headings, found.ignored, lines, rows, notes)


def _without_private(found: Read, notes: Sequence[Text]) -> tuple[Read, Sequence[Text]]:
    """Return a table without what this installation does not keep, and the remark that says so."""
    private = editions.dropped()
    named = [heading for name, heading in found.headings.items() if name in private]
    if not named:
        return found, notes
    rows = [{name: cell for name, cell in cells.items() if name not in private} for cells in found.rows]
    headings = {name: heading for name, heading in found.headings.items() if name not in private}
    return Read(rows, headings, found.ignored, found.faults), [*notes, editions.left_out(named)]


@dataclass(slots=True)
class _Row:
    """One row on its way from cells to what is staged, and what is wrong with it."""

    cells: Mapping[str, str]
    headings: Mapping[str, str]
    facilities: Mapping[str, str]
    known: Mapping[str, str]
    today: date
    faults: list[RowFault] = field(default_factory=list)

    @property
    def line(self) -> int:
        return int(self.cells["_line"])

    def fault(self, name: str, what: Text, mend: Text) -> None:
        self.faults.append(RowFault(self.line, self.headings.get(name, name), what, mend))

    def checked(self) -> dict[str, Any]:
        row: dict[str, Any] = {"_line": self.line, **{name: self._text(name) for name in _TEXTS}}
        row["facility"] = self._facility()
        row["unit"] = self._unit()
        row["introduced_on"] = self._introduced()
        row["facts"] = self._facts()
        row |= {name: value for name in _FURTHER if (value := self._text(name))}
        if end := self._support_end():
            row["support_end"] = end
        return row

    def check_key(self, keys: dict[str, int]) -> None:
        key = self.cells.get("key", "")
        if not key:
            return
        if key in keys:
            self.fault(
                "key",
                Text(f"{keys[key]}行目と同じ管理番号です。", f"The same key as line {keys[key]}."),
                Text("管理番号を1台に1つにしてください。", "Give each computer its own key."),
            )
        keys.setdefault(key, self.line)

    def _text(self, name: str) -> str:
        value = self.cells.get(name, "")
        if not value and name in _NEEDED:
            self.fault(name, _EMPTY, Text("値を入れてください。", "Fill it in."))
        elif len(value) > LONGEST[name]:
            self.fault(
                name,
                Text(
                    f"{len(value)}文字あります（上限{LONGEST[name]}）。",
                    f"{len(value)} characters; at most {LONGEST[name]}.",
                ),
                Text("短くしてください。", "Shorten it."),
            )
        return value

    def _facility(self) -> str:
        named = self.cells.get("facility", "")
        found = self.facilities.get(named) or (
            self.known.get(_folded(named), "") if len(named) <= _LONGEST_WORD else ""
        )
        if not found:
            offered = list(self.facilities)[:_OFFERED]
            self.fault(
                "facility",
                Text(
                    f"「{_quoted(named)}」という特定重要設備は登録されていません。",
                    f"There is no facility “{_quoted(named)}”.",
                )
                if named
                else _EMPTY,
                Text(f"次のいずれかを書いてください: {'、'.join(offered)}", f"Write one of: {', '.join(offered)}"),
            )
        return found

    def _unit(self) -> str | None:
        value = self.cells.get("unit", "")
        found = _choice(value, UNITS)
        if found is None:
            self.fault(
                "unit",
                Text(f"種別「{_quoted(value)}」は分かりません。", f"“{_quoted(value)}” is no kind we know.")
                if value
                else _EMPTY,
                Text(f"次のいずれか: {'、'.join(words[0] for words in UNITS.values())}", f"One of: {', '.join(UNITS)}"),
            )
        return found

    def _introduced(self) -> str:
        value = self.cells.get("introduced_on", "")
        introduced = day_written(value)
        if introduced is None:
            self.fault(
                "introduced_on",
                Text(f"日付「{_quoted(value)}」を読めません。", f"“{_quoted(value)}” is no date.") if value else _EMPTY,
                Text(
                    "実在する日を、2026-10-01、2026/10/1、令和8年10月1日 のいずれかの形で書いてください。",
                    "Write a day that exists, as 2026-10-01, 2026/10/1 or 令和8年10月1日.",
                ),
            )
            return ""
        if introduced > self.today:
            self.fault(
                "introduced_on",
                Text(f"導入日 {introduced} は未来の日付です。", f"{introduced} lies in the future."),
                Text(
                    "導入した日（今日まで）を書いてください。", "Write the day it was introduced, today at the latest."
                ),
            )
        return introduced.isoformat()

    def _support_end(self) -> str:
        value = self.cells.get("support_end", "")
        found = day_written(value) if value else None
        if value and found is None:
            self.fault(
                "support_end",
                Text(f"日付「{_quoted(value)}」を読めません。", f"“{_quoted(value)}” is no date."),
                Text(
                    "導入日と同じ形で年月日まで書くか、空欄（不明）にしてください。",
                    "Write a whole day, as that of introduction, or leave it empty (not known).",
                ),
            )
        return found.isoformat() if found else ""

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for name, words in (("connection", CONNECTIONS), ("serves", SERVES)):
            value = self.cells.get(name, "")
            if not value:
                continue
            facts[name] = _choice(value, words)
            if facts[name] is None:
                options = "、".join(names[0] for names in words.values())
                self.fault(
                    name,
                    Text(f"「{_quoted(value)}」は分かりません。", f"“{_quoted(value)}” is not understood."),
                    Text(
                        f"次のいずれか、または空欄（不明）: {options}",
                        f"One of {', '.join(words)}, or empty (not known).",
                    ),
                )
        for column in FLAGS:
            value = self.cells.get(column.field, "")
            if not value:
                continue
            facts[column.field] = parse_flag(value)
            if facts[column.field] is None:
                self.fault(
                    column.field,
                    Text(
                        f"「{_quoted(value)}」は ○・× のどちらでもありません。",
                        f"“{_quoted(value)}” is neither yes nor no.",
                    ),
                    Text("○ か ×、不明なら空欄にしてください。", "Write ○ or ×, or leave it empty where not known."),
                )
        return {name: value for name, value in facts.items() if value is not None}


def day(value: str) -> date:
    """Return the day a checked row carries (ISO)."""
    return date.fromisoformat(value)


@lru_cache(maxsize=8192)
def _folded(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def _quoted(value: str) -> str:
    return value if len(value) <= _QUOTED else f"{value[:_QUOTED]}…"


def _choice(value: str, words: Mapping[str, Sequence[str]]) -> str | None:
    if len(value) > _LONGEST_WORD:
        return None
    folded = _folded(value)
    for choice, names in words.items():
        if folded == choice or folded in (_folded(name) for name in names):
            return choice
    return None


def questions() -> Mapping[str, Text]:
    """Return the law's own question behind each fact column: the site shows it as help."""
    asked = set(scope_table.ComputerFacts.__dataclass_fields__)
    return {name: fact.question for name, fact in table("kyokaho.scope").facts.items() if name in asked}
