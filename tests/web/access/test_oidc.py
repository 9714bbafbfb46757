"""Logging in over a real OpenID Connect provider in a process of its own: only who was bound before gets in."""

import json
import socket
import subprocess
import sys
import time as machine
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from sakimori.parties.models import Account
from sakimori.web.access import oidc, providers
from sakimori.web.models import Identity
from tests.support.run import REPOSITORY
from tests.web.access.conftest import Application, log_in

pytestmark = pytest.mark.django_db
LOGIN = "/access/oidc/gbiz/login/"
CALLBACK = f"http://testserver{LOGIN}callback/"
SECRET = "known to two"  # noqa: S105 - of a provider that plays


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    """The provider's address; its process ends with the module."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = tmp_path_factory.mktemp("provider") / "db.sqlite3"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.idp", str(port), str(database), "sakimori", SECRET, CALLBACK],
        cwd=REPOSITORY,
    )
    ready = database.with_name("db.sqlite3.ready")
    for _ in range(600):
        if ready.exists():
            break
        assert process.poll() is None
        machine.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture
def provider(issuer, settings, monkeypatch):
    """Configure our side: one provider; returns a function that changes its row."""
    monkeypatch.setenv("SAKIMORI_OIDC_GBIZ_SECRET", SECRET)

    def configure(**more):
        row = {
            "id": "gbiz", "name": {"ja": "法人認証", "en": "Corporate ID"}, "issuer": issuer, "client_id": "sakimori",
            **more,
        }  # fmt: skip
        settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "identity_providers": [row]}
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"APPS": providers.applications(settings.SAKIMORI_DEPLOYMENT)}
        }

    configure()
    return configure


def _at_the_provider(address, who="hanako"):
    """Go through the provider's pages as that person; return the way back to our callback."""
    with httpx.Client(follow_redirects=False, trust_env=False) as person:
        for _ in range(8):
            answer = person.get(address)
            if answer.status_code == 200 and answer.url.path == "/login/":
                address = str(answer.url.copy_add_param("who", who))
                continue
            assert answer.status_code == 302, (answer.status_code, answer.text[:500])
            address = str(answer.url.join(answer.headers["Location"]))
            if address.startswith("http://testserver"):
                return address.removeprefix("http://testserver")
    raise AssertionError(address)


def _through(client, who="hanako", start=LOGIN):
    sent = client.get(start)
    assert sent.status_code == 302, sent.content.decode()[:300]
    return client.get(_at_the_provider(sent.headers["Location"], who))


@pytest.fixture
def subject(provider, issuer):
    """The subject by which the provider names its hanako, learnt as an administrator would: from the provider."""
    return "1"


def test_the_log_in_page_offers_the_provider(provider, browser):
    page = browser.get("/login/?next=/acts/").content.decode()
    assert f'href="{LOGIN}?next=/acts/"' in page
    assert "Log in over Corporate ID" in page


def test_an_unknown_identity_is_refused_kindly_and_nothing_is_made(provider, hanako, browser):
    before = Account.objects.count()
    answer = _through(browser, "stranger")
    assert answer.status_code == 403
    assert "No account is made by logging in" in answer.content.decode()
    assert browser.get("/acts/").status_code == 302
    assert (Account.objects.count(), SocialAccount.objects.count(), Identity.objects.count()) == (before, 0, 0)


def test_a_person_binds_the_own_identity_and_then_logs_in_with_it(provider, hanako, browser, issuer):
    log_in(browser)
    bound = _through(browser, start=f"{LOGIN}?process=connect")
    assert bound.headers["Location"] == "/access/?done=bound"
    identity = Identity.objects.get()
    assert (identity.account_id, identity.issuer) == (hanako.pk, issuer)
    other = Client(headers={"accept-language": "en"})
    assert _through(other, start=f"{LOGIN}?next=/acts/").headers["Location"] == "/acts/"
    assert other.get("/acts/").status_code == 200
    assert "Chrome" not in other.get("/access/").content.decode()
    # somebody else's identity does not open hanako's account
    assert _through(Client(), "stranger").status_code == 403
    # let go, it opens nothing any more
    other.post(f"/access/identities/{identity.pk}/end/")
    assert _through(Client()).status_code == 403


