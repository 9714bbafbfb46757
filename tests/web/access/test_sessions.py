"""Where I am logged in: listed, ended one by one, all others at once, and by what ends them anyhow."""

import pytest
from django.test import Client

from sakimori.parties.models import Account
from sakimori.web.access import sessions
from tests.web.access.conftest import log_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def _client(agent=FIREFOX, login="hanako"):
    client = Client(headers={"accept-language": "en", "user-agent": agent})
    assert log_in(client, login).status_code == 302
    return client


def _alive(client):
    return client.get("/acts/").status_code == 200


def test_all_sessions_are_listed_and_this_one_is_marked(hanako):
    here, _ = _client(), _client(PHONE)
    page = here.get("/access/").content.decode()
    assert page.index("Firefox, Windows") < page.index("this one") < page.index("Safari, iPhone")


def test_ending_one_ends_that_one(hanako):
    here, there, elsewhere = _client(), _client(PHONE), _client()
    row = next(one for one in sessions.UserSession.objects.all() if "iPhone" in one.user_agent)
    here.post(f"/access/sessions/{row.pk}/end/")
    assert (_alive(here), _alive(there), _alive(elsewhere)) == (True, False, True)


def test_ending_all_others(hanako, taro):
    here, there, another = _client(), _client(PHONE), _client(login="taro")
    here.post("/access/sessions/end/")
    assert (_alive(here), _alive(there), _alive(another)) == (True, False, True)


def test_a_session_lasts_half_a_day_however_busy_it_is(hanako, time):
    client = _client()
    for _ in range(14):
        time.passes(minutes=50)
        assert _alive(client)
    time.passes(minutes=21)
    assert client.get("/acts/").headers["Location"].startswith("/login/")
    assert log_in(client).status_code == 302
    assert _alive(client)


def test_a_session_nobody_uses_ends_after_an_hour(hanako, time):
    busy, idle = _client(), _client()
    time.passes(minutes=40)
    assert _alive(busy)
    time.passes(minutes=40)
    assert _alive(busy)
    assert idle.get("/acts/").headers["Location"].startswith("/login/")


def test_a_session_of_unknown_age_is_over(hanako):
    client = _client()
    session = client.session
    del session["access.entered"]
    session.save()
    assert not _alive(client)


def test_nobody_ends_another_ones_session(hanako, taro):
    victim, other = _client(), _client(login="taro")
    for row in sessions.UserSession.objects.all():
        other.post(f"/access/sessions/{row.pk}/end/")
    assert _alive(victim)


def test_a_disabled_account_is_out_at_once(hanako):
    client = _client()
    Account.objects.filter(pk=hanako.pk).update(is_active=False)
    assert not _alive(client)


def test_a_new_password_ends_every_other_session(hanako):
    here, there = _client(), _client(PHONE)
    done = here.post("/access/password/", {"password": "violet harbour lantern", "again": "violet harbour lantern"})
    assert done.headers["Location"] == "/access/?done=password"
    assert (_alive(here), _alive(there)) == (True, False)
    assert "iPhone" not in here.get("/access/").content.decode()


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Linux"),
        ("curl/8", ""),
    ],
)
def test_browsers_in_two_words(agent, said):
    assert sessions.family(agent) == said
