"""The interview in a real browser, on a phone and a desktop: no accessibility fault, nothing wider than the window."""

import pytest
from django.urls import reverse

from sakimori.assets.models import Computer
from tests.assets.interview.test_answers import FACILITY, paper, row
from tests.support.browser import DESKTOP, PHONE
from tests.support.filing import import_register
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("parties")]


@pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "en")])
def test_the_interview_from_the_first_question_to_the_picture(enter, open_window, live_server, width, language):
    part = row("S-1", product="CENTUM VP").replace(",その他,×,", ",その他,○,")
    many = [row(f"F-{n}", product=f"架空FW {n % 3}") for n in range(9)]
    import_register([part, *many, row("W-1", maker="Microsoft", product="Windows IoT", unit="OS", firewall="○")])
    paper(("CENTUM－VP", "㈱架空製作所"))
    looks = Looks(enter, open_window, live_server.url, width, language)
    window = looks.sit("power", "reporter")
    page = window.page

    def at(name, *more):
        return live_server.url + reverse(f"assets:{name}", args=[FACILITY, *more])

    page.goto(live_server.url + reverse("assets:scoping"))
    looks.at(window, "01-facilities")
    page.click(".cards h2 a")
    looks.at(window, "02-facility")
    page.click("main section .button.main")
    looks.at(window, "03-topic")
    page.select_option("#all-nearest_firewall", "yes")
    page.click("form.groups button.main")
    looks.at(window, "04-next-topic")
    page.goto(at("interview_review"))
    looks.at(window, "05-review")
    page.click("button[value=record]")
    looks.at(window, "06-recorded")
    assert Computer.objects.filter(clause="meirei1-1-3").count() == 10
    for name in ("picture", "open_points", "plan_papers", "plan_paper", "ministry_answer"):
        page.goto(at(name))
        looks.at(window, f"07-{name}")
    page.goto(at("ministry_answer") + "?fact=designated_item")
    looks.at(window, "08-answer")
    for key in ("S-1", "W-1"):
        page.goto(live_server.url + reverse("assets:computer", args=[Computer.objects.get(key=key).id]))
        looks.at(window, f"09-{key}")
    assert looks.faults == []
