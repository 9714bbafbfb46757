"""Shared by the tests of the law: a day from its ISO form."""

from datetime import date

import pytest

from sakimori import law


@pytest.fixture(scope="session")
def book() -> law.LawBook:
    return law.book()


def d(iso: str) -> date:
    return date.fromisoformat(iso)
