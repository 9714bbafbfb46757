"""Clients of people who are logged in, as the tests of the frame have them."""

from tests.web.conftest import enter, pytest_runtest_teardown

__all__ = ["enter", "pytest_runtest_teardown"]
