"""The sequencer: one at a time, every leaf once, in any order of commits; never on from a log it does not know."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings as live

from sakimori import proofs
from sakimori.acts import door, keys, receipts, sequencer
from sakimori.acts.models import Act, Head, Leaf
from sakimori.acts.verify import verify_deployment
from sakimori.errors import SakimoriError
from sakimori.record import open_door
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases
CONSENT = {"organisation": str(fixed("power")), "matter": "x", "given_on": "2026-11-24"}


def perform(count):
    return [door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver")).act for _ in range(count)]


def test_every_waiting_leaf_gets_the_next_position_once(parties):
    acts = perform(3)
    waiting = Leaf.objects.filter(position=None).count()
    assert (sequencer.drain(), sequencer.drain()) == (waiting, 0)
    assert sorted(Leaf.objects.values_list("position", flat=True)) == list(range(waiting))
    assert Head.objects.get().size == waiting
    perform(2)
    assert sequencer.drain() == 2
    places = [Leaf.objects.get(of=act).position for act in acts]
    assert places == sorted(places)
    assert verify_deployment().problems == []


def test_a_lower_number_that_commits_later_is_taken_in_later(parties):
    """On PostgreSQL numbers are given before the commit: what was not visible yet must not be lost."""
    perform(2)
    late = Leaf.objects.order_by("id").last()
    hidden = {"of": late.of, "what": late.what, "commitment": late.commitment, "id": late.id}
    with open_door("test"):
        late.delete()
    perform(2)
    sequencer.drain()
    with open_door("test"):
        Leaf(**hidden).save(force_insert=True)
    assert sequencer.drain() == 1
    assert Leaf.objects.get(id=hidden["id"]).position == Leaf.objects.count() - 1
    assert verify_deployment().problems == []


def test_two_sequencers_do_not_run_at_once(parties):
    with sequencer.locked():
        with pytest.raises(SakimoriError) as refused, sequencer.locked():
            pass
        assert refused.value.code == "log.locked"
        with pytest.raises(SakimoriError):
            sequencer.drain()
    assert sequencer.drain() > 0


def test_a_log_ahead_of_a_restored_database_is_refused_and_left_alone(parties):
    perform(1)
    sequencer.drain()
    restored = Leaf.objects.count()
    perform(3)
    sequencer.drain()
    published = (Path(live.SAKIMORI_LOG) / "checkpoint").read_bytes()
    with open_door("test"):
        Leaf.objects.filter(position__gte=restored).delete()
        Head.objects.filter(size__gt=restored).delete()
    perform(5)
    with pytest.raises(SakimoriError) as refused:
        sequencer.drain()
    assert refused.value.code == "log.ahead"
    assert (Path(live.SAKIMORI_LOG) / "checkpoint").read_bytes() == published
    assert Leaf.objects.filter(position=None).count() == 5
    assert not verify_deployment().sound


def test_a_database_of_other_leaves_is_refused(parties):
    perform(2)
    sequencer.drain()
    with open_door("test"):
        Leaf.objects.filter(position=Leaf.objects.count() - 1).update(commitment=b"0" * 32)
    perform(1)
    with pytest.raises(SakimoriError) as refused:
        sequencer.drain()
    assert refused.value.code == "log.differs"


def test_a_log_behind_the_database_is_written_again_byte_for_byte(parties, tmp_path):
    perform(2)
    sequencer.drain()
    shutil.copytree(live.SAKIMORI_LOG, tmp_path / "old")
    perform(300)
    sequencer.drain()
    whole = {path.name: path.read_bytes() for path in Path(live.SAKIMORI_LOG).rglob("*") if path.is_file()}
    shutil.rmtree(live.SAKIMORI_LOG)
    shutil.copytree(tmp_path / "old", live.SAKIMORI_LOG)
    sequencer.drain()
    again = {path.name: path.read_bytes() for path in Path(live.SAKIMORI_LOG).rglob("*") if path.is_file()}
    assert again == whole
    assert verify_deployment().problems == []


def test_a_receipt_gets_its_proof_and_stands_alone(parties):
    (act,) = perform(1)
    assert "inclusion" not in receipts.proven(act)
    sequencer.drain()
    found = receipts.receipt_file(viewer("power", "viewer"), act)
    assert proofs.verify_receipt(found, keys.ring(WORLD)).inclusion.index == Leaf.objects.get(of=act).position
    for stranger in (viewer("rail", "approver"), viewer("meti", "officer")):
        with pytest.raises(SakimoriError):
            receipts.receipt_file(stranger, act)


def test_without_its_log_key_nothing_is_published(parties, settings, tmp_path):
    perform(1)
    settings.SAKIMORI_HOME = tmp_path
    keys.private.cache_clear()
    try:
        with pytest.raises(SakimoriError) as refused:
            sequencer.drain()
        assert refused.value.code == "keys.missing"
        before = Act.objects.count()
        with pytest.raises(SakimoriError) as unsigned:
            perform(1)
        assert unsigned.value.code == "keys.missing"
        assert Act.objects.count() == before, "no act without its receipt"
    finally:
        keys.private.cache_clear()
    assert not (Path(live.SAKIMORI_LOG) / "checkpoint").exists()
