"""The package is audited alone, so it states what it needs of the law itself; here the two are held together."""

import pytest

from sakimori import law
from sakimori.selection.bases import bases
from sakimori.selection.conditions import ADDRESS, COMMAND, EXPLORATORY


@pytest.mark.parametrize(
    ("basis", "parameter"),
    [
        ("agreement", "selection.conditions.minimum"),
        ("17", "selection.conditions.minimum"),
        ("32", "selection.conditions.minimum.specific"),
        ("33", "selection.conditions.minimum.specific"),
    ],
)
def test_fewest_conditions(basis, parameter):
    assert bases()[basis].minimum == law.parameter(parameter).value


def test_kinds_of_conditions():
    assert len({ADDRESS, COMMAND, EXPLORATORY}) == law.parameter("selection.conditions.kinds").value
    assert len({ADDRESS, COMMAND}) == law.parameter("selection.conditions.kinds.specific").value


def test_every_basis_has_a_direction_and_an_article():
    assert {key: basis.direction for key, basis in bases().items()} == {
        "agreement": "outside-to-inside",
        "17": "outside-to-outside",
        "32": "outside-to-inside",
        "33": "inside-to-outside",
    }
    assert all("強化法" in basis.article for basis in bases().values())
