"""One sheet of a workbook, row by row as the XML comes: values as shown, formulas by their last result.

Own reader rather than a library's: it gives in one pass over 50,000 rows what libraries give in several or not at all
(cached results together with the fact that they are formulas, merged areas, hidden rows and columns). XML entities and
document types are refused. ECMA-376 Part 1, 18.3.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from sakimori.assets.sources import plainrows, values
from sakimori.assets.sources.shapes import MOST_COLUMNS, MOST_ROWS, Row, refuse

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_LETTERS = re.compile(r"([A-Z]{1,3})")
_MOST_MERGED = 20_000
_MOST_FILLED = 2_000_000  # cells that merged areas may cover together
_MOST_WIDE = 16_384  # columns a worksheet can have
_TRUE = ("1", "true")
ERROR = "#"
"""What an error cell's text begins with (#N/A, #REF!)."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell shows a number: as a day, or filled with zeros."""

    is_day: bool = False
    zeros: int = 0


_PLAIN = Style()


@dataclass(slots=True)
class Grid:
    """A sheet as it stands: rows with something in them, and what was met on the way."""

    rows: list[Row] = field(default_factory=list)
    hidden_lines: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: int = 0
    uncomputed: int = 0
    errors: int = 0
    merged: int = 0
    widest: int = 0


def column_number(letters: str) -> int:
    """Return the place of a column (A is 0)."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1


class _Reader:
    """Takes the events of the XML and fills a grid."""

    def __init__(self, strings: Sequence[str], styles: Sequence[Style], *, since_1904: bool) -> None:
        self.grid = Grid()
        self.strings, self.styles, self.since_1904 = strings, styles, since_1904
        self.places: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.cells: dict[int, str] = {}
        self.line = 0
        self.place = -1
        self.kind: str | None = None
        self.style: str | None = None
        self.text: list[str] | None = None
        self.parts: list[str] = []
        self.has_formula = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = self.names.get(name)
        if local is None:
            local = self.names[name] = name.rpartition(":")[2]
        if local == "c":
            reference = attributes.get("r")
            self.place = self._place(reference) if reference else self.place + 1
            self.kind, self.style = attributes.get("t"), attributes.get("s")
            self.parts, self.has_formula = [], False
        elif local in ("v", "t"):
            self.text = self.parts
        elif local == "f":
            self.has_formula = True
        elif local == "row":
            self._row(attributes)
        elif local == "rPh":  # phonetic reading, not part of the value
            self.kind = "phonetic" if self.kind == "inlineStr" else self.kind
        elif local == "col" and attributes.get("hidden") in _TRUE:
            first, last = _whole(attributes.get("min")), _whole(attributes.get("max"))
            self.grid.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))

    def end(self, name: str) -> None:
        local = self.names[name]
        if local in ("v", "t"):
            self.text = None
        elif local == "c":
            if self.has_formula:
                self.grid.formulas += 1
                self.grid.uncomputed += not self.parts and self.kind != "str"
            if self.parts:
                value = self._value("".join(self.parts))
                if value:
                    self.cells[self.place] = value
        elif local == "row" and self.cells:
            self._keep()

    def data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def cut(self, data: bytes) -> None:
        """Take the rows of a sheet that has been found well formed and plain."""
        if columns := plainrows.columns(data):
            parse(columns, start=self.start, end=self.end, text=self.data)
        kinds: dict[str, tuple[str | None, str | None]] = {}
        for row in plainrows.rows(data):
            if row.element:
                parse(row.element, start=self.start, end=self.end, text=self.data)
                continue
            self._row(row.attributes)
            for letters, told, formula, value, inline in row.cells:
                if told not in kinds:
                    described = plainrows.attributes(told)
                    kinds[told] = described.get("t"), described.get("s")
                self.kind, self.style = kinds[told]
                text = value or inline
                if formula:
                    self.grid.formulas += 1
                    self.grid.uncomputed += not text and self.kind != "str"
                if text:
                    place = self.places.get(letters)
                    if found := self._value(plainrows.plain(text)):
                        self.cells[self._place(letters) if place is None else place] = found
            if self.cells:
                self._keep()

    def _row(self, attributes: Mapping[str, str]) -> None:
        given = _whole(attributes.get("r"))
        self.line = given if given > self.line else self.line + 1
        self.cells, self.place = {}, -1
        if attributes.get("hidden") in _TRUE:
            self.grid.hidden_lines.add(self.line)

    def _place(self, reference: str) -> int:
        match = _LETTERS.match(reference)
        letters = match.group() if match else ""
        place = self.places.get(letters)
        if place is None:
            place = column_number(letters) if letters else self.place + 1
            place = self.places[letters] = min(place, _MOST_WIDE)
        return place

    def _value(self, text: str) -> str:
        kind = self.kind
        if kind == "s":
            place = _whole(text)
            return self.strings[place] if text.isdigit() and place < len(self.strings) else ""
        if kind is None or kind == "n":
            style = self.styles[int(self.style)] if self.style and _whole(self.style) < len(self.styles) else _PLAIN
            day = values.day_of(text, since_1904=self.since_1904) if style.is_day else None
            return day or values.number(text, style.zeros)
        return self._special(kind, text)

    def _special(self, kind: str, text: str) -> str:
        if kind == "e":
            self.grid.errors += 1
            return text if text.startswith(ERROR) else f"{ERROR}{text}"
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return text.partition("T")[0] if kind == "d" else text

    def _keep(self) -> None:
        width = max(self.cells) + 1
        self.grid.widest = max(self.grid.widest, width)
        if width > MOST_COLUMNS:
            raise refuse(
                f"{self.line}行目は{width}列あります（上限{MOST_COLUMNS}）。",
                f"Row {self.line} has {width} columns; at most {MOST_COLUMNS}.",
                where=f"row {self.line}",
            )
        if len(self.grid.rows) >= MOST_ROWS:
            raise refuse(f"行が多すぎます（上限{MOST_ROWS:,}）。", f"There are too many rows (at most {MOST_ROWS:,}).")
        get = self.cells.get
        self.grid.rows.append(Row(self.line, [get(place, "") for place in range(width)]))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - larger is no line or place


def read_sheet(data: bytes, strings: Sequence[str], styles: Sequence[Style], *, since_1904: bool = False) -> Grid:
    """Return a worksheet's rows from its XML; merged areas show their value in every row and column they cover.

    Raises `TableError` where it is no XML, or wider or longer than is taken.
    """
    reader = _Reader(strings, styles, since_1904=since_1904)
    if plainrows.is_plain(data):
        parse(data)
        reader.cut(data)
    else:
        parse(data, start=reader.start, end=reader.end, text=reader.data)
    _spread(reader.grid, data)
    return reader.grid


def parse(
    data: bytes,
    *,
    start: Callable[..., Any] | None = None,
    end: Callable[..., Any] | None = None,
    text: Callable[..., Any] | None = None,
) -> None:
    """Run a part of a workbook through an XML parser that knows neither entities nor document types."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refuse("ファイルの中の XML が壊れています。", "The XML inside the file is broken.") from error


