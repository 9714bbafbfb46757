"""Names decided one after the other in a real browser: with the keyboard alone, on a phone and a desktop."""

import pytest
from django.urls import reverse

from sakimori.assets.models import NameDecision
from sakimori.assets.naming import loading
from tests.support.browser import DESKTOP, PHONE
from tests.support.filing import ROWS, import_register
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = b"vendor,product,cpe\nfortinet,fortios,o:fortinet:fortios\nyokogawa,centum vp,a:yokogawa:centum_vp\n"


@pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "en")])
def test_names_are_decided_with_the_keyboard_and_a_slip_is_undone(
    enter, open_window, live_server, parties, width, language
):
    import_register(ROWS)
    loading.load(LIST, "list.csv")
    looks = Looks(enter, open_window, live_server.url, width, language)
    reporter = looks.sit("power", "reporter")
    page = reporter.page
    page.goto(live_server.url + reverse("assets:names"))
    looks.at(reporter, "01-names")
    page.click("p.next a")
    looks.at(reporter, "02-one")
    while not page.locator("input[value='0'][checked]").count():
        page.check("input[value=none]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    looks.at(reporter, "03-next")
    decided = NameDecision.objects.filter(status="decided")
    count = decided.count()
    assert decided.exclude(official="").count() == 1
    with page.expect_navigation():
        page.click(".banner button")
    looks.at(reporter, "04-undone")
    assert decided.count() == count - 1
    page.goto(live_server.url + reverse("assets:names") + "?decided=1")
    looks.at(reporter, "05-decided")
    assert looks.faults == []
