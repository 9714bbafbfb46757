"""Rate limits: so many calls a minute, then 429 with Retry-After; shared by processes; forgotten with the minute."""

import hashlib
import json
import subprocess
import sys
import time

import pytest
from django.test import Client
from django.urls import reverse

from sakimori import law
from sakimori.acts import clock
from sakimori.parties.models import Token
from sakimori.web import limits
from tests.support.deployment import WORLD, fixed
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(settings, tmp_path, parties):
    """Limits are on, and counted in a file of this test's own; away from the turn of a minute."""
    settings.SAKIMORI_LIMITS = True
    settings.SAKIMORI_HOME = tmp_path
    while int(clock.wall().timestamp()) % limits.WINDOW_SECONDS > limits.WINDOW_SECONDS - 15:
        time.sleep(1)


def _use_up(limit, who):
    for _ in range(int(str(law.parameter(f"house.limit.{limit}").value))):
        limits.spend(limit, who)


def _token(secret, organisation="power"):
    return Token.objects.create(
        organisation=fixed(organisation), role="approver", world=WORLD, name="t",
        digest=hashlib.sha256(secret.encode()).hexdigest(),
    )  # fmt: skip


def test_a_token_that_calls_too_often_is_told_when_to_come_back(limited):
    token, other = _token("one"), _token("two")
    _use_up("api", str(token.id))
    refused = Client().get("/api/v1/queries/acts.inbox", headers={"authorization": "Bearer one"})
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    body = json.loads(refused.content)
    assert body["code"] == "web.limit"
    assert body["status"] == 429
    assert set(body["mend"]) == {"ja", "en"}
    assert str(other.id) not in refused.content.decode()
    assert Client().get("/api/v1/queries/acts.inbox", headers={"authorization": "Bearer two"}).status_code == 200


def test_an_account_that_searches_or_exports_too_often_is_told_on_a_page(limited, enter):
    client = enter("power", "approver")
    person = str(fixed("power.approver"))
    _use_up("export", person)
    refused = client.get(reverse("acts"), {"format": "csv"})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert "Too many requests in a short time." in refused.content.decode()
    assert client.get(reverse("acts")).status_code == 200
    _use_up("search", person)
    assert client.get(reverse("search"), {"q": "x"}).status_code == 429


def test_envelopes_from_one_network_are_limited_and_refusals_counted(limited):
    answer = Client().post("/envelopes/", b"{}", content_type="application/json")
    assert answer.status_code == 422
    _use_up("envelopes", "127.0.0.0/24")
    refused = Client().post("/envelopes/", b"{}", content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (429, "web.limit")
    other = Client().post("/envelopes/", b"{}", content_type="application/json", REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 422
    assert limits.tallies()["limit.envelopes"] == 1
    assert sum(count for what, count in limits.tallies().items() if what.startswith("envelope.")) == 2


def test_whoever_watches_the_process_is_never_refused(limited):
    _use_up("open", "127.0.0.0/24")
    assert Client().get("/healthz").status_code != 429
    assert Client().get("/login/").status_code == 429


def test_processes_share_the_count(limited, settings):
    code = (
        "import os,sys,django;django.setup();from django.conf import settings;"
        "settings.SAKIMORI_HOME=sys.argv[1];from sakimori.web import limits;"
        "print(sum(limits.spend('search','me')==0 for _ in range(50)))"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(settings.SAKIMORI_HOME)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    allowed = sum(int(run.communicate()[0]) for run in runs)
    # 150 tries: within one minute as many pass as one process alone would have, across its turn twice that.
    most = int(str(law.parameter("house.limit.search").value))
    assert most <= allowed <= 2 * most < 150
