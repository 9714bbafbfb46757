"""The loop: awareness, decision, one form, two persons, both authorities, copies, the clock in every list."""

from datetime import date

import pytest

from sakimori.acts import door, reading
from sakimori.acts.errors import ProposalError, SecondPersonError
from sakimori.acts.models import Dispatch, Notice, Obligation
from sakimori.incidents import entry
from sakimori.incidents.models import Case, Filing, Report
from tests.support import incidents as story
from tests.support.deployment import fixed, viewer

FULL = "kyokaho.incident.full"


def owed(rule, bearer="power"):
    """Return the obligations of a rule."""
    return Obligation.objects.filter(rule=rule, bearer=fixed(bearer))


def clocks(organisation, role, **arguments):
    """Return the clocks in somebody's list, by rule."""
    rows = reading.read(viewer(organisation, role), "incidents.clocks", **arguments)
    return {row["rule"]: row for row in rows}


def test_both_clocks_run_from_awareness_not_from_recording(parties):
    case = story.aware()
    # 認知 2026-11-20 + 30 days = 2026-12-20, a Sunday; filings roll to Monday (行政機関の休日に関する法律2).
    assert owed(FULL).get().due_on == date(2026, 12, 21)
    first = owed("kyokaho.incident.first").get()
    assert first.is_target  # the law gives no number; ours is shown as a target
    assert first.due_at == story.when("2026-11-21T09:30:00+09:00")
    assert {one.subject for one in owed(FULL)} == {case}


def test_the_decision_keeps_reasons_what_would_change_them_and_addressees(parties):
    made = story.triage(story.aware(), personal=story.LEAK, consult_police=True)
    assert made["outcome"] == "reportable"
    (decision,) = made["decisions"]
    assert decision["reasons"][0]["article"].startswith("強化法5")
    assert decision["reasons"][0]["would_change"]["ja"]
    named = {(one["lane"], one["role"], one["organisation"]) for one in made["addressees"]}
    assert named == {
        ("kyokaho", "regional_bureau", str(fixed("bureau"))),  # 施行令3(2): delegated for incident reports
        ("kyokaho", "prime_minister", str(fixed("cabinet"))),
        ("appi", "ppc", str(fixed("ppc"))),
        ("police", "police", str(fixed("police"))),
    }


def test_filing_needs_a_second_person(parties):
    case = story.aware()
    story.triage(case)
    (prepared,) = entry.prepare(viewer("power", "reporter"), case, story.filled(), "first")
    with pytest.raises(SecondPersonError):
        door.perform(prepared.kind, prepared.payload, by=viewer("power", "approver"))
    (made,) = entry.propose(viewer("power", "approver"), case, story.filled(), "first")
    with pytest.raises(ProposalError):
        entry.confirm(viewer("power", "approver"), [made.id])
    assert not Filing.objects.exists()
    assert not Dispatch.objects.exists()


def test_one_entry_makes_two_dispatches_of_the_same_form(parties):
    case = story.aware()
    story.triage(case)
    (done,) = story.file(case)
    sent = Dispatch.objects.filter(act=done.act)
    assert {one.addressee for one in sent} == {fixed("bureau"), fixed("cabinet")}
    story.carry()
    ours = ("category", "outline", "event", "computers", "technical", "response", "remarks", "form")
    bureau, cabinet = (Report.objects.get(addressee=fixed(name)) for name in ("bureau", "cabinet"))
    assert {name: getattr(bureau, name) for name in ours} == {name: getattr(cabinet, name) for name in ours}
    assert bureau.form == 2  # ransomware: 共通様式2
    assert bureau.category == {"stage": "first", "form": 2}


def test_the_duty_is_settled_only_when_both_have_acknowledged(parties):
    case = story.aware()
    story.triage(case)
    (done,) = story.file(case)
    assert owed("kyokaho.incident.first").get().status == "open"
    one = Dispatch.objects.filter(act=done.act).order_by("addressee").first()
    door_arrives(one)
    assert owed("kyokaho.incident.first").get().status == "open"
    assert Filing.objects.get().status == "approved"
    story.carry()
    settled = owed("kyokaho.incident.first").get()
    assert settled.status == "settled"
    assert set(settled.evidence) == {str(fixed("bureau")), str(fixed("cabinet"))}
    assert all(answer["outcome"] == "accepted" for answer in settled.evidence.values())
    assert Filing.objects.get().status == "arrived"
    assert owed(FULL).get().status == "open"


