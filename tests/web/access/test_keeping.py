"""An expired session in mid-form, and a fresh proof before acts that weigh more: nothing typed is lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from sakimori.acts.models import Act
from sakimori.parties.models import Consent
from sakimori.web.models import KeptForm
from tests.web import scene
from tests.web.access.conftest import log_in
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/acts/new/parties.consent.give/"
TYPED = {"f-matter": "kyokaho.29", "f-scope": "多要素<認証>の情報\n二行目", "f-given_on": "2026-11-20"}


def _hidden(client, address=PAGE):
    """Return the hidden fields of the page's own form, as a browser sends them."""
    page = client.get(address).content.decode()
    form = re.findall(r"<form[^>]*>.*?</form>", page.partition("<main")[2], re.DOTALL)[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.fixture
def strict(taro):
    """Taro's browser, logged in, with CSRF checks on."""
    client = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)
    _in(client)
    return client


def _in(client, login="taro", password=PASSWORD, **more):
    token = _hidden(client, "/login/")["csrfmiddlewaretoken"]
    return client.post("/login/", {"login": login, "password": password, "csrfmiddlewaretoken": token, **more})


def _expire():
    Session.objects.all().delete()


def test_the_form_comes_back_filled_in_and_can_be_sent(strict, parties):
    hidden = _hidden(strict)
    _expire()
    led = strict.post(PAGE, {**hidden, **TYPED, "f-organisation": str(parties.organisation("power"))})
    assert led.headers["Location"].startswith("/login/?next=")
    note = strict.get(led.headers["Location"]).content.decode()
    assert "What you typed is kept" in note
    after = re.search(r'name="next" value="([^"]+)"', note.partition("<main")[2]).group(1)
    back = _in(strict, next=after).headers["Location"]
    assert back == after
    page = strict.get(back).content.decode()
    assert "Nothing has been done yet" in page
    assert "多要素&lt;認証&gt;の情報" in page
    assert not Consent.objects.exists()
    again = {**_hidden(strict, back), **TYPED, "f-organisation": str(parties.organisation("power"))}
    assert strict.post(back, again).status_code == 302
    assert Consent.objects.get().scope.startswith("多要素<認証>")
    assert not KeptForm.objects.exists()


def test_a_form_sent_after_half_a_day_is_kept_too(strict, time):
    hidden = _hidden(strict)
    time.passes(hours=13)
    led = strict.post(PAGE, {**hidden, **TYPED})
    assert "kept" in led.headers["Location"]
    assert KeptForm.objects.get().fields["f-matter"] == ["kyokaho.29"]


def test_another_account_does_not_get_it(strict, hanako):
    hidden = _hidden(strict)
    _expire()
    strict.post(PAGE, {**hidden, **TYPED})
    back = f"{PAGE}?kept={KeptForm.objects.get().id}"
    _in(strict, "hanako")
    answer = strict.get(back)
    assert "多要素" not in answer.content.decode()


def test_nobody_gets_it_without_logging_in(strict):
    hidden = _hidden(strict)
    _expire()
    strict.post(PAGE, {**hidden, **TYPED})
    answer = strict.get(f"{PAGE}?kept={KeptForm.objects.get().id}")
    assert answer.status_code == 302
    assert "多要素" not in answer.content.decode()


def test_a_form_without_our_stamp_is_not_kept(strict):
    hidden = _hidden(strict)
    _expire()
    for stamp in ("", "forged:1:x"):
        strict.post(PAGE, {**hidden, **TYPED, "stamp": stamp})
    assert not KeptForm.objects.exists()


def test_passwords_and_files_are_not_kept(strict):
    from django.core.files.uploadedfile import SimpleUploadedFile

    hidden = _hidden(strict)
    _expire()
    strict.post(PAGE, {**hidden, **TYPED, "new_password": "hush", "rows": SimpleUploadedFile("名簿.csv", b"secret")})
    form = KeptForm.objects.get()
    assert "hush" not in str(form.fields)
    assert form.files == ["名簿.csv"]
    assert "csrfmiddlewaretoken" not in form.fields


def test_what_is_too_much_is_not_kept_but_shown(strict):
    hidden = _hidden(strict)
    _expire()
    answer = strict.post(PAGE, {**hidden, **TYPED, "f-scope": "長" * 400_000})
    assert answer.status_code == 403
    assert not KeptForm.objects.exists()
    assert "kyokaho.29" in answer.content.decode()


