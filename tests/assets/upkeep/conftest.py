"""Days that pass, for the tests of the upkeep."""

from datetime import date

import pytest
from django.conf import settings

from sakimori.assets.upkeep import rederiving, reminding
from tests.support.deployment import WORLD
from tests.web.conftest import enter, pytest_runtest_teardown

__all__ = ["enter", "move", "pytest_runtest_teardown"]


@pytest.fixture(autouse=True)
def _own_installation(operator_edition):
    """What is kept current is the private inventory as well: the operator's own installation."""


@pytest.fixture(autouse=True)
def _fresh():
    """Let the worker remember nothing of the worlds of other tests, whose facilities have the same ids."""
    rederiving.forget()
    reminding.forget()


@pytest.fixture
def move(monkeypatch):
    """Return a function that makes it another day in the sample world, until the test ends."""

    def to(day: date | str) -> None:
        said = day if isinstance(day, str) else day.isoformat()
        worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": said}}
        monkeypatch.setattr(settings, "SAKIMORI_DEPLOYMENT", {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds})

    return to
