"""Official templates: foreign Excel files, filled by a cell map; our own exports with the same contents."""

import io
import json
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.styles import Protection

from sakimori import proofs
from sakimori.assets.forms import cellmap, exporting, templates, versions, workbook
from sakimori.assets.forms.versions import FormError
from sakimori.assets.forms.workbook import TemplateError

DAY = date(2026, 11, 21)
FORM = versions.version("notification", DAY)
MAP = {
    "sheet": "様式第一",
    "single": {"outline.name": "C4", "outline.corporate_number": "$C$5", "facility_category": "ｃ７"},
    "table": {"first": 12, "last": "14", "columns": {"clause": "B", "product": "C", "maker": "D"}, "number": "A"},
    "overflow": "copies",
}


def payload(rows=2, product="FortiOS"):
    return {
        "form": "sakimori/1",
        "outline": {"name": "架空電力", "corporate_number": "1234567890123", "business_type": "electricity"},
        "facility_category": "発電設備",
        "rows": [{"clause": "meirei1-1-3", "product": f"{product}{n}", "maker": "=1+1"} for n in range(rows)],
    }


def template(change=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "様式第一"
    sheet["A1"] = "様式第一（架空）"
    sheet["B4"], sheet["B5"], sheet["B7"] = "事業者の名称", "法人番号", "設備の区分"
    sheet["D16"] = '=COUNTA(C12:C14)&"件"'
    sheet.merge_cells("C4:D4")
    if change:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content, sheet="様式第一"):
    return openpyxl.load_workbook(io.BytesIO(content))[sheet]


def faults(change=None, rows=2, **changed):
    cells = cellmap.read({**MAP, **changed})
    found = templates.preview(template(change), cells, FORM, payload(rows), "ja").faults
    return {fault.where: fault.what for fault in found}


def test_a_template_is_filled_where_the_map_says_and_nowhere_else():
    (filled,) = templates.fill(template(), cellmap.read(MAP), FORM, payload())
    was, now = read(template()), read(filled)
    written = {"C4": "架空電力", "C5": "1234567890123", "C7": "発電設備", "A12": 1, "A13": 2,
               "C12": "FortiOS0", "C13": "FortiOS1", "D12": "=1+1", "D13": "=1+1"}  # fmt: skip
    for row in range(1, 20):
        for column in "ABCDE":
            name = f"{column}{row}"
            if name in ("B12", "B13"):
                assert now[name].value.startswith("命令1(1)(iii)")
            else:
                assert now[name].value == written.get(name, was[name].value), name
    assert now["D12"].data_type == "s"  # what begins like a formula stays a text
    assert now["D16"].data_type == "f"


def test_rows_beyond_the_table_take_further_copies_or_go_on_below():
    copies = templates.fill(template(), cellmap.read(MAP), FORM, payload(7))
    assert [[read(one)[f"A{row}"].value for row in (12, 13, 14)] for one in copies] == [
        [1, 2, 3], [4, 5, 6], [7, None, None]
    ]  # fmt: skip
    assert {read(one)["C4"].value for one in copies} == {"架空電力"}
    packed, name = templates.bundled(copies, "届出")
    assert name == "届出.zip"
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["届出-001.xlsx", "届出-002.xlsx", "届出-003.xlsx"]
    assert "overflow" in faults(rows=7, overflow="down")  # the sum of the template stands there

    def without_sum(book, sheet):
        sheet["D16"] = None

    (one,) = templates.fill(template(without_sum), cellmap.read({**MAP, "overflow": "down"}), FORM, payload(7))
    assert [read(one)[f"C{row}"].value for row in (12, 18)] == ["FortiOS0", "FortiOS6"]
    assert "overflow" in faults(rows=601)  # more than 200 files


