"""One stage for the matrix: everybody enrolled, every room's things made, all of it taken back at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.roles import cast, things


@dataclass(frozen=True, slots=True)
class Stage:
    """The things of both sides."""

    made: dict[str, things.Made]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything in place, in one transaction that is rolled back when the last question has been asked."""
    log = override_settings(SAKIMORI_LOG=tmp_path_factory.mktemp("roles") / "log")
    with django_db_blocker.unblock(), log, transaction.atomic():
        cast.enrol()
        yield Stage(things.make_all())
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
