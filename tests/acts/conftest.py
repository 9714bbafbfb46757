"""What the tests of the door share: a room of their own, and days that pass."""

from datetime import date, timedelta

import pytest

from tests.acts import room as trial_room
from tests.support.deployment import TODAY, WORLD


@pytest.fixture
def room(parties, monkeypatch):
    """The trial room, beside the real ones, for one test."""
    return trial_room.install(monkeypatch.setitem)


@pytest.fixture
def later(settings):
    """A function that lets days pass in the sample world."""

    def pass_days(days):
        worlds = dict(settings.SAKIMORI_DEPLOYMENT["worlds"])
        day = date.fromisoformat(TODAY) + timedelta(days=days)
        worlds[WORLD] = {**worlds[WORLD], "date": day.isoformat()}
        settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}

    return pass_days
