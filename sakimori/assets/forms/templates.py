"""Filling an official template: into the cells the map names and no others, as text, in as many copies as it takes."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sakimori import proofs
from sakimori.assets.forms import cellmap, workbook
from sakimori.assets.forms.cellmap import CellMap, Fault
from sakimori.assets.forms.versions import Field, FormVersion
from sakimori.pages.codes import meaning
from sakimori.text import Text

MOST_COPIES = 200
"""Files of one filing at most (house rule)."""
_EPOCH = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Placed:
    """One item as it will stand in the template: the cell, what it is, the value, and what the cell says now."""

    cell: str
    title: Text
    value: str
    now: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What filling would do: cells, how many files it takes, and what speaks against it."""

    placed: tuple[Placed, ...]
    copies: int
    faults: tuple[Fault, ...]


def preview(content: bytes, cells: CellMap, form: FormVersion, payload: Mapping[str, Any], language: str) -> Preview:
    """Return where everything would go: all single items and the first row of the table. Raises `TemplateError`."""
    book = workbook.opened(content)
    rows = payload.get("rows", [])
    found = cellmap.faults(book, cells, form, len(rows))
    copies = _copies(cells, len(rows))
    if copies > MOST_COPIES:
        found.append(
            Fault(
                "overflow",
                Text(
                    f"{copies}個のファイルになります（上限 {MOST_COPIES}）。",
                    f"It would take {copies} files (at most {MOST_COPIES}).",
                ),
            )
        )
    sheet = book[cells.sheet] if cells.sheet in workbook.sheets(book) else None
    placed = [
        Placed(name, one.title, value, str(sheet[name].value or "") if sheet is not None else "")
        for name, one, value in _values(cells, form, payload, rows[:1], language, cells.first)
    ]
    return Preview(tuple(placed), copies, tuple(found))


def _copies(cells: CellMap, rows: int) -> int:
    return 1 if cells.overflow == cellmap.DOWN else max(1, -(-rows // cells.capacity))


def _values(
    cells: CellMap,
    form: FormVersion,
    payload: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    language: str,
    first: int,
) -> Iterator[tuple[str, Field, str]]:
    """Yield cell, field and text of everything one copy holds (the rows' numbers are not among them)."""
    for one in form.single:
        if one.path in cells.single:
            yield cells.single[one.path], one, said(one, payload, language)
    for place, row in enumerate(rows):
        for one in form.table:
            if one.path in cells.columns:
                yield f"{cells.columns[one.path]}{first + place}", one, said(one, row, language)


def said(one: Field, data: Mapping[str, Any], language: str) -> str:
    """Return a field's value in words."""
    value = one.of(data)
    if value is None or value == "":
        return ""
    found = meaning(value, one.coded) if one.coded else None
    return found.pick(language) if found else str(value)


def fill(
    content: bytes, cells: CellMap, form: FormVersion, payload: Mapping[str, Any], language: str = "ja"
) -> list[bytes]:
    """Return the filled template, in as many copies as the rows take. Raises `TemplateError` while there is a fault."""
    shown = preview(content, cells, form, payload, language)
    if shown.faults:
        raise workbook.refused(
            "、".join(fault.what.ja for fault in shown.faults[:5]),
            " ".join(fault.what.en for fault in shown.faults[:5]),
            Text("書き込む場所を直してください。", "Mend where it goes."),
            shown.faults[0].where,
        )
    rows = payload.get("rows", [])
    held = len(rows) if cells.overflow == cellmap.DOWN else cells.capacity
    return [
        _copy(content, cells, form, payload, rows[start : start + held], start, language)
        for start in range(0, max(1, len(rows)), max(1, held))
    ]


def _copy(
    content: bytes,
    cells: CellMap,
    form: FormVersion,
    payload: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    start: int,
    language: str,
) -> bytes:
    book = workbook.opened(content)
    sheet = book[cells.sheet]
    for name, _, value in _values(cells, form, payload, rows, language, cells.first):
        cell = sheet[name]
        cell.value = value or None
        if value:
            cell.data_type = "s"  # a text, even where it begins like a formula
    if cells.number:
        for place in range(len(rows)):
            sheet[f"{cells.number}{cells.first + place}"].value = start + place + 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bundled(copies: Sequence[bytes], name: str) -> tuple[bytes, str]:
    """Return what is handed out and its file name: the workbook, or a ZIP of all copies in their order."""
    if len(copies) == 1:
        return copies[0], f"{name}.xlsx"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, copy in enumerate(copies, start=1):
            archive.writestr(zipfile.ZipInfo(f"{name}-{number:03}.xlsx", _EPOCH), copy)
    return out.getvalue(), f"{name}.zip"


def digest_of(cells: CellMap) -> str:
    """Return the digest of a cell map: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(proofs.canonical(cells.as_dict())).hexdigest()
