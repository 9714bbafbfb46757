"""Articles in the reader's language: short in Japanese, in English by our own names of the laws."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from sakimori import law
from sakimori.pages.citing import cited

ROOT = Path(law.__file__).parents[1]


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("強化法4(1)", "Act Art. 4(1)"),
        ("強化法附則4", "Act Suppl. Art. 4"),
        ("命令1(1)(iii)", "Order Art. 1(1)(iii)"),
        ("申合せ", "Ministries' Agreement"),
        ("house", "house rule"),
        ("see the notice of the ministry", "see the notice of the ministry"),
        ("", ""),
    ],
)
def test_an_english_reader_reads_english(reference, said):
    with translation.override("en"):
        assert cited(reference) == said
        assert cited(said) == said  # said once is said for good
    with translation.override("ja"):
        assert cited(reference) == ("当システムの定め" if reference == "house" else reference)


def test_no_article_of_a_kind_stays_japanese_in_english():
    with translation.override("en"):
        left = {said for kind in law.kinds() for ref in kind.basis if re.search("[一-鿿]", said := cited(ref))}
    assert not left


def test_no_template_writes_an_article_as_it_is_stored():
    raw = re.compile(r"(?:\{\{ ?|=)((?:\w+\.)*article)(?= |\}|%)")
    told = {"error.article", "explained.article"}  # cited by `refusals.explained`
    found = {
        f"{path.relative_to(ROOT)}: {one}"
        for path in ROOT.rglob("templates/**/*.html")
        for one in raw.findall(
            re.sub(r"\{% blocktranslate .*?%\}(.*?)\{% endblocktranslate %\}", _head, path.read_text("utf-8"))
        )
        if one not in told
    }
    assert not found


def _head(block):
    """Return the values a translated block is given, without the places it puts them in."""
    return block[0].partition("%}")[0]
