"""Many records laid down at once are what `bulk_create` would have stored, and only while the door is open."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from sakimori.acts.models import Batch, BatchItem
from sakimori.assets.models import Computer, Finding
from sakimori.record import DoorClosedError, open_door
from sakimori.record.laying import lay_down, stack
from tests.support.deployment import WORLD

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
OWNER = uuid.uuid4()


def row(key, finding, **more):
    return {
        "world": WORLD, "organisation": OWNER, "owner": OWNER, "facility": OWNER, "key": key, "name": "名\"'%s",
        "maker": "m", "product": "p", "unit": "os", "introduced_on": date(2024, 1, 1), "scope": "in", "notify": "yes",
        "finding": finding, "facts": {"serves": "others"}, "labels": {"private": ["private_inventory"]}, **more,
    }  # fmt: skip


def test_what_is_laid_down_is_what_a_model_would_have_stored():
    with open_door("test"):
        finding = Finding.objects.create(world=WORLD, digest="d", content={"a": 1})
        assert lay_down(Computer, (row(f"K{n}", finding, support_end=None) for n in range(7)), size=3) == 7
        Computer.objects.bulk_create([Computer(**row("B", finding))])
        assert lay_down(Computer, []) == 0
    skipped = {"id", "key"}
    stored = list(Computer.objects.order_by("key").values())
    plain = [{name: value for name, value in one.items() if name not in skipped} for one in stored]
    assert len(plain) == 8
    assert all(one == plain[0] for one in plain)
    assert len({one["id"] for one in stored}) == 8
    assert stored[0]["origins"] == {}


def test_nothing_is_laid_down_outside_the_door():
    with pytest.raises(DoorClosedError):
        lay_down(Computer, [])
    assert connection.connection is None or not Computer.objects.exists()


def test_equal_looking_values_of_other_types_stay_apart():
    with open_door("test"):
        finding = Finding.objects.create(world=WORLD, digest="d", content={})
        facts = [{"a": True}, {"a": 1}, {"a": "1"}, {"a": None}, {}]
        lay_down(Computer, (row(f"K{n}", finding, facts=one) for n, one in enumerate(facts)))
    assert [repr(one.facts) for one in Computer.objects.order_by("key")] == [repr(one) for one in facts]


def test_only_desk_tables_are_stacked_and_the_database_numbers_them():
    with pytest.raises(DoorClosedError):
        stack(Computer, [])
    batch = Batch.objects.create(
        world=WORLD, kind="k", organisation=OWNER, count=0, root="", staged_at=datetime.now(UTC)
    )
    assert stack(BatchItem, ({"batch": batch, "position": n, "content": b"\x00%d" % n} for n in range(3)), 2) == 3
    stored = BatchItem.objects.filter(batch=batch).order_by("position").values_list("position", "content")
    assert [(place, bytes(content)) for place, content in stored] == [(0, b"\x000"), (1, b"\x001"), (2, b"\x002")]
    assert len(set(BatchItem.objects.values_list("id", flat=True))) == 3
