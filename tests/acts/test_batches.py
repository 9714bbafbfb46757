"""Bulk is one act over a staged batch: all rows or none, bound by their Merkle root, taken once, by who staged them."""

import json
import uuid
from pathlib import Path

import pytest

from sakimori import proofs
from sakimori.acts import batches, door
from sakimori.acts.errors import NotPerformableError, RefusedError
from sakimori.acts.models import Act, ActContent, Batch, BatchItem
from sakimori.parties.models import Consent
from tests.acts.places import Place
from tests.support import deployment
from tests.support.deployment import REHEARSAL, fixed, viewer

pytestmark = pytest.mark.both_databases

REPORTER = viewer("power", "reporter")
ROWS = [{"n": number, "text": "行"} for number in range(2345)]


@pytest.fixture
def taken(room):
    """What the handler of the trial room's bulk acts took in."""
    seen = []
    for kind in ("trial.bulk.take", "trial.bulk.two"):
        room.does(kind, lambda ctx, _: seen.extend(ctx.items()))
    return seen


def take(batch, by=REPORTER, kind="trial.bulk.take"):
    return door.perform(kind, {"text": "x"}, by=by, batch=getattr(batch, "id", batch))


def test_every_row_is_taken_in_order_and_the_act_binds_the_root(taken):
    batch = batches.stage("trial.bulk.take", iter(ROWS), by=REPORTER)
    assert (batch.count, taken) == (len(ROWS), [])
    done = take(batch)
    assert taken == ROWS
    root = proofs.root([proofs.leaf_hash(proofs.canonical(row)) for row in ROWS]).hex()
    document = json.loads(bytes(ActContent.objects.get(id=done.act).content))
    assert document["batch"] == {"id": str(batch.id), "count": len(ROWS), "root": root}
    assert Batch.objects.get(id=batch.id).used_by == done.act


def test_a_batch_is_used_once(taken):
    batch = batches.stage("trial.bulk.take", ROWS[:2], by=REPORTER)
    take(batch)
    with pytest.raises(RefusedError) as refused:
        take(batch)
    assert refused.value.code == "act.batch_used"
    assert len(taken) == 2


def test_a_batch_of_another_organisation_world_or_kind_is_not_there(taken):
    mine = batches.stage("trial.bulk.take", ROWS[:2], by=REPORTER)
    for batch, by, kind in (
        (mine, viewer("rail", "reporter"), "trial.bulk.take"),
        (mine, viewer("power", "reporter", REHEARSAL), "trial.bulk.take"),
        (batches.stage("trial.bulk.two", ROWS[:2], by=REPORTER), REPORTER, "trial.bulk.take"),
        (uuid.uuid4(), REPORTER, "trial.bulk.take"),
    ):
        with pytest.raises(RefusedError, match="no such batch"):
            take(batch, by, kind)
    assert taken == []
    with pytest.raises(NotPerformableError):
        take(mine, kind="trial.note.write")


def test_a_batch_whose_rows_changed_is_refused(taken):
    for change in (
        lambda items: items.filter(position=1).update(content=b'{"n":7}'),
        lambda items: items.filter(position=1).delete(),
        lambda items: BatchItem.objects.create(batch=items.first().batch, position=9, content=b"{}"),
    ):
        batch = batches.stage("trial.bulk.take", ROWS[:3], by=REPORTER)
        change(BatchItem.objects.filter(batch=batch))
        with pytest.raises(RefusedError) as refused:
            take(batch)
        assert refused.value.code == "act.batch_changed"
    assert taken == []


def test_all_or_nothing(room):
    def fails_at_the_end(ctx, _):
        for row in ctx.items():
            ctx.create(Consent, organisation_id=fixed("power"), matter=str(row["n"]), given_on=ctx.today)
        raise ctx.refuse("trial.no", door.Text("だめ", "no"))

    room.does("trial.bulk.take", fails_at_the_end)
    batch = batches.stage("trial.bulk.take", ROWS[:5], by=REPORTER)
    with pytest.raises(RefusedError):
        take(batch)
    assert (Consent.objects.count(), Batch.objects.get(id=batch.id).used_by) == (0, None)


def test_staging_alone_is_nothing_and_can_be_dropped_by_its_owner_only(taken):
    before = Act.objects.count()
    batch, used = (batches.stage("trial.bulk.take", ROWS[:2], by=REPORTER) for _ in range(2))
    take(used)
    batches.discard(batch.id, by=viewer("rail", "reporter"))
    batches.discard(batch.id, by=viewer("power", "reporter", REHEARSAL))
    batches.discard(used.id, by=REPORTER)
    assert set(Batch.objects.values_list("id", flat=True)) >= {batch.id, used.id}
    batches.discard(batch.id, by=REPORTER)
    assert not BatchItem.objects.filter(batch=batch.id).exists()
    assert Act.objects.count() == before + 1


def test_an_empty_batch_is_a_batch(taken):
    batch = batches.stage("trial.bulk.take", [], by=REPORTER)
    take(batch)
    assert (batch.count, taken) == (0, [])


def test_no_batch_yields_no_rows(taken):
    door.perform("trial.bulk.take", {}, by=REPORTER)
    assert taken == []


@pytest.mark.slow
def test_fifty_thousand_rows_take_less_than_a_gibibyte(tmp_path: Path):
    """Peak memory of a whole process, its interpreter included."""
    deployment.write_home(tmp_path / "home")
    place = Place(tmp_path / "home", "", "tests.acts.racing_actor")
    place.run("found")
    told = place.run("bulk")
    assert told["rows"] == 50_000
    assert told["peak_mib"] < 1024
