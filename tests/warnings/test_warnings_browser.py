"""From a finding to an answered warning, in a real browser, on a phone and a desktop."""

import pytest
from django.urls import reverse

from tests.support import warning
from tests.support.browser import DESKTOP, PHONE
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "ja"), (DESKTOP, "en")])
def test_an_analysis_becomes_a_warning_that_is_answered(enter, open_window, live_server, width, language):
    warning.notify()
    found = warning.match()
    looks = Looks(enter, open_window, live_server.url, width, language)
    cabinet, officer, reporter = (
        looks.sit("cabinet", "officer"),
        looks.sit("meti", "officer"),
        looks.sit("power", "reporter"),
    )
    cabinet.page.goto(live_server.url + reverse("analysis:advisories"))
    looks.at(cabinet, "31-advisories")
    cabinet.page.goto(live_server.url + reverse("analysis:findings"))
    looks.at(cabinet, "32-findings")
    cabinet.page.click("a[href*=provide]")
    looks.at(cabinet, "33-provide")
    cabinet.page.fill("[name=f-title]", "境界装置の悪用")
    cabinet.page.fill("[name=f-text]", "悪用が確認された。")
    cabinet.page.click("main form button.main")
    officer.page.goto(live_server.url + reverse("analysis:assessments"))
    looks.at(officer, "34-assessments")
    officer.page.click("table td a")
    looks.at(officer, "35-assessment")
    officer.page.click("main a.button.main")
    looks.at(officer, "36-release")
    warning.release(found)
    warning.carry()
    officer.page.goto(live_server.url + reverse("warnings:warnings"))
    officer.page.click("table td a")
    looks.at(officer, "37-issued")
    reporter.page.goto(live_server.url + reverse("warnings:warnings"))
    looks.at(reporter, "38-warnings")
    reporter.page.click("table td a")
    looks.at(reporter, "39-received")
    reporter.page.select_option("[name=f-answer]", "checking")
    reporter.page.click("main form button.main")
    looks.at(reporter, "40-answered")
    warning.carry()
    officer.page.reload()
    assert officer.page.locator("tbody td", has_text="確認中" if language == "ja" else "checking").count() == 1
    assert looks.faults == []
