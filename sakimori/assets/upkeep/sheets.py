"""Lists that people without an account fill in: written as Excel or CSV, read back by their headings.

A list carries what is recorded, so that only what differs is typed; texts stay texts, whatever they begin with.
"""

import hashlib
import io
import json
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.assets.models import SourceFile, SourceSheet
from sakimori.assets.sources.headings import folded
from sakimori.assets.sources.reading import read_source
from sakimori.assets.sources.values import day_written
from sakimori.assets.tables import LARGEST, RowFault, TableError
from sakimori.record import Viewer
from sakimori.text import Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH = 22
_NARROW = 12
_KEPT = 20  # so many files a person has on the way at most
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))


@dataclass(frozen=True, slots=True)
class Head:
    """A column of a list: its field, its heading, and the words it may hold where only some may stand in it."""

    name: str
    heading: Text
    words: tuple[str, ...] = ()
    narrow: bool = False
    is_day: bool = False


@dataclass(slots=True)
class Grid:
    """A list read back: rows by field (with `_line`), and what is wrong with it."""

    rows: list[dict[str, str]]
    faults: list[RowFault] = field(default_factory=list)


def workbook(title: str, lead: Sequence[str], heads: Sequence[Head], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a list as an Excel file: a sheet to fill in, and one that says how."""
    book = Workbook(write_only=True)
    page, said = book.create_sheet("一覧"), book.create_sheet("書き方")
    for place, head in enumerate(heads, start=1):
        page.column_dimensions[get_column_letter(place)].width = _NARROW if head.narrow else _WIDTH
    page.freeze_panes = "A2"
    page.append([_cell(page, head.heading.ja, bold=True) for head in heads])
    for row in rows:
        page.append([_cell(page, value) for value in row])
    for place, head in enumerate(heads, start=1):
        if head.words:
            letter = get_column_letter(place)
            quoted = ",".join(head.words)
            choice = DataValidation(type="list", formula1=f'"{quoted}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}100000")
            page.data_validations.append(choice)
    said.column_dimensions["A"].width = 100
    said.append([_cell(said, title, bold=True)])
    for line in lead:
        said.append([_cell(said, line)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def download(content: bytes, name: str, media_type: str = XLSX) -> HttpResponse:
    """Return a file as a download under its name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


def _cell(page: Any, value: object, *, bold: bool = False) -> Any:
    """Return a text as a cell's value; a cell of its own only where a spreadsheet could take it for something else."""
    text = str("" if value is None else value).translate(_CONTROLS)
    if not bold and not text.startswith("="):
        return text
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def read(data: bytes, heads: Sequence[Head], needed: Sequence[str]) -> Grid:
    """Return the rows of a list that came back (Excel or CSV), by the fields of its headings.

    Raises `TableError` where it is no such list: not a table, a needed column missing.
    """
    source = read_source(data)
    named = {folded(word): head.name for head in heads for word in (head.heading.ja, head.heading.en, head.name)}
    for sheet in source.sheets:
        places: dict[str, int] = {}
        for place, heading in enumerate(sheet.heading):
            found = named.get(folded(heading))
            if found is not None:
                places.setdefault(found, place)
        if all(name in places for name in needed):
            rows = [_row(row.line, row.cells, places) for row in sheet.rows if any(c.strip() for c in row.cells)]
            for name in (head.name for head in heads if head.is_day and sheet.since_1904):
                for cells in rows:
                    cells[name] = _day_in(cells.get(name, ""))
            return Grid(rows)
    missing = [head.heading for head in heads if head.name in needed]
    raise TableError(
        Text("この一覧ではありません。見出しが見つかりません。", "This is not that list: its headings are not there."),
        where=", ".join(one.en for one in missing),
        mend=Text(
            "ダウンロードした一覧に書き込んだファイルを選んでください（見出しは変えないでください）。",
            "Choose the file that was downloaded and filled in; leave its headings as they are.",
        ),
    )


def _day_in(text: str) -> str:
    """Return the cell of a day of a workbook that counts days from 1904, where its date format was lost as well."""
    found = day_written(text, since_1904=True)
    return found.isoformat() if found else text


def _row(line: int, cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    found = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
    # A CSV of ours puts an apostrophe before what a spreadsheet would take for a formula.
    plain = {name: value[1:] if value[:2] in ("'=", "'+", "'-", "'@") else value for name, value in found.items()}
    return {"_line": str(line), **plain}


def chosen(request: HttpRequest) -> tuple[str, bytes]:
    """Return name and bytes of the list that was chosen (`list`); `TableError` for none, or one that is too large."""
    found = request.FILES.get("list")
    if found is None:
        raise TableError(
            Text("ファイルが選ばれていません。", "No file was chosen."),
            mend=Text("書き込まれたファイルを選んでください。", "Choose the file that was filled in."),
        )
    if (found.size or 0) > LARGEST:
        most = LARGEST // 2**20
        raise TableError(
            Text(f"ファイルが大きすぎます（上限 {most} MiB）。", f"The file is too large (at most {most} MiB)."),
            mend=Text("この一覧のファイルか確かめてください。", "Check that it is the file of this list."),
        )
    return found.name or "", found.read()


def fault(row: Mapping[str, str], head: Head, ja: str, en: str, mend: Text) -> RowFault:
    """Return a fault of one row: its line, the column, what is wrong, how to mend it."""
    return RowFault(int(row["_line"]), head.heading.ja, Text(ja, en), mend)


def keep(
    viewer: Viewer, what: str, name: str, data: bytes, payload: Mapping[str, Any], grid: Grid | None = None
) -> uuid.UUID:
    """Keep what a list that came back would record, until somebody says so (desk row of the viewer's own).

    With its lines (`grid`) it can be compared again with a register that has gone on.
    """
    mine = SourceFile.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, person=viewer.person, format=what
    )
    for old in mine.order_by("-taken_at", "id")[_KEPT:]:
        old.delete()
    kept = SourceFile.objects.create(
        world=viewer.world,
        organisation=viewer.acting_organisation,
        person=viewer.person,
        name="".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[:200] or "list",
        digest=hashlib.sha256(data).hexdigest(),
        format=what,
        choices=dict(payload),
        taken_at=clock.now(viewer.world),
    )
    if grid is not None:
        packed = zlib.compress(json.dumps(grid.rows, ensure_ascii=False).encode(), 1)
        SourceSheet.objects.create(file=kept, number=0, content=packed)
    return kept.id


def grid_of(file: SourceFile) -> Grid | None:
    """Return the lines of a list that was kept; None where they were not kept with it."""
    stored = SourceSheet.objects.filter(file=file, number=0).first()
    return Grid(json.loads(zlib.decompress(bytes(stored.content)))) if stored else None


def kept(viewer: Viewer, what: str, file: str) -> SourceFile:
    """Return what was kept, for the person's own organisation; `NotFoundError` where there is no such row."""
    try:
        found = SourceFile.objects.filter(
            id=uuid.UUID(file), world=viewer.world, organisation=viewer.acting_organisation, format=what
        ).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFoundError(file)
    return found
