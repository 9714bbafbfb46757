"""The committee decides through the door: the meeting, the law's limits, the signed authority, and who sees what."""

import json
import uuid

import pytest

from sakimori.acts import door, keys, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, NotInForceError, RefusedError
from sakimori.acts.models import Act, ActContent, Dispatch, Notice, Obligation
from sakimori.measures.models import Measure
from sakimori.oversight.models import Decision, Matter
from sakimori.oversight.queries import QUERIES
from sakimori.selection import SignedAuthority, key_id, verify
from tests.support import committee
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

KIND = "oversight.decision.record"
ARTICLE = "強化法55(2)"


def perform(votes="aaa", **changes):
    return door.perform(KIND, committee.meeting(votes, **changes), by=committee.chair())


def without(payload, person):
    return [vote for vote in payload["votes"] if vote["person"] != str(fixed(person))]


def test_a_request_lies_on_the_docket_with_its_clock(seated):
    committee.ask()
    matter = committee.matter()
    assert (matter["number"], matter["status"], matter["requester"]) == ("REHEARSAL-2026-001", "open", fixed("cabinet"))
    clock = Obligation.objects.get(rule="measures.approval")
    assert (clock.bearer, clock.status, clock.due_on) == (fixed("committee"), "open", None)  # without delay: no number
    assert Notice.objects.filter(addressee=fixed("committee"), kind="oversight.request.receive").count() == 1
    full = reading.read_one(committee.chair(), "oversight.matter", matter=matter["id"])
    assert full["asked"]["attack"] == committee.REQUEST["attack"]
    assert [one["kind"] for one in full["asked"]["conditions"]] == ["address", "exploratory"]


def test_numbers_go_on(seated):
    committee.ask()
    committee.ask()
    numbers = {row["number"] for row in reading.read(committee.chair(), "oversight.docket")}
    assert numbers == {"REHEARSAL-2026-001", "REHEARSAL-2026-002"}


@pytest.mark.parametrize(
    ("change", "code", "article"),
    [
        ({"present": ["committee.chair", "committee.member"]}, "oversight.quorum", "強化法55(2)"),
        ({"present": ["committee.member", "committee.member-2", "committee.member-3"]}, "oversight.present", ARTICLE),
        ({"present": ["committee.chair", "committee.member", "committee.member"]}, "oversight.present", "強化法55(2)"),
        ({"present": ["committee.chair", "committee.member", "committee.secretariat"]}, "oversight.present", ARTICLE),
        ({"voters": ["committee.chair", "committee.member", "committee.member"]}, "oversight.votes", "強化法55(3)"),
        ({"voters": ["committee.chair", "committee.member", "committee.inspector"]}, "oversight.votes", "強化法55(3)"),
        ({"voters": ["committee.chair", "committee.member", "cabinet.decider"]}, "oversight.votes", "強化法55(3)"),
        ({"voters": ["committee.chair", "committee.member", "committee.member-4"]}, "oversight.votes", "強化法55(3)"),
        ({"voters": ["committee.chair", "committee.member"]}, "oversight.votes", "強化法55(3)"),
    ],
)  # fmt: skip
def test_a_meeting_that_cannot_decide_decides_nothing(seated, change, code, article):
    committee.ask()
    payload = committee.meeting("aaa")
    if "present" in change:
        payload["present"] = [str(fixed(name)) for name in change["present"]]
    if "voters" in change:
        payload["votes"] = [{"person": str(fixed(name)), "vote": "approve"} for name in change["voters"]]
    with pytest.raises(RefusedError) as refused:
        door.perform(KIND, payload, by=committee.chair())
    assert (refused.value.code, refused.value.article) == (code, article)
    assert refused.value.what.ja
    assert not Decision.objects.exists()
    assert Obligation.objects.get(rule="measures.approval").status == "open"