def test_what_speaks_against_a_map_is_said_before_anything_is_filled():
    assert faults() == {}
    assert set(faults(sheet="様式第九")) == {"sheet"}
    assert set(faults(single={"outline.name": "C4"})) == {"facility_category"}
    assert "C4" in faults(single={**MAP["single"], "outline.name": "D4"})["outline.name"].en
    assert "formula" in faults(single={**MAP["single"], "facility_category": "D16"})["facility_category"].en
    assert set(faults(single={**MAP["single"], "facility_category": "C5"})) == {"facility_category"}
    assert "table" in faults(single={**MAP["single"], "facility_category": "C13"})["facility_category"].en
    assert set(faults(single={**MAP["single"], "secret": "E1"})) == {"secret"}

    def protect(book, sheet):
        sheet.protection.sheet = True
        sheet["C4"].protection = Protection(locked=False)

    assert {"C5", "C7", "B12"} <= {text.en.split()[0] for text in faults(protect).values()}
    assert "outline.name" not in faults(protect)
    with pytest.raises(TemplateError) as refused:
        templates.fill(template(), cellmap.read({**MAP, "sheet": "x"}), FORM, payload())
    assert refused.value.where == "sheet"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"single": {"outline.name": "4C"}}, "outline.name"),
        ({"single": {"outline.name": "XFE1"}}, "outline.name"),
        ({"single": {"outline.name": "A0"}}, "outline.name"),
        ({"table": {**MAP["table"], "columns": {"product": "1"}}}, "product"),
        ({"table": {**MAP["table"], "first": "x"}}, "first"),
        ({"table": {**MAP["table"], "first": "二"}}, "first"),
        ({"table": {**MAP["table"], "last": 3}}, "last"),
        ({"table": {}}, "first"),
        ({"overflow": "wrap"}, "overflow"),
    ],
)
def test_references_that_are_none_are_refused_by_name(change, where):
    with pytest.raises(TemplateError) as refused:
        cellmap.read({**MAP, **change})
    assert refused.value.where == where


def packed(**parts):
    out = io.BytesIO(template())
    with zipfile.ZipFile(out, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return out.getvalue()


def bomb():
    out = io.BytesIO(template())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", bytes(70 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
        (b"%PDF-1.7", "no Excel workbook"),
        (bytes(workbook.LARGEST + 1), "too large"),
        (packed(xl__vbaProject_DOT_bin=b"x"), "macros"),
        (packed(xl__externalLinks__externalLink1_DOT_xml=b"<x/>"), "links to other files"),
        (packed(xl__embeddings__oleObject1_DOT_bin=b"x"), "embedded"),
        (bomb(), "unpacks to too much"),
    ],
)
def test_foreign_files_are_refused_with_reason_and_remedy(content, said):
    with pytest.raises(TemplateError, match=said) as refused:
        workbook.opened(content)
    assert refused.value.mend is not None


def test_a_workbook_that_says_it_has_macros_is_refused():
    content = template()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
            archive.writestr(name, data)
    with pytest.raises(TemplateError, match="macros"):
        workbook.opened(out.getvalue())


def test_entities_do_not_grow_while_a_template_is_read():
    content = template()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/workbook.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data
            archive.writestr(name, data)
    with pytest.raises(TemplateError, match="cannot be read"):
        workbook.opened(out.getvalue())


def test_what_leaves_is_exactly_the_fields_of_the_form():
    content = versions.exactly(FORM, payload())
    assert content == proofs.canonical(payload())
    assert json.loads(content).keys() == {"form", "outline", "facility_category", "rows"}
    for added in ({"version": "7.4"}, {"outline": {**payload()["outline"], "address": "x"}}, {"rows": [
        {**payload()["rows"][0], "serial": "S-1"}
    ]}):  # fmt: skip
        with pytest.raises(FormError):
            versions.exactly(FORM, payload() | added)
    assert FORM.items == ("outline", "facility_category", "clause", "product", "maker")
    assert (FORM.article, FORM.source) == ("命令2(5)", "ORDER")


def test_excel_and_pdf_say_the_same_as_the_bytes():
    shown = exporting.sheet(FORM, payload(), "ja", "見本")
    sheet = openpyxl.load_workbook(io.BytesIO(exporting.xlsx(shown))).active
    cells = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert ["見本"] in cells
    assert ["事業者の名称", "架空電力"] in cells
    assert [1, shown.rows[0][1], "FortiOS0", "=1+1"] in cells
    assert any("当システムのもの" in str(one) for row in cells for one in row)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    content = exporting.export(FORM, payload(), "pdf", DAY, language="ja", stamp="見本")
    assert content.startswith(b"%PDF")
    assert content == exporting.export(FORM, payload(), "pdf", DAY, language="ja", stamp="見本")
    assert exporting.export(FORM, payload(), "json", DAY, language="ja", stamp="") == proofs.canonical(payload())
    with pytest.raises(exporting.TooLongError):
        exporting.export(FORM, payload(5001), "pdf", DAY, language="ja", stamp="")


def test_control_characters_do_not_break_a_file():
    told = payload() | {"facility_category": "a\x01b"}
    sheet = openpyxl.load_workbook(io.BytesIO(exporting.xlsx(exporting.sheet(FORM, told)))).active
    assert any(cell.value == "a\ufffdb" for row in sheet.iter_rows() for cell in row)
