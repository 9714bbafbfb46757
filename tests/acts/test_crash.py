"""Killed at every named failpoint: no accepted act is lost, none is done twice, the log stays whole."""

import json

import pytest

from sakimori.acts import failpoints
from tests.acts.places import placed

KILLED = 137
pytestmark = pytest.mark.slow

founded, home = placed("tests.acts.crash_actor", mail="minister@example.com")


def run(place, *steps, failpoint="", **environment):
    """Run steps in a process of their own and return its exit status."""
    return place.status(*steps, SAKIMORI_FAILPOINT=failpoint, **environment)


def rows(place, statement):
    return place.sql(statement)


def count(place, table, where="1=1"):
    return place.count(table, where)


def test_every_failpoint_has_its_test():
    tested = {"perform.before_commit", "perform.after_commit", *SEQUENCER, *ENVELOPE, *OUTBOX}
    assert tested == set(failpoints.NAMES)


SEQUENCER = ("sequencer.after_append", "sequencer.before_publish", "sequencer.after_publish")
ENVELOPE = ("envelope.before_post", "envelope.after_post", "envelope.after_receive")
OUTBOX = ("outbox.before_send", "outbox.after_send")


def test_killed_before_the_commit_nothing_is_accepted(home):
    acts = count(home, "acts_act")
    assert run(home, "give", failpoint="perform.before_commit") == KILLED
    assert count(home, "acts_act") == acts
    assert run(home, "give") == 0
    assert count(home, "parties_consent") == 1


def test_killed_after_the_commit_the_act_stands_and_is_not_done_again(home):
    acts = count(home, "acts_act")
    assert run(home, "give", failpoint="perform.after_commit") == KILLED
    assert count(home, "acts_act") == acts + 1
    assert run(home, "give") == 0
    assert count(home, "acts_act") == acts + 1
    assert count(home, "parties_consent") == 1


@pytest.mark.parametrize("failpoint", [*SEQUENCER, *ENVELOPE, *OUTBOX])
def test_killed_at_work_everything_arrives_once(home, failpoint, smtp_sink):
    assert run(home, "work", failpoint=failpoint, SAKIMORI_SMTP=smtp_sink.address) == KILLED
    # A delivery that was under way waits for its retry time: let that time come.
    home.sql("UPDATE acts_delivery SET next_at = '2000-01-01' WHERE status = 'waiting'")
    assert run(home, "work", "sound", SAKIMORI_SMTP=smtp_sink.address) == 0

    assert rows(home, "SELECT status FROM acts_dispatch") == [("arrived",)]
    assert count(home, "assets_notification", "side = 'minister'") == 1
    assert count(home, "acts_received") == 1
    assert count(home, "acts_notice") == 1
    assert count(home, "acts_leaf", "position IS NULL") == 0
    assert count(home, "acts_obligation", "rule LIKE 'kyokaho.notice.existing' AND status = 'settled'") == 1
    ids = {message["Message-ID"] for message in smtp_sink.messages}
    assert len(ids) == 1, "the mail came, and every copy bears the same id"


def test_a_deployment_that_was_never_killed_is_sound(home):
    assert run(home, "work", "sound") == 0
    (receipt,) = rows(home, "SELECT receipt FROM acts_act ORDER BY number DESC LIMIT 1")[0]
    receipt = json.loads(receipt) if isinstance(receipt, str) else receipt
    assert receipt["type"] == "sakimori.receipt/1"
