"""Fuzz targets for files from elsewhere: any bytes are sheets of rows, or a spoken refusal, never anything else.

Same form as `fuzz_proofs`: `fuzz_one(data: bytes) -> None`; `tests/assets/sources/test_fuzz.py` runs them under
hypothesis, over pieces of real documents.
"""

import contextlib
import io
import zipfile
from collections.abc import Callable
from datetime import date

from sakimori.assets import taking
from sakimori.assets.payloads import StagedComputer
from sakimori.assets.sources.reading import read_source
from sakimori.assets.sources.shapes import MOST_COLUMNS
from sakimori.assets.sources.worksheet import Style, read_sheet
from sakimori.errors import SakimoriError

_FACILITIES = {"power 第一": "00000000-0000-0000-0000-000000000001"}
_WISH = taking.Wish(fixed={"facility": "power 第一", "introduced_on": "2024-01-01", "unit": "os", "maker": "x"})
_TODAY = date(2026, 11, 24)


def fuzz_source(data: bytes) -> None:
    """What can be read has rows of text no wider than is taken; what is checked is staged whole or faulted."""
    with contextlib.suppress(SakimoriError):
        source = read_source(data)
        for sheet in source.sheets:
            for row in sheet.rows:
                if len(row.cells) > MOST_COLUMNS or not all(isinstance(cell, str) for cell in row.cells):
                    raise AssertionError("a row is too wide, or holds no text")
        sheet = taking.choose_sheet(source)
        legend = taking.legend_for(source, sheet, _FACILITIES, lambda _: None, _WISH)
        checked = taking.checked(source, sheet, legend, _FACILITIES, _TODAY)
        if bool(checked.rows) == bool(checked.faults):
            raise AssertionError("rows and faults together, or neither")
        for staged in checked.rows:
            StagedComputer.model_validate(staged)


def fuzz_sheet(data: bytes) -> None:
    """A worksheet's XML gives rows in rising order of their lines."""
    with contextlib.suppress(SakimoriError):
        grid = read_sheet(data, ["a", "b"], [Style(), Style(is_day=True)])
        lines = [row.line for row in grid.rows]
        if lines != sorted(set(lines)):
            raise AssertionError("lines out of order")


def fuzz_package(data: bytes) -> None:
    """A workbook whose parts are these bytes is read or refused."""
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels"):
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as archive:
            for name, content in _PACKAGE.items():
                archive.writestr(name, data if name == part else content)
        fuzz_source(kept.getvalue())


_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = {
    "_rels/.rels": f'<R><Relationship Id="a" Type="{_RELATION}officeDocument" Target="xl/workbook.xml"/></R>',
    "xl/workbook.xml": '<workbook><sheets><sheet name="s" id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<R>"
    f'<Relationship Id="r1" Type="{_RELATION}worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_RELATION}styles" Target="styles.xml"/>'
    f'<Relationship Id="r3" Type="{_RELATION}sharedStrings" Target="/xl/sharedStrings.xml"/></R>',
    "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="1"><c t="s"><v>0</v></c></row></sheetData></worksheet>',
    "xl/styles.xml": '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>',
    "xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>",
}

TARGETS: tuple[Callable[[bytes], None], ...] = (fuzz_source, fuzz_sheet, fuzz_package)
