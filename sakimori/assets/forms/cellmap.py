"""Where the items of a form go in an official template: a cell map, kept as data, checked before anything is filled.

```
{"sheet": "様式第一",
 "single": {"outline.name": "C4", "facility_category": "C7"},
 "table": {"first": 12, "last": 31, "columns": {"clause": "B", "product": "C", "maker": "D"}, "number": "A"},
 "overflow": "copies"}
```

`overflow` says what happens where the rows exceed the table: `copies` (further files, the single items repeated) or
`down` (the table goes on below its last row, where nothing else stands).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.cell import MergedCell
from openpyxl.utils import column_index_from_string

from sakimori.assets.forms import workbook
from sakimori.assets.forms.versions import FormVersion
from sakimori.assets.forms.workbook import refused
from sakimori.text import Text

COPIES, DOWN = "copies", "down"
_CELL = re.compile(r"^([A-Z]{1,3})([1-9][0-9]{0,5})$")
_COLUMN = re.compile(r"^[A-Z]{1,3}$")
_LAST_COLUMN, _LAST_ROW = 16384, 1_048_576  # of a sheet, by the file format
_MAP = Text("書き込む場所を直してください。", "Mend where it goes.")


@dataclass(frozen=True, slots=True)
class CellMap:
    """A cell map whose references are well-formed: cells by the field's path, the table's rows and columns."""

    sheet: str
    single: Mapping[str, str]
    columns: Mapping[str, str]
    number: str
    first: int
    last: int
    overflow: str

    @property
    def capacity(self) -> int:
        """Return how many rows the template's table holds."""
        return self.last - self.first + 1

    def as_dict(self) -> dict[str, Any]:
        """Return the map as data."""
        table = {"first": self.first, "last": self.last, "columns": dict(self.columns), "number": self.number}
        return {"sheet": self.sheet, "single": dict(self.single), "table": table, "overflow": self.overflow}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell map on a template: where, and what."""

    where: str
    what: Text


def read(data: Mapping[str, Any]) -> CellMap:
    """Return the cell map that data describes. Raises `TemplateError` naming the first reference that is none."""
    table = data.get("table") or {}
    single = {path: _cell(path, value) for path, value in (data.get("single") or {}).items() if value}
    columns = {path: _column(path, value) for path, value in (table.get("columns") or {}).items() if value}
    number = _column("number", table["number"]) if table.get("number") else ""
    first, last = _row("first", table.get("first")), _row("last", table.get("last"))
    if last < first:
        raise refused("表の最後の行が、最初の行より前です。", "The table's last row is before its first.", _MAP, "last")
    overflow = str(data.get("overflow") or COPIES)
    if overflow not in (COPIES, DOWN):
        raise refused(f"「{overflow}」という続け方はありません。", f"There is no rule “{overflow}”.", _MAP, "overflow")
    return CellMap(str(data.get("sheet") or ""), single, columns, number, first, last, overflow)


def _plain(value: object) -> str:
    """Return a reference as spreadsheets write it: ｃ５ and $C$5 are C5."""
    return unicodedata.normalize("NFKC", str(value)).replace("$", "").strip().upper()


def _cell(path: str, value: object) -> str:
    text = _plain(value)
    found = _CELL.match(text)
    if not found or column_index_from_string(found[1]) > _LAST_COLUMN or int(found[2]) > _LAST_ROW:
        raise refused(
            f"「{value}」はセルの番地ではありません（例: C4）。", f"“{value}” is no cell, such as C4.", _MAP, path
        )
    return text


def _column(path: str, value: object) -> str:
    text = _plain(value)
    if not _COLUMN.match(text) or column_index_from_string(text) > _LAST_COLUMN:
        raise refused(f"「{value}」は列ではありません（例: B）。", f"“{value}” is no column, such as B.", _MAP, path)
    return text


def _row(path: str, value: object) -> int:
    text = _plain(value or "")
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= _LAST_ROW:
        raise refused(f"「{text}」は行の番号ではありません（例: 12）。", f"“{text}” is no row, such as 12.", _MAP, path)
    return int(text)


def faults(book: Any, cells: CellMap, form: FormVersion, rows: int = 0) -> list[Fault]:
    """Return everything that speaks against filling the template so: nothing is filled while there is any.

    Looked at: the sheet, every item of the form has a place, two items in one cell, cells inside a merged range, cells
    with a formula, locked cells of a protected sheet, what stands below the table where it goes on downwards.
    """
    if cells.sheet not in workbook.sheets(book):
        return [Fault("sheet", Text(f"シート「{cells.sheet}」がありません。", f"There is no sheet “{cells.sheet}”."))]
    sheet = book[cells.sheet]
    return [*_homeless(cells, form), *_shared(cells), *_closed(sheet, cells), *_below(sheet, cells, rows)]


def _homeless(cells: CellMap, form: FormVersion) -> Iterator[Fault]:
    """Each of the law's items must go somewhere."""
    placed = {one.item for one in form.single if one.path in cells.single}
    placed |= {one.item for one in form.table if one.path in cells.columns}
    for item in form.items:
        if item in placed:
            continue
        first = next(one for one in (*form.single, *form.table) if one.item == item)
        yield Fault(
            first.path,
            Text(
                f"「{first.title.ja}」の場所が決まっていません。", f"“{first.title.en}” has no place in the template."
            ),
        )
    known = {one.path for one in (*form.single, *form.table)}
    for path in {*cells.single, *cells.columns} - known:
        yield Fault(path, Text(f"「{path}」は様式の項目ではありません。", f"“{path}” is no item of the form."))


