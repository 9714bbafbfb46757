"""Excel workbooks (.xlsx, and .xlsm without its macros): every sheet, also hidden ones, with what was met on the way.

ECMA-376 Part 1 (SpreadsheetML) and Part 2 (packages). Formulas count by the result Excel stored; macros are never
looked at; other kinds of workbook are refused by name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sakimori.assets.sources import values
from sakimori.assets.sources.archives import Archive
from sakimori.assets.sources.headings import heading_row
from sakimori.assets.sources.shapes import Sheet, Source, counted, refuse
from sakimori.assets.sources.worksheet import Grid, Style, parse, read_sheet
from sakimori.text import Text

_MOST_SHEETS = 200
_NAMED = 10
_OFFICE = "officeDocument"
_AS_XLSX = Text("Excel で開き、.xlsx として保存し直してください。", "Open it in Excel and save it as .xlsx.")
_OTHERS: Mapping[str, str] = {
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "xl/workbook.bin": "Excel (.xlsb)",
    "content.xml": "OpenDocument",
    "META-INF/MANIFEST.MF": "Java",
}


@dataclass(slots=True)
class _Collected:
    """Elements of a small part of the package: name without prefix, attributes, own text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements.append((name.rpartition(":")[2], attributes))


def read_workbook(data: bytes) -> Source:
    """Return every sheet of a workbook. Raises `TableError` where it is none that is taken."""
    archive = Archive(data)
    names = set(archive.names)
    book = _book(archive, names)
    remarks: list[Text] = []
    if any(name.endswith("vbaProject.bin") for name in names):
        remarks.append(
            Text(
                "マクロが含まれています。実行も読取りもしていません。",
                "It contains macros. They were neither run nor read.",
            )
        )
    strings = _strings(archive, names, book)
    styles = _styles(archive, names, book)
    described, since_1904 = _described(archive, book)
    sheets = [
        _sheet(name, read_sheet(archive.read(part), strings, styles, since_1904=since_1904), hidden=hidden)
        for name, part, hidden in described
        if part in names
    ]
    for sheet in sheets:
        sheet.since_1904 = since_1904
    if any("externalLink" in name for name in names):
        remarks.append(
            Text(
                "他のブックへの参照があります。保存されていた値を使いました。",
                "It refers to other workbooks; the values stored were used.",
            )
        )
    if not sheets:
        raise refuse("シートがありません。", "The workbook has no sheet.", mend=_AS_XLSX)
    return Source("xlsx", sheets, remarks)


def _book(archive: Archive, names: set[str]) -> str:
    """Return the name of the workbook part; refuse what is another kind of file."""
    for part, kind in _OTHERS.items():
        if part in names:
            raise refuse(
                f"Excel ブック（.xlsx）ではなく {kind} のファイルです。",
                f"This is a {kind} file, not an Excel workbook (.xlsx).",
                mend=_AS_XLSX,
            )
    if "_rels/.rels" in names:
        for target in _relations(archive, "_rels/.rels", _OFFICE).values():
            if target in names:
                return target
    raise refuse("Excel ブックではない ZIP です。", "This ZIP is no Excel workbook.", mend=_AS_XLSX)


def _collect(archive: Archive, part: str) -> list[tuple[str, dict[str, str]]]:
    found = _Collected()
    parse(archive.read(part), start=found.start, end=lambda _: None, text=lambda _: None)
    return found.elements


