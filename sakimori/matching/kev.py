"""The catalogue of known exploited vulnerabilities (CISA KEV, JSON schema of 2024): parse, check, compare two states.

The bytes are foreign. Whatever they are, the outcome is a catalogue with a list of everything wrong in it, or one
`CatalogueError` that says why nothing could be read. An entry with a broken core field is left out and reported; an
entry with a broken side field (due date, weakness classes, ransomware flag) is kept without it and reported.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sakimori.matching.errors import CatalogueError
from sakimori.text import Text

SIZE_LIMIT = 64 * 1024 * 1024  # bytes; house rule: fifty times the catalogue of 2025
FIELD_LIMIT = 20_000  # characters in one field; house rule
ENTRY_LIMIT = 100_000  # entries; house rule
PROBLEM_LIMIT = 1_000  # problems told one by one; the rest are counted; house rule
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
_CWE = re.compile(r"CWE-[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_RANSOMWARE = {"Known": True, "Unknown": None}


@dataclass(frozen=True, slots=True)
class KevEntry:
    """One entry; `ransomware` is True when known, None when not known; `due` and `cwes` may be missing."""

    cve: str
    vendor: str
    product: str
    name: str
    added: date
    description: str
    action: str
    due: date | None
    ransomware: bool | None
    notes: str
    cwes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where, what, how to mend; `kept` tells whether the entry was kept all the same."""

    where: str
    what: Text
    mend: Text
    kept: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue as read: entries in the order given, each CVE id once; `problems_left` counts the untold ones."""

    version: str
    released: str
    entries: tuple[KevEntry, ...]
    problems: tuple[Problem, ...]
    problems_left: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One entry that differs between two states; `fields` names what changed."""

    old: KevEntry
    new: KevEntry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogueDiff:
    """What a newer state adds, changes and no longer has, each sorted by CVE id."""

    added: tuple[KevEntry, ...]
    changed: tuple[Changed, ...]
    removed: tuple[KevEntry, ...]


class _EntryError(Exception):
    """A core field of an entry cannot be read."""

    def __init__(self, field: str, what: Text, mend: Text) -> None:
        super().__init__(field)
        self.field = field
        self.what = what
        self.mend = mend


