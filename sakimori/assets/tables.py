"""Reading a table that a person made: CSV in UTF-8, with BOM, or CP932, with Japanese or English headings.

What makes the file as a whole unreadable is a `TableError`; what is wrong with one row is a `RowFault` with line,
column, reason and mend. Nothing is dropped silently: a cell beyond the heading, a cut last line, a character that
cannot be seen are faults, and columns that are not read are named.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from sakimori.assets.encoding import LARGEST, TableError, decode
from sakimori.text import Text

__all__ = [
    "LARGEST",
    "Column",
    "Grid",
    "Read",
    "RowFault",
    "TableError",
    "decode",
    "grid",
    "named",
    "parse_flag",
    "read",
]

MOST_COLUMNS = 500
"""Columns of a list at most (house rule)."""
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")
_LONGEST_FLAG = 100
_NAMED = 10  # so many columns or characters are named in one message, the rest counted
_INVISIBLE = {"Cc", "Cf"}
_UNREADABLE = {"Co", "Cn", "Cs"}
_BROKEN = "\ufffd"  # what stands where a character was lost before the file came to us


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault in one row: line (1 is the heading), column heading, what is wrong, how to mend it."""

    line: int
    column: str
    what: Text
    mend: Text

    def as_dict(self) -> dict[str, object]:
        """Return the fault as plain data in both languages."""
        return {
            "line": self.line,
            "column": self.column,
            "what": {"ja": self.what.ja, "en": self.what.en},
            "mend": {"ja": self.mend.ja, "en": self.mend.en},
        }


@dataclass(frozen=True, slots=True)
class Column:
    """A column we read: field name, headings it may carry, whether it must be there."""

    field: str
    headings: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A table read: rows by field name (`_line` is the line a row begins on), headings by field, what was not read."""

    rows: list[dict[str, str]]
    headings: dict[str, str]
    ignored: tuple[str, ...]
    faults: list[RowFault]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands: heading, rows with something in them by line; whether its last row is whole."""

    heading: list[str]
    rows: list[tuple[int, list[str]]]
    complete: bool


def grid(data: bytes) -> Grid:
    """Return a CSV file's heading and rows.

    Raises `TableError` when the file is no table: not text, broken quotation, no row.
    """
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        first = next(reader, [])
        _check_separator(first)
        heading = [clean(name) for name in first]
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
    except csv.Error as error:
        raise _broken(before + 1, str(error)) from None
    if len(heading) > MOST_COLUMNS:
        raise _too_wide(len(heading))
    if not rows:
        raise TableError(
            Text("見出しだけで行がありません。", "There is a heading but no row."),
            mend=Text("電子計算機を1行に1台ずつ書いてください。", "Write one computer a row."),
        )
    whole = len(rows[-1][1]) >= len(heading) or text.endswith(("\n", "\r")) or rows[-1][0] != line
    return Grid(heading, rows, whole)


def read(data: bytes, columns: Iterable[Column]) -> Read:
    """Return the rows of a CSV file with our own headings.

    Raises `TableError` when the file is no table, a required column is missing, or two headings name one field.
    """
    found = grid(data)
    fields, ignored = _match(found.heading, list(columns))
    return named(found, {field: [place] for place, field in fields.items()}, ignored)


def named(found: Grid, fields: Mapping[str, Sequence[int]], ignored: Sequence[str]) -> Read:
    """Return a table's rows by field; a field takes the first of its columns that is not empty."""
    headings = {field: " / ".join(found.heading[place] for place in places) for field, places in fields.items()}
    rows: list[dict[str, str]] = []
    faults: list[RowFault] = []
    for line, cells in found.rows:
        _check_width(cells, found.heading, line, faults)
        rows.append({"_line": str(line), **_named(fields, cells, line, headings, faults)})
    if not found.complete and found.rows:
        line, cells = found.rows[-1]
        faults.append(_cut(line, found.heading[max(0, len(cells) - 1)]))
    return Read(rows, headings, tuple(ignored), faults)


def _broken(line: int, reason: str) -> TableError:
    where = Text(f"{line}行目", f"line {line}")
    if "field limit" in reason:
        return TableError(
            Text(f"{where.ja}のセルが長すぎます。", f"A cell in {where.en} is too long."),
            where=where.en,
            mend=Text('引用符（"）の閉じ忘れがないか確かめてください。', "Check for a quotation mark never closed."),
        )
    return TableError(
        Text(f"{where.ja}で CSV の書式が崩れています。", f"The CSV is broken at {where.en}."),
        where=where.en,
        mend=Text('引用符（"）の対応を確認してください。', "Check that the quotation marks pair up."),
    )


def _check_width(cells: Sequence[str], heading: Sequence[str], line: int, faults: list[RowFault]) -> None:
    """More cells than headings: something was split that belongs together, so no cell can be trusted."""
    beyond = [cell for cell in cells[len(heading) :] if cell.strip()]
    if beyond:
        faults.append(
            RowFault(
                line,
                "",
                Text(
                    f"見出しは{len(heading)}列ですが、この行は{len(cells)}列あります。",
                    f"The heading has {len(heading)} columns, this row {len(cells)}.",
                ),
                Text(
                    'コンマを含む値は引用符（"）で囲んでください。',
                    'Put values that contain a comma between quotation marks (").',
                ),
            )
        )