def test_binding_needs_a_fresh_proof_and_somebody_logged_in(provider, hanako, browser, time):
    log_in(browser)
    sent = browser.get(f"{LOGIN}?process=connect")
    back = _at_the_provider(sent.headers["Location"])
    time.passes(minutes=16)
    assert browser.get(back).status_code == 403
    assert _through(Client(), start=f"{LOGIN}?process=connect").status_code == 403
    assert not Identity.objects.exists()


def test_an_identity_is_bound_once(provider, hanako, taro, issuer):
    first, second = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    log_in(first)
    log_in(second, "taro")
    assert _through(first, start=f"{LOGIN}?process=connect").status_code == 302
    taken = _through(second, start=f"{LOGIN}?process=connect")
    assert taken.status_code == 403
    assert "bound already" in taken.content.decode()
    assert Identity.objects.get().account == hanako


def _bind(client, account):
    log_in(client, account.login)
    assert _through(client, start=f"{LOGIN}?process=connect").status_code == 302


def test_a_second_factor_is_asked_for_after_the_provider_too(provider, hanako):
    _bind(Client(), hanako)
    Application(hanako)
    client = Client()
    assert _through(client).headers["Location"] == "/access/second/"
    assert client.get("/acts/").status_code == 302


def test_a_provider_that_asks_for_two_factors_itself_is_enough(provider, hanako):
    _bind(Client(), hanako)
    Application(hanako)
    provider(second_factor=True)
    assert _through(Client()).headers["Location"] == "/"


def test_another_issuers_same_subject_is_somebody_else(provider, hanako, issuer):
    oidc.bind(hanako, "https://elsewhere.example", "1")
    oidc.bind(hanako, "https://elsewhere.example", "2")
    assert _through(Client()).status_code == 403


def test_a_disabled_account_stays_out(provider, hanako):
    _bind(Client(), hanako)
    Account.objects.filter(pk=hanako.pk).update(is_active=False)
    assert _through(Client()).status_code == 403


def test_a_stolen_answer_is_worth_nothing_in_another_browser(provider, hanako, browser):
    _bind(Client(), hanako)
    back = _at_the_provider(browser.get(LOGIN).headers["Location"])
    thief = Client()
    assert thief.get(back).status_code == 403
    assert thief.get("/acts/").status_code == 302


def test_an_answer_works_once(provider, hanako, browser):
    _bind(Client(), hanako)
    back = _at_the_provider(browser.get(LOGIN).headers["Location"])
    assert browser.get(back).status_code == 302
    browser.post("/logout/")
    assert browser.get(back).status_code == 403


def test_the_request_carries_state_and_a_challenge(provider, browser):
    query = parse_qs(urlsplit(browser.get(LOGIN).headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["state"]
    assert query["scope"] == ["openid"]
    assert query["redirect_uri"] == [CALLBACK]


def test_turning_back_at_the_provider_is_said_kindly(provider, browser):
    state = parse_qs(urlsplit(browser.get(LOGIN).headers["Location"]).query)["state"][0]
    answer = browser.get(f"{LOGIN}callback/?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "did not confirm who you are" in answer.content.decode()


def test_next_leads_to_no_other_site(provider, hanako):
    _bind(Client(), hanako)
    assert _through(Client(), start=f"{LOGIN}?next=https://evil.example/").headers["Location"] == "/"


def test_an_unheard_of_provider_is_no_page(provider, browser):
    assert browser.get("/access/oidc/nobody/login/").status_code == 404


def test_a_provider_that_cannot_be_reached_is_said_kindly(provider, browser):
    provider(issuer="http://127.0.0.1:1")
    answer = browser.get(LOGIN)
    assert answer.status_code == 403
    assert "cannot be reached" in answer.content.decode()


def test_the_secret_comes_from_the_environment_only(monkeypatch):
    monkeypatch.setenv("SAKIMORI_OIDC_G_BIZ_SECRET", "hush")
    row = {"id": "g-biz", "name": {"ja": "甲", "en": "A"}, "issuer": "https://id.example", "client_id": "us"}
    made = providers.applications({"identity_providers": [{**row, "secret": "in a file"}]})
    assert made[0]["secret"] == "hush"  # noqa: S105
    assert "in a file" not in json.dumps(made)