class _Report:
    """Collects problems up to the limit, counts the rest."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.left = 0

    def add(self, where: str, what: Text, mend: Text, *, kept: bool) -> None:
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems.append(Problem(where, what, mend, kept))
        else:
            self.left += 1


def read_catalogue(data: bytes) -> Catalogue:
    """Return the catalogue in these bytes with everything that is wrong in it.

    Raises:
        CatalogueError: too large, not UTF-8, not JSON, nested too deeply, or not shaped like a catalogue.
    """
    document = _document(data)
    rows = document.get("vulnerabilities")
    if not isinstance(rows, list):
        raise _unreadable("vulnerabilities の一覧がありません", "there is no list “vulnerabilities”")
    if len(rows) > ENTRY_LIMIT:
        raise _unreadable(f"件数が上限 {ENTRY_LIMIT} を超えています", f"there are more than {ENTRY_LIMIT} entries")
    report = _Report()
    entries: dict[str, KevEntry] = {}
    for number, row in enumerate(rows):
        where = f"vulnerabilities[{number}]"
        try:
            entry = _entry(row, where, report)
        except _EntryError as error:
            report.add(f"{where}.{error.field}" if error.field else where, error.what, error.mend, kept=False)
            continue
        if entry.cve in entries:
            report.add(f"{where}.cveID", _TWICE, _TWICE_MEND, kept=False)
            continue
        entries[entry.cve] = entry
    _check_count(document.get("count"), len(rows), report)
    return Catalogue(
        version=_header(document, "catalogVersion", report),
        released=_header(document, "dateReleased", report),
        entries=tuple(entries.values()),
        problems=tuple(report.problems),
        problems_left=report.left,
    )


def compare(old: Catalogue, new: Catalogue) -> CatalogueDiff:
    """Return what the newer state adds, changes and no longer has."""
    before = {entry.cve: entry for entry in old.entries}
    after = {entry.cve: entry for entry in new.entries}
    both = sorted(before.keys() & after.keys())
    return CatalogueDiff(
        added=tuple(after[cve] for cve in sorted(after.keys() - before.keys())),
        changed=tuple(
            Changed(before[cve], after[cve], _differing(before[cve], after[cve]))
            for cve in both
            if before[cve] != after[cve]
        ),
        removed=tuple(before[cve] for cve in sorted(before.keys() - after.keys())),
    )


_TWICE = Text("同じ CVE 番号が二度あります。最初のものを使います", "the CVE id appears twice; the first one is used")
_TWICE_MEND = Text("配布元の重複を除いてください", "remove the duplicate at the source")


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > SIZE_LIMIT:
        raise _unreadable(f"大きさが上限 {SIZE_LIMIT} バイトを超えています", f"it is larger than {SIZE_LIMIT} bytes")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _unreadable(
            f"UTF-8 として読めません({error.start} バイト目)", f"it is not UTF-8 (byte {error.start})"
        ) from error
    except json.JSONDecodeError as error:
        raise _unreadable(
            f"JSON として読めません({error.lineno} 行 {error.colno} 字)",
            f"it is not JSON (line {error.lineno}, column {error.colno})",
        ) from error
    except RecursionError as error:
        raise _unreadable("入れ子が深すぎます", "it is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise _unreadable("扱えない大きさの数値があります", "it holds a number too large to handle") from error
    if not isinstance(document, dict):
        raise _unreadable("最上位が JSON オブジェクトではありません", "the outermost value is not a JSON object")
    return document


def _entry(row: object, where: str, report: _Report) -> KevEntry:
    if not isinstance(row, dict):
        raise _EntryError(
            "",
            Text("JSON オブジェクトではありません", "it is not a JSON object"),
            Text("一件ごとに { … } で記してください", "write each entry as { … }"),
        )
    cve = _required(row, "cveID")
    if not _CVE.fullmatch(cve):
        raise _EntryError(
            "cveID",
            Text("CVE 番号の形ではありません", "it is not a CVE id"),
            Text("CVE-年-番号 の形にしてください", "write it as CVE-YEAR-NUMBER"),
        )
    return KevEntry(
        cve=cve,
        vendor=_required(row, "vendorProject"),
        product=_required(row, "product"),
        name=_required(row, "vulnerabilityName"),
        added=_required_date(row, "dateAdded"),
        description=_required(row, "shortDescription"),
        action=_required(row, "requiredAction"),
        due=_due(row, where, report),
        ransomware=_ransomware(row, where, report),
        notes=_notes(row, where, report),
        cwes=_cwes(row, where, report),
    )


def _required(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _EntryError(
            field,
            Text("文字列がありません", "there is no text"),
            Text("必須の項目です。配布元に確認してください", "the field is required; ask the source"),
        )
    if len(value) > FIELD_LIMIT or _CONTROL.search(value):
        raise _EntryError(
            field,
            Text("長すぎるか、制御文字を含みます", "it is too long or holds control characters"),
            Text(f"{FIELD_LIMIT} 字以内の通常の文字にしてください", f"use at most {FIELD_LIMIT} ordinary characters"),
        )
    return value.strip()


def _required_date(row: dict[str, Any], field: str) -> date:
    day = _day(_required(row, field))
    if day is None:
        raise _EntryError(field, _NO_DATE, _NO_DATE_MEND)
    return day


_NO_DATE = Text("暦にある日付ではありません", "it is not a date of the calendar")
_NO_DATE_MEND = Text("YYYY-MM-DD の形にしてください", "write it as YYYY-MM-DD")
_KEPT = Text("この項目なしで取り込みました", "the entry is kept without this field")


def _day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _due(row: dict[str, Any], where: str, report: _Report) -> date | None:
    value = row.get("dueDate")
    day = _day(value) if isinstance(value, str) else None
    if day is None:
        report.add(f"{where}.dueDate", _NO_DATE, _KEPT, kept=True)
    return day


def _ransomware(row: dict[str, Any], where: str, report: _Report) -> bool | None:
    value = row.get("knownRansomwareCampaignUse", "Unknown")
    if not isinstance(value, str) or value not in _RANSOMWARE:
        report.add(
            f"{where}.knownRansomwareCampaignUse",
            Text("Known でも Unknown でもありません", "it is neither Known nor Unknown"),
            Text("不明として取り込みました", "the entry is kept as unknown"),
            kept=True,
        )
        return None
    return _RANSOMWARE[value]


def _notes(row: dict[str, Any], where: str, report: _Report) -> str:
    value = row.get("notes", "")
    if not isinstance(value, str) or len(value) > FIELD_LIMIT or _CONTROL.search(value):
        report.add(f"{where}.notes", Text("読める文字列ではありません", "it is not readable text"), _KEPT, kept=True)
        return ""
    return value.strip()


def _cwes(row: dict[str, Any], where: str, report: _Report) -> tuple[str, ...]:
    value = row.get("cwes", [])
    listed = value if isinstance(value, list) else [value]
    good = [one for one in listed if isinstance(one, str) and len(one) <= FIELD_LIMIT and _CWE.fullmatch(one)]
    if len(good) != len(listed):
        report.add(
            f"{where}.cwes", Text("CWE 番号の形ではないものがあります", "something is not a CWE id"), _KEPT, kept=True
        )
    return tuple(good)


def _check_count(count: object, found: int, report: _Report) -> None:
    if count != found or isinstance(count, bool):
        report.add(
            "count",
            Text(f"件数の記載が実際の {found} 件と合いません", f"the stated count is not the {found} entries found"),
            Text("途中で切れていないか配布元に確認してください", "ask the source whether the file is cut off"),
            kept=True,
        )


def _header(document: dict[str, Any], field: str, report: _Report) -> str:
    try:
        return _required(document, field)
    except _EntryError as error:
        report.add(field, error.what, error.mend, kept=True)
        return ""


def _differing(old: KevEntry, new: KevEntry) -> tuple[str, ...]:
    return tuple(field.name for field in fields(KevEntry) if getattr(old, field.name) != getattr(new, field.name))


def _unreadable(japanese: str, english: str) -> CatalogueError:
    mend = Text("配布元から取り直してください", "fetch it from the source again")
    return CatalogueError(
        Text(f"カタログを読めません:{japanese}", f"the catalogue cannot be read: {english}"), mend=mend
    )
