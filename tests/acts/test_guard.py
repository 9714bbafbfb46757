"""Record tables change only through the door: by Python, by raw SQL, and by another program altogether."""

import shutil
import sqlite3
import uuid
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from sakimori.acts import door
from sakimori.acts.models import Act, Leaf, Notice
from sakimori.parties.models import Consent, Organisation
from sakimori.record import DoorClosedError, RecordModel, door_is_open, open_door
from sakimori.record.guard import Guarded
from sakimori.record.triggers import record_tables
from tests.acts.places import Place
from tests.support import deployment
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

DESK = {"acts_delivery", "acts_batch", "acts_batchitem", "acts_stagedfile", "parties_account", "parties_token"}


def test_every_table_is_a_record_or_a_named_desk_table(db):
    tables = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("sakimori.")}
    floor = {name for name in tables if name.startswith(("acts_", "parties_"))}
    assert floor - set(record_tables()) == DESK
    assert all(issubclass(model, Guarded) for model in apps.get_models() if issubclass(model, RecordModel))


@pytest.mark.parametrize(
    "table", ["acts_act", "acts_leaf", "parties_membership", "acts_readrecord", "acts_idempotency"]
)
def test_raw_sql_meets_the_triggers(parties, table):
    door.perform(
        "parties.consent.give",
        {"organisation": str(fixed("power")), "matter": "x", "given_on": "2026-11-24"},
        by=viewer("power", "approver"),
        idempotency_key="k",
    )
    statements = [f"UPDATE {table} SET id = id", f"DELETE FROM {table}"]  # noqa: S608 - names of this test
    if table == "acts_readrecord":
        columns = "id, world, query, role, arguments_digest, rows, read_at, content, salt"
        values = "'00000000000040008000000000000000', '', '', '', '', 0, '2026-01-01', '', ''"
        statements = [f"INSERT INTO acts_readrecord ({columns}) VALUES ({values})"]  # noqa: S608 - names of this test
    if connection.vendor == "postgresql":
        statements.append(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(DatabaseError, match=r"acts\.perform"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_every_record_table_has_its_triggers(db):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name")
            wanted = 3
        else:
            cursor.execute(
                "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND t.tgenabled = 'O' GROUP BY c.relname"
            )
            wanted = 2
        found = dict(cursor.fetchall())
    assert found == dict.fromkeys(record_tables(), wanted)


@pytest.mark.parametrize(
    "write",
    [
        lambda: Organisation.objects.update(name_ja="x"),
        lambda: Organisation.objects.all().delete(),
        lambda: Consent.objects.bulk_create([Consent(world=WORLD, matter="x")]),
        lambda: Organisation.objects.bulk_update([Organisation.objects.first()], ["name_ja"]),
        lambda: Organisation.objects.first().save(),
        lambda: Organisation.objects.first().delete(),
        lambda: Consent.objects.create(world=WORLD, matter="x"),
        lambda: Organisation.objects.update_or_create(id=fixed("power"), defaults={"name_ja": "x"}),
        lambda: Organisation.objects.first().memberships.update(role="decider"),
        lambda: Leaf.objects.update(position=None),
    ],
)
def test_python_meets_the_guard_first(parties, write):
    with pytest.raises(DoorClosedError) as refused:
        write()
    assert refused.value.code == "door.closed"


def test_a_way_round_the_guard_meets_the_triggers(parties):
    with pytest.raises(DatabaseError, match=r"acts\.perform"), transaction.atomic():
        Organisation._base_manager.filter(id=fixed("power")).update(name_ja="x")
    with pytest.raises(DatabaseError, match=r"acts\.perform"), transaction.atomic():
        Organisation.objects.filter(id=fixed("power"))._update([(Organisation._meta.get_field("name_ja"), None, "x")])
    assert Organisation.objects.get(id=fixed("power")).name_ja == "架空電力"


def test_the_door_closes_again_whatever_happens(parties):
    with transaction.atomic():
        with open_door("one"):
            with open_door("two"):
                assert door_is_open()
            Organisation.objects.update(location="x")
        assert not door_is_open()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE parties_organisation SET location = 'y'")
    with pytest.raises(ValueError, match="stop"), transaction.atomic(), open_door("three"):
        raise ValueError("stop")
    assert not door_is_open()


def test_what_the_database_refuses_inside_the_door_is_told_as_it_is(parties):
    """On PostgreSQL a failed transaction takes no further statement: closing the door must not hide why."""
    with pytest.raises(IntegrityError), transaction.atomic(), open_door("one"), connection.cursor() as cursor:
        cursor.execute("UPDATE parties_organisation SET name_ja = NULL")
    kept = Consent(id=uuid.uuid4(), world=WORLD, matter="x", organisation_id=fixed("power"), given_on="2026-11-24")
    with transaction.atomic(), open_door("one"):
        kept.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic(), open_door("one"):
        kept.save(force_insert=True)
    assert Act.objects.exists()
    assert not Notice.objects.exists()


def test_another_program_cannot_write_a_record_into_the_file(tmp_path):
    """A plain sqlite3 connection does not know the door's function, so even an honest program is stopped."""
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite files")
    home = tmp_path / "home"
    deployment.write_home(home)
    assert Place(home, "", "tests.acts.racing_actor").status("found") == 0
    copy = Path(shutil.copy(home / "sakimori.sqlite3", tmp_path / "copy.sqlite3"))
    plain = sqlite3.connect(copy)
    for statement in (
        "UPDATE acts_act SET kind = 'x'",
        "DELETE FROM acts_leaf",
        "INSERT OR REPLACE INTO acts_actcontent SELECT * FROM acts_actcontent",
    ):
        with pytest.raises(sqlite3.OperationalError, match="no such function: sakimori_door"):
            plain.execute(statement)
    assert plain.execute("SELECT count(*) FROM acts_act").fetchone()[0] > 0
    plain.close()


@pytest.mark.postgres
def test_another_connection_to_postgresql_cannot_write_a_record(db):
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    given = connection.settings_dict
    with psycopg.connect(
        host=given["HOST"], port=given["PORT"], user=given["USER"], password=given["PASSWORD"], dbname=given["NAME"]
    ) as other:
        insert = "INSERT INTO acts_leaf (of, what, commitment) VALUES (gen_random_uuid(), 'act', '')"
        for statement in ("TRUNCATE acts_act CASCADE", insert):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(statement)
            other.rollback()
        other.execute("SELECT set_config('sakimori.act', 'x', true)")
        other.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("TRUNCATE acts_act CASCADE")
