"""The authority's side when the operator has its own installation: only envelopes come in, no case is known here."""

import uuid

import pytest

from sakimori.acts import door, reading
from sakimori.acts.errors import NotFoundError, RefusedError
from sakimori.acts.models import Obligation
from sakimori.incidents.models import Question, Report
from tests.support import incidents as story
from tests.support.deployment import WORLD, fixed, viewer

FULL = "kyokaho.incident.full"
CASE = str(fixed("a case elsewhere"))
KINDS = {
    "first": "incidents.first_report.file",
    "full": "incidents.full_report.file",
    "supplement": "incidents.report.supplement",
    "withdrawal": "incidents.report.withdraw",
}


def form(stage="first", aware_at=story.AWARE, **more):
    """Return a report as an operator elsewhere files it."""
    filled = story.filled()
    return {
        "layout": "sakimori/1",
        "case": CASE,
        "category": {"stage": "full" if stage == "full" else "first", "form": 2},
        "outline": filled.outline.model_dump(),
        "event": {"summary": "1台", "aware_at": aware_at},
        "technical": {"indicators": ["203.0.113.7"]},
        **more,
    }


def arrives(stage, at, filed_at="2026-11-24T10:00:00+09:00", payload=None, sender="power", kind=None, act=None):
    """Let a filing come in for an addressee, as the transport hands it to the door."""
    document = {
        "id": str(act or uuid.uuid4()),
        "kind": kind or KINDS[stage],
        "occurred_at": filed_at,
        "payload": payload or form(stage),
    }
    receiver = {
        "incidents.appi_report.file": "incidents.appi_report.receive",
        "incidents.consultation.file": "incidents.consultation.receive",
    }.get(document["kind"], "incidents.report.receive")
    return door.perform_system(
        receiver,
        {
            "envelope": str(uuid.uuid4()),
            "sender": str(fixed(sender)) if sender else None,
            "addressee": str(fixed(at)),
            "document": document,
        },
        world=WORLD,
        authorised_by=uuid.uuid4(),
    )


def clock():
    """Return the only clock of the full report."""
    return Obligation.objects.get(rule=FULL)


def watching():
    """Return who has the clock in its list."""
    return set(clock().watches.values_list("organisation", flat=True))


def test_the_first_report_starts_the_clock_from_the_awareness_it_names(parties):
    arrives("first", "bureau")
    assert clock().bearer == fixed("power")
    assert str(clock().due_on) == "2026-12-21"
    assert watching() == {fixed("bureau"), fixed("meti")}  # the minister whose power the bureau exercises
    arrives("first", "cabinet")
    assert watching() == {fixed("bureau"), fixed("meti"), fixed("cabinet")}


def test_the_clock_stands_until_everybody_here_has_the_full_report(parties):
    arrives("first", "bureau")
    arrives("first", "cabinet")
    arrives("full", "bureau", "2026-11-25T10:00:00+09:00")
    assert clock().status == "open"
    arrives("full", "cabinet", "2026-11-25T10:00:00+09:00")
    assert clock().status == "settled"


def test_whatever_the_order_of_arrival_the_last_filed_is_current(parties):
    arrives("full", "bureau", "2026-11-25T10:00:00+09:00")
    arrives("first", "bureau", "2026-11-24T10:00:00+09:00")
    rows = reading.read(viewer("bureau", "officer"), "incidents.reports")
    assert {row["stage"]: row["status"] for row in rows} == {"full": "current", "first": "superseded"}
    assert not Obligation.objects.filter(rule=FULL, status="open").exists()


def test_a_corrected_awareness_moves_the_clock_for_all_who_watch_it(parties):
    arrives("first", "bureau")
    arrives("first", "cabinet")
    moved = form("supplement", aware_at="2026-11-18T09:00:00+09:00", reason="委託先が先に気付いた")
    arrives("supplement", "bureau", "2026-11-25T09:00:00+09:00", moved)
    running = Obligation.objects.get(rule=FULL, status="open")
    assert str(running.due_on) == "2026-12-18"
    assert set(running.watches.values_list("organisation", flat=True)) == {
        fixed("bureau"), fixed("meti"), fixed("cabinet"),
    }  # fmt: skip
    arrives("supplement", "cabinet", "2026-11-25T09:00:00+09:00", moved)
    assert Obligation.objects.filter(rule=FULL, status="open").count() == 1


def test_a_withdrawal_ends_the_clock_and_what_comes_late_is_withdrawn_too(parties):
    arrives("first", "bureau")
    withdrawn = {"case": CASE, "reason": "訓練だった"}
    arrives("withdrawal", "bureau", "2026-11-26T09:00:00+09:00", withdrawn)
    assert clock().status == "settled"
    arrives("supplement", "bureau", "2026-11-25T09:00:00+09:00", form(reason="遅れて届いた"))
    assert set(Report.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert reading.read(viewer("bureau", "officer"), "incidents.indicators") == []


def test_another_operators_case_of_the_same_id_is_another_case(parties):
    arrives("first", "cabinet")
    arrives("first", "cabinet", sender="rail")
    assert Obligation.objects.filter(rule=FULL).count() == 2
    assert set(Report.objects.values_list("status", "version")) == {("current", 1)}
    arrives("withdrawal", "cabinet", payload={"case": CASE, "reason": "x"}, sender="rail")
    assert Report.objects.get(reporter=fixed("power")).status == "current"


@pytest.mark.parametrize(
    ("at", "sender", "payload", "code"),
    [
        ("mlit", "power", None, "incidents.not_designated"),
        ("cabinet", "vendor", None, "incidents.sender"),
        ("cabinet", None, None, "incidents.sender"),
        ("ppc", "power", None, "incidents.misdirected"),
        ("police", "power", None, "incidents.misdirected"),
        ("cabinet", "power", {"case": CASE}, "incidents.payload"),
        ("cabinet", "power", form(surprise=1), "incidents.payload"),
        ("cabinet", "power", form(technical={"indicators": ["x y"]}), "incidents.payload"),
    ],
)
def test_what_should_not_be_here_is_refused_with_its_reason(parties, at, sender, payload, code):
    with pytest.raises(RefusedError) as refused:
        arrives("first", at, payload=payload, sender=sender)
    assert refused.value.code == code
    assert refused.value.what.ja
    assert refused.value.what.en
    assert not Report.objects.exists()
    assert not Obligation.objects.exists()


@pytest.mark.parametrize(
    ("kind", "at"), [("incidents.appi_report.file", "police"), ("incidents.consultation.file", "ppc")]
)
def test_a_lane_comes_in_at_its_own_authority_only(parties, kind, at):
    with pytest.raises(RefusedError) as refused:
        arrives("first", at, kind=kind)
    assert refused.value.code == "incidents.misdirected"


def test_only_the_operator_that_was_asked_can_answer(parties):
    arrives("first", "bureau")
    report = Report.objects.get()
    asked = door.perform(
        "incidents.question.ask", {"report": str(report.id), "text": "?"}, by=viewer("bureau", "officer")
    )
    answer = {
        "id": str(uuid.uuid4()),
        "kind": "incidents.question.answer",
        "payload": {"number": str(asked.act), "answer": "!"},
    }
    for sender, at in (("rail", "bureau"), ("power", "cabinet")):
        taken = {
            "envelope": str(uuid.uuid4()),
            "sender": str(fixed(sender)),
            "addressee": str(fixed(at)),
            "document": answer,
        }
        with pytest.raises(NotFoundError):
            door.perform_system("incidents.answer.receive", taken, world=WORLD, authorised_by=uuid.uuid4())
    assert Question.objects.get().status == "asked"
