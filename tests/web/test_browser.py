"""Every page in a real browser: no accessibility fault, nothing wider than the window, nothing from elsewhere."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from tests.support.browser import DESKTOP, PHONE
from tests.web import scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = 320
PAGES = {
    ("power", "reporter"): ["desk", "obligations", "obligations:?status=all", "proposals", "inbox", "acts", "new_acts",
                            "role", "new_act:assets.computer.change",
                            "new_act:assets.notification.file", "act", "proposal"],
    ("power", "approver"): ["desk", "proposal", "new_act:parties.delegation.give"],
    ("meti", "intake"): ["desk", "notice", "inbox", "law", "law:?chapter=rule", "law:?chapter=table&q=gas",
                         "law:?chapter=term"],
    ("meti", "administrator"): ["desk", "new_act:parties.organisation.enrol", "new_act:parties.register.load"],
}  # fmt: skip


def _address(page: str, played: scene.Scene) -> str:
    name, _, rest = page.partition(":")
    if name == "act":
        return reverse("act", args=[played.filed])
    if name == "proposal":
        return reverse("proposal", args=[played.proposal])
    if name == "notice":
        return reverse("notice", args=[played.notice])
    if name == "new_act":
        return reverse("new_act", args=[rest])
    return reverse(name) + rest


@pytest.mark.parametrize(("language", "heard_at"), [("ja", DESKTOP), ("en", PHONE)])
def test_every_page_is_sound(enter, open_window, live_server, language, heard_at):
    """Each page is loaded once, looked at in three widths, and heard through axe in one of them."""
    played = scene.play()
    shots = os.environ.get("SAKIMORI_SCREENSHOTS")
    faults = []
    for (organisation, role), pages in PAGES.items():
        client = enter(organisation, role)
        window = open_window(width=heard_at, language=language)
        window.page.context.add_cookies(
            [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
        )
        for page in pages:
            answer = window.page.goto(live_server.url + _address(page, played))
            if answer.status != 200:
                faults.append(f"{page}: {answer.status}")
            for width in (NARROW, PHONE, DESKTOP):
                window.page.set_viewport_size({"width": width, "height": 900})
                if window.overflows():
                    faults.append(f"{page}: wider than {width}")
                if shots:
                    name = f"{organisation}-{role}-{page.replace(':', '-').replace('?', '-')}-{width}-{language}.png"
                    window.screenshot(Path(shots) / name)
            window.page.set_viewport_size({"width": heard_at, "height": 900})
            faults += [f"{page} as {role}: {fault}" for fault in window.accessibility_faults()]
        faults += [f"{role}: from elsewhere {address}" for address in window.offsite]
        faults += [f"{role}: {error}" for error in window.errors]
    assert faults == []


def test_pages_without_a_session_are_sound(open_window, live_server):
    window = open_window(width=PHONE)
    for address, status in (("/login/", 200), ("/nowhere/", 404)):
        assert window.page.goto(live_server.url + address).status == status
        assert (window.accessibility_faults(), window.overflows()) == ([], False)
