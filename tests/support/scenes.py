"""Set-ups played once a process: what a builder wrote is kept, and laid down again where a test begins the same way.

Thousands of tests begin by enrolling the same parties, and many go on with the same filing or approval. A builder
marked `@remembered` is run the first time; the rows and the log it made are kept, and the next test that has done
exactly the same before gets them back. It is run as ever wherever that is not certain: after any other write, after a
rollback, under other settings, in tests that patch anything. Log-ins and sessions of the test's own clients stand
aside: builders know nothing of them.
"""

import functools
import pickle
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from django.conf import settings
from django.db import connection, transaction

from sakimori.record import open_door
from tests.support import run

P = ParamSpec("P")
T = TypeVar("T")
Step = tuple[str, bytes]
Table = dict[Any, tuple[Any, ...]]
_STATIC = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
_ASIDE = {"django_session", "parties_account"}
_WRITTEN = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
_HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE", "PRAGMA", "BEGIN", "COMMIT", "SHOW", "EXPLAIN")
_AT_ONCE = 200


@dataclass(slots=True)
class State:
    """The whole database after some steps, and a copy of the log (None: there was none)."""

    tables: Mapping[str, Table]
    log: Path | None


@dataclass(slots=True)
class _Memory:
    states: dict[tuple[Step, ...], State] = field(default_factory=dict)
    values: dict[tuple[Step, ...], bytes] = field(default_factory=dict)
    columns: dict[str, tuple[list[str], int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Course:
    """How this test has come to where it is: the steps since the empty database; None where nobody can say."""

    steps: tuple[Step, ...] | None = None
    builders: int = 0
    patches: pytest.MonkeyPatch | None = None

    def known(self) -> tuple[Step, ...] | None:
        """Return the steps where it is certain that they alone decide what comes next."""
        patched = self.patches is None or self.patches._setattr or self.patches._setitem
        given = self.steps is not None and self.steps[0] == ("settings", _settings())
        return self.steps if given and not patched else None


_memory = _Memory()
_course = _Course()


@contextmanager
def watched(patches: pytest.MonkeyPatch) -> Iterator[None]:
    """Follow what one test writes; `patches` are the test's own: once there are any, nothing is remembered for it."""
    _course.builders, _course.patches = 0, patches
    _course.steps = (("settings", _settings()),) if _is_empty() else None
    try:
        with connection.execute_wrapper(_notice):
            yield
    finally:
        _course.steps = None


def remembered(builder: Callable[P, T]) -> Callable[P, T]:
    """Mark a builder whose outcome depends on nothing but the database, the log and what it is given."""
    name = f"{builder.__module__}.{builder.__qualname__}"

    @functools.wraps(builder)
    def build(*args: P.args, **kwargs: P.kwargs) -> T:
        before = _course.known()
        if before is None:
            return builder(*args, **kwargs)
        steps = (*before, (name, pickle.dumps((args, sorted(kwargs.items())))))
        if steps in _memory.values:
            _lay_down(before, steps)
            _course.steps = steps
            return pickle.loads(_memory.values[steps])  # type: ignore[no-any-return]  # noqa: S301 - our own bytes
        if before not in _memory.states:
            _memory.states[before] = _taken(None)
        _course.builders += 1
        try:
            value = builder(*args, **kwargs)
        finally:
            _course.builders -= 1
        _memory.states[steps] = _taken(_memory.states[before])
        _memory.values[steps] = pickle.dumps(value)
        _course.steps = steps
        return value

    return build


def _notice(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
    if (_course.steps is not None or _course.builders) and not sql.startswith(_HARMLESS):
        found = _WRITTEN.match(sql)
        aside = found is not None and found[1] in _ASIDE
        assert not (aside and _course.builders), f"a remembered builder writes what is not kept: {sql[:80]}"
        if not aside:
            _course.steps = None
    return execute(sql, params, many, context)


def _settings() -> bytes:
    """Return what builders see of the settings; the log's place is the test's own and makes no difference."""
    names = [name for name in dir(settings) if name.startswith(("SAKIMORI_", "EMAIL_")) and name != "SAKIMORI_LOG"]
    return pickle.dumps([(name, repr(getattr(settings, name))) for name in names])


def _is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM parties_organisation), EXISTS (SELECT 1 FROM acts_leaf)")
        return not any(cursor.fetchone())


def _taken(before: State | None) -> State:
    """Return the state as it is now; rows that are as before are shared with it."""
    tables: dict[str, Table] = {}
    with connection.cursor() as cursor:
        for name, (columns, key) in _columns().items():
            cursor.execute(f'SELECT {", ".join(columns)} FROM "{name}"')  # noqa: S608 - Django's own names
            known = before.tables.get(name, {}) if before else {}
            rows = (tuple(row) for row in cursor.fetchall())
            found = {row[key]: kept if (kept := known.get(row[key])) == row else row for row in rows}
            if found:
                tables[name] = found
    return State(tables, _copied(Path(settings.SAKIMORI_LOG)))


def _copied(log: Path) -> Path | None:
    if not log.exists():
        return None
    copy = Path(tempfile.mkdtemp(prefix="log-", dir=run.directory())) / "log"
    shutil.copytree(log, copy)
    return copy


def _columns() -> dict[str, tuple[list[str], int]]:
    """Return each table's columns and the place of its key among them."""
    if not _memory.columns:
        from django.apps import apps

        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in _STATIC | _ASIDE and model._meta.managed and not model._meta.proxy:
                fields = model._meta.concrete_fields
                _memory.columns[table] = ([f'"{one.column}"' for one in fields], fields.index(model._meta.pk))
    return _memory.columns


def _lay_down(before: tuple[Step, ...], after: tuple[Step, ...]) -> None:
    """Make the database and the log what they were after the steps."""
    old, new = _memory.states[before], _memory.states[after]
    with transaction.atomic(), open_door("a set-up played before"), connection.cursor() as cursor:
        for name, rows in new.tables.items():
            _replace(cursor, name, old.tables.get(name, {}), rows)
        for name in old.tables.keys() - new.tables.keys():
            _replace(cursor, name, old.tables[name], {})
    log = Path(settings.SAKIMORI_LOG)
    if new.log is not None and new.log != old.log:
        shutil.rmtree(log, ignore_errors=True)
        shutil.copytree(new.log, log)


def _replace(cursor: Any, name: str, old: Table, new: Table) -> None:
    columns, key = _columns()[name]
    gone = [one for one, row in old.items() if new.get(one) is not row]
    come = [row for one, row in new.items() if old.get(one) is not row]
    for place in range(0, len(gone), _AT_ONCE):
        some = gone[place : place + _AT_ONCE]
        marks = ", ".join(["%s"] * len(some))
        cursor.execute(f'DELETE FROM "{name}" WHERE {columns[key]} IN ({marks})', some)  # noqa: S608
    if come:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{name}" ({", ".join(columns)}) VALUES ({marks})', come)  # noqa: S608
