"""Headings of asset lists and CMDB exports as they are met, and the field of ours that each suggests."""

import pytest

from sakimori.assets.sources.headings import field_of
from sakimori.assets.wording import COLUMNS


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("機器No.", "key"), ("CI番号", "key"), ("ＣＩ名", "name"), ("CIクラス", "unit"), ("種類", "unit"),
        ("モデル名", "product"), ("型番", "product"), ("製造元", "maker"), ("対応業務", "facility"),
        ("設置年月", "introduced_on"), ("導入年月日", "introduced_on"), ("OSバージョン", "version"),
        ("設置場所", "position"), ("シリアル番号", "serial"), ("保守期限", "support_end"),
        ("備考", None), ("状態", None),
    ],
)  # fmt: skip
def test_a_usual_heading_suggests_its_field(heading, field):
    assert field_of(heading) == field


def test_our_own_headings_mean_their_own_fields():
    assert [field_of(word) for one in COLUMNS for word in one.headings] == [
        one.field for one in COLUMNS for _ in one.headings
    ]