@pytest.mark.parametrize(
    ("votes", "changes", "article"),
    [
        ("rra", {}, "強化法55(3)"),  # recorded as approved, but voted down
        ("aaa", {"outcome": "refused", "begins_on": None, "ends_on": None}, "強化法55(3)"),
        ("raar", {}, "強化法55(3)"),  # equal, and the chair is against it
        ("aaa", {"conditions": ["毎月報告すること"]}, "強化法18"),
        ("aaa", {"outcome": "approved_with_conditions"}, "強化法18"),
        ("rrr", {"outcome": "refused"}, "強化法18"),  # a refusal has no period
        ("aaa", {"begins_on": None}, "強化法17(3)"),
        ("aaa", {"ends_on": None}, "強化法17(3)"),
        ("aaa", {"begins_on": "2026-11-23"}, "強化法18"),
        ("aaa", {"ends_on": "2027-05-25"}, "強化法18"),  # longer than what was asked for
    ],
)
def test_a_decision_that_does_not_follow_is_refused(seated, votes, changes, article):
    committee.ask()
    with pytest.raises(RefusedError) as refused:
        perform(votes, **changes)
    assert refused.value.article == article
    assert not Decision.objects.exists()
    assert committee.matter()["status"] == "open"


@pytest.mark.parametrize("role", ["member", "secretariat", "inspector"])
def test_only_the_chair_records(seated, role):
    committee.ask()
    with pytest.raises(NotAuthorisedError):
        door.perform(KIND, committee.meeting(), by=viewer("committee", role, REHEARSAL))


def test_the_chair_must_be_there_in_person_to_record_it(seated):
    committee.ask()
    payload = committee.meeting("aaaa")
    payload["present"], payload["votes"] = payload["present"][1:], payload["votes"][1:]
    with pytest.raises(RefusedError) as refused:
        door.perform(KIND, payload, by=committee.chair())
    assert refused.value.what.en == "The chair is not present."


def test_what_is_decided_is_decided_once(seated):
    committee.ask()
    committee.decide()
    with pytest.raises(RefusedError) as refused:
        perform("rrr", outcome="refused", begins_on=None, ends_on=None)
    assert refused.value.code == "oversight.decided"
    assert Matter.objects.get().status == "approved"


def test_a_matter_that_is_not_there_is_not_found(seated):
    committee.ask()
    with pytest.raises(NotFoundError):
        perform(matter=str(uuid.uuid4()))


def test_today_nothing_of_it_can_be_done(seated):
    with pytest.raises(NotInForceError) as refused:
        door.perform(
            KIND,
            {"matter": str(uuid.uuid4()), "present": [str(uuid.uuid4())], "outcome": "refused",
             "votes": [{"person": str(uuid.uuid4()), "vote": "reject"}]},
            by=committee.chair(WORLD),
        )  # fmt: skip
    assert refused.value.article == "強化法18"
    assert reading.read(committee.chair(WORLD), "oversight.docket") == []


def test_the_authority_is_signed_with_our_key_for_exactly_what_was_decided(seated):
    _, given = committee.approved()
    own = keys.private("authority").public_key()
    authority = verify(SignedAuthority.model_validate(given), {key_id(own): own})
    assert (authority.id, authority.basis, authority.direction) == ("REHEARSAL-2026-001", "17", "outside-to-outside")
    assert authority.equipment == committee.REQUEST["equipment"]
    assert authority.valid_from.isoformat() == "2026-11-24T00:00:00+09:00"
    assert authority.valid_until.isoformat() == "2027-05-25T00:00:00+09:00"  # the last day counts to its end
    assert [one.kind for one in authority.allowed] == ["address", "exploratory"]
    assert (authority.minimum_conditions, authority.distinct_by, authority.rehearsal) == (2, "kind", True)


def test_conditions_and_a_shorter_period_travel_with_it(seated):
    committee.ask()
    committee.decide("aaar", outcome="approved_with_conditions", conditions=["毎月報告すること"], ends_on="2027-02-28")
    measure = Measure.objects.get()
    assert (measure.status, measure.committee_conditions) == ("approved_with_conditions", ["毎月報告すること"])
    authority = SignedAuthority.model_validate(measure.authority).authority
    assert authority.committee_conditions == ("毎月報告すること",)
    assert authority.valid_until.isoformat() == "2027-03-01T00:00:00+09:00"
    assert str(Obligation.objects.get(rule="measures.transit.period").due_on) == "2027-02-28"


def test_a_refusal_gives_no_authority_and_starts_no_period(seated):
    committee.ask()
    committee.decide("rra", outcome="refused", begins_on=None, ends_on=None, reason="他の方法がある")
    measure = Measure.objects.get()
    assert (measure.status, measure.authority, measure.reason) == ("refused", None, "他の方法がある")
    assert reading.read(committee.officer(), "measures.authority", measure=measure.id) == []
    assert not Obligation.objects.filter(rule="measures.transit.period").exists()


