"""People who log in to the room's pages: `enter("power", "reporter")` is a client logged in as that person."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from sakimori.parties.models import Account
from sakimori.record import open_door
from sakimori.web.viewing import key_of
from tests.support import deployment


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Let the database be emptied after a test with a live server: the guard's triggers would not have it."""
    served = "live_server" in getattr(item, "fixturenames", ())
    with open_door("emptying the test database") if served else contextlib.nullcontext():
        return (yield)


@pytest.fixture
def enter(parties: deployment.Parties) -> Callable[..., Client]:
    """Return a function that logs a test person in, in a role and a language."""

    def one(organisation: str, role: str, language: str = "en") -> Client:
        viewer = deployment.viewer(organisation, role)
        account, _ = Account.objects.get_or_create(login=f"{organisation}.{role}", defaults={"person": viewer.person})
        client = Client(headers={"accept-language": language})
        client.force_login(account)
        session = client.session
        session["world"], session["role"] = deployment.WORLD, key_of(viewer)
        session.save()
        return client

    return one
