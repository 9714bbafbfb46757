"""Which act is offered for what is owed: the one made for it, before one that may stand in for many."""

import pytest

from sakimori import law
from sakimori.web.kinds import performable, settling
from tests.support.deployment import viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]


@pytest.mark.parametrize("role", ["reporter", "approver"])
@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("kyokaho.notice.existing", "assets.notification.file"),
        ("kyokaho.notice.early_window", "assets.notification.file"),
        ("kyokaho.notice.new", "assets.notification.file"),
        ("kyokaho.notice.change", "assets.change_notification.file"),
    ],
)
def test_a_notification_that_is_owed_leads_to_the_notification_and_not_to_a_correction(role, rule, first):
    found = settling(performable(viewer("power", role)))
    assert found[rule][0] == law.kind(first)
    assert law.kind("assets.correction.file") in found[rule]
