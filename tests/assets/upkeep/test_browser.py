"""A quarter's upkeep in a real browser, on a phone and a desktop: stocktake, change, a vendor asked and answering.

At every page: no accessibility fault, nothing wider than the window, nothing from elsewhere.
"""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.assets.models import Computer, DueReminder, StocktakeList, VendorRequest
from sakimori.assets.upkeep import reminding
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import WORLD, viewer
from tests.support.filing import file_notification, import_register
from tests.support.looking import Looks
from tests.support.warning import carry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "en")])
def test_a_quarters_upkeep(enter, open_window, live_server, width, language, move):
    import_register()
    file_notification()
    carry()
    for key in ("P-001", "P-002"):
        said = {"computer": str(Computer.objects.get(key=key).id), "changed_on": "2026-11-20", "responsible": "甲野"}
        door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    looks = Looks(enter, open_window, live_server.url, width, language)
    operator = looks.sit("power", "reporter")
    page = operator.page
    page.goto(live_server.url + reverse("assets:stocktakes"))
    looks.at(operator, "60-stocktakes")
    page.click("main a.button.main")
    looks.at(operator, "61-start")
    page.click("main form button.main")
    looks.at(operator, "62-progress")
    kono = StocktakeList.objects.get(responsible="甲野")
    page.goto(live_server.url + reverse("assets:stocktake_list", args=[kono.id]))
    looks.at(operator, "63-list")
    page.click(f"main a[href*='{Computer.objects.get(key='P-002').id}/change/']")
    page.fill("#f-product", "FortiOS NG")
    page.fill("#f-changed_on", "2026-11-24")
    looks.at(operator, "64-change")
    page.click("main form button.main")
    looks.at(operator, "65-list-changed")
    page.click("main form button.main")
    looks.at(operator, "66-answered")
    for name in ("stocktake_print", "stocktake_return"):
        other = StocktakeList.objects.get(responsible="")
        page.goto(live_server.url + reverse(f"assets:{name}", args=[other.id]))
        looks.at(operator, f"67-{name}")
    page.goto(live_server.url + reverse("assets:changes"))
    looks.at(operator, "68-changes")
    page.goto(live_server.url + reverse("assets:computer", args=[Computer.objects.get(key="P-002").id]))
    looks.at(operator, "69-computer")
    page.goto(live_server.url + reverse("assets:retire_computer", args=[Computer.objects.get(key="P-001").id]))
    looks.at(operator, "70-retire")
    _a_vendor_answers(looks, operator, live_server.url)
    page.goto(live_server.url + "/")
    looks.at(operator, "78-operator-desk")
    waiting = Computer.objects.get(key="P-002").changes.get(status="waiting")
    page.goto(live_server.url + reverse("assets:duty", args=[waiting.duty_id]))
    looks.at(operator, "79-duty")
    approver = looks.sit("power", "approver")
    approver.page.goto(live_server.url + reverse("assets:upkeep_settings"))
    looks.at(approver, "80-settings")
    move("2027-03-25")
    assert reminding.remind(WORLD) == 1
    page.goto(live_server.url + reverse("assets:due", args=[DueReminder.objects.get().id]))
    looks.at(operator, "81-due")
    assert not looks.faults


def _a_vendor_answers(looks, operator, url):
    page = operator.page
    page.goto(url + reverse("assets:ask_vendor") + "?every=1")
    page.check(f"#c-{Computer.objects.get(key='P-001').id}")
    page.check("input[name=asks][value=version]")
    page.fill("#vendor_name", "架空ベンダー")
    looks.at(operator, "71-ask")
    page.click("main form.stack button.main")
    looks.at(operator, "72-asked")
    vendor = looks.sit("vendor", "vendor_contact")
    vendor.page.goto(url + "/")
    looks.at(vendor, "73-vendor-desk")
    request = VendorRequest.objects.get()
    vendor.page.goto(url + reverse("assets:asked_request", args=[request.id]))
    vendor.page.fill("#a-1-version", "R7.01")
    looks.at(vendor, "74-vendor-answers")
    vendor.page.click("main form.stack button.main")
    looks.at(vendor, "75-vendor-answered")
    page.goto(url + reverse("assets:vendor_request", args=[request.id]))
    looks.at(operator, "76-answers")
    page.click("main form button.main")
    looks.at(operator, "77-taken")
    assert Computer.objects.get(key="P-001").version == "R7.01"
