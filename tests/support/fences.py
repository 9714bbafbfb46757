"""Row-level security in tests: what the tests themselves look at directly is not fenced off, what they test is.

On PostgreSQL every connection of the test process begins as one that sees everything, so that a test may count rows;
whatever goes through the door or a reading says who looks, as in service. `strict` takes that away.
`SAKIMORI_TEST_ROLE=app` runs as a role that owns nothing, as service should (no test that truncates tables then).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.signals import connection_created

from sakimori.record.fences import EVERYTHING
from tests.support.postgres import APP_ROLE


def see_everything() -> None:
    """Have every connection to come see everything until it says otherwise."""
    connection_created.connect(_tell, dispatch_uid="tests see everything")


def _tell(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sakimori.viewer', %s, false)", [EVERYTHING])


def own_nothing() -> None:
    """Go on as a role that owns no table (this connection)."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"SET ROLE {APP_ROLE}")


@contextmanager
def strict() -> Iterator[None]:
    """See what the application sees where it forgot to say who looks."""
    with transaction.atomic():
        _say("")
        yield
        _say(EVERYTHING)


def _say(who: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sakimori.viewer', %s, false)", [who])
