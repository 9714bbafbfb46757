"""Clients of people who are logged in."""

from tests.web.conftest import enter, pytest_runtest_teardown

__all__ = ["enter", "pytest_runtest_teardown"]
