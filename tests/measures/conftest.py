"""The test parties with the committee complete: a chair and four members."""

import pytest

from tests.support import committee


@pytest.fixture
def seated(parties):
    """The enrolled parties; the committee has its chair and four members."""
    committee.seat_members()
    return parties
