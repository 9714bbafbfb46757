"""A flipped byte anywhere is found."""

from pathlib import Path

import pytest
from django.conf import settings as live
from django.db import connection

from sakimori.acts import sequencer, transport
from sakimori.acts.models import Act
from sakimori.acts.verify import verify_deployment
from sakimori.record import open_door
from tests.support.filing import file_notification, import_register

pytestmark = pytest.mark.both_databases


@pytest.fixture
def worked(parties):
    """A deployment where a notification was filed and arrived, everything sequenced."""
    import_register()
    file_notification()
    sequencer.drain()
    transport.run_once()
    sequencer.drain()


def _flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _execute(statement: str, *parameters: object) -> None:
    with open_door("tamper"), connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))


def test_an_untouched_deployment_is_sound(worked):
    report = verify_deployment()
    assert report.problems == []
    assert report.counts["acts"] == Act.objects.count() > 5
    assert report.counts["log_entries"] == report.counts["leaves"]


def test_a_flipped_byte_in_any_log_file_is_found(worked):
    files = [path for path in Path(live.SAKIMORI_LOG).rglob("*") if path.is_file() and path.name != ".lock"]
    assert len(files) >= 3
    for path in files:
        data = path.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 7)):
            path.write_bytes(_flip(data, place))
            assert not verify_deployment().sound, f"{path.name} byte {place}"
        path.write_bytes(data)
    assert verify_deployment().sound


@pytest.mark.parametrize(
    ("table", "column"),
    [("acts_actcontent", "content"), ("acts_actcontent", "salt"), ("acts_leaf", "commitment"),
     ("acts_received", "content"), ("acts_batchitem", "content")],
)  # fmt: skip
def test_a_flipped_byte_in_the_tables_is_found(worked, table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM {table}")  # noqa: S608 - names of this test
        rows = cursor.fetchall()
    for identity, found in rows[:5]:
        data = bytes(found)
        _execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", _flip(data, len(data) // 2), identity)  # noqa: S608
        assert not verify_deployment().sound
        _execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", data, identity)  # noqa: S608
    assert verify_deployment().sound


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "x.y.z"), ("person", "0" * 32), ("organisation", "0" * 32), ("recorded_at", "2020-01-01"),
     ("commitment", "0" * 64), ("law_digest", "0" * 64), ("receipt", "{}"), ("subject", "0" * 32)],
)  # fmt: skip
def test_a_changed_column_of_an_act_is_found(worked, column, value):
    act = Act.objects.order_by("number").last()
    _execute(f"UPDATE acts_act SET {column} = %s WHERE number = %s", value, act.number)  # noqa: S608
    assert not verify_deployment().sound


def test_content_gone_without_an_act_is_found(worked):
    act = Act.objects.order_by("number").last()
    _execute("DELETE FROM acts_actcontent WHERE id = %s", act.id.hex)
    assert not verify_deployment().sound


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM acts_act WHERE kind = 'assets.notification.file'",
        "DELETE FROM acts_dispatch",
        "DELETE FROM acts_received",
        "UPDATE acts_act SET role = 'officer' WHERE role = 'reporter'",
        "UPDATE acts_act SET organisation_type = 'police' WHERE organisation_type = 'operator'",
        "UPDATE acts_dispatch SET arrived_at = '2020-01-01 00:00:00'",
        "UPDATE acts_act SET erased_by = id",
    ],
)
def test_what_is_gone_or_changed_in_any_table_is_found(worked, statement):
    _execute(statement)
    assert not verify_deployment().sound
