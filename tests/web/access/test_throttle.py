"""Guessing is slow by name and network and by network alone; a stranger elsewhere locks nobody out."""

import pytest
from django.test import Client, RequestFactory

from sakimori.web import throttle
from sakimori.web.models import FailedLogin
from tests.web.access.conftest import log_in

pytestmark = pytest.mark.django_db
EVIL, HOME, HOME_TOO = "203.0.113.9", "198.51.100.7", "198.51.100.200"


def _from(address):
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)


def _fail(client, times=throttle.FREE_TRIES, login="hanako"):
    return [log_in(client, login, "nonsense").status_code for _ in range(times)]


def test_after_a_few_failures_even_the_right_password_waits_there(hanako, time):
    client = _from(HOME)
    assert _fail(client) == [403] * throttle.FREE_TRIES
    answer = log_in(client)
    assert answer.status_code == 429
    assert "Please wait 10 seconds" in answer.content.decode()
    time.passes(seconds=11)
    assert log_in(client).status_code == 302


def test_a_stranger_elsewhere_locks_nobody_out(hanako):
    _fail(_from(EVIL))
    assert log_in(_from(EVIL)).status_code == 429
    assert log_in(_from(HOME)).status_code == 302


def test_a_neighbour_in_the_same_network_is_counted_with_it(hanako):
    _fail(_from(HOME_TOO))
    assert log_in(_from(HOME)).status_code == 429


def test_a_known_device_goes_on_while_its_network_waits(hanako):
    mine = _from(HOME)
    assert log_in(mine).status_code == 302
    mine.post("/logout/")
    _fail(_from(HOME_TOO))
    assert log_in(_from(HOME)).status_code == 429
    assert log_in(mine).status_code == 302


def test_a_known_device_is_counted_too_and_by_itself(hanako):
    mine = _from(HOME)
    log_in(mine)
    mine.post("/logout/")
    _fail(mine)
    assert log_in(mine).status_code == 429
    assert log_in(_from(HOME)).status_code == 302


def test_a_device_is_known_for_its_own_names_only(hanako, taro):
    mine = _from(HOME)
    log_in(mine)
    mine.post("/logout/")
    _fail(mine, login="taro")
    assert log_in(mine, "taro").status_code == 429
    assert log_in(_from(HOME), "taro").status_code == 429


def test_a_forged_device_cookie_is_worth_nothing(hanako):
    thief = _from(EVIL)
    thief.cookies["sakimori_test_device"] = "eyJkZXZpY2UiOiJ4IiwibG9naW5zIjpbImhhbmFrbyJdfQ:1:forged"
    _fail(thief)
    assert log_in(thief).status_code == 429


def test_trying_many_names_from_one_place_is_slow(hanako):
    client = _from(EVIL)
    statuses = [log_in(client, f"name{number}", "nonsense").status_code for number in range(40)]
    assert statuses.index(429) == throttle.FREE_TRIES_OF_A_NETWORK
    assert log_in(client).status_code == 429
    assert log_in(_from(HOME)).status_code == 302


def test_failed_passkeys_do_not_lock_an_office_out(hanako):
    statuses = [_from(EVIL).post("/access/passkey/", {"credential": "{}"}).status_code for _ in range(32)]
    assert statuses.index(429) == throttle.FREE_TRIES_OF_A_NETWORK
    assert log_in(_from(HOME)).status_code == 302


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "x", "null", '{"response": {"userHandle": "MQ"}}', "9" * 200_000]
)
def test_nonsense_for_a_passkey_is_refused(hanako, credential):
    assert _from(EVIL).post("/access/passkey/", {"credential": credential}).status_code == 403


def test_the_wait_says_the_same_whether_the_name_exists(hanako):
    answers = []
    for login in ("hanako", "nobody-of-that-name"):
        _fail(_from(EVIL), login=login)
        answers.append(log_in(_from(EVIL), login).content.decode())
    assert [one.count("Please wait 10 seconds") for one in answers] == [1, 1]


def test_the_wait_grows_has_an_end_and_is_forgotten(time):
    request = RequestFactory().get("/", REMOTE_ADDR=HOME)
    tried = throttle.source(request, "hanako")
    waits = []
    for _ in range(throttle.FREE_TRIES + 12):
        throttle.failed(tried)
        waits.append(throttle.seconds_to_wait(tried))
    assert waits[: throttle.FREE_TRIES - 1] == [0] * (throttle.FREE_TRIES - 1)
    assert waits[throttle.FREE_TRIES] > waits[throttle.FREE_TRIES - 1] > 0
    assert max(waits) <= 900
    time.passes(hours=2)
    throttle.failed(tried)
    assert throttle.seconds_to_wait(tried) == 0


def test_old_failures_are_swept_out(time):
    throttle.failed(throttle.source(RequestFactory().get("/", REMOTE_ADDR=EVIL), "a"))
    time.passes(days=2)
    throttle.failed(throttle.source(RequestFactory().get("/", REMOTE_ADDR=HOME), "b"))
    assert FailedLogin.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.51.100.7", "198.51.100.0/24"), ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"), ("", "unknown")],
)
def test_networks(address, network):
    assert throttle.network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_behind_our_proxy_the_address_before_it_counts(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"1.2.3.4, {HOME}")
    assert throttle.network_of(request) == "10.0.0.0/24"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert throttle.network_of(request) == "198.51.100.0/24"
