"""A file given with an answer, an order served late, and a request to a vendor elsewhere: as they are seen."""

import pytest
from django.urls import reverse

from sakimori.assets.models import Computer, Matter
from sakimori.record import open_door
from tests.acts.enrolling import enrol_by_system
from tests.acts.foreign import NORTH, Foreign
from tests.assets.supervision.test_matters import DUE, arrived, give, order
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import fixed
from tests.support.looking import Looks
from tests.support.warning import carry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCAN = b"%PDF-1.7\nscan\n%%EOF\n"


@pytest.mark.parametrize(("width", "language"), [(DESKTOP, "ja"), (PHONE, "en")])
def test_files_reach_who_asked_and_late_service_is_seen(enter, open_window, live_server, tmp_path, width, language):
    filed = arrived()
    asked = give("assets.question.ask", filing=str(filed.act), due_on=DUE)
    looks = Looks(enter, open_window, live_server.url, width, language)
    operator, officer = looks.sit("power", "reporter"), looks.sit("meti", "officer")
    page = operator.page
    page.goto(looks.url + reverse("assets:matter", args=[asked]))
    page.click("p.actions a.button.main")
    page.fill("#f-text", "図のとおりです。")
    path = tmp_path / "構成図.pdf"
    path.write_bytes(SCAN)
    page.set_input_files("input[type=file]", path)
    looks.at(operator, "70-answer")
    page.click("main form button.main")
    carry()
    officer.page.goto(looks.url + reverse("assets:matter", args=[asked]))
    looks.at(officer, "71-answered")
    with officer.page.expect_download() as came:
        officer.page.click("a[download]")
    assert came.value.path().read_bytes() == SCAN

    ordered = order(what="notify_change")
    late = {"how": "post", "served_at": "2026-12-20T10:00:00+09:00", "reference": "書留 1"}
    with open_door("test"):
        Matter.objects.filter(number=ordered).update(service=late)
    officer.page.goto(looks.url + reverse("assets:matter", args=[ordered]))
    looks.at(officer, "72-served-late")
    page.goto(looks.url + reverse("assets:matter", args=[ordered]))
    looks.at(operator, "73-ordered-late")
    officer.page.goto(looks.url + reverse("assets:enter"))
    looks.at(officer, "74-enter")

    Foreign()  # enrols the deployment
    vendor = fixed("north.vendor")
    enrol_by_system(
        {"thing": "organisation", "id": str(vendor), "type": "vendor", "name_ja": "北ベンダー", "name_en": "North",
         "deployment": NORTH, "fictitious": True}
    )  # fmt: skip
    page.goto(looks.url + reverse("assets:ask_vendor") + f"?every=1&computer={Computer.objects.first().id}")
    looks.at(operator, "75-ask")
    page.fill("#vendor_name", "北ベンダー")
    page.check("input[name=asks][value=product]")
    page.click("main form.stack button.main")
    looks.at(operator, "76-asked")
    assert looks.faults == []