def test_the_decision_arrives_and_the_committee_knows(seated):
    committee.ask()
    committee.decide()
    (decision,) = reading.read(committee.chair(), "oversight.decisions")
    assert decision["arrived_at"] is not None
    assert Obligation.objects.get(rule="measures.approval").status == "settled"
    assert Notice.objects.filter(addressee=fixed("cabinet"), kind="measures.approval.receive").count() == 1


def test_who_voted_how_never_leaves_the_committee(seated):
    committee.ask()
    committee.decide("aar")
    sent = Dispatch.objects.get(kind="oversight.decision.send")
    carried = bytes(ActContent.objects.get(id=sent.act).content).decode()
    assert "votes" not in carried
    assert "present" not in json.loads(carried)["payload"]
    assert not any(str(fixed(name)) in carried for name in committee.MEMBERS)


@pytest.mark.parametrize("change", ["outcome", "ends_on", "authority", "stripped", "signature"])
def test_only_what_was_decided_can_be_sent(seated, change):
    """Not even the system itself can send another result than the recorded one, or an authority of its own making."""
    committee.ask()
    done = perform()
    sent = Act.objects.get(kind="oversight.decision.send")
    payload = json.loads(bytes(ActContent.objects.get(id=sent.id).content))["payload"]
    if change == "outcome":
        payload["outcome"] = "approved_with_conditions"
    if change == "ends_on":
        payload["ends_on"] = "2028-01-01"
    if change == "authority":
        payload["authority"]["authority"]["valid_until"] = "2030-01-01T00:00:00+09:00"
    if change == "stripped":
        payload["authority"] = None
    if change == "signature":
        payload["authority"]["signature"] = "0" * 128
    with pytest.raises(RefusedError) as refused:
        door.perform_system("oversight.decision.send", payload, world=REHEARSAL, authorised_by=done.act)
    assert refused.value.code == "oversight.not_as_decided"


@pytest.mark.parametrize("query", ["docket", "decisions", "notices", "body", "counts"])
@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("cabinet", "officer"), ("cabinet", "decider"), ("meti", "officer"), ("meti", "decider"), ("power", "approver"),
        ("police", "liaison"), ("ppc", "liaison"), ("vendor", "vendor_contact"), ("carrier", "liaison"),
        ("sector", "liaison"), ("cabinet", "administrator"),
    ],
)  # fmt: skip
def test_nobody_but_the_committee_reads_its_desk(seated, query, organisation, role):
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer(organisation, role, REHEARSAL), f"oversight.{query}")


def test_the_committee_reads_nothing_of_the_office_but_what_was_sent(seated):
    committee.ask()
    for query in ("measures.measures", "custody.selections", "custody.records", "custody.engines"):
        with pytest.raises(NotAuthorisedError):
            reading.read(committee.chair(), query)


def test_rows_are_restricted_by_organisation_not_by_role_alone(seated):
    committee.ask()
    own = committee.chair()
    other = type(own)(own.person, fixed("elsewhere"), "committee", "chair", REHEARSAL)
    assert len(list(QUERIES["oversight.docket"].run(own))) == 1
    assert list(QUERIES["oversight.docket"].run(other)) == []


def test_the_yearly_counts_say_what_is_in_force_and_never_zero_for_the_unknown(seated):
    committee.ask()
    committee.decide()
    committee.ask(basis="32", criteria="", capacity_percent=None, ends_on="2027-02-24", conditions=[
        {"kind": "address", "sides": ["source"], "values": ["203.0.113.66"]},
    ])  # fmt: skip
    rows = {row["article"]: row for row in reading.read(committee.chair(), "oversight.counts")}
    assert (rows["強化法61(2)(i)"]["requested"], rows["強化法61(2)(i)"]["approved"]) == (1, 1)
    assert (rows["強化法61(2)(ii)"]["requested"], rows["強化法61(2)(ii)"]["approved"]) == (1, 0)
    assert (rows["強化法61(2)(iii)"]["requested"], rows["強化法61(2)(iii)"]["approved"]) == (0, 0)
    assert rows["強化法61(2)(vi)"]["requested"] is None
    assert [row["in_force"] for row in rows.values()] == [False] * 5 + [True] * 4
    assert len(rows) == 9
    before = reading.read(committee.chair(), "oversight.counts", year=2025)
    assert before[0]["requested"] == 0
    (today,) = [row for row in reading.read(committee.chair(WORLD), "oversight.counts") if row["id"].endswith("(i)")]
    assert today["requested"] == 0  # the rehearsal is not counted in the other world
