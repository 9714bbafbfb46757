"""The log-in in a real browser: passkeys with a virtual authenticator, an expired session in mid-form, every page."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from sakimori.acts import clock
from sakimori.parties.models import Account, Consent
from sakimori.web.access import factors
from sakimori.web.access.invitations import invite
from tests.support.browser import DESKTOP, PHONE
from tests.support.looking import Looks
from tests.web.access.conftest import Application
from tests.web.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM = "/acts/new/parties.consent.give/"


@dataclass
class Authenticator:
    """A virtual authenticator of Chromium (CDP domain WebAuthn) that keeps passkeys and checks its user."""

    session: Any
    id: str

    def credentials(self) -> list[Any]:
        return list(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def user_is(self, *, verified: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": verified})


def _authenticator(page) -> Authenticator:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Authenticator(session, made["authenticatorId"])


def _log_in(page, url, login="hanako"):
    page.goto(f"{url}/login/")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_load_state()


def _make_passkey(page, url):
    page.goto(f"{url}/access/passkeys/add/")
    page.fill("#name", "庁内の端末")
    page.click("[data-passkey-start]")
    page.wait_for_url("**/access/passkeys/add/")
    page.wait_for_selector(".codes")


def test_a_passkey_is_made_and_then_opens_the_site_alone(hanako, open_window, live_server):
    window = open_window(language="en")
    page = window.page
    key = _authenticator(page)
    _log_in(page, live_server.url)
    _make_passkey(page, live_server.url)
    assert len(key.credentials()) == 1
    assert [one.name for one in factors.listed(hanako)] == ["庁内の端末"]
    page.click("text=I have them: go on")
    assert "庁内の端末" in page.content()
    page.click("text=Log out")
    page.click("text=Log in with a passkey")
    page.click("[data-passkey-start]")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/acts/")
    assert page.url.endswith("/acts/")
    assert (window.errors, window.offsite) == ([], [])


def test_a_passkey_is_the_second_step_after_a_password(hanako, open_window, live_server):
    page = open_window(language="en").page
    key = _authenticator(page)
    _log_in(page, live_server.url)
    _make_passkey(page, live_server.url)
    page.goto(f"{live_server.url}/access/")
    page.click("text=Log out")
    _log_in(page, live_server.url)
    assert page.url.endswith("/access/second/")
    page.goto(f"{live_server.url}/acts/")
    assert "/login/" in page.url  # the password alone is not enough
    _log_in(page, live_server.url)
    page.click("[data-passkey-start]")
    page.wait_for_url(f"{live_server.url}/")
    assert key.credentials()[0]["signCount"] >= 1


def test_a_passkey_whose_user_was_not_checked_is_refused(hanako, open_window, live_server):
    page = open_window(language="en").page
    key = _authenticator(page)
    _log_in(page, live_server.url)
    _make_passkey(page, live_server.url)
    page.goto(f"{live_server.url}/access/")
    page.click("text=Log out")
    key.user_is(verified=False)
    page.goto(f"{live_server.url}/access/passkey/")
    page.click("[data-passkey-start]")
    page.wait_for_selector("[data-passkey-failed]:visible")
    page.goto(f"{live_server.url}/acts/")
    assert "/login/" in page.url


def test_an_answer_to_another_challenge_is_refused(hanako, open_window, live_server):
    page = open_window(language="en").page
    _authenticator(page)
    _log_in(page, live_server.url)
    _make_passkey(page, live_server.url)
    page.goto(f"{live_server.url}/access/")
    page.click("text=Log out")
    page.goto(f"{live_server.url}/access/passkey/")
    sent = []
    page.on("request", lambda one: sent.append(one.post_data) if one.method == "POST" else None)
    page.click("[data-passkey-start]")
    page.wait_for_url(f"{live_server.url}/")
    used = dict(re.findall(r"(\w+)=([^&]*)", sent[-1]))["credential"]
    page.click("text=Log out")
    page.goto(f"{live_server.url}/access/passkey/")
    page.evaluate(
        "(used) => { const form = document.querySelector('form[data-passkey]');"
        " form.elements.credential.value = decodeURIComponent(used.replace(/\\+/g, ' ')); form.submit(); }",
        used,
    )
    page.wait_for_selector("[role=alert]:visible")
    assert "This passkey was not accepted" in page.content()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_session_over_in_mid_form_loses_nothing(taro, parties, open_window, live_server, javascript):
    page = open_window(language="en", javascript=javascript).page
    _log_in(page, live_server.url, "taro")
    page.goto(live_server.url + FORM)
    page.select_option("[name=f-organisation]", str(parties.organisation("power")))
    page.fill("[name=f-matter]", "share_with_nco")
    page.fill("[name=f-scope]", '<b>多要素</b> &amp; "情報"')
    page.fill("[name=f-given_on]", "2026-11-20")
    Session.objects.all().delete()
    page.click("main button.main")
    page.wait_for_load_state()
    assert "Your session was over" in page.content()
    page.fill("#login", "taro")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_load_state()
    assert page.url.startswith(live_server.url + FORM)
    assert page.input_value("[name=f-scope]") == '<b>多要素</b> &amp; "情報"'
    assert page.input_value("[name=f-matter]") == "share_with_nco"
    assert not Consent.objects.exists()
    page.click("main form.stack button.main")
    page.wait_for_load_state()
    assert Consent.objects.get().scope == '<b>多要素</b> &amp; "情報"'


def test_code_and_recovery_code_work_without_javascript(hanako, open_window, live_server):
    page = open_window(language="en", javascript=False).page
    phone = Application(hanako)
    codes = factors.new_codes(hanako)
    for code in (phone.code(1), codes[0]):
        _log_in(page, live_server.url)
        page.fill("#code", code)
        page.click("main form:has(#code) button.main")
        page.wait_for_load_state()
        assert page.url == f"{live_server.url}/"
        page.click("text=Log out")


@pytest.mark.parametrize(("language", "width"), [("ja", DESKTOP), ("en", PHONE)])
def test_every_page_is_sound(hanako, parties, enter, open_window, live_server, language, width, monkeypatch):
    looks = Looks(enter, open_window, live_server.url, width, language)
    window = open_window(width=width, language=language)
    page, url = window.page, live_server.url

    def look(name, address=""):
        if address:
            page.goto(url + address)
        looks.at(window, f"access-{name}")

    look("login", "/login/")
    look("login-kept", "/login/?kept=1")
    look("passkey", "/access/passkey/")
    look("link-over", "/access/invitation/")
    newcomer = Account.objects.create_account("newcomer", parties.person("power", "viewer"), None)
    page.goto(invite(newcomer.id).replace("http://127.0.0.1:1", url))
    look("join")
    _log_in(page, url)
    look("mine-needed", "/access/?needed=1&next=/")
    look("totp", "/access/totp/")
    page.fill("#code", "000000")
    page.click("main button.main")
    look("totp-wrong")
    look("add-passkey", "/access/passkeys/add/")
    look("password", "/access/password/")
    phone = Application.__new__(Application)
    page.goto(f"{url}/access/totp/")
    phone.secret = page.inner_text("code.secret").replace(" ", "")
    page.fill("#code", phone.code())
    page.click("main button.main")
    page.wait_for_selector(".codes")
    look("codes")
    look("mine", "/access/?done=factor")
    page.click("header >> text=/Log out|ログアウト/")
    _log_in(page, url)
    look("second")
    page.fill("#code", "123456")
    page.click("main form:has(#code) button.main")
    look("second-wrong")
    page.fill("#code", phone.code(1))
    page.click("main form:has(#code) button.main")
    page.wait_for_load_state()
    ahead = clock.wall
    monkeypatch.setattr(clock, "wall", lambda: ahead() + policy_time())
    look("prove", "/access/password/")
    assert looks.faults == []


def policy_time():
    from sakimori.web.access import policy

    return policy.fresh_for() * 2
