"""Changing fields of many records at once: one prepared statement a set of fields, not a query a row.

What is stored is what `save(update_fields=…)` stores: prepared values, the guard and the triggers.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from sakimori.record.guard import DoorClosedError, RecordModel, door_is_open

_AT_ONCE = 1000


def rewrite(records: Iterable[RecordModel], names: Sequence[str]) -> int:
    """Store these fields of records of one model and return how many; `DoorClosedError` outside the door.

    Each row is found by its id within its own world: a record of another world is never touched.
    """
    every = list(records)
    if not every or not names:
        return 0
    model = type(every[0])
    if not door_is_open():
        raise DoorClosedError(model._meta.db_table)  # noqa: SLF001 - Django's model API
    fields: list[Any] = [model._meta.get_field(name) for name in names]  # noqa: SLF001
    keys: list[Any] = [model._meta.get_field("id"), model._meta.get_field("world")]  # noqa: SLF001
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    found = " AND ".join(f"{quote(field.column)} = %s" for field in keys)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {found}"  # noqa: S608, SLF001
    with connection.cursor() as cursor:
        for place in range(0, len(every), _AT_ONCE):
            some = every[place : place + _AT_ONCE]
            cursor.executemany(statement, [_values(record, [*fields, *keys]) for record in some])
    return len(every)


def _values(record: RecordModel, fields: Iterable[Any]) -> list[Any]:
    return [field.get_db_prep_save(getattr(record, field.attname), connection) for field in fields]
