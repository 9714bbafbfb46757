"""Without a mouse, and without JavaScript: from the log-in page to a notification that is proposed and confirmed."""

import pytest

from tests.browser.served import PASSWORD
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_TABS = 120


class Keys:
    """Somebody who has only a keyboard: Tab, Enter, letters."""

    def __init__(self, page):
        self.page = page

    def to(self, selector):
        """Go on with Tab until an element that fits has the focus; it must show it."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(
                """(wanted) => {
                  const at = document.activeElement;
                  if (!at || !at.matches(wanted)) return '';
                  const style = getComputedStyle(at);
                  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? 'seen' : 'unseen';
                }""",
                selector,
            )
            if at:
                assert at == "seen", f"{selector} has the focus, and nobody can see it"
                return
        raise AssertionError(f"{selector} is not reached by {MOST_TABS} Tabs on {self.page.url}")

    def enter(self):
        """Press Enter and wait for the page that follows."""
        before = self.page.evaluate("performance.timeOrigin")
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("before => performance.timeOrigin !== before", arg=before)
        self.page.wait_for_load_state()


def _log_in_by_keys(page, url, login):
    keys = Keys(page)
    page.goto(url)
    keys.to("input[name=login]")
    page.keyboard.type(login)
    keys.to("input[name=password]")
    page.keyboard.type(PASSWORD)
    keys.enter()
    return keys


def test_by_keyboard_alone_from_log_in_to_a_proposed_act(open_window, served):
    who = served.role("operator", "approver", deployment="operator")
    page = open_window().page
    keys = _log_in_by_keys(page, served.urls["operator"], who.login)
    assert "/login" not in page.url
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('skip')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{served.urls['operator']}/acts/new/parties.delegation.give/")
    keys.to("main select[name$=agent], main select[name$=delegate], main select:not([name=on_behalf_of])")
    page.keyboard.press("ArrowDown")
    keys.to("main form button.main")
    keys.enter()
    assert page.locator("main h1").count() == 1
    assert page.locator("[role=alert] a[href^='#'], [role=status]").count()


def test_by_keyboard_alone_an_incident_is_recorded(open_window, served):
    who = served.role("operator", "reporter", deployment="operator")
    page = open_window(width=PHONE).page
    keys = _log_in_by_keys(page, served.urls["operator"], who.login)
    keys.to("button.menu-button")
    page.keyboard.press("Enter")
    keys.to("#menu a[href='/incidents/']")
    keys.enter()
    keys.to("main a[href='/incidents/new/']")
    keys.enter()
    keys.to("main form button.main")
    keys.enter()
    # nothing was typed: each fault is named, and leads to its field
    keys.to("[role=alert] a[href^='#']")
    wanted = page.evaluate("document.activeElement.getAttribute('href').slice(1)")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.field, .check, fieldset') !== null"), wanted


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_without_javascript_from_log_in_to_a_recorded_act(open_window, served, width):
    who = served.role("operator", "approver", deployment="authority")
    window = open_window(width=width, javascript=False)
    page = window.page
    page.goto(served.urls["authority"])
    page.fill("input[name=login]", who.login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.main")
    assert page.locator(".acting .who-org").inner_text()
    # sorted, filtered and emptied by plain links and forms
    page.goto(f"{served.urls['authority']}/acts/")
    rows = page.locator("main tbody tr").count()
    if rows > 1:
        page.fill("main form.filter input[type=search]", "存在しない言葉")
        page.click("main form.filter button")
        assert page.locator("main tbody tr").count() == 0
        page.click("main .empty a")
        assert page.locator("main tbody tr").count() == rows
    page.goto(f"{served.urls['authority']}/incidents/new/")
    before = page.url
    page.click("main form button.main")
    assert page.locator("[role=alert]").count()
    assert page.url.split("?")[0] == before.split("?")[0]
    page.click("form[action$='/language/'] button")
    assert page.locator("html").get_attribute("lang") == "en"


def test_tables_are_sorted_in_place_and_by_the_keyboard(enter, served):
    who = served.role("operator", "approver", deployment="operator")
    window = enter(who)
    page = window.page
    page.goto(f"{served.urls['operator']}/assets/")
    page.evaluate("window.still = true")
    head = page.locator("main thead a").nth(1)
    name = head.get_attribute("id")
    head.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=**")
    page.wait_for_function("name => document.activeElement.id === name", arg=name)
    assert page.evaluate("window.still") is True, "the page was loaded anew"
    assert page.locator("main th[aria-sort=ascending]").count() == 1
    assert window.errors == []
