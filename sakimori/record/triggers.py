"""The second fence: triggers on every record table that ask the connection whether the door is open.

SQLite triggers call the function `sakimori_door()`, which only our own connections define: any other program that
opens the file cannot write a record at all. PostgreSQL triggers read the transaction-local setting `sakimori.act`.
The triggers are installed after every migration, so a new record table cannot be forgotten.
"""

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sakimori.record.guard import Guarded, door_is_open

_MESSAGE = "record table: change it only through acts.perform()"


def record_tables() -> list[str]:
    """Return the names of all record tables of the installed rooms, sorted."""
    return sorted(
        model._meta.db_table  # noqa: SLF001 - Django's public-by-convention model API
        for model in apps.get_models()
        if issubclass(model, Guarded) and model._meta.managed  # noqa: SLF001
    )


def register_door_function(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new SQLite connection the function its triggers call (signal `connection_created`)."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("sakimori_door", 0, lambda: int(door_is_open()))


def install_triggers(using: str = "default", **_: Any) -> None:
    """Create the guard triggers on every record table that exists (after every migration); safe to repeat."""
    connection = connections[using]
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        tables = [table for table in record_tables() if table in present]
        statements = _sqlite(tables) if connection.vendor == "sqlite" else _postgresql(tables)
        for statement in statements:
            cursor.execute(statement)


def _sqlite(tables: list[str]) -> list[str]:
    return [
        f'CREATE TRIGGER IF NOT EXISTS "door_{verb.lower()}_{table}" BEFORE {verb} ON "{table}" '
        f"WHEN sakimori_door() = 0 BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for table in tables
        for verb in ("INSERT", "UPDATE", "DELETE")
    ]


def _postgresql(tables: list[str]) -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION sakimori_door() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF coalesce(current_setting('sakimori.act', true), '') = '' THEN "
        f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'insufficient_privilege'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    statements = [function]
    for table in tables:
        for name, when, each in (
            ("door_rows", "INSERT OR UPDATE OR DELETE", "ROW"),
            ("door_truncate", "TRUNCATE", "STATEMENT"),
        ):
            statements.append(
                f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {when} ON "{table}" '
                f"FOR EACH {each} EXECUTE FUNCTION sakimori_door()"
            )
    return statements
