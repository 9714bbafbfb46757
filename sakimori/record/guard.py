"""Record tables and their guard: rows change only while the door is open.

Two fences. The first is here, in Python: saving, updating or deleting a record outside `acts.perform()` raises
`DoorClosedError`. The second is in the database: `sakimori.record.triggers` gives every record table triggers that ask
the connection whether the door is open, so that raw SQL meets it too.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.db import connection, models

from sakimori.errors import SakimoriError
from sakimori.text import Text

_open_for: ContextVar[str] = ContextVar("sakimori_door", default="")


class DoorClosedError(SakimoriError):
    """Somebody tried to change a record other than through the door."""

    code = "door.closed"

    def __init__(self, table: str) -> None:
        super().__init__(
            Text(
                f"記録表 {table} は acts.perform() 以外から変更できません。",
                f"The record table {table} changes only through acts.perform().",
            ),
            where=table,
            mend=Text("行為の種類を定め、acts.perform() を通してください。", "Use an act kind and acts.perform()."),
        )


def door_is_open() -> bool:
    """Return whether record tables accept writes in this context just now."""
    return bool(_open_for.get())


@contextmanager
def open_door(act: str) -> Iterator[None]:
    """Let record tables accept writes on behalf of `act`; only the door and the sequencer call this.

    Must be entered inside a database transaction: on PostgreSQL the permission is a transaction-local setting and so
    ends with it, whatever happens.
    """
    token = _open_for.set(act)
    before = _tell_database(act)
    try:
        yield
    finally:
        _open_for.reset(token)
        if before is not None:
            _tell_database(before)


def _tell_database(act: str) -> str | None:
    if connection.vendor != "postgresql" or connection.needs_rollback or _failed():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('sakimori.act', true), ''), set_config('sakimori.act', %s, true)", [act]
        )
        row = cursor.fetchone()
    return str(row[0])


def _failed() -> bool:
    """Return whether PostgreSQL has given this transaction up: then it takes no statement, and the setting ends too."""
    given: Any = connection.connection
    return bool(given is not None and given.info.transaction_status.name == "INERROR")


class RecordQuerySet(models.QuerySet[Any]):
    """A query set whose writes ask the door."""

    def _require(self) -> None:
        if not door_is_open():
            raise DoorClosedError(self.model._meta.db_table)  # noqa: SLF001 - Django's model API

    def update(self, **kwargs: Any) -> int:
        """Update rows; `DoorClosedError` outside the door."""
        self._require()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete rows; `DoorClosedError` outside the door."""
        self._require()
        return super().delete()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Create many rows; `DoorClosedError` outside the door."""
        self._require()
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        """Update many rows; `DoorClosedError` outside the door."""
        self._require()
        return super().bulk_update(*args, **kwargs)


class Guarded(models.Model):
    """A table whose rows change only while the door is open."""

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        """Abstract: every room has its own tables."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; `DoorClosedError` outside the door."""
        if not door_is_open():
            raise DoorClosedError(self._meta.db_table)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row; `DoorClosedError` outside the door."""
        if not door_is_open():
            raise DoorClosedError(self._meta.db_table)
        return super().delete(*args, **kwargs)


class RecordModel(Guarded):
    """Base of every record table: a UUID, the world it belongs to, and the guard.

    `world` is the name of a world of this deployment (`real`, `rehearsal`, `sample`, …); rows of different worlds
    never meet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    world = models.CharField(max_length=40, db_index=True)

    class Meta:
        """Abstract: every room has its own tables."""

        abstract = True


class LabelledRecord(RecordModel):
    """A record that carries labels: restrictions per field group, and the organisation it came from.

    `labels` maps a field group to a sorted list of restriction keys of `sakimori.law` (with `:parameter` where the
    restriction has one). `owner` is the organisation that gave the information; most restrictions do not bind it.
    """

    owner = models.UUIDField(null=True, db_index=True)
    labels = models.JSONField(default=dict)

    class Meta:
        """Abstract: every room has its own tables."""

        abstract = True