def test_it_is_kept_for_some_hours_only(strict, time):
    hidden = _hidden(strict)
    _expire()
    strict.post(PAGE, {**hidden, **TYPED})
    back = f"{PAGE}?kept={KeptForm.objects.get().id}"
    time.passes(hours=13)
    _in(strict)
    assert "多要素" not in strict.get(back).content.decode()


def test_what_has_no_page_of_its_own_can_be_sent_as_it_was(strict):
    from django.urls import reverse

    address = reverse("daily_mail")
    hidden = _hidden(strict)
    _expire()
    strict.post(address, {**hidden, "wanted": "<yes>"})
    back = f"{address}?kept={KeptForm.objects.get().id}"
    _in(strict)
    page = strict.get(back)
    assert page.status_code == 200
    assert "Send it now" in page.content.decode()
    assert 'name="wanted" value="&lt;yes&gt;"' in page.content.decode()


def test_it_is_given_back_on_its_own_page_only(strict):
    hidden = _hidden(strict)
    _expire()
    strict.post(PAGE, {**hidden, **TYPED})
    form = KeptForm.objects.get()
    _in(strict)
    assert "多要素" not in strict.get(f"/acts/new/parties.delegation.give/?kept={form.id}").content.decode()


# --- a fresh proof ---------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(taro):
    """A filing that waits for Taro."""
    return scene.play()


def test_a_confirmation_asks_for_a_fresh_proof_and_goes_on_after_it(waiting, browser, time):
    log_in(browser, "taro")
    address = f"/proposals/{waiting.proposal}/"
    time.passes(minutes=16)
    asked = browser.post(address, {"action": "confirm", "key": "a-key"})
    assert asked.headers["Location"].startswith("/access/prove/?next=%2Fproposals%2F")
    page = browser.get(asked.headers["Location"]).content.decode()
    assert "What you typed is kept" in page
    assert not Act.objects.filter(proposal=waiting.proposal).exists()
    wrong = browser.post(asked.headers["Location"], {"password": "no"})
    assert wrong.status_code == 403
    back = browser.post(asked.headers["Location"], {"password": PASSWORD}).headers["Location"]
    assert "You have shown that it is you" in browser.get(back).content.decode()
    assert browser.post(back, {"action": "confirm", "key": "a-key"}).headers["Location"].endswith("?done=1")
    assert Act.objects.filter(proposal=waiting.proposal).exists()
    assert not KeptForm.objects.exists()


def test_within_the_time_nothing_is_asked(waiting, browser, time):
    log_in(browser, "taro")
    time.passes(minutes=14)
    done = browser.post(f"/proposals/{waiting.proposal}/", {"action": "confirm", "key": "a"})
    assert done.headers["Location"].endswith("?done=1")


def test_a_clock_set_back_makes_no_proof_fresh(waiting, browser, time):
    log_in(browser, "taro")
    time.passes(minutes=-30)
    asked = browser.post(f"/proposals/{waiting.proposal}/", {"action": "confirm", "key": "a"})
    assert asked.headers["Location"].startswith("/access/prove/")


def test_refusing_and_proposing_need_no_fresh_proof(waiting, browser, time):
    log_in(browser, "taro")
    time.passes(minutes=16)
    done = browser.post(f"/proposals/{waiting.proposal}/", {"action": "refuse", "reason": "誤りがある"})
    assert done.headers["Location"] == f"/proposals/{waiting.proposal}/"


def test_the_api_says_so_in_its_own_words(waiting, browser, time):
    log_in(browser, "taro")
    time.passes(minutes=16)
    answer = browser.post(f"/api/v1/proposals/{waiting.proposal}/confirm", {}, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["code"] == "act.fresh_proof"


def test_giving_a_role_needs_a_fresh_proof_though_one_person_does_it(enter, parties, time):
    client = enter("power", "administrator")
    typed = {
        "f-person": str(parties.person("power", "viewer")), "f-organisation": str(parties.organisation("power")),
        "f-role": "reporter", "f-valid_from": "2026-11-01",
    }  # fmt: skip
    time.passes(minutes=16)
    asked = client.post("/acts/new/parties.membership.grant/", typed)
    assert asked.headers["Location"].startswith("/access/prove/")
    assert KeptForm.objects.get().fields["f-role"] == ["reporter"]


def test_where_there_is_no_session_nothing_is_asked(parties):
    from sakimori.acts import proposals

    played = scene.play()
    from tests.support.deployment import viewer

    assert proposals.confirm(played.proposal, by=viewer("power", "approver")).kind == "assets.notification.file"
