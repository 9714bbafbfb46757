"""Answers that several people type into one draft: recording or dropping some loses none of the others'."""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.acts.errors import ConflictError
from sakimori.assets.interview import drafts
from sakimori.assets.models import Computer
from tests.support.deployment import fixed, viewer
from tests.support.filing import HEADING, ROWS, import_register

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("register")]
FACILITY = fixed("power.facility")


@pytest.fixture
def register(parties):
    """Import two computers of which nobody has said whether they are the nearest firewall."""
    open_row = ROWS[1].split(",")
    open_row[HEADING.split(",").index("直近のファイアウォール")] = ""
    import_register(rows=tuple(",".join([key, f"名称 {key}", *open_row[2:]]) for key in ("P-001", "P-002")))


def reporter():
    return viewer("power", "reporter")


def say(key, facts):
    """Type an answer about one computer into the draft."""
    drafts.keep(reporter(), FACILITY, [([identity(key)], facts)])


def identity(key):
    return str(Computer.objects.get(key=key).id)


def read():
    return [{"computer": one, "facts": dict(said)} for one, said in drafts.answers(reporter(), FACILITY).items()]


def record(rows, **more):
    return drafts.record(reporter(), FACILITY, rows, key="k1", client="web", **more)


def test_what_a_colleague_answers_meanwhile_stays():
    say("P-001", {"nearest_firewall": True})
    rows = read()
    say("P-002", {"nearest_firewall": True})
    record(rows)
    assert Computer.objects.get(key="P-001").facts["nearest_firewall"] is True
    assert drafts.answers(reporter(), FACILITY) == {identity("P-002"): {"nearest_firewall": True}}
    drafts.record(reporter(), FACILITY, read(), key="k2", client="web")
    assert Computer.objects.get(key="P-002").facts["nearest_firewall"] is True
    assert drafts.draft(reporter(), FACILITY) is None


def test_an_answer_changed_meanwhile_is_not_recorded_as_it_was():
    say("P-001", {"nearest_firewall": True})
    rows = read()
    say("P-001", {"nearest_firewall": False})
    with pytest.raises(ConflictError):
        record(rows)
    assert drafts.answers(reporter(), FACILITY) == {identity("P-001"): {"nearest_firewall": False}}


def test_what_the_record_has_overtaken_does_not_wait_for_ever():
    say("P-001", {"nearest_firewall": True})
    say("P-002", {"nearest_firewall": True})
    told = {"computer": identity("P-002"), "changed_on": "2026-11-20", "facts": {"nearest_firewall": True}}
    door.perform("assets.computer.change", told, by=reporter())
    record([{"computer": identity("P-001"), "facts": {"nearest_firewall": True}}])
    assert drafts.draft(reporter(), FACILITY) is None


@pytest.mark.parametrize("action", ["record", "drop"])
def test_the_page_records_and_drops_only_what_it_showed(enter, action):
    say("P-001", {"nearest_firewall": True})
    client, at = enter("power", "reporter", language="ja"), reverse("assets:interview_review", args=[FACILITY])
    seen = client.get(at).context["seen"]
    say("P-002", {"nearest_firewall": True})
    sent = {"key": "k1", "action": action, "seen": seen}
    late = client.post(at, sent)
    assert late.status_code == 409
    assert "ほかの人が回答を加えたか変えました" in late.content.decode()
    assert len(drafts.answers(reporter(), FACILITY)) == 2
    again = client.post(at, sent | {"key": "k2", "seen": late.context["seen"]})
    assert again.status_code == 302
    assert drafts.draft(reporter(), FACILITY) is None
