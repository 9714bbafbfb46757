"""Clients of people who are logged in, as the tests of the frame have them."""

from tests.web.conftest import enter

__all__ = ["enter"]
