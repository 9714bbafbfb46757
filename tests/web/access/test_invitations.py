"""One-time links: good once, for a while, only the newest, and nowhere written down."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from sakimori.errors import SakimoriError
from sakimori.parties.models import Account
from sakimori.web.access.invitations import invite
from sakimori.web.models import Invitation
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "violet harbour lantern seven"


@pytest.fixture
def newcomer(parties):
    return Account.objects.create_account("newcomer", parties.person("power", "reporter"), None)


def _path(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:1")


def _choose(client, password=NEW, again=None):
    return client.post("/access/invitation/", {"password": password, "again": password if again is None else again})


def test_the_link_leads_to_a_password_and_into_the_site(newcomer, browser):
    link = invite(newcomer.id)
    assert link.startswith("http://127.0.0.1:1/access/invitation/")
    page = browser.get(_path(link), follow=True)
    assert "newcomer" in page.content.decode()
    assert page.redirect_chain == [("/access/invitation/", 302)]
    assert _choose(browser).status_code == 302
    assert browser.get("/acts/").status_code == 200
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW)


def test_the_secret_is_kept_nowhere(newcomer, browser):
    link = invite(newcomer.id)
    secret = link.rstrip("/").rpartition("/")[2]
    browser.get(_path(link))
    assert secret not in str(list(Invitation.objects.values()))
    assert secret not in str([one.get_decoded() for one in Session.objects.all()])


def test_looking_spends_nothing_but_choosing_does(newcomer, browser):
    link = invite(newcomer.id)
    for _ in range(3):
        assert browser.get(_path(link), follow=True).status_code == 200
    _choose(browser)
    second = Client()
    assert second.get(_path(link), follow=True).status_code == 410
    assert _choose(second, "another long password of a thief").status_code == 410
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW)


def test_a_link_runs_out(newcomer, browser):
    link = invite(newcomer.id)
    Invitation.objects.update(expires_at=Invitation.objects.get().made_at)
    assert browser.get(_path(link), follow=True).status_code == 410


def test_a_recovery_link_is_shorter_lived(newcomer):
    invite(newcomer.id)
    first = Invitation.objects.get()
    invite(newcomer.id, purpose="recovery")
    second = Invitation.objects.exclude(id=first.id).get()
    assert first.expires_at - first.made_at == timedelta(days=7)
    assert second.expires_at - second.made_at == timedelta(days=1)


def test_a_new_link_ends_the_former(newcomer, browser):
    former, new = invite(newcomer.id), invite(newcomer.id)
    assert browser.get(_path(former), follow=True).status_code == 410
    assert browser.get(_path(new), follow=True).status_code == 200


def test_a_link_of_a_disabled_account_is_dead_and_none_is_made(newcomer, browser):
    link = invite(newcomer.id)
    Account.objects.update(is_active=False)
    assert browser.get(_path(link), follow=True).status_code == 410
    with pytest.raises(SakimoriError, match="disabled"):
        invite(newcomer.id)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("tiny4711", "tiny4711", "at least 12"),
        (NEW, NEW + "x", "not the same"),
        ("password1234", "password1234", "common"),
    ],
)
def test_a_bad_password_is_refused_and_spends_nothing(newcomer, browser, password, again, said):
    browser.get(_path(invite(newcomer.id)))
    answer = _choose(browser, password, again)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert password not in answer.content.decode()
    assert _choose(browser, PASSWORD).status_code == 302


def test_without_a_link_there_is_no_page(browser):
    assert browser.get("/access/invitation/").status_code == 410
    assert browser.get("/access/invitation/nonsense/", follow=True).status_code == 410
