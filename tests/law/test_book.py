"""The reviewable book: complete, unknowns first, the same in HTML and PDF, in both languages."""

import re
from datetime import date
from functools import cache

import pytest
import typst
import yaml

from sakimori import law
from sakimori.law import printing, review, tables
from sakimori.law.chapters import Chapter, chapters
from sakimori.law.lawbook import build_book, read_files

ON = date(2026, 11, 20)
ORDER = ["unknown", "article", "parameter", "rule", "kind", "restriction", "table", "term", "source"]


@cache
def _chapters(language: str) -> dict[str, Chapter]:
    return {chapter.anchor: chapter for chapter in chapters(law.book(), ON, language)}


def _keys(anchor: str, language: str = "ja") -> list[str]:
    return [line.key for part in _chapters(language)[anchor].parts for line in part.lines]


def test_unknowns_come_first() -> None:
    for language in ("ja", "en"):
        assert list(_chapters(language)) == ORDER
        assert len(_keys("unknown", language)) >= 70
        assert all(line.marked for part in _chapters(language)["unknown"].parts for line in part.lines)


def test_every_entry_has_its_line() -> None:
    book = law.book()
    values = [key for key, history in sorted(book.parameters.items()) for _ in history.values]
    assert _keys("parameter") == values  # a number that changed has a line for each time
    assert _keys("rule") == [key for key in sorted(book.rule_versions) for _ in book.rule_versions[key]]
    assert _keys("kind") == [kind.name for kind in law.kinds()]
    assert _keys("restriction") == list(book.restrictions)
    assert _keys("term") == [term.key for term in law.terms()]
    assert _keys("source") == list(book.sources)
    rows = set(_keys("table"))
    for table in tables.tables():
        assert {f"{table.key}/{row.key}" for row in (*table.rows, table.otherwise)} <= rows
        assert {f"{table.key}/{fact}" for fact in table.facts} <= rows


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_line_fills_its_columns(language: str) -> None:
    for chapter in _chapters(language).values():
        for part in chapter.parts:
            for line in part.lines:
                assert len(line.cells) == len(part.columns), line.key
                assert not any(cell == "None" or re.search(r"\{[a-z_~]+\}", cell) for cell in line.cells), line


def test_a_row_is_said_in_words_with_its_numbers() -> None:
    lines = {line.key: line for part in _chapters("ja")["table"].parts for line in part.lines}
    assert "customersが100戸以上 かつ customersが500戸未満" in lines["sector.gas/7"].cells[1]
    assert lines["sector.gas/7"].cells[3].startswith("供給支障戸数が<customers>戸で、100戸以上500戸未満だから")
    english = {line.key: line for part in _chapters("en")["table"].parts for line in part.lines}
    assert "designated is before 2026-10-01" in english["kyokaho.notify.due/existing"].cells[1]
    assert "otherwise" in english["kyokaho.notify.due/otherwise"].cells[0]


def test_what_is_not_in_force_is_marked() -> None:
    marked = {line.key for part in _chapters("en")["rule"].parts for line in part.lines if line.marked}
    assert {"measures.transit.period", "circia.incident", "germany.component"} <= marked
    assert "kyokaho.incident.full" not in marked
    kinds = {line.key: line.cells for part in _chapters("ja")["kind"].parts for line in part.lines}
    assert "は未施行" in kinds["agreements.agreement.conclude"][2]
    assert "「強化法14" not in kinds["agreements.agreement.conclude"][4]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_html_is_plain_and_complete(language: str) -> None:
    page = review.page(law.book(), ON, language)
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)  # nothing from outside
    assert [page.index(f'<h2 id="{anchor}">') for anchor in ORDER] == sorted(
        page.index(f'<h2 id="{a}">') for a in ORDER
    )
    assert law.book().digest in page
    assert page == review.page(law.book(), ON, language)


def test_a_changed_law_changes_the_page() -> None:
    name = "parameters/kyokaho_clocks.yaml"
    data = yaml.safe_load(read_files()[name])
    data["parameters"]["kyokaho.incident.full.period"]["value"] = 31
    book = build_book({**read_files(), name: yaml.safe_dump(data, allow_unicode=True).encode()})
    page = review.page(book, ON, "ja")
    assert "<td>31日</td>" in page
    assert "<td>31日</td>" not in review.page(law.book(), ON, "ja")


def test_a_font_with_japanese_letters_is_needed() -> None:
    assert printing.chosen({"DejaVu Sans", "IPAexGothic", "Noto Sans CJK JP"}) == "Noto Sans CJK JP"
    with pytest.raises(printing.FontMissingError) as caught:
        printing.chosen({"DejaVu Sans"})
    assert caught.value.mend is not None
    assert "fonts-noto-cjk" in caught.value.mend.en


def test_a_machine_without_fonts_has_the_one_that_comes_with_us() -> None:
    own = typst.Fonts(include_system_fonts=False, font_paths=printing.folders())
    assert printing.chosen(set(own.families())) == "Noto Sans CJK JP"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pdf(language: str) -> None:
    made = printing.pdf(law.book(), ON, language)
    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) > 40
    assert printing.font().replace(" ", "").lower().encode() in made.lower()  # the font is embedded
    assert made == printing.pdf(law.book(), ON, language)  # the same data, the same bytes
