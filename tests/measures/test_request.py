"""Asking for approval: what the law allows to be asked, by whom, in which world, and how far it got."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import NotAuthorisedError, NotInForceError, RefusedError, SecondPersonError
from sakimori.acts.models import Act, Dispatch, Obligation
from sakimori.measures import limits
from sakimori.measures.models import Measure
from sakimori.measures.payloads import AskApproval
from tests.support import committee
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

KIND = "measures.request.file"
TODAY = date(2026, 11, 24)
DEVICE = {"kind": "address", "sides": ["source"], "values": ["203.0.113.66"]}
VICTIM = {"kind": "address", "sides": ["destination"], "values": ["203.0.113.66"]}
COMMAND = {"kind": "command", "refs": ["指令情報 1"], "patterns": ["hex:4d5a9000"]}
PORT = {"kind": "exploratory", "fields": ["dst_port"], "values": ["443"]}
INBOUND = {"basis": "32", "criteria": "", "capacity_percent": None, "ends_on": "2027-02-24", "conditions": [DEVICE]}
OUTBOUND = {**INBOUND, "basis": "33", "conditions": [VICTIM]}


def propose(world=REHEARSAL, **changes):
    return proposals.propose(KIND, {**committee.REQUEST, **changes}, by=committee.officer(world))


def faults(**changes):
    return limits.faults(AskApproval.model_validate({**committee.REQUEST, **changes}), TODAY)


def test_two_persons_ask_and_it_arrives(seated):
    measure = committee.ask()
    row = reading.read_one(committee.officer(), "measures.measures", measure=measure)
    assert row["status"] == "arrived"
    assert row["arrived_at"] is not None
    dispatch = Dispatch.objects.get(kind=KIND)
    assert (dispatch.addressee, dispatch.status) == (fixed("committee"), "arrived")
    assert dispatch.acknowledgement["outcome"] == "accepted"


def test_one_person_alone_cannot_ask(seated):
    with pytest.raises(SecondPersonError):
        door.perform(KIND, committee.REQUEST, by=committee.officer())
    proposal = propose()
    with pytest.raises(RefusedError):
        proposals.confirm(proposal.id, by=committee.officer())
    assert not Measure.objects.exists()


def test_today_it_cannot_be_asked_for(seated):
    with pytest.raises(NotInForceError) as refused:
        propose(world=WORLD)
    assert refused.value.article == "強化法17(1)"
    assert refused.value.mend.ja
    assert not Act.objects.filter(kind="acts.proposal.make").exists()


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("cabinet", "analyst"), ("cabinet", "decider"), ("cabinet", "intake"), ("cabinet", "administrator"),
        ("meti", "officer"), ("power", "approver"), ("committee", "chair"), ("police", "liaison"),
    ],
)  # fmt: skip
def test_nobody_else_asks(seated, organisation, role):
    with pytest.raises(NotAuthorisedError):
        proposals.propose(KIND, committee.REQUEST, by=viewer(organisation, role, REHEARSAL))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"capacity_percent": 1},
        {"ends_on": "2026-11-24"},
        INBOUND,
        OUTBOUND,
        {**INBOUND, "conditions": [COMMAND]},
        {"conditions": [DEVICE, COMMAND, PORT]},
        {"conditions": [DEVICE, {**COMMAND, "patterns": ["hex:4D5A9000", "text:会議は三時から", "regex:AB{4}"]}]},
        {"conditions": [DEVICE, {**PORT, "fields": ["bytes", "packets"], "values": ["100..2000", "5000.."]}]},
        {"address_overrides": []},
        {"conditions": [{**DEVICE, "values": ["*"]}, COMMAND]},
        {**INBOUND, "conditions": [{**DEVICE, "values": ["c2.evil.example"]}]},
    ],
)
def test_what_the_law_allows(changes):
    assert faults(**changes) == []


@pytest.mark.parametrize(
    ("changes", "where", "article"),
    [
        ({"ends_on": "2027-05-25"}, "ends_on", "強化法17(3)"),
        ({"ends_on": "2028-01-01"}, "ends_on", "強化法17(3)"),
        ({"ends_on": "2026-11-23"}, "ends_on", None),
        ({"begins_on": "2026-11-23"}, "begins_on", "強化法17(1)"),
        ({"capacity_percent": 31}, "capacity_percent", "強化法17(1)"),
        ({"capacity_percent": None}, "capacity_percent", "強化法17(1)"),
        ({"criteria": ""}, "criteria", "強化法17(1)"),
        ({"conditions": [DEVICE]}, "conditions", "強化法22(2)"),
        ({"conditions": [DEVICE, VICTIM]}, "conditions", "強化法22(2)"),  # twice the same kind is one kind
        ({"conditions": [DEVICE, {"kind": "command"}]}, "conditions.1", "強化法22(2)"),
        ({"conditions": [DEVICE, {**COMMAND, "patterns": []}]}, "conditions.1", "強化法22(2)"),  # a title, and no bytes
        ({"conditions": [DEVICE, {**COMMAND, "patterns": ["hex:4d5a90"]}]}, "conditions.1", None),
        ({"conditions": [DEVICE, {**COMMAND, "patterns": ["4d5a9000"]}]}, "conditions.1", None),
        ({"conditions": [DEVICE, {**PORT, "values": []}]}, "conditions.1", "強化法22(2)"),
        ({"conditions": [DEVICE, {**PORT, "values": ["65536"]}]}, "conditions.1", None),
        ({"conditions": [DEVICE, {**PORT, "fields": ["bytes"]}]}, "conditions.1", None),  # a size is a range
        ({"address_overrides": [{"network": "192.0.2.1/24", "country": "JP"}]}, "address_overrides.0", None),
        ({"address_overrides": [{"network": "192.0.2.0/24", "country": "JP"}] * 2}, "address_overrides.1", None),
        ({"conditions": [{**DEVICE, "sides": []}, PORT]}, "conditions.0", "強化法22(2)"),
        ({"conditions": [{**DEVICE, "values": ["203.0.113.1/24"]}, PORT]}, "conditions.0", None),
        ({"conditions": [{**DEVICE, "values": ["not a name"]}, PORT]}, "conditions.0", None),
        ({**INBOUND, "ends_on": "2027-02-25"}, "ends_on", "強化法32(2)"),
        ({**OUTBOUND, "ends_on": "2027-02-25"}, "ends_on", "強化法33(2)"),
        ({**INBOUND, "conditions": [VICTIM]}, "conditions.0", "強化法35(2)"),
        ({**OUTBOUND, "conditions": [DEVICE]}, "conditions.0", "強化法35(2)"),
        ({**INBOUND, "conditions": [{**DEVICE, "values": ["*"]}]}, "conditions.0", "強化法35(2)"),
        ({**INBOUND, "conditions": [DEVICE, PORT]}, "conditions.1", "強化法35(2)"),
    ],
)
def test_what_the_law_does_not_allow(changes, where, article):
    found = {(fault.where, fault.article) for fault in faults(**changes)}
    assert (where, article) in found


def test_the_refusal_comes_to_the_proposer_at_once(seated):
    with pytest.raises(RefusedError) as refused:
        propose(capacity_percent=50)
    assert (refused.value.where, refused.value.article) == ("capacity_percent", "強化法17(1)")
    assert "30%" in refused.value.what.ja


@given(st.sampled_from(["17", "32", "33"]), st.dates(TODAY, date(2032, 1, 1)), st.integers(0, 400))
def test_a_period_is_allowed_exactly_up_to_the_laws_last_day(basis, begins_on, length):
    ends_on = date.fromordinal(begins_on.toordinal() + length)
    last = limits.last_day(basis, begins_on, TODAY)
    assert (limits.period_fault(basis, begins_on, ends_on, TODAY) is None) == (ends_on <= last)
    assert last == _by_the_civil_code(begins_on, 6 if basis == "17" else 3)


def _by_the_civil_code(begins_on, months):
    """140, 143: counted from the day after; ends the day before the same day, or with a month without it."""
    first = begins_on + timedelta(days=1)
    year, month = first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1
    length = calendar.monthrange(year, month)[1]
    return date(year, month, length) if first.day > length else date(year, month, first.day) - timedelta(days=1)


@given(st.integers(1, 100))
def test_the_share_of_capacity_is_capped_for_transit_only(percent):
    over = [fault for fault in faults(capacity_percent=percent) if fault.where == "capacity_percent"]
    assert bool(over) == (percent > 30)
    assert faults(**INBOUND | {"capacity_percent": percent}) == []


@pytest.mark.parametrize("query", ["measures", "authority"])
@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("committee", "chair"), ("committee", "inspector"), ("meti", "decider"), ("power", "reporter"),
        ("police", "liaison"), ("ppc", "liaison"), ("carrier", "liaison"), ("vendor", "vendor_contact"),
        ("cabinet", "administrator"), ("cabinet", "intake"),
    ],
)  # fmt: skip
def test_nobody_else_reads_measures(seated, query, organisation, role):
    arguments = {"measure": committee.ask()} if query == "authority" else {}
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer(organisation, role, REHEARSAL), f"measures.{query}", **arguments)


def test_the_rehearsal_is_not_seen_from_the_other_world(seated):
    committee.ask()
    assert reading.read(committee.officer(WORLD), "measures.measures") == []


def test_a_measure_ends_early_and_its_clock_with_it(seated):
    measure, _ = committee.approved()
    door.perform(
        "measures.copying.end", {"measure": str(measure["id"]), "reason": "不要となった"}, by=committee.officer()
    )
    row = reading.read_one(committee.officer(), "measures.measures", measure=measure["id"])
    assert (row["status"], row["ended_on"]) == ("ended", TODAY)
    assert Obligation.objects.get(rule="measures.transit.period").status == "settled"
    with pytest.raises(RefusedError) as refused:
        door.perform("measures.copying.end", {"measure": str(measure["id"]), "reason": "x"}, by=committee.officer())
    assert refused.value.article == "強化法17(3)"


def test_what_is_not_approved_cannot_end(seated):
    measure = committee.ask()
    with pytest.raises(RefusedError):
        door.perform("measures.copying.end", {"measure": str(measure), "reason": "x"}, by=committee.officer())


def test_only_the_clock_of_its_own_article_runs(seated):
    committee.ask(**INBOUND)
    committee.decide(ends_on="2027-02-24")
    rules = Obligation.objects.filter(rule__endswith=".period").values_list("rule", "due_on", "bearer")
    assert list(rules) == [("measures.inbound.period", date(2027, 2, 24), fixed("cabinet"))]