def door_arrives(dispatch):
    """Let one envelope arrive and leave the others where they are."""
    from sakimori.acts import sequencer, transport
    from sakimori.acts.models import Delivery

    sequencer.drain()
    others = Delivery.objects.filter(channel="envelope", status="waiting").exclude(envelope=dispatch.id)
    held = list(others.values_list("id", flat=True))
    Delivery.objects.filter(id__in=held).update(status="held")
    transport.run_once()
    Delivery.objects.filter(id__in=held).update(status="waiting")


def test_the_thirty_days_stand_in_every_list_concerned_with_derivation(parties):
    story.reported()
    for name, role in (("power", "viewer"), ("bureau", "officer"), ("meti", "officer"), ("cabinet", "analyst")):
        clock = clocks(name, role)[FULL]
        assert clock["due_on"] == date(2026, 12, 21)
        assert clock["bearer"] == fixed("power")
        assert clock["mine"] is (name == "power")
        assert any("30日" in line and "認知" in line for line in clock["derivation"]["derivation"])
    for name, role in (("mlit", "officer"), ("rail", "approver"), ("police", "liaison")):
        assert FULL not in clocks(name, role)
    assert owed(FULL).count() == 1  # one incident, one clock, many lists


def test_nobody_knows_of_the_case_before_it_is_filed(parties):
    case = story.aware()
    story.triage(case)
    for name, role in (("bureau", "officer"), ("meti", "officer"), ("cabinet", "analyst"), ("ppc", "liaison")):
        assert reading.read(viewer(name, role), "incidents.reports") == []
        assert clocks(name, role) == {}
        assert not Notice.objects.filter(addressee=fixed(name)).exists()


def test_the_commission_has_its_own_clock_and_the_police_have_none(parties):
    story.reported()
    ppc = clocks("ppc", "liaison")
    # 規則8(2): 60 days for a wrongful purpose, the day of knowing counted: 2027-01-18, a Monday.
    assert set(ppc) == {"appi.full.wrongful"}
    assert ppc["appi.full.wrongful"]["due_on"] == date(2027, 1, 18)
    assert owed("appi.first").get().status == "settled"
    assert "appi.full.wrongful" in clocks("power", "reporter")
    assert "appi.full.wrongful" not in clocks("cabinet", "analyst")
    assert clocks("police", "liaison") == {}


def test_the_full_report_settles_the_thirty_days_everywhere(parties):
    told = story.reported("full")
    assert owed(FULL).get().status == "settled"
    for name in ("power", "bureau", "cabinet"):
        role = "reporter" if name == "power" else "officer"
        assert FULL not in clocks(name, role)
        assert clocks(name, role, status="settled")[FULL]["settled_at"]
    stages = Report.objects.filter(addressee=fixed("cabinet")).values_list("stage", "version", "status")
    assert set(stages) == {("first", 1, "superseded"), ("full", 2, "current")}
    assert Case.objects.count() == 1
    assert {report.case for report in Report.objects.all()} == {told.case}


def test_every_addressee_is_told_in_its_inbox(parties):
    story.reported()
    told = set(Notice.objects.filter(kind__startswith="incidents.").values_list("addressee", flat=True))
    assert told == {fixed("bureau"), fixed("cabinet"), fixed("ppc"), fixed("police")}


def test_the_operator_follows_each_addressee(parties):
    told = story.reported()
    row = reading.read_one(viewer("power", "viewer"), "incidents.case", case=told.case)
    lanes = {one["lane"]: {way["status"] for way in one["addressees"]} for one in row["filings"]}
    assert lanes == {"kyokaho": {"arrived"}, "appi": {"arrived"}, "police": {"arrived"}}
