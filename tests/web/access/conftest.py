"""People with an account and a password, their browsers, their code applications, and a clock that can be set."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from sakimori.acts import clock
from sakimori.parties.models import Account
from sakimori.web.access import factors
from tests.support import deployment
from tests.web.conftest import PASSWORD, enter

__all__ = ["enter"]


@pytest.fixture
def hanako(parties) -> Account:
    """The reporter of `power`, who has a password."""
    return Account.objects.create_account("hanako", parties.person("power", "reporter"), PASSWORD)


@pytest.fixture
def taro(parties) -> Account:
    """The approver of `power`, who has a password."""
    return Account.objects.create_account("taro", parties.person("power", "approver"), PASSWORD)


@pytest.fixture
def browser() -> Client:
    """A stranger's browser, in English."""
    return Client(headers={"accept-language": "en"})


class Time:
    """The machine's time, set forward by hand."""

    def __init__(self, monkeypatch) -> None:
        self._wall, self._ahead = clock.wall, timedelta()
        monkeypatch.setattr(clock, "wall", lambda: self._wall() + self._ahead)

    def passes(self, **how) -> None:
        self._ahead += timedelta(**how)


@pytest.fixture
def time(monkeypatch) -> Time:
    """A clock that can be set forward: `time.passes(minutes=20)`."""
    return Time(monkeypatch)


class Application:
    """An application that makes codes (RFC 6238), as on somebody's phone."""

    def __init__(self, account: Account) -> None:
        self.secret = factors.new_secret()
        assert factors.activate_totp(account, self.secret, self.code(-1))

    def code(self, later: int = 0) -> str:
        counter = int(clock.wall().timestamp()) // 30 + later
        return totp.format_hotp_value(totp.hotp_value(self.secret, counter))


@pytest.fixture
def application(hanako) -> Application:
    """Hanako's application that makes codes."""
    return Application(hanako)


def log_in(client, login="hanako", password=PASSWORD, **more):
    return client.post("/login/", {"login": login, "password": password, **more})


@pytest.fixture
def demanding(settings):
    """Make the deployment demand a second factor of the roles that confirm."""
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "second_factor": "required"}
    return deployment