def _too_wide(columns: int) -> TableError:
    return TableError(
        Text(
            f"見出しに{columns}列あります（上限{MOST_COLUMNS}）。",
            f"The heading has {columns} columns; at most {MOST_COLUMNS}.",
        ),
        mend=Text(
            "1行目が見出しか、行と列が入れ替わっていないか確かめてください。",
            "Check that line 1 is the heading, and that rows and columns are not swapped.",
        ),
    )


def _cut(line: int, column: str) -> RowFault:
    return RowFault(
        line,
        column,
        Text("ファイルがこの行の途中で終わっています。", "The file ends in the middle of this row."),
        Text("途中で切れていないファイルを選び直してください。", "Choose the file again, complete."),
    )


def _named(
    fields: Mapping[str, Sequence[int]],
    cells: Sequence[str],
    line: int,
    headings: Mapping[str, str],
    faults: list[RowFault],
) -> dict[str, str]:
    found = {}
    width = len(cells)
    for field, places in fields.items():
        value = ""
        for place in places:
            value = clean(cells[place]) if place < width else ""
            if value:
                break
        if value and (not value.isprintable() or _BROKEN in value):
            faults.extend(_strange(value, line, headings[field]))
        found[field] = value
    return found


def _strange(value: str, line: int, column: str) -> Iterable[RowFault]:
    """Yield a fault where a cell holds characters that nobody sees, or that not every machine can show."""
    for categories, ja, en in (
        (
            _INVISIBLE,
            "目に見えない制御文字（文字の向きを変えるものなど）",
            "characters that cannot be seen (such as those changing the direction of text)",
        ),
        (
            _UNREADABLE,
            "外字など、ほかの環境では読めない文字",
            "characters that other machines cannot show (user-defined ones)",
        ),
    ):
        bad = sorted(
            {c for c in value if unicodedata.category(c) in categories or (c == _BROKEN and "Co" in categories)}
        )
        if bad:
            codes = ", ".join(f"U+{ord(c):04X}" for c in bad[:_NAMED])
            yield RowFault(
                line,
                column,
                Text(f"{ja}が含まれています: {codes}", f"It contains {en}: {codes}"),
                Text("セルの値を入力し直してください。", "Type the value anew."),
            )


def clean(value: str) -> str:
    """Return a cell without surrounding blanks, with line breaks and tabs inside it as single blanks."""
    if value.isprintable():  # no line break or tab is
        return value.strip()
    return _BREAKS.sub(" ", value).strip()


def _fold(heading: str) -> str:
    return re.sub(r"[\s_\-（）()・]", "", unicodedata.normalize("NFKC", heading)).casefold()


def _match(heading: Sequence[str], columns: Sequence[Column]) -> tuple[dict[int, str], tuple[str, ...]]:
    known = {_fold(name): column.field for column in columns for name in (*column.headings, column.field)}
    fields: dict[int, str] = {}
    ignored = []
    for place, name in enumerate(heading):
        field = known.get(_fold(name))
        if field is None:
            ignored += [name] if name else []
            continue
        if field in fields.values():
            raise TableError(
                Text(
                    f"見出し「{name}」は別の列と同じ項目です。",
                    f"The heading “{name}” names a field that another column has.",
                ),
                where=name,
                mend=Text("どちらかの列を除いてください。", "Take one of the columns out."),
            )
        fields[place] = field
    missing = [column.headings[0] for column in columns if column.required and column.field not in fields.values()]
    if missing:
        raise _missing(missing, ignored)
    return fields, tuple(ignored)


def _missing(missing: Sequence[str], ignored: Sequence[str]) -> TableError:
    likely = [(near[0], name) for name in missing if (near := get_close_matches(name, ignored, 1))]
    return TableError(
        Text(f"必要な列がありません: {'、'.join(missing)}", f"Columns are missing: {', '.join(missing)}"),
        where=", ".join(missing),
        mend=Text(
            "1行目を見出しにしてください（列の順序は自由です）。"
            + "".join(f"「{near}」は「{name}」ですか。" for near, name in likely),
            "Make line 1 the heading row (any order will do)."
            + "".join(f" Is “{near}” meant to be “{name}”?" for near, name in likely),
        ),
    )


def _check_separator(heading: Sequence[str]) -> None:
    for mark, name in (("\t", Text("タブ", "tabs")), (";", Text("セミコロン", "semicolons"))):
        if len(heading) == 1 and mark in heading[0]:
            raise TableError(
                Text(
                    f"コンマではなく{name.ja}で区切られています。",
                    f"The columns are parted by {name.en}, not by commas.",
                ),
                mend=Text("コンマ区切りの CSV で保存し直してください。", "Save it again as CSV, parted by commas."),
            )


def parse_flag(value: str) -> bool | None:
    """Return True or False for ○/×, はい/いいえ, yes/no, 1/0, 有/無; None for anything else (also for empty)."""
    return _flag(value) if len(value) <= _LONGEST_FLAG else None


@lru_cache(maxsize=1024)
def _flag(value: str) -> bool | None:
    folded = unicodedata.normalize("NFKC", value).strip().casefold()
    if folded in {"○", "〇", "はい", "yes", "y", "true", "1", "有", "あり", "該当"}:
        return True
    if folded in {"×", "✕", "いいえ", "no", "n", "false", "0", "無", "なし", "非該当"}:
        return False
    return None
