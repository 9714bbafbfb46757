"""Every page that every role can reach, in the sample world: found by walking the links from each desk.

Every page is fetched; each that does not look like one seen before is opened in the browser, Japanese and English and
wide and narrow by turns.
"""

import itertools
import json

import pytest

from tests.browser import judging
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROLES = {
    "operator/reporter", "operator/approver", "operator/viewer", "operator/administrator", "vendor/vendor_contact",
    "ministry/intake", "ministry/officer", "ministry/decider", "ministry/administrator", "regional_bureau/intake",
    "cabinet_office/intake", "cabinet_office/analyst", "cabinet_office/officer", "cabinet_office/decider",
    "cabinet_office/administrator", "committee/chair", "committee/member", "committee/secretariat",
    "committee/inspector", "committee/administrator", "ppc/liaison", "police/liaison", "sector_body/liaison",
    "carrier/liaison",
}  # fmt: skip
PARTS = 4


def _walked(served):
    return json.loads((served.root / "pages.json").read_text(encoding="utf-8"))


def test_every_role_has_been_walked_and_led_to_no_closed_door(served):
    walked = _walked(served)
    assert set(walked["roles"]) >= ROLES
    assert not walked["faults"], "\n".join(walked["faults"])


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_sound(enter, served, shots, part):
    faults = []
    turns = itertools.cycle([(DESKTOP, "ja"), (PHONE, "en"), (DESKTOP, "en"), (PHONE, "ja")])
    opened = {}
    for number, ((place, path, name), (width, language)) in enumerate(
        zip(_walked(served)["pages"][part::PARTS], turns, strict=False)
    ):
        role = served.roles[place]
        if (role, width, language) not in opened:
            opened[role, width, language] = judging.Weighed(enter(role, width, language))
        weighed = opened[role, width, language]
        window = weighed.window
        weighed.cleared()
        answer = window.page.goto(served.urls[role.deployment] + path)
        said = f"{role.name} {path} ({width}, {language})"
        if answer is None or answer.status != 200:
            faults.append(f"{said}: {answer and answer.status}")
        if shots:
            called = name.replace(":", "-").replace(" ", "-")
            window.screenshot(shots / f"{role.type}-{role.role}-{called}-{width}-{part}{number:03}.png")
        faults += [f"{said}: {one}" for one in judging.unheard(window)]
        faults += [f"{said}: wider than {one}" for one in judging.too_wide(window)]
        faults += [f"{said}: no focus on {one}" for one in judging.without_focus(window)]
        faults += [f"{said}: too small {one}" for one in judging.too_small(window)]
        faults += [f"{said}: {one}" for one in weighed.console]
        if weighed.bytes > judging.HEAVIEST:
            faults.append(f"{said}: {weighed.bytes} bytes")
        if number % 8 == 0 and judging.spaced_too_wide(window):
            faults.append(f"{said}: overflows with larger, wider set text")
    for weighed in opened.values():
        faults += [f"from elsewhere: {one}" for one in weighed.window.offsite]
        faults += [f"error: {one}" for one in weighed.window.errors]
    assert not faults, "\n".join(faults)
