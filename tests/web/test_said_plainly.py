"""What used to be said in codes, or not at all."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sakimori.parties.models import Account
from sakimori.text import Text, and_more
from sakimori.web.access.joining import LONGEST_PASSWORD, faults_of
from tests.support.deployment import viewer


@pytest.mark.django_db
def test_a_person_who_opens_the_address_of_envelopes_is_told_what_it_is():
    page = Client(headers={"accept": "text/html", "accept-language": "en"}).get(reverse("envelopes"))
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "takes signed envelopes" in page.content.decode()
    machine = Client().get(reverse("envelopes"))
    assert machine.json()["code"] == "envelope.post_only"
    assert machine["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_password_nobody_types_is_refused_by_its_length(client):
    account = Account.objects.create_account("long", viewer("power", "viewer").person, "correct horse battery staple")
    long = "x" * (LONGEST_PASSWORD + 1)
    assert faults_of(long, long, account) == [f"パスワードは{LONGEST_PASSWORD}字までです。"]
    assert not faults_of("violet harbour lantern " * 40, "violet harbour lantern " * 40, account)
    answer = client.post("/login/", {"login": "long", "password": long}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "at most 1000 characters" in answer.content.decode()


@pytest.mark.django_db
def test_an_administrator_is_told_who_reads_consents(enter):
    refused = enter("power", "administrator").get(reverse("enrol:consents"))
    assert refused.status_code == 403
    assert "not by its administrator" in refused.content.decode()
    assert enter("power", "approver").get(reverse("enrol:consents")).status_code == 200


@pytest.mark.django_db
def test_only_people_have_a_full_name(enter):
    admin = enter("power", "administrator", language="ja")
    invite = admin.get(reverse("enrol:step", args=["people"])).content.decode()
    assert "氏名" in invite
    peer = enter("meti", "administrator", language="ja").get(reverse("new_act", args=["parties.peer.enrol"]))
    assert "名称" in peer.content.decode()
    assert "氏名" not in peer.content.decode()


@pytest.mark.django_db
def test_a_key_used_for_something_else_is_replaced_and_the_same_form_twice_is_one_act(enter):
    client = enter("power", "reporter")
    typed = {"key": "k-1", "f-title": "一", "f-aware_at": "2026-11-20 09:30", "f-aware_by": "架空", "f-attack": "other",
             "f-nature": "incident"}  # fmt: skip
    first = client.post(reverse("incidents:new"), typed)
    assert first.status_code == 302
    assert client.post(reverse("incidents:new"), typed).headers["Location"] == first.headers["Location"]
    other = client.post(reverse("incidents:new"), {**typed, "f-title": "二"})
    assert other.status_code == 422
    (key,) = re.findall('name="key" value="([^"]+)"', other.content.decode())
    assert key != "k-1"
    assert client.post(reverse("incidents:new"), {**typed, "f-title": "二", "key": key}).status_code == 302


@pytest.mark.django_db
def test_two_people_are_invited_one_after_the_other_from_the_same_page(enter):
    admin = enter("power", "administrator")
    page = reverse("enrol:step", args=["people"])
    for login in ("jiro", "saburo"):
        (key,) = set(re.findall('name="key" value="([^"]+)"', admin.get(page).content.decode()))
        done = admin.post(page, {"key": key, "f-name_ja": login, "f-login": login, "f-viewer": "yes"})
        assert "/access/invitation/" in done.content.decode()
        (fresh,) = set(re.findall('name="key" value="([^"]+)"', done.content.decode()))
        assert fresh != key


def test_nobody_is_told_of_no_more():
    assert and_more(0) == Text("", "")
    assert and_more(2).ja == "（ほか2件）"
