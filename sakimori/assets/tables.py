"""Reading a table that a person made: CSV in UTF-8, with BOM, or CP932, with Japanese or English headings.

Everything wrong is gathered, row by row, and nothing is applied where anything is wrong.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sakimori.errors import SakimoriError
from sakimori.text import Text

_TYPES = {
    b"\x89PNG": "PNG",
    b"PK\x03\x04": "Excel/ZIP",
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "Excel 97",
}


class TableError(SakimoriError):
    """The file as a whole cannot be read as a table."""

    code = "table.unreadable"


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


def decode(data: bytes) -> str:
    """Return the text of a CSV file in UTF-8 (with or without BOM) or CP932; `TableError` for anything else."""
    if not data.strip():
        raise TableError(
            Text("ファイルが空です。", "The file is empty."),
            mend=Text("見出しと行のある CSV を選んでください。", "Choose a CSV file with a heading and rows."),
        )
    for magic, name in _TYPES.items():
        if data.startswith(magic):
            raise TableError(
                Text(f"CSV ではなく {name} のファイルです。", f"This is a {name} file, not CSV."),
                mend=Text(
                    "表計算ソフトで「CSV（UTF-8）」として保存してください。",
                    "Save it as “CSV UTF-8” in your spreadsheet.",
                ),
            )
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableError(
        Text(
            "文字コードが UTF-8 でも CP932（Shift_JIS）でもありません。",
            "The file is neither UTF-8 nor CP932 (Shift_JIS).",
        ),
        mend=Text("「CSV（UTF-8）」で保存し直してください。", "Save it again as “CSV UTF-8”."),
    )


def read(data: bytes, columns: Iterable[Column]) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the rows by field name (with `_line`), and the heading each field had.

    Raises `TableError` when a required column is missing, two headings mean one field, or there is no row.
    """
    reader = csv.reader(io.StringIO(decode(data), newline=""), strict=True)
    wanted = list(columns)
    try:
        heading = next(reader)
        fields = _match(heading, wanted)
        rows = [
            {**_named(fields, cells), "_line": str(reader.line_num)}
            for cells in reader
            if any(c.strip() for c in cells)
        ]
    except csv.Error as error:
        raise TableError(
            Text(
                f"{reader.line_num}行目で CSV の書式が崩れています。", f"The CSV is broken at line {reader.line_num}."
            ),
            where=str(error),
            mend=Text('引用符（"）の対応を確認してください。', "Check that the quotation marks pair up."),
        ) from None
    if not rows:
        raise TableError(
            Text("見出しだけで行がありません。", "There is a heading but no row."),
            mend=Text("電子計算機を1行に1台ずつ書いてください。", "Write one computer a row."),
        )
    return rows, {field: heading[place] for place, field in fields.items()}


def _named(fields: Mapping[int, str], cells: list[str]) -> dict[str, str]:
    return {field: clean(cells[place]) if place < len(cells) else "" for place, field in fields.items()}


def clean(value: str) -> str:
    """Return a cell without surrounding blanks, control and direction-changing characters."""
    kept = "".join(c for c in value if unicodedata.category(c) not in {"Cc", "Cf"} or c in "\t\n")
    return kept.strip()


def _fold(heading: str) -> str:
    return re.sub(r"[\s_\-（）()・]", "", unicodedata.normalize("NFKC", heading)).casefold()


def _match(heading: list[str], columns: list[Column]) -> dict[int, str]:
    known = {_fold(name): column.field for column in columns for name in (*column.headings, column.field)}
    fields: dict[int, str] = {}
    for place, name in enumerate(heading):
        field = known.get(_fold(clean(name)))
        if field is None:
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
        raise TableError(
            Text(f"必要な列がありません: {'、'.join(missing)}", f"Columns are missing: {', '.join(missing)}"),
            where=", ".join(missing),
            mend=Text("見出しの行を確かめてください（順序は自由です）。", "Check the heading row (any order will do)."),
        )
    return fields


def parse_flag(value: str) -> bool | None:
    """Return True or False for ○/×, はい/いいえ, yes/no, 1/0, 有/無; None for anything else (also for empty)."""
    folded = unicodedata.normalize("NFKC", value).strip().casefold()
    if folded in {"○", "〇", "はい", "yes", "y", "true", "1", "有", "あり", "該当"}:
        return True
    if folded in {"×", "✕", "いいえ", "no", "n", "false", "0", "無", "なし", "非該当"}:
        return False
    return None
