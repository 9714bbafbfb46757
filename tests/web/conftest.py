"""People who log in: one account per test person, and a browser-like client for each."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from sakimori.parties.models import Account, Membership
from sakimori.record import open_door
from sakimori.web.viewing import key_of
from tests.support import deployment
from tests.support.run import REPOSITORY

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people that do not exist


def _compile_catalogues() -> None:
    stale = [
        path
        for path in (REPOSITORY / "sakimori").rglob("*.po")
        if not path.with_suffix(".mo").exists() or path.stat().st_mtime > path.with_suffix(".mo").stat().st_mtime
    ]
    if stale:
        subprocess.run([sys.executable, "tools/compile_catalogues.py"], cwd=REPOSITORY, check=True)


_compile_catalogues()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Let the database be emptied after a test with a live server: the guard's triggers would not have it."""
    served = "live_server" in getattr(item, "fixturenames", ())
    with open_door("emptying the test database") if served else contextlib.nullcontext():
        return (yield)


Enter = Callable[..., Client]


@pytest.fixture
def enter(parties: deployment.Parties) -> Enter:
    """Return `enter("power", "reporter", world=…, language=…)`: a client logged in as that person in that role."""

    def one(organisation: str, role: str, world: str = deployment.WORLD, language: str = "en") -> Client:
        viewer = deployment.viewer(organisation, role, world)
        account, _ = Account.objects.get_or_create(login=f"{organisation}.{role}", defaults={"person": viewer.person})
        client = Client(headers={"accept-language": language})
        client.force_login(account)
        session = client.session
        session["world"], session["role"] = world, key_of(viewer)
        session.save()
        return client

    return one


@pytest.fixture
def second_role(parties: deployment.Parties) -> None:
    """Give the reporter of `power` the role of approver in `rail` too."""
    with open_door("a person of two houses, as founded"):
        Membership.objects.create(
            world=deployment.WORLD,
            person_id=parties.person("power", "reporter"),
            organisation_id=parties.organisation("rail"),
            role="approver",
            valid_from="2026-05-01",
        )
