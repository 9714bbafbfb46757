"""Laying down many records at once: one prepared statement, no object a row.

Django's `bulk_create` builds a model object and one long statement a few rows at a time; for 50,000 rows of 35 columns
that is most of an import. What is stored is the same: defaults, prepared values, the guard and the triggers.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import Field

from sakimori.record.guard import DoorClosedError, Guarded, door_is_open

_TEXTS = ("CharField", "TextField")
_MISSING: Any = object()
_SAME = (date, uuid.UUID, bool, type(None))
_MOST_SEEN = 4096
Prepare = Callable[[Any], Any]


def lay_down(model: type[Guarded], rows: Iterable[Mapping[str, Any]], size: int = 1000) -> int:
    """Store rows (field name → value) as records of a model and return how many; `DoorClosedError` outside the door."""
    if not door_is_open():
        raise DoorClosedError(model._meta.db_table)  # noqa: SLF001 - Django's model API
    return _lay_down(model, rows, size)


def stack(model: type[models.Model], rows: Iterable[Mapping[str, Any]], size: int = 1000) -> int:
    """Store rows of a desk table the same way and return how many; records are refused (`DoorClosedError`)."""
    if issubclass(model, Guarded):
        raise DoorClosedError(model._meta.db_table)  # noqa: SLF001
    return _lay_down(model, rows, size)


def _lay_down(model: type[models.Model], rows: Iterable[Mapping[str, Any]], size: int) -> int:
    fields = [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001
        if not field.generated and not isinstance(field, models.AutoField)  # numbers are the database's
    ]
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
    """Return what turns a value into what the database takes.

    Rows of one list share most of their days, ids and facts: what a value was turned into is remembered, for types
    whose equal values mean the same (1 and True do not), and for plain data by how it is written.
    """
    seen: dict[Any, Any] = {}

    last: Any = _MISSING
    prepared: Any = None

    def plain(value: Any) -> Any:
        nonlocal last, prepared
        if value is last:  # the same thing in every row: an act, an organisation
            return prepared
        kind = type(value)
        if kind is dict or kind is list:  # may have changed since
            return remembered(repr(value), value)
        last, prepared = value, _prepared(value.pk if isinstance(value, models.Model) else value)
        return prepared

    def _prepared(value: Any) -> Any:
        if type(value) in _SAME and not field.primary_key:
            return remembered(value, value)
        return field.get_db_prep_save(value, connection)

    def remembered(told: Any, value: Any) -> Any:
        found = seen.get(told, _MISSING)
        if found is _MISSING:
            if len(seen) >= _MOST_SEEN:
                seen.clear()
            found = seen[told] = field.get_db_prep_save(value, connection)
        return found

    def text(value: Any) -> Any:
        return value if type(value) is str else plain(value)

    return (
        text
        if field.get_internal_type() in _TEXTS and type(field).get_db_prep_save is Field.get_db_prep_save
        else plain
    )
