"""The authority's side in a real browser: late, wrong, changed, substituted and paper-filed notifications.

At every page: no accessibility fault, nothing wider than the window, nothing from elsewhere.
"""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.assets.forms import drafts
from sakimori.assets.models import Matter, Notification
from tests.assets.forms.test_other_filings import CONTACT, REPORTER, change, file, mend, record_paper
from tests.assets.supervision.test_matters import CATEGORY, ODD
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.looking import Looks
from tests.support.warning import carry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_SAYS = {"ja": "製造者名と表記を補正してください。", "en": "Please correct makers and spellings."}


def what_arrived(settings):
    """Let five sorts arrive: by a prior-review paper, wrong, changed, on paper, and after the day, where one is silent.

    The day of existing computers has passed then.
    """
    import_register((*ROWS, *ODD))
    record_paper(("CENTUM VP", "横河電機"))
    (standing,) = drafts.substitutes(REPORTER)
    file("assets.substitute.file", drafts.substitute(REPORTER, standing.paper, CONTACT))
    carry()
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2027-04-05"}},
    }
    entry = {"operator": str(fixed("power")), "channel": "post", "reference": "受付 7", "count": 3,
             "arrived_at": "2027-04-02T10:00:00+09:00", "facility_category": "別の区分",
             "covers": "unknown"}  # fmt: skip
    door.perform("assets.entry.record", entry, by=viewer("meti", "intake"))


def correct(looks, officer, operator, wrong):
    """Ask from the findings for a correction; the operator files it; it ends what was asked."""
    page = officer.page
    page.goto(looks.url + reverse("assets:notification", args=[wrong.id]))
    looks.at(officer, "52-findings")
    for box in page.query_selector_all("input[name=hint]"):
        box.check()
    page.click("button[formaction]")
    looks.at(officer, "53-correction")
    page.fill("#f-text", _SAYS[looks.language])
    page.fill("#f-due_on", "2027-04-20")
    page.click("main form button.main")
    looks.at(officer, "54-asked")
    carry()
    matter = Matter.objects.get(side="addressee")
    for number, key in enumerate(("Q-1", "Q-2", "Q-5")):
        mend(
            key,
            maker=("架空電機", "Cisco", "Fortinet")[number],
            product=("監視装置", "Catalyst 9300", "FortiGate-100F")[number],
        )
    operator.page.goto(looks.url + reverse("desk"))
    looks.at(operator, "55-operator-desk")
    operator.page.goto(looks.url + reverse("assets:matter", args=[matter.number]))
    looks.at(operator, "56-operator-matter")
    operator.page.click("p.actions a.button.main")
    looks.at(operator, "57-operator-corrects")
    own = Notification.objects.get(side="operator", what="notification")
    file("assets.correction.file", drafts.correction(REPORTER, own.id, "誤り", matter.number))
    carry()
    page.goto(looks.url + reverse("assets:matter", args=[matter.number]))
    looks.at(officer, "58-met")
    assert set(Matter.objects.values_list("status", flat=True)) == {"met"}


def order(looks, officer, decider):
    """Prepare an order, mend what is wrong in it, have it decided; return it."""
    page = officer.page
    page.goto(looks.url + reverse("assets:begin", args=["order"]) + f"?operator={fixed('power')}")
    page.select_option("[id='f-what']", "notify")
    for name, told in (("text", "届け出ること。"), ("reasons", "届出がない。"), ("limit", "2027-05-10"),
                       ("hearing.held_on", "2027-04-01"), ("facility_category", "もう一つの区分")):  # fmt: skip
        page.fill(f"[id='f-{name}']", told)
    page.select_option("[id='f-hearing.way']", "in_writing")
    page.click("main form button.main")
    looks.at(officer, "59-order-faulty")
    page.fill("[id='f-hearing.statement']", "異議はない。")
    page.fill("#f-remedies", "教示（官署の文言）")
    page.click("main form button.main")
    looks.at(officer, "60-order-proposed")
    decider.page.goto(page.url.split("?")[0])
    looks.at(decider, "61-order-decide")
    decider.page.click("main form button.main")
    decider.page.wait_for_load_state("load")
    carry()
    return Matter.objects.get(sort="order", side="giver")


@pytest.mark.parametrize(("width", "language"), [(DESKTOP, "ja"), (PHONE, "en")])
def test_the_office_works_through_what_arrived(enter, open_window, live_server, settings, width, language):
    what_arrived(settings)
    looks = Looks(enter, open_window, live_server.url, width, language)
    officer, operator, decider = (
        looks.sit("meti", "officer"),
        looks.sit("power", "reporter"),
        looks.sit("meti", "decider"),
    )
    page = officer.page
    page.goto(looks.url + reverse("desk"))
    looks.at(officer, "50-desk")
    page.goto(looks.url + reverse("assets:checking"))
    looks.at(officer, "51-checking")
    assert len(page.query_selector_all("input[name=chosen]")) == 4
    correct(
        looks, officer, operator, Notification.objects.get(side="minister", what="notification", channel="envelope")
    )
    given = order(looks, officer, decider)
    operator.page.goto(looks.url + reverse("assets:matter", args=[given.number]))
    looks.at(operator, "62-operator-order")
    for name, address in (("63-serve", reverse("assets:matter-serve", args=[given.number])),
                          ("64-matters", reverse("assets:matters"))):  # fmt: skip
        page.goto(looks.url + address)
        looks.at(officer, name)
    page.goto(looks.url + reverse("assets:checking"))
    for box in page.query_selector_all("input[name=chosen]"):
        box.check()
    page.click("#chosen button")
    looks.at(officer, "65-passed")
    assert not Notification.objects.filter(side="minister", status="received").exists()
    for name in ("assets:sector", "assets:standing", "assets:office"):
        page.goto(looks.url + reverse(name))
        looks.at(officer, f"66-{name.partition(':')[2]}")
    cabinet = looks.sit("cabinet", "decider")
    for name in ("assets:sector", "assets:products", "assets:map-readers", "assets:matters"):
        cabinet.page.goto(looks.url + reverse(name))
        looks.at(cabinet, f"68-cabinet-{name.partition(':')[2]}")
    assert looks.faults == []
