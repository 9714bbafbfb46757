"""People who are logged in, as the other tests of the room's pages have them."""

from tests.assets.conftest import enter, pytest_runtest_teardown

__all__ = ["enter", "pytest_runtest_teardown"]
