"""Whatever file a person brings: rows, or every fault with line, column, reason and mend; never anything else."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.assets import importing, tables, wording
from sakimori.assets.models import Computer
from sakimori.assets.payloads import LONGEST, StagedComputer
from sakimori.errors import SakimoriError
from tests.fuzz.fuzz_assets import TARGETS
from tests.support.filing import HEADING, ROWS, csv

FACILITIES = {"power 第一": "00000000-0000-0000-0000-000000000001"}
TODAY = date(2026, 11, 24)


def check(data):
    return importing.check(data, FACILITIES, TODAY)


def faults(*rows):
    return [(one.line, one.column) for one in check(csv(rows)).faults]


def row(**changes):
    cells = dict(zip(HEADING.split(","), ROWS[1].split(","), strict=True))
    return ",".join({**cells, **changes}.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_ending_gives_the_same_rows(encoding, ending):
    text = csv().decode().replace("\n", ending)
    checked = check(text.encode(encoding))
    assert checked.faults == []
    assert [one["product"] for one in checked.rows][:2] == ["CENTUM VP", "FortiOS"]
    assert [one["_line"] for one in checked.rows] == [2, 3, 4, 5, 6]
    assert checked.rows[1]["introduced_on"] == "2025-04-01"


def test_columns_may_stand_in_any_order_and_english():
    english = "product,id,name,facility,maker,unit,introduced\nFortiOS,A,fw,power 第一,Fortinet,appliance,2024-01-01\n"
    (one,) = check(english.encode()).rows
    assert (one["key"], one["unit"], one["facts"]) == ("A", "appliance", {})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
        (b"PK\x03\x04" + bytes(200), "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97"),
        ("管理番号".encode("utf-16"), "UTF-16"),
        ("管理番号,製品名\n".encode("euc_jp") + b"\xff\xff", "neither UTF-8 nor CP932"),
        (csv()[:700] + b"\xff" + csv()[700:], "line"),
        (csv().replace(b"FortiOS", b"Forti\x00OS"), "NUL"),
        (HEADING.encode(), "heading but no row"),
        (HEADING.encode() + b"\n\n , ,\n", "heading but no row"),
        (csv().replace(b",", b";"), "semicolons"),
        (csv().replace(b",", b"\t"), "tabs"),
        (csv().replace("製品名".encode(), "製品の名".encode()), "製品の名"),
        (csv().replace("名称,".encode(), "管理番号,".encode(), 1), "another column has"),
        ((",".join(f"c{n}" for n in range(10_000)) + "\n" + "," * 9_999).encode(), "10000 columns"),
        (csv((*ROWS, '"P-9,"x"y')), "broken at line 7"),
        (csv((*ROWS, '"' + "x" * 200_000)), "line 7 is too long"),
        (b"x" * (tables.LARGEST + 1), "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_reason_and_mend(data, said):
    with pytest.raises(SakimoriError) as refused:
        check(data)
    assert said in refused.value.explain("en")
    assert refused.value.mend is not None
    assert refused.value.code == "table.unreadable"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("導入日", "令和31年2月30日"),
        ("導入日", "平成31年5月1日"),
        ("導入日", "2026-13-01"),
        ("導入日", "2026-11-25"),
        ("導入日", "昨日"),
        ("導入日", ""),
        ("管理番号", ""),
        ("管理番号", "X" * 101),
        ("製品名", "長" * 10_000),
        ("製品名", "Forti\u202eSO"),
        ("製造者名", "Forti\x07net"),
        ("名称", "外字\ue000"),
        ("名称", "壊れた\ufffd字"),
        ("特定重要設備", "よその設備"),
        ("種別", "冷蔵庫"),
        ("設備との回線", "糸電話"),
        ("供用先", "誰か"),
        ("直近のルーター", "たぶん"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column_with_reason_and_mend(column, value):
    checked = check(csv((ROWS[0], row(**{column: value}))))
    (fault,) = checked.faults
    assert (fault.line, fault.column) == (3, column)
    assert all((fault.what.ja, fault.what.en, fault.mend.ja, fault.mend.en))
    assert len(fault.what.ja) < 200
    assert checked.rows == []


def test_every_bad_row_is_reported_and_nothing_is_left_to_apply():
    bad = [row(管理番号=f"B-{n}", 導入日="2026-13-01", 種別="?") for n in range(300)]
    checked = check(csv((ROWS[0], *bad)))
    assert {one.line for one in checked.faults} == set(range(3, 303))
    assert len(checked.faults) == 600
    assert checked.rows == []
    assert all(before.line <= after.line for before, after in pairwise(checked.faults))


def test_keys_are_unique_in_the_file():
    assert faults(ROWS[0], ROWS[1], ROWS[0]) == [(4, "管理番号")]
    assert faults(row(管理番号=""), row(管理番号="")) == [(2, "管理番号"), (3, "管理番号")]


def test_a_row_wider_than_the_heading_is_a_fault_and_a_shorter_one_is_filled():
    assert faults(ROWS[0], ROWS[1] + ",余り") == [(3, "")]
    assert faults(ROWS[0], ROWS[1] + ",,") == []
    assert faults(ROWS[0], ROWS[1].rpartition(",")[0]) == []


def test_a_file_cut_in_its_last_row_is_told():
    whole = csv((ROWS[0], ROWS[1]))
    assert check(whole.rstrip(b"\n")).faults == []
    cut = check(whole[: -len(",×,×\n".encode())])
    assert [(one.line, one.what.en) for one in cut.faults] == [(3, "The file ends in the middle of this row.")]


def test_lines_are_counted_where_a_cell_holds_line_breaks():
    checked = check(csv((row(管理番号="A", 名称='"上\n下"'), row(管理番号="B", 導入日="x"))))
    assert [one.line for one in checked.faults] == [4]
    (good,) = check(csv((row(名称='"上\n下"'),))).rows
    assert good["name"] == "上 下"


def test_columns_that_are_not_read_are_named():
    text = csv().decode().replace("直近のルーター", "直近のルータ", 1)
    assert check(text.encode()).ignored == ("直近のルータ",)


def test_facilities_are_found_however_their_name_is_spaced():
    assert faults(row(特定重要設備="ＰＯＷＥＲ　第一")) == []


def test_what_is_checked_is_what_may_be_staged():
    for one in check(csv()).rows:
        StagedComputer.model_validate(one)
    for name, longest in LONGEST.items():
        assert Computer._meta.get_field(name).max_length == longest


@pytest.mark.usefixtures("operator_edition")
def test_the_headings_offered_are_the_headings_read():
    blank = ",".join("x" for _ in wording.headings())
    checked = check((",".join(wording.headings()) + "\n" + blank + "\n").encode())
    assert checked.ignored == ()
    assert set(checked.headings) == {column.field for column in wording.COLUMNS}


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.__name__)
@settings(max_examples=150)
@given(data=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_a_table_or_a_spoken_error(target, data):
    target(data)
    target(HEADING.encode() + b"\n" + data)
    target(csv() + data)


CELL = st.one_of(
    st.sampled_from([*HEADING.split(","), *ROWS[1].split(","), "○", "×", '"', "\r", "=cmd"]), st.text(max_size=20)
)


@settings(max_examples=100)
@given(rows=st.lists(st.lists(CELL, max_size=25).map(",".join), max_size=6))
def test_any_rows_below_the_heading_are_staged_whole_or_faulted(rows):
    try:
        checked = check(csv(rows))
    except SakimoriError:
        return
    assert bool(checked.rows) != bool(checked.faults)
    for one in checked.rows:
        StagedComputer.model_validate(one)
