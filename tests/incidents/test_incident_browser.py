"""The room's pages in a real browser: no accessibility fault, nothing wider than the window, nothing from elsewhere."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from sakimori.incidents import entry
from tests.support import incidents as story
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = 320
PAGES = {
    ("power", "reporter"): ("index", "new", "case", "decide", "report:full", "confirm"),
    ("bureau", "officer"): ("index", "case"),
    ("ppc", "liaison"): ("case",),
}


def address(page, case):
    """Return the address of a page of the room."""
    name, _, stage = page.partition(":")
    if name in ("index", "new"):
        return reverse(f"incidents:{name}")
    return reverse(f"incidents:{name}", args=[case, stage] if stage else [case])


@pytest.mark.parametrize(("language", "heard_at"), [("ja", DESKTOP), ("en", PHONE)])
def test_every_page_is_sound(enter, open_window, live_server, language, heard_at):
    told = story.reported()
    entry.propose(viewer("power", "approver"), told.case, story.filled(), "full")
    shots = os.environ.get("SAKIMORI_SCREENSHOTS")
    faults = []
    for (organisation, role), pages in PAGES.items():
        client = enter(organisation, role, language)
        window = open_window(width=heard_at, language=language)
        window.page.context.add_cookies(
            [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
        )
        for page in pages:
            answer = window.page.goto(live_server.url + address(page, told.case))
            if answer.status != 200:
                faults.append(f"{page}: {answer.status}")
            for width in (NARROW, PHONE, DESKTOP):
                window.page.set_viewport_size({"width": width, "height": 900})
                if window.overflows():
                    faults.append(f"{page}: wider than {width}")
                if shots:
                    window.screenshot(Path(shots) / f"{organisation}-{page.replace(':', '-')}-{width}-{language}.png")
            window.page.set_viewport_size({"width": heard_at, "height": 900})
            faults += [f"{page} as {role}: {fault}" for fault in window.accessibility_faults()]
        faults += [f"{role}: from elsewhere {found}" for found in window.offsite]
        faults += [f"{role}: {error}" for error in window.errors]
    assert faults == []
