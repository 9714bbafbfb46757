"""An answer given on a page that a search has narrowed reaches the computers shown there, and no other."""

import re

import pytest
from django.urls import reverse

from sakimori.assets.models import InterviewDraft
from tests.assets.interview.test_answers import FACILITY, row
from tests.support.filing import import_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]


@pytest.mark.parametrize("by", ["product", "name", "each"])
def test_only_the_computers_that_were_shown_are_answered(enter, by):
    import_register([row(f"F-{n}", product="架空FW", maker="甲社") for n in range(4)])
    client = enter("power", "reporter")
    at = reverse("assets:interview", args=[FACILITY, "firewall"]) + f"?by={by}&q=F-2&page=1"
    page = client.get(at).content.decode()
    (name,) = re.findall(r'<select id="(g-[0-9a-f]+-[a-z_]+)"', page)
    assert "F-2" in page
    assert "F-1" not in page
    assert client.post(at, {name: "yes", "then": "stay"}).status_code == 302
    ((said, computers),) = InterviewDraft.objects.get().answers
    assert said == {"nearest_firewall": True}
    assert len(computers) == 1
