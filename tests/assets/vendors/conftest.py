"""Clients of people who are logged in."""

import pytest

from tests.web.conftest import enter, pytest_runtest_teardown

__all__ = ["enter", "pytest_runtest_teardown"]


@pytest.fixture(autouse=True)
def _own_installation(operator_edition):
    """Versions and days of support are asked for: only the operator's own installation keeps them."""
