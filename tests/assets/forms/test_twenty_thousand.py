"""An operator with 20,000 computers: from its own list to the minister, in a real browser; what left, byte for byte.

Every page on the way stays light, and what arrives is exactly what the approver saw: the fields of the form in force.
"""

import json
from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from sakimori import law, proofs
from sakimori.acts import keys, sequencer, transport
from sakimori.acts.models import Delivery, Dispatch
from sakimori.assets.models import Computer, Notification, NotifiedItem
from tests.support.browser import DESKTOP
from tests.support.deployment import WORLD
from tests.support.filing import csv
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COUNT = 20_000
LIGHT = 200_000  # bytes of a page at most
_TAIL = "2025-04-01,専用,その他,×,×,×,○,×,×,×,×,×,×"
PRIVATE = ("T-00017", "機器00017", "SERIAL", "10.9.8.7", "担当者甲")


def lines():
    """20,000 firewalls of 400 products, every hundredth one a designated item that need not be notified."""
    for number in range(COUNT):
        product = "Windows Server 2022" if number % 100 == 0 else f"製品{number % 400:03}"
        maker = "Microsoft" if number % 100 == 0 else f"製造者{number % 40:02}"
        yield f"T-{number:05},機器{number:05},power 第一,{maker},{product},機器,{_TAIL}"


def light(window, *, most=LIGHT):
    size = len(window.page.content().encode())
    assert size < most, f"{window.page.url}: {size} bytes"


def test_twenty_thousand_computers_reach_the_minister_byte_for_byte(enter, open_window, live_server):
    looks = Looks(enter, open_window, live_server.url, DESKTOP)
    reporter, approver = looks.sit("power", "reporter"), looks.sit("power", "approver")
    officer = looks.sit("meti", "officer")
    page = reporter.page
    page.set_default_timeout(60_000)

    page.goto(live_server.url + reverse("assets:import"))
    buffer = csv(list(lines()))
    page.set_input_files("#file", files=[{"name": "台帳.csv", "mimeType": "text/csv", "buffer": buffer}])
    page.click("main form button.main")
    light(reporter)
    page.click("button[value=import]")
    light(reporter)
    assert Computer.objects.filter(notify="yes").count() == COUNT - COUNT // 100

    page.goto(live_server.url + reverse("assets:drafts"))
    light(reporter)
    looks.at(reporter, "60-draft-20000")
    assert not any(one in page.content() for one in PRIVATE[1:])  # the key stands beside the row, and does not leave
    with page.expect_download() as started:
        page.evaluate("document.querySelector('main details').open = true")
        page.click("a[href*='format=json']")
    shown = started.value.path().read_bytes()
    digest = page.input_value("input[name=digest]")
    page.click("main form button.main")
    light(reporter)
    assert digest in page.content()

    approver.page.set_default_timeout(60_000)
    approver.page.goto(page.url.partition("?")[0])
    light(approver)
    assert digest in approver.page.content()
    approver.page.click("button[value=confirm]")
    sequencer.drain()
    sent = _sent()
    transport.run_once()

    _only_the_form(sent, shown)
    _arrived(looks, officer, json.loads(shown))
    page.goto(live_server.url + reverse("assets:notification", args=[Notification.objects.get(side="operator").id]))
    light(reporter)
    assert page.locator(".steps li.done").count() >= 4
    assert set(Computer.objects.filter(notify="yes").values_list("status", flat=True)) == {"notified"}
    assert looks.faults == []


def _only_the_form(sent, shown):
    """What left is the draft's bytes: the five items of 命令2条5項 as the law book has them, nothing else."""
    assert proofs.canonical(sent["payload"]) == shown
    payload = json.loads(shown)
    items = law.parameter("kyokaho.form.notification", date(2026, 11, 24)).value
    assert sorted({"outline", "facility_category", *payload["rows"][0]}) == sorted(items)
    assert set(payload) == {"form", "outline", "facility_category", "rows"}
    assert all(row.keys() == {"clause", "product", "maker"} for row in payload["rows"])
    assert len(payload["rows"]) == COUNT - COUNT // 100
    assert not any(one.encode() in shown for one in PRIVATE)


def _arrived(looks, officer, payload):
    """Look at what arrived as the minister's officer: every row, page by page."""
    arrived = Notification.objects.get(side="minister")
    held = NotifiedItem.objects.filter(notification=arrived).values_list("clause", "product", "maker")
    assert Counter(held) == Counter((row["clause"], row["product"], row["maker"]) for row in payload["rows"])
    officer.page.goto(looks.url + reverse("assets:notifications"))
    officer.page.click("table td a")
    light(officer)
    looks.at(officer, "61-arrived-20000")
    assert officer.page.locator("tbody tr").count() <= 50
    officer.page.click("a[rel=next]")
    officer.page.wait_for_url("**page=2**")


def _sent():
    """Return the act's document inside the envelope as it went out."""
    dispatch = Dispatch.objects.get(kind="assets.notification.file")
    delivery = Delivery.objects.get(channel="envelope", envelope=dispatch.id)
    envelope = bytes(transport.sealed(delivery, dispatch))
    return json.loads(proofs.verify_envelope(envelope, keys.ring(WORLD)).act.content)
