"""One filing as a file: structured data (the exact bytes), Excel, PDF, with the same contents.

The layout is ours, and every file says so. A template of the ministry is filled elsewhere (`forms.templates`). A
stamped world (a rehearsal, the sample) stamps every file.
"""

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sakimori import proofs
from sakimori.assets.forms.versions import Field, FormVersion
from sakimori.errors import SakimoriError
from sakimori.law import printing
from sakimori.pages.codes import meaning
from sakimori.text import Text

OURS = Text(
    "この様式は当システムのものです（公式の様式の欄は文字では公表されていません）。",
    "This layout is our own: the columns of the official form are not published as text.",
)
TYPES: Mapping[str, str] = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
"""The formats a filing can be had in, with their media types."""
MOST_IN_PDF = 5_000
"""Rows in a PDF at most (house rule: setting more takes over a gigabyte of memory)."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what no Excel or PDF file can hold
_NO = Text("番号", "No.")
_WIDTHS = (14, 60)


class TooLongError(SakimoriError):
    """A filing has too many rows for a format."""

    code = "assets.too_long"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A filing laid out: what is said once, and the rows; `digest` is that of the exact bytes."""

    title: str
    lead: str
    single: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    digest: str
    stamp: str


def sheet(form: FormVersion, payload: Mapping[str, Any], language: str = "ja", stamp: str = "") -> Sheet:
    """Return a filing laid out in words; codes are said by what they mean."""
    said = tuple(
        (one.title.pick(language), text)
        for one in form.single
        if (text := _said(one, payload, language)) or one.path.startswith("outline.")
    )
    columns = [one for one in form.table if _used(one, payload)]
    rows = [
        (str(number), *(_said(one, row, language) for one in columns))
        for number, row in enumerate(payload.get("rows", []), start=1)
    ]
    basis = f"{form.official.pick(language)} / {form.article}"
    return Sheet(
        title=form.title.pick(language),
        lead=f"{basis}. {OURS.pick(language)} [{form.version}]",
        single=said,
        heads=(_NO.pick(language), *(one.title.pick(language) for one in columns)),
        rows=rows,
        digest=hashlib.sha256(proofs.canonical(dict(payload))).hexdigest(),
        stamp=stamp,
    )


def _used(one: Field, payload: Mapping[str, Any]) -> bool:
    """Leave out a column that only some filings need and this one does not."""
    return one.path != "category_before" or any(one.of(row) for row in payload.get("rows", []))


def _said(one: Field, data: Mapping[str, Any], language: str) -> str:
    value = one.of(data)
    if value is None or value == "":
        return ""
    found = meaning(value, one.coded) if one.coded else None
    return found.pick(language) if found else str(value)


def xlsx(shown: Sheet) -> bytes:
    """Return the filing as an Excel file without formulas; texts stay texts, whatever they begin with."""
    book = Workbook(write_only=True)
    page = book.create_sheet("届出")
    for at in range(1, max(3, len(shown.heads) + 1)):
        page.column_dimensions[get_column_letter(at)].width = _WIDTHS[0] if at == 1 else _WIDTHS[1] / 1.5
    bold = Font(bold=True)
    for text in filter(None, (shown.stamp, shown.title)):
        page.append([_cell(page, text, bold)])
    page.append([_cell(page, shown.lead)])
    page.append([])
    for label, value in shown.single:
        page.append([_cell(page, label, bold), _cell(page, value)])
    page.append([])
    page.append([_cell(page, head, bold) for head in shown.heads])
    for number, *rest in shown.rows:
        page.append([int(number), *(_plain(page, text) for text in rest)])
    page.append([])
    page.append([_cell(page, "SHA-256"), _cell(page, shown.digest)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(page: Any, text: str) -> Any:
    """Return a cell's text as it is where nothing could take it for a formula: cells of their own are slow."""
    return _cell(page, text) if text.startswith("=") or _CONTROL.search(text) else text


def _cell(page: Any, text: str, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(page, "")
    cell.value = _CONTROL.sub("\ufffd", text)
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def pdf(shown: Sheet, on: date, language: str = "ja") -> bytes:
    """Return the filing as a PDF, A4. Raises `law.printing.FontMissingError`, `PrintingError`, `TooLongError`."""
    if len(shown.rows) > MOST_IN_PDF:
        raise TooLongError(
            Text(
                f"{len(shown.rows)}行あります。PDF にできるのは{MOST_IN_PDF}行までです。",
                f"There are {len(shown.rows)} rows; a PDF holds at most {MOST_IN_PDF}.",
            ),
            where="format",
            mend=Text("Excel か JSON を選んでください。", "Choose Excel or JSON."),
        )
    data = {
        "title": shown.title,
        "lead": shown.lead,
        "stamp": shown.stamp,
        "day": on.isoformat(),
        "digest": shown.digest,
        "language": language,
        "font": printing.font(),
        "single": [[label, _CONTROL.sub("\ufffd", value)] for label, value in shown.single],
        "heads": shown.heads,
        "rows": [[_CONTROL.sub("\ufffd", text) for text in row] for row in shown.rows],
    }
    with as_file(files("sakimori.assets.forms").joinpath("filing.typ")) as template:
        return printing.typeset(template, "filing", data, on)


def export(form: FormVersion, payload: Mapping[str, Any], wanted: str, on: date, *, language: str, stamp: str) -> bytes:
    """Return a filing in one of the formats of `TYPES`; json is the exact bytes that leave."""
    if wanted == "json":
        return proofs.canonical(dict(payload))
    shown = sheet(form, payload, language, stamp)
    return xlsx(shown) if wanted == "xlsx" else pdf(shown, on, language)
