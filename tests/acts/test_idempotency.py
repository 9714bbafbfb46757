"""A key says: the same call again. Whoever else, whatever else or wherever else is another call."""

from dataclasses import replace

import pytest

from sakimori.acts import door, proposals
from sakimori.acts.errors import IdempotencyError, PayloadError
from sakimori.acts.models import Act, Idempotency
from sakimori.parties.models import Consent
from tests.acts.enrolling import enrol_by_system
from tests.support.deployment import REHEARSAL, fixed, viewer

pytestmark = pytest.mark.both_databases

REPORTER, APPROVER = viewer("power", "reporter"), viewer("power", "approver")


def write(by=REPORTER, text="x", key="k", **more):
    return door.perform("trial.note.write", {"text": text}, by=by, idempotency_key=key, **more)


def test_the_same_call_again_changes_nothing(room):
    first, again = write(), write()
    assert (again.act, again.receipt, again.subject, again.repeated) == (first.act, first.receipt, first.subject, True)
    assert (len(room.runs), Consent.objects.count()) == (1, 1)


def test_without_a_key_every_call_is_its_own(room):
    assert write(key="").act != write(key="").act
    assert Idempotency.objects.count() == 0


def test_other_clients_persons_and_worlds_have_keys_of_their_own(room):
    calls = [
        write(), write(client="web"), write(client="cli"), write(by=APPROVER),
        write(by=viewer("power", "reporter", REHEARSAL)), write(client="c" * 90), write(client="c" * 91),
    ]  # fmt: skip
    assert len({one.act for one in calls}) == len(calls)
    assert not any(one.repeated for one in calls)


@pytest.mark.parametrize(
    "other",
    [
        lambda: write(text="y"),
        lambda: door.perform("trial.clock.end", {"text": "x"}, by=REPORTER, idempotency_key="k"),
        lambda: proposals.propose("trial.two.do", {"text": "x"}, by=REPORTER, idempotency_key="k"),
    ],
)
def test_the_same_key_for_something_else_is_refused(room, other):
    write()
    before = Act.objects.count()
    with pytest.raises(IdempotencyError):
        other()
    assert Act.objects.count() == before


def test_the_same_key_in_anothers_name_is_something_else(room):
    membership = {"thing": "membership", "person": str(REPORTER.person), "role": "reporter", "valid_from": "2026-04-01"}
    enrol_by_system({**membership, "organisation": str(fixed("rail"))})
    write()
    with pytest.raises(IdempotencyError):
        write(by=replace(viewer("rail", "reporter"), person=REPORTER.person))


def test_a_refused_call_leaves_its_key_free(room):
    with pytest.raises(PayloadError):
        door.perform("trial.note.write", {"surprise": 1}, by=REPORTER, idempotency_key="k")
    assert not write().repeated


def test_a_proposal_made_twice_under_one_key_is_one(room):
    one, two = (proposals.propose("trial.two.do", {"text": "x"}, by=REPORTER, idempotency_key="p") for _ in range(2))
    assert one.id == two.id


def test_a_key_that_is_too_long_is_refused(room):
    write(key="k" * 100)
    with pytest.raises(IdempotencyError, match="at most 100"):
        write(key="k" * 101)


@pytest.mark.parametrize(
    "payload",
    [{"number": 2**53 + 1}, {"given": {"x": float("nan")}}, {"text": "\ud800"}, {"text": "\x00"},
     {"given": {"\x00": 1}}, {"given": {"deep": "\x00"}}, {"text": 5}, {"number": "five"}],
    ids=repr,
)  # fmt: skip
def test_what_no_act_can_say_is_a_fault_of_the_payload(room, payload):
    before = Act.objects.count()
    with pytest.raises(PayloadError):
        door.perform("trial.note.write", payload, by=REPORTER)
    assert Act.objects.count() == before


def test_a_written_backslash_is_no_control_character(room):
    write(text="\\u0000")
    assert Consent.objects.get().matter == "\\u0000"


def test_text_longer_than_its_column_is_a_fault_of_the_payload_where_the_database_minds(room):
    def too_long(ctx, _):
        ctx.create(Consent, organisation_id=fixed("power"), matter="x" * 61, given_on=ctx.today)

    room.does("trial.note.write", too_long)
    from django.db import connection

    if connection.vendor == "postgresql":
        with pytest.raises(PayloadError):
            write()
        assert Consent.objects.count() == 0
    else:
        write()


def test_the_time_of_the_act_is_written_in_tokyo_and_must_have_a_zone(room):
    from datetime import UTC, datetime

    from sakimori.acts import sequencer
    from sakimori.acts.verify import verify_deployment

    with pytest.raises(PayloadError):
        write(occurred_at=datetime(2026, 11, 20, 1, 2))  # noqa: DTZ001 - that is the fault
    done = write(occurred_at=datetime(2026, 11, 20, 1, 2, tzinfo=UTC))
    assert Act.objects.get(id=done.act).occurred_at == datetime(2026, 11, 20, 1, 2, tzinfo=UTC)
    sequencer.drain()
    assert verify_deployment().problems == []
