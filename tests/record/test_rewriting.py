"""Changing many records at once: what is stored, in which world, and that the door is asked."""

import pytest

from sakimori.assets.models import Computer
from sakimori.record import open_door
from sakimori.record.guard import DoorClosedError
from sakimori.record.rewriting import rewrite
from tests.support.deployment import WORLD
from tests.support.filing import import_register

pytestmark = pytest.mark.django_db


def test_named_fields_of_many_records_are_stored_as_saving_each_would(parties):
    import_register()
    every = list(Computer.objects.order_by("key"))
    before = dict(Computer.objects.values_list("id", "maker"))
    for place, one in enumerate(every):
        one.version, one.facts, one.maker = f"v{place}", {"place": place}, "not named, not stored"
    with open_door("test"):
        assert rewrite(every, ("version", "facts")) == len(every)
    kept = list(Computer.objects.order_by("key"))
    assert [(one.version, one.facts) for one in kept] == [(f"v{n}", {"place": n}) for n in range(len(every))]
    assert {one.id: one.maker for one in kept} == before


def test_a_record_of_another_world_is_not_touched_and_the_door_must_be_open(parties):
    import_register()
    one = Computer.objects.first()
    assert one is not None
    one.name, one.world = "elsewhere", "another"
    with open_door("test"):
        assert rewrite([one], ("name",)) == 1
        assert rewrite([], ("name",)) == 0
    assert not Computer.objects.filter(name="elsewhere").exists()
    assert Computer.objects.filter(world="another").count() == 0
    one.world = WORLD
    with pytest.raises(DoorClosedError):
        rewrite([one], ("name",))
