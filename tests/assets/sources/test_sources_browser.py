"""Somebody's own workbook, mapped, imported, and taken in again with differences, in a real browser."""

from datetime import date

import pytest
from django.urls import reverse

from sakimori.assets.models import Computer
from tests.support.browser import DESKTOP, PHONE
from tests.support.filing import ROWS as LIST
from tests.support.filing import csv
from tests.support.looking import Looks
from tests.support.workbooks import ROWS, workbook

pytestmark = [
    pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator_edition"),
]  # fmt: skip


def hand_in(page, url, data, name="設備台帳_20261101.xlsx"):
    page.goto(url + reverse("assets:import"))
    page.set_input_files("#file", files=[{"name": name, "mimeType": "application/octet-stream", "buffer": data}])
    page.click("main form button.main")


@pytest.mark.parametrize(
    ("width", "language", "javascript"), [(PHONE, "ja", True), (DESKTOP, "ja", False), (DESKTOP, "en", True)]
)
def test_a_workbook_is_mapped_once_then_compared(enter, open_window, live_server, width, language, javascript):
    looks = Looks(enter, open_window, live_server.url, width, language, javascript)
    reporter = looks.sit("power", "reporter")
    page = reporter.page

    def look(name):
        if javascript:
            looks.at(reporter, name)

    hand_in(page, live_server.url, workbook())
    look("s01-mapping")
    page.click("main form button.main")
    assert page.locator("#ask").count() == 1
    look("s02-words")
    page.locator("select[name='word-unit-ネットワーク機器']").select_option("appliance")
    page.select_option("#fixed-facility", label="power 第一")
    page.locator("select[name='word-unit-業務ソフト']").select_option("application")
    page.click("main form button.main")
    look("s03-preview")
    page.click("button[value=import]")
    assert Computer.objects.count() == 3
    first = Computer.objects.get(key="A-002")
    assert (first.serial, first.position, first.support_end) == ("SN-2", "機械室", date(2027, 3, 31))

    changed = [list(row) for row in ROWS]
    changed[1][3] = "FortiGate 200F"
    new = ("A-004", "新しい機器", "Cisco", "Catalyst 9300", "ネットワーク機器", date(2026, 11, 10), "", "SN-4", "", "")
    hand_in(page, live_server.url, workbook([*changed[:2], new]), "設備台帳_20261120.xlsx")
    look("s04-difference")
    page.fill("#changed_on", "2026-11-24")
    page.click("button[value=import]")
    look("s05-applied")
    assert Computer.objects.count() == 4
    assert Computer.objects.get(key="A-002").product == "FortiGate 200F"
    assert Computer.objects.get(key="A-003").status == "registered"

    other = workbook([("A-002", "境界FW", "Fortinet", "FortiGate 300F", "OS", date(2025, 4, 1), "別館", "", "", "")])
    hand_in(page, live_server.url, other, "CMDB.xlsx")
    if page.locator("#source").count():
        page.click("main form button.main")
    look("s06-conflict")
    page.click("button[value=import]")
    assert page.locator("[role=alert]").count() == 1
    page.select_option("#decide-product", "keep")
    page.select_option("#decide-position", "take")
    for name in ("unit",):
        page.select_option(f"#decide-{name}", "keep")
    page.fill("#changed_on", "2026-11-24")
    page.click("button[value=import]")
    kept = Computer.objects.get(key="A-002")
    assert (kept.product, kept.position, kept.origins) == (
        "FortiGate 200F",
        "別館",
        {"product": "設備台帳", "position": "CMDB"},
    )
    assert looks.faults == []


@pytest.mark.parametrize(("width", "language", "javascript"), [(PHONE, "ja", True), (DESKTOP, "en", False)])
def test_a_total_row_is_left_out_and_a_kind_corrected(enter, open_window, live_server, width, language, javascript):
    looks = Looks(enter, open_window, live_server.url, width, language, javascript)
    reporter = looks.sit("power", "reporter")
    page = reporter.page

    def look(name):
        if javascript:  # what looks for faults is a script itself
            looks.at(reporter, name)

    hand_in(page, live_server.url, csv((*LIST[:2], "－,,,,,,,,,,,,,,,,,,", "合計,,,,,,,,,,,,,,,,,,2台")), "台帳.csv")
    look("s06-faults")
    page.check("input[name=chosen][value='4']")
    page.check("input[name=chosen][value='5']")
    page.click("button[value=leave_out]")
    look("s07-left-out")
    page.click("button[value=import]")
    assert Computer.objects.count() == 2
    page.goto(live_server.url + reverse("assets:register") + "?open=1")
    look("s08-register")
    one = Computer.objects.get(key="P-002")
    page.goto(live_server.url + reverse("assets:change_computer", args=[one.id]))
    look("s09-change")
    page.select_option("[name='f-unit']", "os")
    page.fill("#f-changed_on", "2026-11-24")
    page.click("main form button.main")
    look("s10-changed")
    assert Computer.objects.get(key="P-002").unit == "os"
    assert looks.faults == []
