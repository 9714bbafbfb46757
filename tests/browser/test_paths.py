"""Each role's main path: from the desk to what the role is there for, on a wide and on a narrow screen."""

import pytest

from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# who, in which world, and the steps: a link or button to follow by (a part of) its address, then what must be there
PATHS = {
    "operator/reporter": ("sample", ["/incidents/", "/incidents/new/"], "form.stack"),
    "operator/approver": ("sample", ["/assets/", "/assets/duties/", "/assets/duties/[0-9a-f]"], "dl.facts"),
    "operator/viewer": ("sample", ["/warnings/", "/warnings/received/"], "dl.facts"),
    "operator/administrator": ("sample", ["/acts/new/", "/acts/new/parties.membership.grant/"], "form.stack"),
    "vendor/vendor_contact": ("sample", ["/inbox/"], "h1"),
    "ministry/intake": ("sample", ["/assets/notifications/", "/assets/notifications/[0-9a-f]"], "dl.facts"),
    "ministry/officer": ("sample", ["/obligations/"], "h1"),
    "ministry/decider": ("sample", ["/warnings/", "/warnings/issued/"], "dl.facts"),
    "regional_bureau/intake": ("sample", ["/incidents/", "/incidents/[0-9a-f]"], "h1"),
    "cabinet_office/intake": ("sample", ["/assets/notifications/", "/assets/notifications/[0-9a-f]"], "dl.facts"),
    "cabinet_office/analyst": ("sample", ["/analysis/", "/analysis/assessments/", "/analysis/assessments/."], "h1"),
    "committee/chair": ("sample-rehearsal", ["/oversight/", "/oversight/matters/"], "dl.facts"),
    "committee/member": ("sample-rehearsal", ["/oversight/", "/oversight/matters/"], "dl.facts"),
    "committee/secretariat": ("sample-rehearsal", ["/oversight/notices/", "/oversight/notices/."], "dl.facts"),
    "committee/inspector": ("sample-rehearsal", ["/oversight/counts/"], "table"),
    "ppc/liaison": ("sample", ["/incidents/", "/incidents/[0-9a-f]"], "h1"),
    "police/liaison": ("sample", ["/incidents/", "/incidents/[0-9a-f]"], "h1"),
    "carrier/liaison": ("sample", ["/inbox/"], "h1"),
    "sector_body/liaison": ("sample", ["/inbox/"], "h1"),
    "ministry/administrator": (
        "sample",
        ["/acts/new/", "/acts/new/parties.delegation.record/|/acts/new/parties"],
        "h1",
    ),
}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", PATHS)
def test_a_role_gets_where_it_must_by_links_it_can_see(enter, served, shots, name, width):
    world, steps, there = PATHS[name]
    kind, _, role = name.partition("/")
    who = served.role(kind, role, world=world)
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


def _visible(page, step):
    """Return the first link to an address of that form, the menu opened where it lies behind it."""
    import re

    wanted = [
        one
        for one in page.locator("a[href]").all()
        if re.match(step.split("|")[-1] if "|" in step else step, one.get_attribute("href") or "")
    ]
    assert wanted, f"no link to {step} on {page.url}"
    for one in wanted:
        if one.is_visible():
            return one
    page.locator(".menu-button").click()
    return next(one for one in wanted if one.is_visible())