def _relations(archive: Archive, part: str, kind: str) -> dict[str, str]:
    """Return the targets of a part's relations of one kind, by their id, as names in the archive."""
    folder = part.rpartition("_rels/")[0]
    found = {}
    for name, attributes in _collect(archive, part):
        if name == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
            target = attributes.get("Target", "")
            found[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
    return found


def _joined(folder: str, target: str) -> str:
    parts: list[str] = [one for one in folder.split("/") if one]
    for one in target.split("/"):
        if one == "..":
            parts = parts[:-1]
        elif one != ".":
            parts.append(one)
    return "/".join(parts)


def _beside(book: str) -> str:
    folder, _, name = book.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _described(archive: Archive, book: str) -> tuple[list[tuple[str, str, bool]], bool]:
    """Return each sheet's name, part, and whether it is hidden; and whether days count from 1904."""
    targets = _relations(archive, _beside(book), "worksheet")
    found, since_1904 = [], False
    for name, attributes in _collect(archive, book):
        if name == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            identity = next((value for key, value in attributes.items() if key.endswith(":id") or key == "id"), "")
            if identity in targets:
                hidden = attributes.get("state", "visible") != "visible"
                found.append((attributes.get("name", "")[:100], targets[identity], hidden))
    if len(found) > _MOST_SHEETS:
        raise refuse(
            f"シートが多すぎます（{len(found)}、上限{_MOST_SHEETS}）。",
            f"The workbook has too many sheets ({len(found)}; at most {_MOST_SHEETS}).",
        )
    return found, since_1904


def _strings(archive: Archive, names: set[str], book: str) -> list[str]:
    """Return the shared strings (18.4): the text of each, without phonetic readings."""
    part = next(iter(_relations(archive, _beside(book), "sharedStrings").values()), "")
    if part not in names:
        return []
    reader = _Strings()
    parse(archive.read(part), start=reader.start, end=reader.end, text=reader.text)
    return reader.found


@dataclass(slots=True)
class _Strings:
    """Gathers the text of each shared string; readings in kana beside it (`rPh`) are no part of it."""

    found: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    taking: bool = False
    phonetic: bool = False

    def start(self, name: str, _: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "si":
            self.parts.clear()
        elif local == "rPh":
            self.phonetic = True
        elif local == "t":
            self.taking = not self.phonetic

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "si":
            self.found.append("".join(self.parts))
        elif local == "rPh":
            self.phonetic = False
        elif local == "t":
            self.taking = False

    def text(self, value: str) -> None:
        if self.taking:
            self.parts.append(value)


def _styles(archive: Archive, names: set[str], book: str) -> list[Style]:
    """Return how each cell style shows numbers (18.8.9, 18.8.31)."""
    part = next(iter(_relations(archive, _beside(book), "styles").values()), "")
    if part not in names:
        return []
    codes: dict[int, str] = {}
    found: list[Style] = []
    inside = False
    for name, attributes in _collect(archive, part):
        if name == "numFmt" and attributes.get("numFmtId", "").isdigit():
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            number = int(re.sub(r"\D", "", attributes.get("numFmtId", "")) or 0)
            code = codes.get(number)
            found.append(Style(values.is_date_format(number, code), values.padding(code)))
    return found


def _sheet(name: str, grid: Grid, *, hidden: bool) -> Sheet:
    """Return a sheet with its heading found, and say what was read specially."""
    heading, first = heading_row([row.cells for row in grid.rows])
    rows = grid.rows[first:]
    sheet = Sheet(name, heading, rows, hidden=hidden, notes=_notes(grid))
    sheet.hidden_lines = frozenset(row.line for row in rows if row.line in grid.hidden_lines)
    if sheet.hidden_lines:
        lines = ", ".join(str(line) for line in sorted(sheet.hidden_lines)[:_NAMED])
        sheet.notes.append(
            Text(
                f"非表示の行も読みました（{len(sheet.hidden_lines):,}行: {lines}）",
                f"Hidden rows were read too ({len(sheet.hidden_lines):,}: {lines})",
            )
        )
    if first > 1:
        above = [" ".join(dict.fromkeys(cell for cell in row.cells if cell))[:60] for row in grid.rows[: first - 1]]
        told = " / ".join(above[:_NAMED])
        sheet.notes.append(
            Text(f"見出しより上の行は読みません: {told}", f"Rows above the heading are not read: {told}")
        )
    return sheet


def _notes(grid: Grid) -> list[Text]:
    notes = []
    if grid.formulas:
        notes.append(
            counted(
                grid.formulas, "数式は、保存されている計算結果を読みました", "Formulas, read by their stored result"
            )
        )
    if grid.uncomputed:
        notes.append(
            counted(
                grid.uncomputed,
                "計算結果のない数式は空欄として読みました（Excel で開いて保存し直すと計算されます）",
                "Formulas without a stored result, read as empty (open and save in Excel to compute them)",
            )
        )
    if grid.errors:
        notes.append(counted(grid.errors, "エラー値のセル（#N/A など）", "Cells with an error (such as #N/A)"))
    if grid.merged:
        notes.append(
            counted(
                grid.merged,
                "結合セルは、覆う行と列すべてに同じ値があるものとして読みました",
                "Merged cells, read as if every row and column they cover had their value",
            )
        )
    if grid.hidden_columns:
        notes.append(counted(len(grid.hidden_columns), "非表示の列も読みました", "Hidden columns were read too"))
    return notes
