"""The second fence for reading: row-level security on PostgreSQL, beneath the queries' own restrictions (design 7).

A room that holds what must never reach the wrong organisation declares in `fence.py` who may see a row of each of its
tables (`FENCE`: table name → SQL condition, in which `sakimori_organisation()` is whoever looks). The policies are put
on after every migration, forced on the owner too. Whoever has said nothing sees nothing: `seen_as` says it, inside a
transaction and only until its end. A query that forgets its restriction then leaks nothing.

It guards against mistakes in our own queries, not against somebody who can run any SQL as the application: that one
could say it is somebody else. On SQLite nothing of this exists; there one file is one trust.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import connection, connections, transaction

from sakimori.record.viewer import Viewer

SYSTEM_SEES = "system"
"""What the system itself looks as: every row of its world."""

EVERYTHING = "everything"
"""What a backup looks as: every row of every world. Nothing in the application says it."""

_NOBODY_IN_PARTICULAR = f"('', '{SYSTEM_SEES}', '{EVERYTHING}')"
_FUNCTIONS = {
    "sakimori_viewer() RETURNS text": "coalesce(current_setting('sakimori.viewer', true), '')",
    "sakimori_world() RETURNS text": "coalesce(current_setting('sakimori.world', true), '')",
    "sakimori_organisation() RETURNS uuid": (
        # By their whole name: pg_dump looks with an empty search path.
        f"CASE WHEN public.sakimori_viewer() IN {_NOBODY_IN_PARTICULAR} THEN NULL "
        "ELSE public.sakimori_viewer()::uuid END"
    ),
}

_said: ContextVar[tuple[str, str] | None] = ContextVar("sakimori_seen_as", default=None)


@contextmanager
def seen_as(viewer: Viewer) -> Iterator[None]:
    """Look at fenced tables as a viewer (the system: all of its world), until the end of the block.

    Opens a transaction where none is open: what is said to the database is said for one transaction only.
    """
    if connection.vendor != "postgresql":
        yield
        return
    who = SYSTEM_SEES if viewer.is_system else str(viewer.acting_organisation)
    if connection.in_atomic_block and _said.get() == (who, viewer.world):
        yield  # said already, for the transaction we are in
        return
    if connection.in_atomic_block:
        with _told(who, viewer.world):
            yield
        return
    with transaction.atomic(), _told(who, viewer.world):
        yield


@contextmanager
def _told(who: str, world: str) -> Iterator[None]:
    before = _tell(who, world)
    token = _said.set((who, world))
    try:
        yield
    finally:
        _said.reset(token)
        # After a failure PostgreSQL takes no further statement, and forgets what it was told at the rollback.
        if not connection.needs_rollback and not _failed():
            _tell(*before)


def _tell(who: str, world: str) -> tuple[str, str]:
    """Say who looks; return what was said before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sakimori_before.viewer, sakimori_before.world, set_config('sakimori.viewer', %s, true), "
            "set_config('sakimori.world', %s, true) FROM (SELECT sakimori_viewer() AS viewer, "
            "sakimori_world() AS world OFFSET 0) AS sakimori_before",
            [who, world],
        )
        row = cursor.fetchone()
    return str(row[0]), str(row[1])


def _failed() -> bool:
    given: Any = connection.connection
    return bool(given is not None and given.info.transaction_status.name == "INERROR")


def fences() -> dict[str, str]:
    """Return every fenced table of the installed rooms with the condition under which an organisation sees a row."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        name = f"{app.name}.fence"
        if app.name.startswith("sakimori.") and find_spec(name) is not None:
            found.update(import_module(name).FENCE)
    return found


def policy(condition: str) -> str:
    """Return the whole condition of a table: of one world, and the organisation's own, or all of it for the system."""
    return (
        f"(SELECT sakimori_viewer()) = '{EVERYTHING}' OR (world = (SELECT sakimori_world()) AND "
        f"((SELECT sakimori_viewer()) = '{SYSTEM_SEES}' OR ({condition})))"
    )


def install_fences(using: str = "default", **_: Any) -> None:
    """Put the policies on every fenced table that exists (after every migration); safe to repeat."""
    made = connections[using]
    if made.vendor != "postgresql":
        return
    with made.cursor() as cursor:
        present = set(made.introspection.table_names(cursor))
        for signature, value in _FUNCTIONS.items():
            cursor.execute(f"CREATE OR REPLACE FUNCTION {signature} LANGUAGE sql STABLE AS $$ SELECT {value} $$")
        for table, condition in sorted(fences().items()):
            if table in present:
                for statement in _statements(table, condition):
                    cursor.execute(statement)


def _statements(table: str, condition: str) -> list[str]:
    """Rows are seen as declared, and written by whoever has the door open (`record.triggers` ask for it anyhow)."""
    seen = policy(condition)
    written = f"coalesce(current_setting('sakimori.act', true), '') <> '' OR {seen}"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS sakimori_fence ON "{table}"',
        f'CREATE POLICY sakimori_fence ON "{table}" FOR ALL USING ({seen}) WITH CHECK ({written})',
    ]


def weaknesses() -> list[str]:
    """Return why the fences would not hold here: `superuser`, `bypass`, `owner`, `unfenced:<table>`.

    Empty on SQLite, where there are none, and where all is well. `owner` is a weakness because an owner can take the
    fences away; while they stand, they hold for it too.
    """
    if connection.vendor != "postgresql":
        return []
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        superuser, bypass = cursor.fetchone()
        found += ["superuser"] * superuser + ["bypass"] * bypass
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, pg_get_userbyid(relowner) = current_user "
            "FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "ORDER BY relname",
            [list(fences())],
        )
        rows = cursor.fetchall()
    found += ["owner"] * any(owner for _, _, owner in rows)
    return found + [f"unfenced:{table}" for table, held, _ in rows if not held]
