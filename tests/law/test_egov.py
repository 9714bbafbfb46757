"""Comparing with an e-Gov law XML: a self-made excerpt in that schema, then with one thing changed at a time."""

from datetime import date
from pathlib import Path

import pytest

from sakimori import law
from sakimori.law import egov

ASSET = Path(__file__).parent / "assets" / "order_excerpt.xml"
TEXT = ASSET.read_text(encoding="utf-8")


def _compare(text: str, book: law.LawBook | None = None) -> list[tuple[str, str]]:
    book = book or law.book()
    read = egov.read_xml(text.encode(), "test")
    return [(item.kind, item.ref) for item in egov.compare(book, egov.instrument_of(book, read, "test"), read)]


def test_the_excerpt_agrees_with_every_reference() -> None:
    assert _compare(TEXT) == []


def test_wrapped_as_the_api_gives_it() -> None:
    body = TEXT.partition("?>")[2]
    assert _compare(f"<DataRoot><ApplData><LawFullText>{body}</LawFullText></ApplData></DataRoot>") == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "ref"),
    [
        ("三十日以内", "四十日以内", "changed", "4(2)"),  # the number we hold is gone
        ("変更の日から四月以内", "変更の日から三月以内", "changed", "3(1)"),
        ("施行の日から六月以内", "施行の日から八月以内", "changed", "附則2"),
        ("（変更の届出）", "（変更等の届出）", "changed", "3"),  # another caption
        ('<Item Num="3"><ItemTitle>三</ItemTitle>', '<Item Num="9"><ItemTitle>九</ItemTitle>', None, None),  # uncited
        ('<Article Num="3">', '<Article Num="3_2">', "vanished", "3"),
        ('<Article Num="3">', '<Article Num="3_2">', "new", "3-2"),
    ],
)
def test_one_change_is_found(old: str, new: str, kind: str | None, ref: str | None) -> None:
    assert old in TEXT
    found = _compare(TEXT.replace(old, new))
    assert (kind, ref) in found if kind else all(item[0] != "new" for item in found)


def test_vanished_names_the_places_that_cite_it() -> None:
    text = TEXT.replace(
        '<Paragraph Num="2"><ParagraphNum>２</ParagraphNum><ParagraphSentence><Sentence>認知', "<Gone>認知"
    )
    text = text.replace("<Gone>", '<Paragraph Num="8"><ParagraphSentence><Sentence>')
    read = egov.read_xml(text.encode(), "test")
    book = law.book()
    found = egov.compare(book, egov.instrument_of(book, read, "test"), read)
    gone = next(item for item in found if (item.kind, item.ref) == ("vanished", "4(2)"))
    assert "rules: kyokaho.incident.full" in gone.where


def test_recorded_text_tells_a_change_without_a_number() -> None:
    from sakimori.law.lawbook import build_book, read_files

    read = egov.read_xml(TEXT.encode(), "test")
    kept = egov.record(law.book().instruments["命令"], read).encode()
    book = build_book({**read_files(), "egov/508M60000F5A004.yaml": kept})
    assert _compare(TEXT, book) == []
    assert _compare(TEXT.replace("報告の区分", "報告の種別"), book) == [("changed", "4")]


def test_recorded_text_tells_any_new_article() -> None:
    from sakimori.law.lawbook import build_book, read_files

    text = TELECOM.format(articles="".join(map(_article, ("1", "57", "58"))))
    read = egov.read_xml(text.encode(), "test")
    kept = egov.record(law.book().instruments["電通則"], read).encode()
    book = build_book({**read_files(), "egov/360M50001000025.yaml": kept})
    more = egov.read_xml(text.replace(_article("1"), _article("1") + _article("2")).encode(), "test")
    assert ("new", "2") in {
        (item.kind, item.ref) for item in egov.compare(book, egov.instrument_of(book, more, "test"), more)
    }
    assert "new" not in {item.kind for item in egov.compare(book, egov.instrument_of(book, read, "test"), read)}


ACT = """<?xml version="1.0" encoding="UTF-8"?>
<Law><LawNum>令和七年法律第四十二号</LawNum><LawBody><LawTitle>試験</LawTitle><MainProvision>{articles}</MainProvision>
<SupplProvision>{supplement}</SupplProvision>
<SupplProvision AmendLawNum="令和九年法律第一号"><Article Num="4"><Paragraph Num="1"/></Article></SupplProvision>
</LawBody></Law>"""
TELECOM = """<Law><LawNum>昭和六十年郵政省令第二十五号</LawNum><LawBody><LawTitle>試験</LawTitle>
<MainProvision>{articles}</MainProvision></LawBody></Law>"""


