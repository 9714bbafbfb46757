"""While the mark stands nothing is written, by whatever way; the anchor finds out a home put back as a whole."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from sakimori.acts import (
    clock,
    door,
    epochs,
    keys,
    outside,
    pulse,
    reading,
    recovery,
    refetching,
    sequencer,
    standing,
    verify,
)
from sakimori.acts.errors import NotAuthorisedError, PreconditionError, ReadOnlyError
from sakimori.acts.models import Act
from sakimori.acts.tiles import TileLog
from sakimori.parties.models import Peer
from sakimori.record import open_door
from sakimori.sample.steps.floor import settle
from tests.support.deployment import fixed, viewer

PAYLOAD = {"organisation": str(fixed("power")), "matter": "x", "given_on": "2026-11-24"}


@pytest.fixture
def home(settings, tmp_path, parties, monkeypatch):
    """A home of the test's own for marks, anchors and rings, with the test's keys."""
    own = tmp_path / "home"
    shutil.copytree(settings.SAKIMORI_HOME, own)
    settings.SAKIMORI_HOME = own
    settings.SAKIMORI_LOG = own / "log"
    shutil.rmtree(own / "log", ignore_errors=True)
    monkeypatch.setenv("SAKIMORI_ANCHOR", str(tmp_path))
    keys.private.cache_clear()
    give()
    yield own
    keys.private.cache_clear()


def give():
    done = door.perform("parties.consent.give", PAYLOAD, by=viewer("power", "approver"))
    sequencer.drain()
    return done


def clear(**options):
    return recovery.clear("試験 / trial", by=viewer("meti", "administrator"), **options)


def test_nothing_is_written_while_the_mark_stands(home):
    standing.declare("behind", size=1, known=2)
    before = Act.objects.count()
    for way in (give, sequencer.drain, lambda: settle(rounds=1)):
        with pytest.raises(ReadOnlyError):
            way()
    assert Act.objects.count() == before


def test_readings_go_on(home):
    standing.declare("behind", size=1, known=2)
    assert list(reading.read(viewer("power", "approver"), "acts.done"))


def test_a_mark_nobody_can_read_counts(home):
    (home / standing.MARKER).write_text("{", encoding="utf-8")
    assert standing.current().reason == "unreadable"
    with pytest.raises(ReadOnlyError):
        give()


def test_the_act_that_clears_is_done_on_the_machine_only(home):
    payload = {"reason": "x", "way": "continue", "placed": 0, "tiles": 0, "known": 0, "asserted": False}
    with pytest.raises(PreconditionError):
        door.perform("acts.log.clear", payload, by=viewer("power", "administrator"))
    with pytest.raises(recovery.RecoveryError):
        clear()


def test_a_tenants_administrator_does_not_clear_what_is_everybodys(home):
    size = TileLog(home / "log").size
    standing.declare("restored", size=size, known=size)
    with pytest.raises(NotAuthorisedError) as refused:
        recovery.clear("試験 / trial", by=viewer("power", "administrator"), asserted=True)
    assert "run this deployment" in refused.value.explain("en")
    assert standing.current().read_only
    assert clear(asserted=True).way == "continue"


def test_an_enrolled_peer_without_an_answer_is_named_although_others_answered(home):
    size = TileLog(home / "log").size
    standing.declare("restored", size=size, known=size)
    with open_door("test"):
        for name in ("north", "south"):
            Peer.objects.create(name=name, world="sample", edition="authority", url="", keys=[])
    rows = [asdict(refetching.Asked("north", world)) for world in clock.worlds()]
    refetching.directory().mkdir()
    (refetching.directory() / "heads.json").write_text(json.dumps(rows), encoding="utf-8")
    assert recovery.assess().unasked == ("south",)
    (refetching.directory() / "heads.json").write_text(json.dumps(rows[:1]), encoding="utf-8")
    assert recovery.assess().unasked == ("north", "south")


def test_cleared_it_goes_on_under_the_same_origin(home):
    size = TileLog(home / "log").size
    standing.declare("restored", size=size, known=size)
    outside.anchor(b"none")
    with pytest.raises(recovery.RecoveryError) as unasked:
        clear()
    assert unasked.value.code == "log.unasked"
    done = clear(asserted=True)
    assert (done.way, done.lost, standing.current().read_only) == ("continue", 0, False)
    give()
    assert epochs.origin() == "sakimori/test"
    assert verify.verify_deployment().sound


def test_an_anchor_ahead_finds_out_a_home_that_was_put_back(home, settings):
    kept = shutil.copytree(home / "log", home.parent / "kept")
    assert not standing.look().read_only
    give()
    seen = Path(home.parent / "test.checkpoint").read_bytes()
    shutil.rmtree(home / "log")
    kept.rename(home / "log")
    # The database of this test still has the leaf: without it, it would be older than what the anchor has seen.
    from sakimori.acts.models import Leaf

    with open_door("test"):
        Leaf.objects.order_by("-position").first().delete()
    assert outside.own_checkpoint(seen) is not None
    assert standing.look().reason == "behind"
    with pytest.raises(recovery.RecoveryError) as refused:
        clear()
    assert refused.value.code == "log.epoch_needed"


def test_another_history_in_the_anchor_is_a_fork_and_a_new_log_is_begun(home):
    from sakimori import proofs

    size = TileLog(home / "log").size
    outside.anchor(proofs.sign_checkpoint(keys.origin(), size, b"\1" * 32, keys.private("log")))
    assert standing.look().reason == "forked"
    old = give_receipt()
    with pytest.raises(recovery.RecoveryError):
        clear()
    done = clear(new_epoch=True)
    assert (done.way, epochs.origin()) == ("epoch", "sakimori/test/2")
    give()
    assert verify.verify_deployment().sound
    assert TileLog(home / "log.1").size == size
    from sakimori.acts import receipts

    proven = receipts.proven(old)
    assert proven["inclusion"]["checkpoint"].startswith("sakimori/test\n")
    proofs.verify_receipt(proven, keys.own_ring())
    newest = Act.objects.order_by("-number").first()
    proofs.verify_receipt(receipts.proven(newest.id), keys.own_ring())
    pulse.end()


def give_receipt():
    """The oldest act, which only the closed log has taken in under its own promise."""
    return Act.objects.order_by("number").first().id
