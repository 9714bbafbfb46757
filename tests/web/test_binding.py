"""Forms stay bound to the capacity they were opened in, and nothing typed is lost on the way."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sakimori.parties.models import Account, Consent
from sakimori.record import open_door
from sakimori.web.refilling import refill
from sakimori.web.viewing import key_of
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

pytestmark = pytest.mark.django_db
GIVE = "parties.consent.give"
CONSENT = {
    "f-organisation": str(fixed("power")),
    "f-matter": "share_with_nco",
    "f-given_on": "2026-11-24",
    "f-scope": "範囲 <b>一</b>\r\n範囲 二",
}


def _address(kind=GIVE):
    return reverse("new_act", args=[kind])


def _hidden(page, name, at=-1):
    return re.findall(rf'name="{name}" value="([^"]+)"', page)[at]


def _form(page):
    return {name: _hidden(page, name) for name in ("csrfmiddlewaretoken", "stamp", "key")}


@pytest.fixture
def strict(parties):
    """A client as strict as a browser makes the site: CSRF and stamps are asked for."""

    def one(organisation, role, world=WORLD):
        who = viewer(organisation, role, world)
        account, _ = Account.objects.get_or_create(login=f"{organisation}.{role}", defaults={"person": who.person})
        client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
        client.force_login(account)
        _choose(client, who)
        return client

    return one


def _choose(client, who):
    session = client.session
    session["world"], session["role"] = who.world, key_of(who)
    session.save()


def test_a_form_sent_in_its_own_capacity_is_done(strict):
    client = strict("power", "approver")
    form = _form(client.get(_address()).content.decode())
    assert client.post(_address(), {**CONSENT, **form}).status_code == 302
    assert Consent.objects.count() == 1


def test_every_form_of_a_page_bears_the_stamp(strict):
    page = strict("power", "approver").get(_address()).content.decode()
    assert page.count('name="csrfmiddlewaretoken"') == page.count('name="stamp"') > 1


def test_a_form_without_a_stamp_or_with_a_forged_one_does_nothing(strict):
    client = strict("power", "approver")
    form = _form(client.get(_address()).content.decode())
    for stamp in ("", "forged", form["stamp"][:-2] + "xx"):
        answer = client.post(_address(), {**CONSENT, **form, "stamp": stamp})
        assert answer.status_code == 409
        assert "share_with_nco" in answer.content.decode()
    assert Consent.objects.count() == 0


@pytest.fixture
def opened_elsewhere(strict):
    """A form opened in the sample world; then, in another tab, the rehearsal world was chosen."""
    client = strict("power", "approver")
    form = _form(client.get(_address()).content.decode())
    _choose(client, viewer("power", "approver", REHEARSAL))
    return client, form


def test_a_form_of_another_world_is_held_and_says_both_capacities(opened_elsewhere):
    client, form = opened_elsewhere
    answer = client.post(_address(), {**CONSENT, **form})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert Consent.objects.count() == 0
    assert page.count("Fictitious Power · Approver") >= 2
    assert "REHEARSAL" in page
    assert "範囲 &lt;b&gt;一&lt;/b&gt;" in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_going_on_as_it_was_opened_does_it_there(opened_elsewhere):
    client, form = opened_elsewhere
    page = client.post(_address(), {**CONSENT, **form}).content.decode()
    token, stamp = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[-2], form["stamp"]
    assert stamp in page
    done = client.post(
        _address(), {**CONSENT, "key": form["key"], "csrfmiddlewaretoken": token, "stamp": stamp, "capacity": "opened"}
    )
    assert done.status_code == 302
    assert Consent.objects.get().world == WORLD
    assert client.session["world"] == WORLD


def test_looking_it_over_shows_the_form_filled_in_and_does_nothing(opened_elsewhere):
    client, form = opened_elsewhere
    page = client.post(_address(), {**CONSENT, **form}).content.decode()
    token, stamp = _hidden(page, "csrfmiddlewaretoken"), _hidden(page, "stamp")
    again = {**CONSENT, "key": form["key"], "csrfmiddlewaretoken": token, "stamp": stamp, "capacity": "review"}
    answer = client.post(_address(), again)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert Consent.objects.count() == 0
    assert 'value="share_with_nco"' in shown
    assert "範囲 &lt;b&gt;一&lt;/b&gt;\r\n範囲 二" in shown
    sent = client.post(_address(), {**CONSENT, **_form(shown)})
    assert sent.status_code == 302
    assert Consent.objects.get().world != WORLD or client.session["world"] == REHEARSAL


def test_a_role_that_is_no_longer_held_cannot_be_gone_on_in(strict, second_role, parties):
    client = strict("power", "reporter")
    _choose(client, viewer("power", "reporter"))
    other = {"organisation": fixed("rail"), "role": "approver"}
    session = client.session
    session["role"] = f"{other['organisation']}/{other['role']}"
    session.save()
    form = _form(client.get(_address()).content.decode())
    _choose(client, viewer("power", "reporter"))
    from sakimori.parties.models import Membership

    with open_door("test"):
        Membership.objects.filter(organisation=fixed("rail"), person=fixed("power.reporter")).delete()
    answer = client.post(_address(), {**CONSENT, **form, "capacity": "opened"})
    assert answer.status_code == 409
    assert "a role you no longer hold (Approver)" in answer.content.decode()
    assert Consent.objects.count() == 0


def test_a_form_of_another_account_is_never_done(strict):
    first, second = strict("power", "approver"), strict("power", "reporter")
    form = _form(first.get(_address()).content.decode())
    own = _form(second.get("/").content.decode() + 'name="key" value="k"')
    answer = second.post(_address(), {**CONSENT, **own, "stamp": form["stamp"], "capacity": "opened"})
    assert answer.status_code == 409
    assert "another account" in answer.content.decode()
    assert "Go on as" not in answer.content.decode()
    assert Consent.objects.count() == 0


def test_a_session_that_ended_in_mid_form_keeps_what_was_typed(strict):
    client = strict("power", "approver")
    form = _form(client.get(_address()).content.decode())
    client.session.flush()
    answer = client.post(_address(), {**CONSENT, **form})
    assert answer.headers["Location"].startswith("/login/?next=")  # kept there: tests/web/access/test_keeping.py
    # Logged in anew (in another tab) the CSRF token is a new one: the form can still be sent.
    client.force_login(Account.objects.get(login="power.approver"))
    _choose(client, viewer("power", "approver"))
    client.cookies.pop(next(name for name in client.cookies if name.endswith("_csrf")))
    stale = client.post(_address(), {**CONSENT, **form})
    page = stale.content.decode()
    assert stale.status_code == 403
    assert "What you typed is still here" in page
    fresh = {**CONSENT, **form, "csrfmiddlewaretoken": _hidden(page, "csrfmiddlewaretoken")}
    assert client.post(_address(), fresh).status_code == 302
    assert Consent.objects.count() == 1


def test_nothing_foreign_is_given_back_to_be_sent_again(strict):
    client = strict("power", "approver")
    answer = client.post(_address(), {**CONSENT, "csrfmiddlewaretoken": "x", "stamp": "forged"})
    assert answer.status_code == 403
    assert "Send it again" not in answer.content.decode()


def test_a_file_must_be_chosen_again_and_is_named(opened_elsewhere):
    client, form = opened_elsewhere
    upload = SimpleUploadedFile('<img src=x>"名簿.csv', b"a,b")
    page = client.post(_address(), {**CONSENT, **form, "rows": upload}).content.decode()
    assert 'type="file"' in page
    assert "&lt;img src=x&gt;" in page or "名簿.csv" in page
    assert "<img src=x>" not in page


def test_refilling_touches_only_the_values_of_post_forms():
    page = (
        '<form method="get"><input name="q" value="old"></form>'
        '<form method="post"><input type="hidden" name="key" value="new"><input name="q" value="old">'
        '<input type="checkbox" name="c" value="yes"><input type="radio" name="r" value="1" checked>'
        '<input type="radio" name="r" value="2"><textarea name="t" rows="2">was &amp; is</textarea>'
        '<select name="s"><option value="a" selected>A<option value="b">B</select><p>a &lt; b&copy;</p></form>'
    )
    filled = refill(page, {"q": ["n&w"], "c": ["yes"], "r": ["2"], "t": ["<x>"], "s": ["b"], "key": ["old"]})
    assert '<form method="get"><input name="q" value="old"></form>' in filled
    assert '<input name="q" value="n&amp;w">' in filled
    assert 'name="c" value="yes" checked>' in filled
    assert '<input type="radio" name="r" value="1">' in filled
    assert '<input type="radio" name="r" value="2" checked>' in filled
    assert '<textarea name="t" rows="2">\n&lt;x&gt;</textarea>' in filled
    assert '<option value="a">A<option value="b" selected>B' in filled
    assert 'name="key" value="new"' in filled
    assert filled.endswith("<p>a &lt; b&copy;</p></form>")
