"""A draft of changes asked for without saying of which category: the list of what waits, never a fault of ours."""

import pytest
from django.urls import reverse

from tests.assets.forms.test_pages import change
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]


@pytest.mark.parametrize("name", ["change", "change_otherwise"])
def test_without_a_category_what_waits_is_listed(enter, name):
    import_register()
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    client = enter("power", "reporter")
    for answer in (client.get(reverse(f"assets:{name}")), client.post(reverse(f"assets:{name}"))):
        assert (answer.status_code, answer.url) == (302, reverse("assets:drafts"))


@pytest.mark.parametrize("kind", ["assets.notification.file_otherwise", "assets.change_notification.file_otherwise"])
def test_the_record_of_a_filing_on_paper_begins_with_what_waits(enter, kind):
    page = enter("power", "reporter").get("/").content.decode()
    assert f"/acts/new/{kind}/" not in page
