"""From a file on somebody's desk to the Prime Minister, in a real browser, on a phone and a desktop.

Two people of an operator, the ministry and the cabinet office each sit at a window of their own; the worker runs
between the steps. At every page: no accessibility fault, nothing wider than the window, nothing from elsewhere.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sakimori.assets.models import Computer, Notification
from tests.support import warning
from tests.support.browser import DESKTOP, PHONE
from tests.support.filing import ROWS, csv, file_notification, import_register
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BAD = ROWS[1].replace("P-002", "P-012").replace("令和7年4月1日", "令和31年2月30日").replace("機器", "冷蔵庫")
OPEN = ROWS[1].replace("P-002", "P-020").replace("×,×,×,○,×,×,×,×,×,×", ",,,,,,,,,")
ROWS_WATCHED = 30_000  # long enough to be asked after several times
WAYS = pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "ja"), (DESKTOP, "en")])


def hand_in(window, looks, data):
    window.page.goto(looks.url + reverse("assets:import"))
    window.page.set_input_files("#file", files=[{"name": "台帳.csv", "mimeType": "text/csv", "buffer": data}])
    window.page.click("main form button.main")


@WAYS
def test_a_list_is_checked_previewed_and_imported(enter, open_window, live_server, width, language):
    looks = Looks(enter, open_window, live_server.url, width, language)
    reporter = looks.sit("power", "reporter")
    page = reporter.page
    page.goto(live_server.url + reverse("assets:register"))
    looks.at(reporter, "01-empty")
    page.goto(live_server.url + reverse("assets:import"))
    page.click("details summary")
    looks.at(reporter, "02-import")
    hand_in(reporter, looks, csv((ROWS[0], BAD)))
    assert "令和31年2月30日" in page.inner_text("main")
    looks.at(reporter, "03-faults")
    hand_in(reporter, looks, csv((*ROWS, OPEN), "cp932"))
    looks.at(reporter, "04-preview")
    assert not Computer.objects.exists()
    page.click("button[value=import]")
    looks.at(reporter, "05-imported")
    assert Computer.objects.count() == 6
    page.goto(live_server.url + reverse("assets:register"))
    looks.at(reporter, "06-register")
    for key, name in (("P-002", "07-computer"), ("P-020", "08-open")):
        page.goto(live_server.url + reverse("assets:computer", args=[Computer.objects.get(key=key).id]))
        looks.at(reporter, name)
    page.goto(live_server.url + reverse("assets:duties"))
    looks.at(reporter, "09-duties")
    page.click(".cards h3 a")
    looks.at(reporter, "10-duty")
    assert looks.faults == []


@WAYS
def test_a_draft_is_proposed_confirmed_arrives_and_is_passed_on(enter, open_window, live_server, width, language):
    import_register()
    looks = Looks(enter, open_window, live_server.url, width, language)
    reporter, approver = looks.sit("power", "reporter"), looks.sit("power", "approver")
    page = reporter.page
    page.goto(live_server.url + reverse("assets:drafts"))  # one category: its draft opens at once
    page.click("section details summary")
    looks.at(reporter, "12-draft")
    digest = page.input_value("input[name=digest]")
    page.click("main form[method=post] button.main")
    looks.at(reporter, "13-proposed")
    assert digest in page.content()
    approver.page.goto(page.url.partition("?")[0])
    looks.at(approver, "14-filing")
    assert digest in approver.page.content()
    approver.page.click("button[value=confirm]")
    looks.at(approver, "15-act")
    warning.carry()
    own = Notification.objects.get(side="operator")
    page.goto(live_server.url + reverse("assets:notification", args=[own.id]))
    assert page.locator(".steps li.done").count() == 4
    looks.at(reporter, "16-arrived")
    page.goto(live_server.url + reverse("assets:notifications"))
    looks.at(reporter, "17-notifications")
    officer, cabinet = looks.sit("meti", "officer"), looks.sit("cabinet", "officer")
    officer.page.goto(live_server.url + reverse("assets:notifications"))
    looks.at(officer, "18-ministry-list")
    officer.page.click("table td a")
    looks.at(officer, "19-ministry")
    officer.page.click("main form button.main")
    looks.at(officer, "20-passed-on")
    assert Notification.objects.get(side="minister").status == "passed_on"
    cabinet.page.goto(live_server.url + reverse("assets:products"))
    assert "FortiOS" in cabinet.page.inner_text("main")
    looks.at(cabinet, "21-products")
    assert looks.faults == []


def test_everything_works_without_javascript(enter, open_window, live_server):
    looks = Looks(enter, open_window, live_server.url, DESKTOP, javascript=False)
    window, approver = looks.sit("power", "reporter"), looks.sit("power", "approver")
    hand_in(window, looks, csv())
    window.page.click("button[value=import]")
    window.page.click("main a.button.main")
    window.page.click("main form[method=post] button.main")
    approver.page.goto(window.page.url)
    approver.page.click("button[value=confirm]")
    warning.carry()
    assert Notification.objects.filter(side="minister").count() == 1


def test_a_long_notification_is_read_page_by_page(enter, open_window, live_server):
    import_register([ROWS[1].replace("P-002", f"L-{number:03}") for number in range(120)])
    file_notification()
    warning.carry()
    looks = Looks(enter, open_window, live_server.url, PHONE)
    officer = looks.sit("meti", "officer")
    arrived = Notification.objects.get(side="minister")
    officer.page.goto(live_server.url + reverse("assets:notification", args=[arrived.id]))
    for number in (2, 3):
        officer.page.click("a[rel=next]")
        officer.page.wait_for_url(f"**page={number}**")
    expect(officer.page.locator("tbody tr")).to_have_count(20)
    looks.at(officer, "22-long")
    assert looks.faults == []


WATCH = """
const place = document.querySelector("[data-told]");
new MutationObserver(() => window.told(place.textContent)).observe(place, { childList: true, characterData: true });
"""


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_long_list_tells_how_far_it_has_been_read_while_one_waits(enter, open_window, live_server, language):
    looks = Looks(enter, open_window, live_server.url, DESKTOP, language)
    reporter = looks.sit("power", "reporter")
    page, told = reporter.page, []
    page.expose_function("told", lambda said: told.append(said))  # noqa: PLW0108 - no builtin is taken
    data = csv([ROWS[number % 2].replace(f"P-00{number % 2 + 1}", f"L-{number:05}") for number in range(ROWS_WATCHED)])
    page.goto(live_server.url + reverse("assets:import"))
    page.set_input_files("#file", files=[{"name": "台帳.csv", "mimeType": "text/csv", "buffer": data}])
    page.evaluate(WATCH)
    page.click("main form button.main", no_wait_after=True)
    page.wait_for_url("**/assets/import/*/**", timeout=120_000)
    begun = {"ja": "ファイルを送り、読み取っています。", "en": "The file is on its way and is being read."}[language]
    assert told[0] == begun
    moved = [int("".join(filter(str.isdigit, one))) for one in told if any(map(str.isdigit, one))]
    assert len(moved) > 1, told
    assert moved == sorted(set(moved)), "it only ever moves on"
    assert 0 < moved[0] < moved[-1] <= ROWS_WATCHED
    assert f"{ROWS_WATCHED}" in page.inner_text("main").replace(",", "")
    assert reporter.errors == []
