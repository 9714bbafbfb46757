"""Each role's main path: from the desk to what the role is there for, on a wide and on a narrow screen."""

import re

import pytest

from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ID = r"[0-9a-f-]{36}"

# who (and of which organisation, where not of any), in which world, the addresses led to one after the other, and what
# must be there in the end
PATHS = {
    "operator/reporter power": ("sample", ["/incidents/", "/incidents/new/"], "form.stack"),
    "operator/approver power": ("sample", ["/assets/", "/assets/duties/", f"/assets/duties/{ID}/"], "dl.facts"),
    "operator/viewer power": ("sample", ["/warnings/", f"/warnings/received/{ID}/"], "dl.facts"),
    "operator/administrator power": ("sample", ["/acts/new/", "/acts/new/parties.membership.grant/"], "form.stack"),
    "vendor/vendor_contact": ("sample", ["/inbox/"], "h1"),
    "ministry/intake meti": ("sample", ["/assets/notifications/", f"/assets/notifications/{ID}/"], "dl.facts"),
    "ministry/officer meti": ("sample", ["/warnings/", f"/warnings/issued/{ID}/"], "dl.facts"),
    "ministry/decider meti": ("sample", ["/warnings/", f"/warnings/issued/{ID}/"], "dl.facts"),
    "ministry/administrator meti": ("sample", ["/acts/new/", "/acts/new/parties.person.enrol/"], "form.stack"),
    "regional_bureau/intake kanto-economy": ("sample", ["/incidents/", f"/incidents/{ID}/"], "dl.facts"),
    "cabinet_office/intake": ("sample", ["/assets/notifications/", f"/assets/notifications/{ID}/"], "dl.facts"),
    "cabinet_office/analyst": (
        "sample",
        ["/analysis/", "/analysis/assessments/", f"/analysis/assessments/{ID}/"],
        "h2",
    ),
    "committee/chair": ("sample-rehearsal", ["/oversight/", f"/oversight/matters/{ID}/"], "dl.facts"),
    "committee/member": ("sample-rehearsal", ["/oversight/", f"/oversight/matters/{ID}/"], "dl.facts"),
    "committee/secretariat": ("sample-rehearsal", ["/oversight/notices/", f"/oversight/notices/{ID}/"], "dl.facts"),
    "committee/inspector": ("sample-rehearsal", ["/oversight/counts/"], "table"),
    "ppc/liaison": ("sample", ["/incidents/", f"/incidents/{ID}/"], "dl.facts"),
    "police/liaison": ("sample", ["/incidents/", f"/incidents/{ID}/"], "dl.facts"),
    "carrier/liaison": ("sample", ["/inbox/"], "h1"),
    "sector_body/liaison": ("sample", ["/inbox/"], "h1"),
}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", PATHS)
def test_a_role_gets_where_it_must_by_links_it_can_see(enter, served, shots, name, width):
    world, steps, there = PATHS[name]
    called, _, organisation = name.partition(" ")
    kind, _, role = called.partition("/")
    who = served.role(kind, role, world=world, login=organisation)
    window = enter(who, width)
    page = window.page
    page.goto(served.urls[who.deployment])
    assert page.locator(".acting").is_visible()
    assert page.locator(".acting .who-org").inner_text()
    for step in steps:
        address = page.url
        link = _visible(page, step)
        link.click()
        page.wait_for_load_state()
        assert page.url != address
        assert page.locator("main h1").count() == 1
    assert page.locator(f"main {there}").count()
    assert not window.overflows()
    assert (window.errors, window.offsite) == ([], [])
    if shots:
        window.screenshot(shots / f"path-{kind}-{role}-{width}.png")


def _visible(page, address):
    """Return the first link to an address of that form, the menu opened where it lies behind it."""
    wanted = [
        one
        for one in page.locator("a[href]").all()
        if re.fullmatch(address, (one.get_attribute("href") or "").split("?")[0])
    ]
    assert wanted, f"no link to {address} on {page.url}"
    for one in wanted:
        if one.is_visible():
            return one
    page.locator(".menu-button").click()
    return next(one for one in wanted if one.is_visible())
