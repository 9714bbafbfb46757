"""A paper is entered in a real browser, on a phone and a desktop: stamp, scan, a secret's marking, who has filed.

At every page: no accessibility fault, nothing wider than the window, nothing from elsewhere. The intake page is worked
through once by keyboard alone and once without JavaScript.
"""

import pytest
from django.urls import reverse

from sakimori.assets.models import Notification
from tests.support import files
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import fixed
from tests.support.filing import import_register
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CATEGORY = "発電設備の監視制御システム"
SCAN = [{"name": "届出書 控え.pdf", "mimeType": "application/pdf", "buffer": files.PDF}]
BAD = [{"name": "控え.zip", "mimeType": "application/zip", "buffer": files.archive("x")}]


def fill(page):
    """Type what stands on the paper."""
    page.select_option("#f-operator", str(fixed("power")))
    page.select_option("#f-channel", "post")
    page.fill("#f-arrived_at", "2026-11-20 10:30")
    page.fill("#f-reference", "受付 12")
    page.fill("#f-facility_category", CATEGORY)
    page.select_option("#f-covers", "waiting")


@pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "ja"), (DESKTOP, "en")])
def test_a_paper_is_entered_with_its_scan(enter, open_window, live_server, width, language):
    import_register()
    looks = Looks(enter, open_window, live_server.url, width, language)
    intake = looks.sit("meti", "intake")
    page = intake.page
    page.goto(live_server.url + reverse("assets:standing"))
    looks.at(intake, "31-standing-empty")
    page.click("main a.button.main")
    looks.at(intake, "32-enter")
    fill(page)
    page.fill("#f-note", "極秘の表示がある別紙は受け取っていない")
    page.set_input_files("#files", files=BAD)
    page.click("main form button.main")
    looks.at(intake, "33-secret")
    page.fill("#mention", "別紙についての言及")
    page.click("main form button.main")
    looks.at(intake, "34-entered")
    entered = Notification.objects.get()
    page.goto(live_server.url + reverse("assets:enter"))
    fill(page)
    page.set_input_files("#files", files=[*SCAN, *BAD])
    page.click("main form button.main")
    looks.at(intake, "35-file-refused")
    assert page.is_checked("input[name=attached]")
    page.fill("#f-reference", "受付 13")
    page.click("main form button.main")
    looks.at(intake, "36-with-scan")
    assert Notification.objects.count() == 2
    second = Notification.objects.exclude(id=entered.id).get()
    page.goto(live_server.url + reverse("assets:link", args=[second.id]))
    looks.at(intake, "37-link")
    page.goto(live_server.url + reverse("assets:withdraw", args=[second.id]))
    looks.at(intake, "38-withdraw")
    page.goto(live_server.url + reverse("assets:standing"))
    looks.at(intake, "39-standing")
    page.goto(live_server.url + reverse("incidents:enter"))
    looks.at(intake, "40-report")
    page.goto(live_server.url + reverse("incidents:standing"))
    looks.at(intake, "41-reports")
    page.goto(live_server.url + reverse("disclosure"))
    looks.at(intake, "42-disclosure")
    keeper = looks.sit("meti", "administrator")
    keeper.page.goto(live_server.url + reverse("records"))
    looks.at(keeper, "43-records")
    assert looks.faults == []


def test_the_intake_page_works_by_keyboard_alone(enter, open_window, live_server):
    looks = Looks(enter, open_window, live_server.url, DESKTOP, "en")
    page = looks.sit("meti", "intake").page
    page.goto(live_server.url + reverse("assets:enter"))
    page.focus("#f-operator")
    for typed in ("Fictitious Power", "", "by post", "2026-11-20 10:30", "受付 9", "", CATEGORY):
        if typed:
            page.keyboard.type(typed)
        page.keyboard.press("Tab")
    assert page.input_value("#f-reference") == "受付 9"
    page.focus("#f-covers")
    page.keyboard.type("everything")
    assert page.input_value("#f-covers") == "waiting"
    page.locator("main form button.main").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/assets/notifications/**")
    assert Notification.objects.get().facility_category == CATEGORY


def test_the_intake_page_works_without_javascript(enter, open_window, live_server):
    looks = Looks(enter, open_window, live_server.url, DESKTOP, javascript=False)
    page = looks.sit("meti", "intake").page
    page.goto(live_server.url + reverse("assets:enter"))
    fill(page)
    page.set_input_files("#files", files=SCAN)
    page.click("main form button.main")
    assert Notification.objects.get().status == "received"
