"""Articles in the reader's language: short in Japanese, in English by our own names of the laws."""

import re

import pytest
from django.utils import translation

from sakimori import law
from sakimori.pages.citing import cited


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
