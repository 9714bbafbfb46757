"""A refusal names its basis in words: no word of the machine stands on a page."""

import pytest
from django.utils.translation import override

from sakimori.errors import SakimoriError
from sakimori.pages.refusals import explained
from sakimori.text import Text


@pytest.mark.parametrize(
    ("language", "said"),
    [("ja", "当システムの定め、命令1、命令2(5)"), ("en", "house rule, Order Art. 1, Order Art. 2(5)")],
)
def test_a_basis_is_told_in_words(language, said):
    refused = SakimoriError(Text("できません。", "Not done."), article="house, 命令1, 命令2(5)")
    with override(language):
        assert explained(refused)["article"] == said
        assert explained(SakimoriError(Text("できません。", "Not done.")))["article"] == ""
