"""A change typed on a page shown before somebody else's change: it takes nothing of that one back."""

import re

import pytest
from django.urls import reverse

from sakimori.assets.models import Computer, ComputerChange
from tests.support.deployment import TODAY, WORLD
from tests.support.filing import import_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]


def typed(client, address, **changed):
    """Return what a browser sends of the page as it is now, with some fields typed anew."""
    page = client.get(address).content.decode()
    form = page[page.index('<form method="post" class="stack"') :]
    inputs = re.findall(r"<input[^>]*>", form)
    sent = {}
    for one in inputs:
        name, value = re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)
        if name and 'type="checkbox"' not in one:
            sent[name.group(1)] = value.group(1) if value else ""
    return {**sent, "f-changed_on": TODAY, **{f"f-{name}": value for name, value in changed.items()}}


@pytest.fixture
def address():
    import_register()
    return reverse("assets:change_computer", args=[Computer.objects.get(world=WORLD, key="P-002").id])


def test_a_window_shown_earlier_takes_nothing_back(enter, address):
    first, second = enter("power", "reporter"), enter("power", "approver")
    early, late = typed(first, address, product="FortiOS NG"), typed(second, address, serial="S-2")
    assert first.post(address, early).status_code == 302
    assert second.post(address, late).status_code == 302
    found = Computer.objects.get(world=WORLD, key="P-002")
    assert (found.product, found.serial) == ("FortiOS NG", "S-2")
    assert [set(one.fields) for one in ComputerChange.objects.order_by("recorded_at")] == [{"product"}, {"serial"}]


def test_the_same_field_typed_at_two_windows_is_asked_about(enter, address):
    first, second = enter("power", "reporter"), enter("power", "approver")
    early, late = typed(first, address, product="FortiOS NG"), typed(second, address, product="FortiOS X")
    assert first.post(address, early).status_code == 302
    refused = second.post(address, late)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "since this page was shown" in page
    assert "FortiOS NG" in page
    assert 'value="FortiOS X"' in page
    assert Computer.objects.get(world=WORLD, key="P-002").product == "FortiOS NG"
    again = {**late, "was-product": "FortiOS NG"}
    assert 'name="was-product" value="FortiOS NG"' in page
    assert second.post(address, again).status_code == 302
    assert Computer.objects.get(world=WORLD, key="P-002").product == "FortiOS X"
