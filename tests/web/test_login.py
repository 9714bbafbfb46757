"""Logging in, choosing role and world; and nothing without a viewer."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client
from django.urls import get_resolver, reverse

from sakimori.acts import door
from sakimori.parties.models import Account
from sakimori.web import settings as in_service
from sakimori.web.access import open as access
from sakimori.web.viewing import PERSON_ONLY, PUBLIC
from tests.support.deployment import REHEARSAL, viewer
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(parties):
    return Account.objects.create_account("hanako", parties.person("power", "reporter"), PASSWORD)


def _log_in(client, password=PASSWORD, **more):
    return client.post(reverse("login"), {"login": "hanako", "password": password, **more})


def test_in_service_a_password_costs_whoever_guesses_it_what_owasp_asks(settings):
    """Tests use a cheap hasher: this is the real one."""
    settings.PASSWORD_HASHERS = in_service.PASSWORD_HASHERS
    kept = make_password(PASSWORD)
    algorithm, work, _, block, parallel, _ = kept.split("$")
    assert (algorithm, int(work) >= 2**14, int(block) >= 8, int(parallel) >= 5) == ("scrypt", True, True, True)
    assert check_password(PASSWORD, kept)
    assert not check_password(PASSWORD + "x", kept)


def test_the_right_password_leads_to_where_one_wanted_to_go(account):
    client = Client()
    turned_away = client.get("/acts/?page=2")
    assert turned_away.headers["Location"] == "/login/?next=%2Facts%2F%3Fpage%3D2"
    assert _log_in(client, next="/acts/?page=2").headers["Location"] == "/acts/?page=2"
    assert client.get("/acts/?page=2").status_code == 200


def test_next_leads_to_no_other_site(account):
    assert _log_in(Client(), next="https://evil.example/").headers["Location"] == "/"


def test_a_wrong_password_says_the_same_as_a_wrong_name(account):
    client = Client(headers={"accept-language": "en"})
    wrong = _log_in(client, "nonsense")
    nobody = client.post(reverse("login"), {"login": "nobody", "password": "nonsense"})
    assert wrong.status_code == nobody.status_code == 403
    said = "The log-in name or the password is not right."
    assert said in wrong.content.decode()
    assert said in nobody.content.decode()
    assert 'value="hanako"' in wrong.content.decode()  # what was typed stays, but never the password
    assert "nonsense" not in wrong.content.decode()


def test_a_locked_account_cannot_log_in(account):
    account.is_active = False
    account.save()
    assert _log_in(Client()).status_code == 403


def test_logging_out_ends_the_session_and_needs_post(enter):
    client = enter("power", "reporter")
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert client.get("/").status_code == 302


def test_every_address_but_the_public_ones_turns_strangers_away():
    """Walks the whole URL map: a new address is closed unless it is put on the list."""
    stranger = Client()
    for pattern in get_resolver().url_patterns:
        name = getattr(pattern, "name", None)
        if name is None or name in PUBLIC:
            continue
        arguments = {
            key: {"kind": "x"}.get(key, "00000000-0000-0000-0000-000000000001") for key in pattern.pattern.converters
        }
        for method in (stranger.get, stranger.post):
            answer = method(reverse(name, kwargs=arguments))
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/login/"), name
    assert set(PUBLIC - access.PUBLIC) == {
        *("login", "language", "health", "live", "help", "envelopes", "catch_up", "calendar_feed"),
    }
    assert set(PERSON_ONLY - access.PERSON_ONLY) == {"logout", "role"}


def test_somebody_with_two_roles_chooses_and_acts_in_that_one(second_role, parties):
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.create_account("two", parties.person("power", "reporter"), None))
    assert client.get("/").headers["Location"] == "/role/?next=%2F"
    page = client.get("/role/").content.decode()
    assert "Fictitious Power" in page
    assert "Fictitious Rail" in page
    chosen = client.post("/role/", {"as": f"sample|{parties.organisation('rail')}/approver", "next": "/acts/"})
    assert chosen.headers["Location"] == "/acts/"
    assert "Fictitious Rail" in client.get("/").content.decode()


def test_a_role_one_does_not_hold_cannot_be_chosen(enter, parties):
    client = enter("power", "reporter")
    answer = client.post("/role/", {"as": f"sample|{parties.organisation('meti')}/decider"})
    assert answer.status_code == 422
    assert "Fictitious Power" in client.get("/").content.decode()


def test_the_world_is_stamped_on_every_page_and_can_be_switched(enter, parties):
    client = enter("power", "reporter")
    assert "SAMPLE 見本（架空）" in client.get("/").content.decode()
    client.post("/role/", {"as": f"{REHEARSAL}|{parties.organisation('power')}/reporter"})
    assert "REHEARSAL" in client.get("/").content.decode()


def test_a_role_that_ended_is_gone_at_once(enter, parties):
    from sakimori.parties.models import Membership

    client = enter("power", "reporter")
    held = Membership.objects.get(person=parties.person("power", "reporter"))
    door.perform(
        "parties.membership.end",
        {"membership": str(held.id), "last_day": "2026-11-23", "leaves_none": True},
        by=viewer("power", "administrator"),
    )
    answer = client.get("/")
    assert answer.status_code == 403
    assert "You hold no role today" in answer.content.decode()


def test_the_language_is_switched_by_post(enter):
    client = enter("power", "reporter", language="ja")
    assert '<html lang="ja">' in client.get("/").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in client.get("/").content.decode()


def test_pages_are_not_cached_and_load_nothing_from_elsewhere(enter):
    headers = enter("power", "reporter").get("/").headers
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