def _no_doctype(*_: object) -> None:
    raise refuse(
        "ファイルの中に文書型宣言（DTD）があります。安全のため読みません。",
        "The file holds a document type declaration (DTD); it is not read, for safety.",
    )


def _spread(grid: Grid, data: bytes) -> None:
    """Let every cell of a merged area show the area's value."""
    areas = []
    for match in _MERGED.finditer(data):
        left, top, right, bottom = (part.decode() for part in match.groups())
        areas.append((int(top), int(bottom), column_number(left), column_number(right)))
        if len(areas) > _MOST_MERGED:
            raise refuse(
                f"結合セルが多すぎます（上限{_MOST_MERGED:,}）。", f"Too many merged cells (at most {_MOST_MERGED:,})."
            )
    grid.merged = len(areas)
    if not areas:
        return
    lines = {row.line: row for row in grid.rows}
    left_to_fill = _MOST_FILLED
    for top, bottom, left, right in areas:
        first = lines.get(top)
        value = first.cells[left] if first and left < len(first.cells) else ""
        if not value:
            continue
        last = min(right, grid.widest - 1)
        covered = range(top, min(bottom, grid.rows[-1].line) + 1)
        left_to_fill -= len(covered) * (last - left + 1)
        if left_to_fill < 0:
            raise refuse("結合セルの範囲が広すぎます。", "The merged cells cover too much.")
        for line in covered:
            row = lines.get(line)
            if row is None or not isinstance(row.cells, list):
                continue
            row.cells.extend([""] * (last + 1 - len(row.cells)))
            for place in range(left, last + 1):
                row.cells[place] = row.cells[place] or value