def _article(number: str, text: str = "抜粋。") -> str:
    said = f"<ParagraphSentence><Sentence>{text}</Sentence></ParagraphSentence>"
    return f'<Article Num="{number}"><Paragraph Num="1"><ParagraphNum/>{said}</Paragraph></Article>'


def _found(text: str, on: date | None = None) -> set[tuple[str, str]]:
    read, book = egov.read_xml(text.encode(), "test"), law.book()
    return {(item.kind, item.ref) for item in egov.compare(book, egov.instrument_of(book, read, "test"), read, on)}


def test_what_is_not_in_force_may_be_missing_from_the_text_of_that_day() -> None:
    empty = ACT.format(articles=_article("1"), supplement="")
    always = _found(empty)
    assert {("vanished", "17"), ("vanished", "25(1)"), ("vanished", "4")} <= always
    on_the_day = _found(empty, date(2026, 11, 20))
    assert ("vanished", "4") in on_the_day  # in force: it must be there
    assert not {("vanished", "17"), ("vanished", "25(1)"), ("vanished", "11(1)")} & on_the_day
    assert ("vanished", "4") not in _found(empty, date(2026, 9, 30))
    assert ("vanished", "17") in _found(empty, date(2027, 11, 22))


def test_a_new_article_matters_where_the_whole_law_does_and_else_beside_ours() -> None:
    act = ACT.format(articles=_article("87") + _article("45_2") + _article("88:90", "削除"), supplement="")
    assert {ref for kind, ref in _found(act) if kind == "new"} == {"87", "45-2"}
    telecom = TELECOM.format(articles="".join(map(_article, ("1", "300", "58_3", "57_2", "56_2", "58_2_2"))))
    assert {ref for kind, ref in _found(telecom) if kind == "new"} == {"57-2", "58-3", "58-2-2"}


def test_months_may_be_written_as_years_and_months() -> None:
    said = ACT.format(articles="", supplement=_article("1", "公布の日から起算して二年六月を超えない範囲内"))
    assert ("changed", "附則1") not in _found(said)
    other = ACT.format(articles="", supplement=_article("1", "公布の日から起算して三年を超えない範囲内"))
    assert ("changed", "附則1") in _found(other)


@pytest.mark.parametrize(
    ("written", "agrees"), [("百分の五", True), ("二十分の一", True), ("５パーセント", True), ("百分の六", False)]
)
def test_shares_may_be_written_as_fractions(written: str, *, agrees: bool) -> None:
    order = """<Law><LawNum>令和五年内閣府令第六十一号</LawNum><LawBody><LawTitle>試験</LawTitle>
<MainProvision>{articles}</MainProvision></LawBody></Law>"""
    read = egov.read_xml(order.format(articles=_article("11", f"議決権の{written}以上、百分の二十五")).encode(), "test")
    found = egov.compare(law.book(), egov.instrument_of(law.book(), read, "test"), read)
    assert (not [item for item in found if item.ref == "11" and "espa.shareholder" in str(item.where)]) == agrees


def test_the_supplement_of_an_amending_law_is_not_ours() -> None:
    assert ("vanished", "附則4") in _found(ACT.format(articles="", supplement=""))


@pytest.mark.parametrize(
    "content",
    [
        ACT.format(articles="<a>" * 3000 + "</a>" * 3000, supplement="").encode(),  # deeper than any law
        b"not xml",
        b"<Law></Law>",
        b"<html/>",
        TEXT.replace("<Law ", '<!DOCTYPE Law [<!ENTITY a "b">]><Law ', 1).encode(),  # entities can swell without end
        b"",
        TEXT.replace("令和八年内閣府・総務省", "令和九年").encode(),  # a law we do not hold
    ],
)
def test_what_is_not_one_of_our_laws_is_refused(content: bytes) -> None:
    with pytest.raises(law.LawError) as caught:
        egov.instrument_of(law.book(), egov.read_xml(content, "file.xml"), "file.xml")
    assert caught.value.where == "file.xml"
    assert caught.value.mend is not None


@pytest.mark.parametrize(
    ("number", "sign"),
    [(0, "〇"), (4, "四"), (10, "十"), (30, "三十"), (24, "二十四"), (168, "百六十八"), (1000, "千")],
)
def test_numbers_as_statutes_write_them(number: int, sign: str) -> None:
    assert egov.kanji(number) == sign
