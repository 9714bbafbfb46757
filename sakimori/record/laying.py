"""Laying down many records at once: one prepared statement, no object a row.

Django's `bulk_create` builds a model object and one long statement a few rows at a time; for 50,000 rows of 35 columns
that is most of an import. What is stored is the same: defaults, prepared values, the guard and the triggers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, models
from django.db.models import Field

from sakimori.record.guard import DoorClosedError, Guarded, door_is_open

_TEXTS = ("CharField", "TextField")
_MISSING: Any = object()
Prepare = Callable[[Any], Any]


def lay_down(model: type[Guarded], rows: Iterable[Mapping[str, Any]], size: int = 1000) -> int:
    """Store rows (field name → value) as records of a model and return how many; `DoorClosedError` outside the door."""
    if not door_is_open():
        raise DoorClosedError(model._meta.db_table)  # noqa: SLF001 - Django's model API
    fields = [field for field in model._meta.concrete_fields if not field.generated]  # noqa: SLF001
    statement = _statement(model, fields)
    prepared = [(field.name, field.attname, field.get_default, _prepare(field)) for field in fields]
    count = 0
    chunk: list[list[Any]] = []
    with connection.cursor() as cursor:
        for values in _values(rows, prepared):
            chunk.append(values)
            if len(chunk) >= size:
                cursor.executemany(statement, chunk)
                count += len(chunk)
                chunk = []
        if chunk:
            cursor.executemany(statement, chunk)
    return count + len(chunk)


def _statement(model: type[models.Model], fields: Iterable[Any]) -> str:
    quote = connection.ops.quote_name
    names = [quote(field.column) for field in fields]
    holes = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(names)}) VALUES ({holes})"  # noqa: S608, SLF001


def _values(
    rows: Iterable[Mapping[str, Any]], prepared: list[tuple[str, str, Callable[[], Any], Prepare]]
) -> Iterator[list[Any]]:
    for row in rows:
        values = []
        for name, attname, default, prepare in prepared:
            value = row.get(name, _MISSING)
            if value is _MISSING:
                value = row.get(attname, _MISSING)
            values.append(prepare(default() if value is _MISSING else value))
        yield values


def _prepare(field: "Field[Any, Any]") -> Prepare:
    """Return what turns a value into what the database takes."""

    def plain(value: Any) -> Any:
        if isinstance(value, models.Model):
            value = value.pk
        return field.get_db_prep_save(value, connection)

    def text(value: Any) -> Any:
        return value if type(value) is str else plain(value)

    return (
        text
        if field.get_internal_type() in _TEXTS and type(field).get_db_prep_save is Field.get_db_prep_save
        else plain
    )
