"""Erasing what an act said: everywhere the floor keeps it, and the log stays whole."""

import base64
import json

import pytest

from sakimori.acts import batches, door, proposals, reading, sequencer, transport
from sakimori.acts.models import Act, ActContent, BatchItem, Delivery, Leaf, Proposal
from sakimori.acts.receipts import proven
from sakimori.acts.verify import verify_deployment
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases
SECRET = "消される内容"  # noqa: S105 - what must be gone
REPORTER, APPROVER = viewer("power", "reporter"), viewer("power", "approver")


def everything_kept():
    """Return all bytes in which the floor might still hold it."""
    return b"".join(
        [
            *(bytes(one.content) for one in ActContent.objects.all()),
            *(json.dumps(one.payload, ensure_ascii=False).encode() for one in Proposal.objects.all()),
            *(bytes(one.content) for one in BatchItem.objects.all()),
            *(
                base64.b64decode(json.loads(bytes(one.body))["act"]["bytes"])
                for one in Delivery.objects.exclude(body=None)
            ),
        ]
    )


def test_nothing_of_an_erased_act_is_left_and_the_log_stays_whole(room):
    room.does("trial.bulk.two", lambda ctx, _: ctx.send(fixed("meti")) and None)
    batch = batches.stage("trial.bulk.two", [{"row": SECRET}], by=REPORTER)
    made = proposals.propose("trial.bulk.two", {"text": SECRET}, by=REPORTER, batch=batch.id)
    done = proposals.confirm(made.id, by=APPROVER)
    sequencer.drain()
    transport.run_once()
    assert everything_kept().count(SECRET.encode()) >= 5

    erased = door.perform_system(
        "acts.content.erase", {"act": str(done.act), "basis": "試験"}, world=WORLD, authorised_by=done.act
    )
    sequencer.drain()

    assert SECRET.encode() not in everything_kept()
    gone = Act.objects.get(id=done.act)
    assert gone.erased_by == erased.act
    assert Act.objects.get(kind="acts.proposal.make").erased_by == erased.act
    assert Leaf.objects.get(of=done.act).commitment
    assert "act" not in proven(done.act)
    assert reading.read(APPROVER, "acts.content", act=done.act) == []
    report = verify_deployment()
    assert report.problems == []
    assert report.counts["erased"] == 2


def test_only_that_act_is_erased(room):
    kept = door.perform("trial.note.write", {"text": "残る"}, by=REPORTER)
    gone = door.perform("trial.note.write", {"text": SECRET}, by=REPORTER)
    door.perform_system(
        "acts.content.erase", {"act": str(gone.act), "basis": "試験"}, world=WORLD, authorised_by=gone.act
    )
    assert ActContent.objects.filter(id=kept.act).exists()
    assert not ActContent.objects.filter(id=gone.act).exists()
