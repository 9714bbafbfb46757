"""Tables: sorted, filtered and cut on the server; CSV that Excel opens and never runs."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from sakimori.pages.csvfile import harmless
from sakimori.pages.tables import PAGE, Column, table_from

COLUMNS = [Column("name", "Name"), Column("count", "Count", number=True)]
ROWS = [{"name": f"機器{n:03}", "count": None if n % 7 == 0 else n % 13} for n in range(120)]


def _table(query="", rows=ROWS, world="sample", **more):
    request = RequestFactory().get(f"/{query}")
    request.viewer = SimpleNamespace(world=world)
    return table_from(request, rows, COLUMNS, caption="機器", **more)


def _texts(table, column=0):
    return [line[column].text for line in table.lines]


def test_a_page_holds_so_many_rows_and_links_to_the_next():
    first, last = _table(), _table("?page=3")
    assert (len(first.lines), len(last.lines)) == (PAGE, 20)
    assert (first.pages, first.links["previous"], last.links["next"]) == (3, "", "")
    assert _texts(_table("?page=999")) == _texts(last)
    assert _texts(_table("?page=-1")) == _texts(_table("?page=x")) == _texts(first)


@pytest.mark.parametrize("sort", ["count", "-count"])
def test_empty_cells_come_last_whichever_way(sort):
    shown = [text for page in (1, 2, 3) for text in _texts(_table(f"?sort={sort}&page={page}"), 1)]
    filled = [int(text) for text in shown if text]
    assert filled == sorted(filled, reverse=sort.startswith("-"))
    assert shown[len(filled) :] == [""] * (120 - len(filled))


def test_an_unknown_sort_key_is_ignored():
    assert _texts(_table("?sort=password")) == _texts(_table())


def test_the_filter_folds_width_and_case_and_needs_every_word():
    assert _texts(_table("?q=０１1")) == ["機器011"]
    assert _table("?q=機器 ないもの").lines == []
    assert _table("?q=ないもの").is_filtered


def test_csv_has_a_bom_every_row_and_the_worlds_stamp():
    answer = _table("?format=csv&q=機器00")
    assert isinstance(answer, HttpResponse)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 11
    assert rows[0][-1] in ("Stamp", "表示")
    assert {row[-1] for row in rows[1:]} == {"SAMPLE 見本（架空）"}
    assert "SAMPLE" in answer.headers["Content-Disposition"]


@given(st.text(max_size=30))
def test_no_cell_is_a_formula(cell):
    kept = harmless(cell)
    assert kept.lstrip("'") == cell.lstrip("'") or kept == cell
    if kept[:1] in "=@\t\r" and kept:
        raise AssertionError(kept)
    if kept[:1] in ("+", "-"):
        assert kept[1:].lstrip("+-").replace(".", "", 1).isdigit()


def test_two_tables_on_a_page_keep_apart():
    request = RequestFactory().get("/?a-sort=-name&b-q=005")
    request.viewer = SimpleNamespace(world="sample")
    a = table_from(request, ROWS, COLUMNS, caption="a", prefix="a-")
    b = table_from(request, ROWS, COLUMNS, caption="b", prefix="b-")
    assert (_texts(a)[0], _texts(b)) == ("機器119", ["機器005"])
    assert "b-q=005" in a.links["next"]
