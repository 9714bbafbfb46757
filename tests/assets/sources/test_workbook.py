"""Workbooks as people make them: what is shown is what is read, and what was read specially is said."""

import io
import zipfile
from datetime import date

import pytest

from sakimori.acts import clock
from sakimori.assets import drafting, importing
from sakimori.assets.sources.reading import read_source
from sakimori.assets.sources.values import day_of, day_written, is_date_format, number
from sakimori.errors import SakimoriError
from tests.support import filing
from tests.support.deployment import WORLD, viewer
from tests.support.workbooks import HEADING, ROWS, repacked, workbook


def only(data):
    (sheet,) = read_source(data).sheets
    return sheet


def notes(data):
    source = read_source(data)
    return " | ".join(note.en for note in [*source.remarks, *(n for sheet in source.sheets for n in sheet.notes)])


def test_a_title_above_the_heading_is_no_heading_and_days_are_days():
    sheet = only(workbook())
    assert tuple(sheet.heading) == HEADING
    assert [row.line for row in sheet.rows] == [3, 4, 5]
    assert sheet.rows[0].cells[:6] == ["A-001", "監視制御サーバー", "横河電機", "CENTUM VP", "業務ソフト", "2024-06-01"]
    assert "Rows above the heading are not read: 設備台帳" in notes(workbook())


def test_merged_hidden_and_computed_cells_are_read_as_seen_and_said():
    def change(sheet):
        sheet.merge_cells("G3:G5")
        sheet["J3"] = "=1+1"
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["H"].hidden = True
        sheet["I5"] = "#N/A"
        sheet["I5"].data_type = "e"

    data = workbook(change=change)
    sheet = only(data)
    assert [row.cells[6] for row in sheet.rows] == ["中央制御室"] * 3
    assert sheet.hidden_lines == {4}
    assert sheet.rows[2].cells[8] == "#N/A"
    said = notes(data)
    for part in ("Formulas, read by their stored result: 1", "without a stored result, read as empty (open and save",
                 "Hidden rows were read too (1: 4)", "Hidden columns were read too: 1", "Cells with an error",
                 "Merged cells"):  # fmt: skip
        assert part in said


def test_a_formula_counts_by_the_result_that_was_stored():
    plain = workbook(change=lambda sheet: sheet.__setitem__("D3", "=A1"))
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    computed = xml.replace(b"<f>A1</f><v />", b"<f>A1</f><v>CENTUM</v>").replace(b'<c r="D3"', b'<c t="str" r="D3"')
    assert computed != xml
    data = repacked(plain, **{"xl__worksheets__sheet1.xml": computed})
    assert only(data).rows[0].cells[3] == "CENTUM"


def test_hidden_sheets_are_there_but_known_as_hidden_and_each_sheet_has_its_rows():
    def more(book):
        second = book.create_sheet("旧")
        second.append(["a", "b"])
        second.append(["1", "2"])
        second.sheet_state = "hidden"

    source = read_source(workbook(more=more))
    assert [(one.name, one.hidden, len(one.rows)) for one in source.sheets] == [("台帳", False, 3), ("旧", True, 1)]


def test_macros_are_named_and_never_looked_at():
    data = repacked(workbook(), **{"xl__vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})
    assert "It contains macros. They were neither run nor read." in notes(data)
    assert len(only(data).rows) == 3


def bomb():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 * 2**20))
    return kept.getvalue()


def with_entities():
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        b"<worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>"
    )
    return repacked(workbook(), **{"xl__worksheets__sheet1.xml": entity})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04" + bytes(200), "cut short or broken"),
        (workbook()[:-300], "cut short or broken"),
        (bomb(), "beyond belief"),
        (with_entities(), "document type declaration"),
        (repacked(workbook(), **{"xl__worksheets__sheet1.xml": b"<worksheet><sheetData><row>"}), "XML inside the file"),
        (repacked(workbook(), **{"word__document.xml": b"<x/>"}), "Word file"),
        (repacked(workbook(), **{"xl__workbook.bin": b"x"}), "xlsb"),
        (repacked(workbook(), **{"_rels__.rels": b"<Relationships/>"}), "no Excel workbook"),
        (workbook([], ["c"] * 10_000, title=""), "10000 columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_workbook_or_a_trap_is_refused_with_reason_and_mend(data, said):
    with pytest.raises(SakimoriError) as refused:
        read_source(data)
    assert said in refused.value.explain("en")
    assert refused.value.mend is not None


def test_numbers_are_read_as_excel_shows_them():
    assert [number(one) for one in ("1.0", "12", "0.30000000000000004", "1E3", "abc")] == [
        "1",
        "12",
        "0.3",
        "1000",
        "abc",
    ]
    assert number("7", 5) == "00007"
    assert day_of("45444", since_1904=False) == "2024-06-01"
    assert day_of("43982", since_1904=True) == "2024-06-01"
    assert [day_of(one, since_1904=False) for one in ("1", "59", "60", "61", "0", "99999999", "nan", "x")] == [
        "1900-01-01", "1900-02-28", None, "1900-03-01", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "is_day"),
    [
        ("yyyy/mm/dd", True),
        ('[$-411]ggge"年"m"月"d"日"', True),
        ("0.00E+00", False),
        ("#,##0", False),
        ('0"days"', False),
    ],
)
def test_which_formats_show_days(code, is_day):
    assert is_date_format(164, code) is is_day


def test_leading_zeros_of_a_key_stay():
    def change(sheet):
        sheet["A3"] = 7
        sheet["A3"].number_format = "00000"

    assert only(workbook(change=change)).rows[0].cells[0] == "00007"


def test_a_row_of_ten_thousand_characters_is_read_and_left_to_the_check():
    rows = [("A", "長" * 10_000, *ROWS[0][2:5], date(2024, 1, 1))]
    assert len(only(workbook(rows)).rows[0].cells[1]) == 10_000


def test_a_day_number_that_lost_its_format_is_a_day_and_no_other_number_is():
    assert str(day_written("43982", since_1904=True)) == "2024-06-01"
    assert [str(day_written(one)) for one in ("45444", "45444.0", " 45444.75 ", "20240601", "令和6年6月1日")] == [
        "2024-06-01"
    ] * 5
    for no_day in ("", "4544", "454440", "45444円", "-45444", "４５４４４x", "00001", "45444.", "20241301"):
        assert day_written(no_day) is None, no_day


@pytest.mark.django_db
def test_the_import_takes_a_day_number_as_the_day_it_stands_for(parties):
    by = viewer("power", "reporter")
    checked = importing.check(
        filing.csv([filing.ROWS[0].replace("2024-06-01", "45444")]), drafting.facilities_of(by), clock.today(WORLD)
    )
    assert (checked.faults, checked.rows[0]["introduced_on"]) == ([], "2024-06-01")
