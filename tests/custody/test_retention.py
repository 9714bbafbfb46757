"""Keeping no longer than the law allows: extending, ending early, erasing, and telling the committee (25, 30)."""

import uuid

import pytest

from sakimori.acts import clock, door, proposals, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, RefusedError, SecondPersonError
from sakimori.acts.models import Act, Obligation
from sakimori.acts.verify import verify_deployment
from sakimori.custody import erasing
from sakimori.custody.handlers import RECURRING
from sakimori.custody.models import SelectedRecord, Selection
from tests.support import committee
from tests.support.deployment import REHEARSAL, WORLD, viewer


@pytest.fixture
def kept(seated, tmp_path):
    """A recorded selection, retained until 2028-03-31; its id."""
    _, selection = committee.recorded(tmp_path / "out")
    return selection


@pytest.fixture
def on(settings):
    """Let the sample worlds live on another day."""

    def move(day):
        worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": day}}
        settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}
        assert clock.today(REHEARSAL).isoformat() == day

    return move


def extend(selection, until):
    payload = {"selection": str(selection), "retained_until": until, "reason": "【架空】分析が続いている"}
    proposal = proposals.propose("custody.retention.extend", payload, by=committee.officer())
    return proposals.confirm(proposal.id, by=viewer("cabinet", "decider", REHEARSAL))


def end(selection, by=None):
    payload = {"selection": str(selection), "reason": "【架空】不要となった"}
    return door.perform("custody.retention.end", payload, by=by or committee.officer())


def notices():
    return [(row["what"], row["findings"]) for row in reading.read(committee.chair(), "oversight.notices")]


def statuses(rule):
    return list(Obligation.objects.filter(rule=rule).order_by("begins").values_list("status", flat=True))


def test_ending_early_erases_at_once_and_the_committee_is_told(kept):
    done = end(kept)
    assert not SelectedRecord.objects.exists()
    committee.carry()
    row = Selection.objects.get(id=kept)
    assert (row.status, row.end_reason) == ("erased", "【架空】不要となった")
    assert row.erased_at is not None
    assert notices() == [("erasure", []), ("selection", [])]
    assert statuses("custody.erase") == ["settled"]
    assert statuses("custody.retention.max") == ["settled"]
    assert statuses("custody.notice") == ["settled", "settled"]
    erased = Act.objects.get(kind="custody.information.erase")
    assert (erased.caused_by, erased.person) == (done.act, None)  # the system's act names what authorised it
    assert verify_deployment().problems == []


def test_what_is_erased_is_not_erased_again(kept):
    done = end(kept)
    with pytest.raises(RefusedError) as refused:
        end(kept)
    assert refused.value.code == "custody.not_kept"
    with pytest.raises(RefusedError):
        extend(kept, "2029-01-01")
    with pytest.raises(RefusedError) as refused:
        door.perform_system(
            "custody.information.erase", {"selection": str(kept)}, world=REHEARSAL, authorised_by=done.act
        )
    assert refused.value.code == "custody.still_retained"


def test_the_system_does_not_erase_what_is_still_retained(kept):
    with pytest.raises(RefusedError) as refused:
        door.perform_system(
            "custody.information.erase",
            {"selection": str(kept)},
            world=REHEARSAL,
            authorised_by=Selection.objects.get().act,
        )
    assert (refused.value.code, refused.value.article) == ("custody.still_retained", "強化法25(4)")
    assert SelectedRecord.objects.count() == 1


@pytest.mark.parametrize(("day", "gone"), [("2028-03-31", 0), ("2028-04-01", 1), ("2030-01-01", 1)])
def test_at_expiry_the_worker_erases(kept, on, day, gone):
    on(day)
    assert erasing.run_due(REHEARSAL) == gone
    assert SelectedRecord.objects.count() == 1 - gone
    assert erasing.run_due(REHEARSAL) == 0
    if gone:
        erased = Act.objects.get(kind="custody.information.erase")
        assert erased.caused_by == Selection.objects.get().act
        committee.carry()
        assert notices()[0] == ("erasure", [])


def test_the_worker_of_one_world_leaves_the_other_alone(kept, on):
    on("2030-01-01")
    assert erasing.run_due(WORLD) == 0
    assert RECURRING["custody.erase"](REHEARSAL) == 1


def test_two_persons_extend_and_the_committee_is_told(kept, on):
    done = extend(kept, "2029-03-31")
    committee.carry()
    row = reading.read_one(committee.officer(), "custody.selections", selection=kept)
    assert (str(row["retained_until"]), row["extended"]) == ("2029-03-31", 1)
    assert notices()[0] == ("retention_extended", [])
    assert statuses("custody.retention.max") == ["settled"]
    clocks = Obligation.objects.filter(rule="custody.extension.max", status="open")
    assert [str(clock.due_on) for clock in clocks] == ["2029-03-31"]
    on("2028-04-01")
    assert erasing.run_due(REHEARSAL) == 0
    on("2029-04-01")
    assert erasing.run_due(REHEARSAL) == 1
    assert Act.objects.get(kind="custody.information.erase").caused_by == done.act


def test_one_person_alone_does_not_extend(kept):
    payload = {"selection": str(kept), "retained_until": "2029-03-31", "reason": "x"}
    with pytest.raises(SecondPersonError):
        door.perform("custody.retention.extend", payload, by=committee.officer())


@pytest.mark.parametrize("until", ["2028-03-31", "2028-03-30", "2030-04-01", "2040-01-01"])
def test_an_extension_is_later_and_at_most_what_the_law_allows(kept, until):
    with pytest.raises(RefusedError) as refused:
        extend(kept, until)
    assert (refused.value.code, refused.value.article) == ("custody.retention", "強化法25(2)")


def test_the_longest_extension_counts_from_the_present_end(kept):
    extend(kept, "2030-03-31")
    extend(kept, "2032-03-31")
    assert Selection.objects.get().extended == 2
    assert Obligation.objects.filter(rule="custody.extension.max", status="open").count() == 1


def test_what_has_expired_cannot_be_extended(kept, on):
    on("2028-04-01")
    with pytest.raises(RefusedError) as refused:
        extend(kept, "2029-01-01")
    assert refused.value.code == "custody.expired"


@pytest.mark.parametrize(
    ("organisation", "role"),
    [("cabinet", "analyst"), ("cabinet", "intake"), ("meti", "officer"), ("committee", "chair"), ("power", "approver")],
)
def test_nobody_else_ends_retention(kept, organisation, role):
    with pytest.raises(NotAuthorisedError):
        end(kept, by=viewer(organisation, role, REHEARSAL))
    assert SelectedRecord.objects.count() == 1


def test_a_selection_that_is_not_there_is_not_found(seated):
    with pytest.raises(NotFoundError):
        end(uuid.uuid4())
