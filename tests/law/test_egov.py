"""Comparing with an e-Gov law XML: a self-made excerpt in that schema, then with one thing changed at a time."""

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


@pytest.mark.parametrize(
    "content",
    [
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
