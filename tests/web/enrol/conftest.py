"""An operator's own installation on its first day: itself, the authorities, one administrator; and a client of his."""

import uuid
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from sakimori.acts import batches, clock, door
from sakimori.parties import founding as register
from sakimori.parties.models import Account
from sakimori.record import SYSTEM, Viewer
from sakimori.web import founding
from sakimori.web.access import policy
from sakimori.web.viewing import key_of
from tests.support.deployment import NAME, WORLD

NUMBER = "8999999000001"
OWN = uuid.UUID(int=77)


@pytest.fixture
def operators_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this deployment be an operator's for one test."""
    monkeypatch.setitem(settings.SAKIMORI_DEPLOYMENT, "edition", "operator")


@pytest.fixture
def founded(db: None, operators_edition: None) -> Viewer:
    """Found the operator with its administrator and return him as a viewer."""
    own = register.OwnOrganisation("operator", "架空水道企業団", "Kaku Water", NUMBER, id=OWN)
    admin = register.FirstPerson("架空 花子", "hanako")
    rows = register.rows(NAME, own, (), (admin,), clock.today(WORLD))
    system = SYSTEM(WORLD)
    batch = batches.stage("parties.register.found", rows, by=system)
    request = door.Request(
        "parties.register.found", {"title": "x"}, system, caused_by=founding.founding_act(), batch=batch.id
    )
    door.commit(request)
    Account.objects.create_account("hanako", admin.id, "correct horse battery staple")
    return Viewer(admin.id, OWN, "operator", "administrator", WORLD, name="架空 花子")


Open = Callable[..., Client]


@pytest.fixture
def open_as() -> Open:
    """Return `open_as(viewer, language="en")`: a client logged in as that viewer."""

    def one(viewer: Viewer, language: str = "en") -> Client:
        account, _ = Account.objects.get_or_create(
            person=viewer.person, defaults={"login": f"u{str(viewer.person)[:8]}"}
        )
        client = Client(headers={"accept-language": language})
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["world"], session["role"] = viewer.world, key_of(viewer)
        session[policy.SECOND] = True
        session[policy.PROVED] = clock.wall().isoformat()
        session.save()
        return client

    return one


@pytest.fixture
def admin(founded: Viewer, open_as: Open) -> Client:
    """A client of the operator's first administrator."""
    return open_as(founded)
