"""Several processes at the same moment, with real commits, on SQLite and on PostgreSQL."""

import pytest

from tests.acts.places import placed

pytestmark = pytest.mark.slow


founded, place = placed("tests.acts.racing_actor")


def test_one_key_at_once_from_several_processes_is_one_act(place):
    told = place.race(*[["key"]] * 4)
    assert len({one["act"] for one in told}) == 1
    assert sorted(one["repeated"] for one in told) == [False, True, True, True]
    assert place.run("count")["notes"] == 1


def test_what_may_happen_once_happens_once(place):
    """The predicate reads before the handler writes: nobody of the organisation may come in between."""
    told = place.race(*[["once"]] * 3)
    assert sorted("act" in one for one in told) == [False, False, True]
    assert [one["code"] for one in told if "code" in one] == ["act.precondition"] * 2
    assert place.run("count")["consents"] == 1


def test_one_envelope_at_once_is_taken_in_once_and_answered_alike(place, tmp_path):
    place.run("letter", tmp_path / "letter.json")
    told = place.race(*[["receive", tmp_path / "letter.json"]] * 3)
    assert len({one["answer"] for one in told}) == 1
    counted = place.run("count")
    assert (counted["received"], counted["notes"]) == (1, 1)


def test_many_writers_and_the_sequencer_lose_nothing_and_never_block_each_other(place):
    """Two organisations, each told of in both orders, while leaves are taken in: numbers commit out of order."""
    sequencer = place.start("sequence")
    assert sequencer.stdout.readline() == '"ready"\n'
    told = place.race(*[["write", number, 25] for number in range(4)])
    sequencer.communicate("stop\n")
    assert told == [{"done": 25}] * 4
    counted = place.run("count")
    assert (counted["notes"], counted["notices"]) == (100, 200)
    assert (counted["waiting"], counted["problems"]) == (0, 0)
    assert counted["heads"] > 1, "it worked meanwhile"
