"""Every clause is found again, however an office or an operator writes it; what could be two is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.law import cite, clauses
from sakimori.law.decisions.assets import clauses as all_clauses
from sakimori.law.egov import kanji

ROMAN = ["", "i", "ii", "iii", "iv", "v", "vi", "vii"]
WIDE = str.maketrans("0123456789()iv", "０１２３４５６７８９（）ｉｖ")


def test_all_clauses_are_read():
    assert sorted(clauses._read()) == sorted(all_clauses())


@given(
    st.sampled_from(all_clauses()),
    st.sampled_from(("digits", "kanji")),
    st.sampled_from(("", "第")),
    st.sampled_from(("worded", "short", "number")),
    st.booleans(),
    st.sampled_from(("", " ", "　")),
)
def test_a_clause_comes_back_however_it_is_written(code, numerals, ordinal, form, wide, space):
    instrument, article, paragraph, item, subitem = clauses._read()[code]
    if form == "worded":
        write = kanji if numerals == "kanji" else str
        text = f"{instrument}{ordinal}{write(article)}条{space}{ordinal}{write(paragraph)}項{ordinal}{write(item)}号"
        text += subitem
    else:
        number = ROMAN[item] if form == "short" else str(item)
        text = f"{instrument}{article}{space}({paragraph})({number}){subitem}"
    assert clauses.clause_of(text.translate(WIDE) if wide else text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("施行令第1条第3項第1号", "rei1-3-1"),
        ("施行令1条3項1号", "rei1-3-1"),
        ("命令1条1項1号", "meirei1-1-1"),
        ("命令１（１）（ｉ）", "meirei1-1-1"),
        ("命令第一条第一項第五号イ", "meirei1-1-5-i"),
        ("第1条第1項第7号", "meirei1-1-7"),  # no other instrument has one
        ("命令1条7号", "meirei1-1-7"),
        ("1(2)(ii)", "meirei1-2-2"),
        ("meirei1-2-1", "meirei1-2-1"),
        (cite("命令1(1)(v)ロ").en, "meirei1-1-5-ro"),
    ],
)
def test_ways_of_writing(text, code):
    assert clauses.clause_of(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一号",
        "命令1条1号",
        "命令1条1項5号",
        "命令1条1項99号",
        "命令2条1項1号",
        "十条",
        "ルーター",
        "命令" * 5_000,
        "(" * 300,
    ],
)
def test_what_names_no_clause_or_several_is_none(text):
    assert clauses.clause_of(text) is None


@given(st.text(max_size=300))
def test_any_text_is_a_clause_or_none(text):
    assert clauses.clause_of(text) in {None, *all_clauses()}
