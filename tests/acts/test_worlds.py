"""Worlds never mix: what is done, proposed, staged, told, read and dated in one is not there in another."""

from datetime import date, datetime
from itertools import pairwise

import pytest

from sakimori.acts import clock, door, proposals, reading, receipts
from sakimori.acts.errors import NotFoundError, NotInForceError
from sakimori.acts.models import Act, ActContent, Proposal
from sakimori.errors import SakimoriError
from sakimori.parties.models import Consent
from tests.support.deployment import REHEARSAL, TODAY, WORLD, viewer

pytestmark = pytest.mark.both_databases

HERE, THERE = viewer("power", "reporter"), viewer("power", "reporter", REHEARSAL)


def test_a_sample_world_has_its_own_day_and_a_rehearsal_that_of_its_base(room):
    assert clock.today(WORLD) == clock.today(REHEARSAL) == date.fromisoformat(TODAY)
    assert clock.now(WORLD).utcoffset().total_seconds() == 9 * 3600
    done = door.perform("trial.note.write", {"text": "x"}, by=HERE)
    assert clock.TOKYO.key == "Asia/Tokyo"
    assert Act.objects.get(id=done.act).recorded_at.astimezone(clock.TOKYO).date() == date.fromisoformat(TODAY)


def test_a_sample_worlds_time_passes_and_does_not_fall_back_at_midnight(room, monkeypatch):
    def written(at):
        class Stopped(datetime):
            @classmethod
            def now(cls, zone):
                return datetime.fromisoformat(at).astimezone(zone)

        monkeypatch.setattr(clock, "datetime", Stopped)
        before = clock.now(WORLD)
        recorded = Act.objects.get(id=door.perform("trial.note.write", {"text": at}, by=HERE).act).recorded_at
        assert before == recorded
        return recorded

    found = [
        written("2027-02-28T23:59:58+09:00"),
        written("2027-02-28T23:59:59+09:00"),
        written("2027-03-01T00:00:02+09:00"),
        written("2027-03-01T09:00:00+09:00"),
        written("2027-03-01T23:59:59.900000+09:00"),
        written("2027-03-01T23:59:59.999999+09:00"),
    ]
    assert all(one < other for one, other in pairwise(found))
    found += [written("2027-03-02T00:00:00+09:00"), written("2027-03-02T23:59:59.999999+09:00")]
    assert found == sorted(found)
    assert {moment.astimezone(clock.TOKYO).date() for moment in found} == {date.fromisoformat(TODAY)}


def test_what_is_not_in_force_is_done_in_a_rehearsal_only_and_stamped(room):
    with pytest.raises(NotInForceError) as refused:
        proposals.propose("trial.later.do", {"text": "x"}, by=HERE)
    assert refused.value.article == "強化法17"
    made = proposals.propose("trial.later.do", {"text": "x"}, by=THERE)
    done = proposals.confirm(made.id, by=viewer("power", "approver", REHEARSAL))
    assert "REHEARSAL 訓練・リハーサル" in bytes(ActContent.objects.get(id=done.act).content).decode()
    assert done.receipt["world"] == REHEARSAL


def test_what_is_done_in_one_is_not_seen_in_the_other(room):
    done = door.perform("trial.note.write", {"text": "x"}, by=HERE)
    made = proposals.propose("trial.two.do", {"text": "x"}, by=HERE)
    assert [row["id"] for row in reading.read(HERE, "acts.done", subject=done.subject.id)] == [done.act]
    for query, arguments in (
        ("acts.done", {}),
        ("acts.proposals", {}),
        ("acts.content", {"act": done.act}),
        ("acts.readers", {"act": done.act}),
        ("acts.dispatches", {}),
    ):
        assert reading.read(THERE, query, **arguments) == []
    for settle in (
        lambda: proposals.refuse(made.id, "x", by=THERE),
        lambda: proposals.adopt(made.id, by=THERE),
    ):
        with pytest.raises(NotFoundError):
            settle()
    assert Proposal.objects.get().status == "open"
    with pytest.raises(NotFoundError):
        receipts.receipt_file(THERE, done.act)


def test_records_carry_their_world_and_people_act_in_both(room):
    for by in (HERE, THERE):
        door.perform("trial.note.write", {"text": by.world}, by=by)
    assert dict(Consent.objects.values_list("matter", "world")) == {WORLD: WORLD, REHEARSAL: REHEARSAL}


def test_a_world_that_is_not_there_is_said_plainly(parties):
    with pytest.raises(SakimoriError) as refused:
        door.perform("parties.consent.give", {}, by=viewer("power", "approver", "nowhere"))
    assert refused.value.code == "world.unknown"
    assert WORLD in refused.value.mend.en


def test_erasing_in_one_world_does_not_reach_the_other(room):
    done = door.perform("trial.note.write", {"text": "x"}, by=HERE)
    with pytest.raises(NotFoundError):
        door.perform_system(
            "acts.content.erase", {"act": str(done.act), "basis": "x"}, world=REHEARSAL, authorised_by=done.act
        )
    assert ActContent.objects.filter(id=done.act).exists()
