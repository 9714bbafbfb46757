"""Times that cannot be so are refused at their field, when a case is recorded, updated or corrected."""

import pytest

from sakimori.acts import door, reading
from sakimori.acts.errors import PreconditionError
from tests.support.deployment import REHEARSAL, viewer
from tests.support.incidents import AWARE, OCCURRED, aware

pytestmark = pytest.mark.both_databases

REPORTER, APPROVER = viewer("power", "reporter"), viewer("power", "approver")


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        ({"aware_at": "2006-11-20T09:30:00+09:00", "occurred_at": None}, "aware_at", "not in force"),
        ({"aware_at": "2026-09-30T23:59:00+09:00", "occurred_at": None}, "aware_at", "not in force"),
        ({"aware_at": "2062-11-20T09:30:00+09:00"}, "aware_at", "future"),
        ({"discovered_at": "2026-11-20T09:31:00+09:00"}, "aware_at", "The discovery comes after the awareness"),
        ({"discovered_at": "2026-11-20T02:00:00+09:00"}, "discovered_at", "The occurrence comes after the discovery"),
        ({"occurred_at": "2026-11-20T09:31:00+09:00"}, "aware_at", "The occurrence comes after the awareness"),
    ],
)
def test_a_time_that_cannot_be_so_is_refused_at_its_field(parties, wrong, where, said):
    with pytest.raises(PreconditionError) as refused:
        aware(**wrong)
    assert refused.value.where == where
    assert said in refused.value.what.en
    assert not reading.read(REPORTER, "incidents.cases")


def test_times_in_their_order_are_taken(parties):
    aware(discovered_at=AWARE)
    aware(aware_at="2026-10-01T00:00:00+09:00", occurred_at=None)
    rehearsed = aware(viewer("power", "reporter", REHEARSAL), aware_at="2025-11-20T09:30:00+09:00", occurred_at=None)
    assert rehearsed


def test_later_facts_are_held_against_what_stands(parties):
    case = str(aware())
    for wrong in ({"discovered_at": "2026-11-21T09:30:00+09:00"}, {"occurred_at": "2062-01-01T00:00:00+09:00"}):
        with pytest.raises(PreconditionError) as refused:
            door.perform("incidents.case.update", {"case": case, **wrong}, by=REPORTER)
        assert refused.value.where == next(iter(wrong))
    door.perform("incidents.case.update", {"case": case, "discovered_at": AWARE}, by=REPORTER)
    correction = {"case": case, "aware_at": OCCURRED, "reason": "x"}
    with pytest.raises(PreconditionError):
        door.perform("incidents.awareness.correct", correction, by=APPROVER)
