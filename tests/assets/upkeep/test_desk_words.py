"""What a stocktake puts on a desk says its basis in words."""

import pytest

from sakimori.acts import door
from sakimori.acts.models import Notice
from tests.support.deployment import viewer
from tests.support.filing import import_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]


def test_a_notice_of_a_house_rule_says_so_in_words(enter):
    import_register()
    door.perform("assets.stocktake.start", {"title": "秋", "answer_by": "2026-12-08"}, by=viewer("power", "reporter"))
    assert Notice.objects.filter(basis="house").exists()
    page = enter("power", "reporter").get("/").content.decode()
    assert "· house<" not in page
    assert "house rule" in page