def _shared(cells: CellMap) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for path, cell in [
        *cells.single.items(),
        *cells.columns.items(),
        *([("number", cells.number)] if cells.number else []),
    ]:
        if cell in seen:
            yield Fault(path, Text(f"{cell} に二つの項目が重なります。", f"Two items go to {cell}."))
        seen[cell] = path
    columns = {*cells.columns.values(), cells.number}
    for path, cell in cells.single.items():
        found = _CELL.match(cell)
        if found and found[1] in columns and cells.first <= int(found[2]) <= cells.last:
            yield Fault(path, Text(f"{cell} は表の中です。", f"{cell} lies within the table."))


def _targets(cells: CellMap) -> Iterator[tuple[str, str]]:
    yield from cells.single.items()
    named = [*cells.columns.items(), *([("number", cells.number)] if cells.number else [])]
    for path, column in named:
        for row in range(cells.first, min(cells.last, cells.first + 5000) + 1):
            yield path, f"{column}{row}"


def _closed(sheet: Any, cells: CellMap) -> Iterator[Fault]:
    """Cells that cannot take a value: inside a merged range, with a formula, locked on a protected sheet."""
    told: set[str] = set()
    for path, name in _targets(cells):
        if path in told:
            continue
        cell = sheet[name]
        if isinstance(cell, MergedCell):
            first = _first_of(sheet, name)
            what = Text(
                f"{name} は結合されたセルの内側です。左上の {first} を指定してください。",
                f"{name} lies inside merged cells; name their first one, {first}.",
            )
        elif cell.data_type == "f":
            what = Text(
                f"{name} には数式があります。上書きしません。", f"{name} holds a formula; it is not overwritten."
            )
        elif sheet.protection.sheet and cell.protection.locked:
            what = Text(
                f"{name} はシートの保護でロックされています。", f"{name} is locked by the protection of the sheet."
            )
        else:
            continue
        told.add(path)
        yield Fault(path, what)


def _first_of(sheet: Any, name: str) -> str:
    """Return the first cell of the merged range that a cell lies in."""
    return next((str(one.start_cell.coordinate) for one in sheet.merged_cells.ranges if name in one), "")


def _below(sheet: Any, cells: CellMap, rows: int) -> Iterator[Fault]:
    if cells.overflow != DOWN or rows <= cells.capacity:
        return
    for column in {*cells.columns.values(), *([cells.number] if cells.number else [])}:
        for row in range(cells.last + 1, min(sheet.max_row, cells.first + rows - 1) + 1):
            if sheet[f"{column}{row}"].value is not None:
                name = f"{column}{row}"
                yield Fault(
                    "overflow",
                    Text(
                        f"表の下の {name} に記載があり、続けられません。ファイルを分ける方法を選んでください。",
                        f"{name} below the table holds something, so it cannot go on there; choose further files.",
                    ),
                )
                return
