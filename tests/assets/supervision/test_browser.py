"""The authority's side in a real browser: late, wrong, changed, substituted and paper-filed notifications.

At every page: no accessibility fault, nothing wider than the window, nothing from elsewhere.
"""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.assets.models import Matter, Notification
from tests.assets.supervision.test_matters import CATEGORY, ODD, arrived
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.looking import Looks
from tests.support.warning import carry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(DESKTOP, "ja"), (PHONE, "ja"), (DESKTOP, "en")])
def test_the_office_works_through_what_arrived(enter, open_window, live_server, settings, width, language):
    filed = arrived(ODD)
    settings.SAKIMORI_DEPLOYMENT = {  # the day of existing computers has passed; the other operator is silent
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2027-04-05"}},
    }
    looks = Looks(enter, open_window, live_server.url, width, language)
    officer = looks.sit("meti", "officer")
    page = officer.page
    page.goto(live_server.url + reverse("desk"))
    looks.at(officer, "50-desk")
    page.goto(live_server.url + reverse("assets:checking") + "?findings=yes")
    looks.at(officer, "51-checking")
    page.click(f"main a[href*='{filed.id}']")
    looks.at(officer, "52-findings")
    for box in page.query_selector_all("input[name=hint]"):
        box.check()
    page.click("button[formaction]")
    looks.at(officer, "53-correction")
    page.fill("#f-text", "製造者名と表記を補正してください。" if language == "ja" else "Please correct makers and spellings.")
    page.fill("#f-due_on", "2027-04-20")
    page.click("main form button.main")
    looks.at(officer, "54-asked")
    carry()
    matter = Matter.objects.get(side="addressee")
    operator = looks.sit("power", "reporter")
    operator.page.goto(live_server.url + reverse("desk"))
    looks.at(operator, "55-operator-desk")
    operator.page.goto(live_server.url + reverse("assets:matter", args=[matter.number]))
    looks.at(operator, "56-operator-matter")
    for what, reference in (("notification", "訂正 1"), ("change", "変更 1")):
        door.perform(
            "assets.entry.record",
            {
                "operator": str(fixed("power")), "what": what, "channel": "post", "reference": reference,
                "arrived_at": "2027-04-02T10:00:00+09:00", "facility_category": CATEGORY, "count": 3,
                **({"answers": str(matter.number)} if what == "notification" else {}),
            },
            by=viewer("meti", "intake"),
        )  # fmt: skip
    page.goto(live_server.url + reverse("assets:matter", args=[matter.number]))
    looks.at(officer, "57-met")
    page.goto(live_server.url + reverse("assets:begin", args=["order"]) + f"?operator={fixed('power')}")
    looks.at(officer, "58-order")
    page.select_option("[id='f-what']", "notify")
    page.fill("#f-text", "届け出ること。")
    page.fill("#f-reasons", "期限までに届出がない。")
    page.fill("#f-limit", "2027-05-10")
    page.select_option("[id='f-hearing.way']", "in_writing")
    page.fill("[id='f-hearing.held_on']", "2027-04-01")
    page.click("main form button.main")
    looks.at(officer, "59-order-faulty")
    page.fill("[id='f-hearing.statement']", "異議はない。")
    page.fill("#f-remedies", "教示（官署の文言）")
    page.click("main form button.main")
    looks.at(officer, "60-order-proposed")
    decider = looks.sit("meti", "decider")
    decider.page.goto(page.url.split("?")[0])
    looks.at(decider, "61-order-decide")
    decider.page.click("main form button.main")
    decider.page.wait_for_load_state("load")
    carry()
    order = Matter.objects.get(sort="order", side="giver")
    operator.page.goto(live_server.url + reverse("assets:matter", args=[order.number]))
    looks.at(operator, "62-operator-order")
    page.goto(live_server.url + reverse("assets:matter-serve", args=[order.number]))
    looks.at(officer, "63-serve")
    page.goto(live_server.url + reverse("assets:matters"))
    looks.at(officer, "64-matters")
    page.goto(live_server.url + reverse("assets:checking"))
    for box in page.query_selector_all("input[name=chosen]"):
        box.check()
    page.click("#chosen button")
    looks.at(officer, "65-passed")
    assert Notification.objects.filter(side="minister", status="received").count() == 0
    page.goto(live_server.url + reverse("assets:sector"))
    looks.at(officer, "66-sector")
    page.goto(live_server.url + reverse("assets:standing"))
    looks.at(officer, "67-standing")
    cabinet = looks.sit("cabinet", "decider")
    for name in ("assets:sector", "assets:products", "assets:map-readers", "assets:matters"):
        cabinet.page.goto(live_server.url + reverse(name))
        looks.at(cabinet, f"68-cabinet-{name.partition(':')[2]}")
    assert looks.faults == []
