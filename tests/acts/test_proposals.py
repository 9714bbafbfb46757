"""The second person: what is proposed, what is checked again at confirmation, and who is told what."""

from dataclasses import replace

import pytest
from django.db import connection

from sakimori import law
from sakimori.acts import batches, clock, door, proposals
from sakimori.acts.errors import (
    IdempotencyError,
    NotAuthorisedError,
    NotFoundError,
    NotInForceError,
    PayloadError,
    PreconditionError,
    ProposalError,
    RefusedError,
    SecondPersonError,
)
from sakimori.acts.models import Act, BatchItem, Proposal
from sakimori.parties.models import Consent, Membership
from sakimori.record import open_door
from sakimori.text import Text
from tests.acts.proposing import APPROVER, REPORTER, end_role, enrol, propose, token
from tests.support.deployment import REHEARSAL, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases


def test_an_act_of_two_is_not_done_by_one(room):
    with pytest.raises(SecondPersonError):
        door.perform("trial.two.do", {"text": "x"}, by=APPROVER)
    assert Consent.objects.count() == 0


def test_proposed_and_confirmed_it_is_done_once_and_names_both(room):
    made = propose()
    done = proposals.confirm(made.id, by=APPROVER)

    act = Act.objects.get(id=done.act)
    assert (act.person, act.proposed_by, act.proposal) == (APPROVER.person, REPORTER.person, made.id)
    settled = Proposal.objects.get(id=made.id)
    assert (settled.status, settled.act, settled.settled_person) == ("confirmed", done.act, APPROVER.person)
    assert Consent.objects.count() == 1


def test_the_same_act_proposed_twice_is_one_proposal(room, later):
    made = propose()
    second_tab = proposals.propose("trial.two.do", {"text": "x"}, by=REPORTER, idempotency_key="tab-2", client="web")
    assert second_tab.id == made.id
    assert propose(by=APPROVER).id == made.id  # a colleague is shown what waits, and may confirm it
    assert Proposal.objects.count() == 1
    other = propose(text="y")
    assert other.id != made.id
    proposals.confirm(made.id, by=APPROVER)
    assert propose().id != made.id  # what is settled stands in for nothing
    assert Proposal.objects.filter(status="open").count() == 2
    later(60)
    assert propose(text="y").id != other.id  # nor what has expired


def test_a_draft_of_a_token_stands_in_for_no_persons_proposal(room):
    machine = token()
    drafted = propose(by=machine)
    assert propose(by=machine).id == drafted.id
    assert propose().id != drafted.id


def test_the_proposal_of_somebody_without_the_role_stands_in_for_nothing(room):
    enrol("power.second", "power", "reporter")
    made = propose(by=replace(REPORTER, person=fixed("power.second")))
    membership = Membership.objects.get(person_id=fixed("power.second"), role="reporter")
    with open_door("test"):
        Membership.objects.filter(id=membership.id).update(valid_until="2026-11-20")
    assert propose().id != made.id


def test_the_proposer_hears_of_faults_at_once(room):
    with pytest.raises(PayloadError):
        propose(surprise=1)
    with pytest.raises(NotInForceError):
        propose("trial.later.do")
    room.holds(lambda *_: PreconditionError(Text("だめ", "no")))
    with pytest.raises(PreconditionError):
        propose("trial.checked.do")
    assert Proposal.objects.count() == 0


@pytest.mark.parametrize(
    "by",
    [
        viewer("power", "viewer"),
        viewer("power", "administrator"),
        viewer("meti", "officer"),
        viewer("vendor", "vendor_contact"),
    ],
    ids=lambda by: f"{by.organisation_type}/{by.role}",
)
def test_whoever_may_not_do_it_may_not_propose_it_by_any_door(room, by):
    with pytest.raises(NotAuthorisedError):
        propose(by=by)
    with pytest.raises(NotAuthorisedError):
        door.perform("acts.proposal.make", {"kind": "trial.two.do", "payload": {"text": "x"}}, by=by)
    assert Proposal.objects.count() == 0


def test_nobody_confirms_alone(room):
    made = propose(by=APPROVER)
    with pytest.raises(ProposalError, match="your own"):
        proposals.confirm(made.id, by=APPROVER)


def test_a_person_of_two_roles_is_still_one_person(room):
    both = enrol("both", "power", "reporter")
    granted = {"person": str(fixed("both")), "organisation": str(fixed("power")), "role": "approver"}
    door.perform(
        "parties.membership.grant", {**granted, "valid_from": "2026-04-01"}, by=viewer("power", "administrator")
    )
    made = propose(by=both)
    with pytest.raises(ProposalError, match="your own"):
        proposals.confirm(made.id, by=replace(both, role="approver"))


def test_only_the_second_actors_confirm(room):
    made = propose()
    with pytest.raises(NotAuthorisedError):
        proposals.confirm(made.id, by=enrol("second", "power", "reporter"))
    with pytest.raises(NotFoundError):
        proposals.confirm(made.id, by=viewer("rail", "approver"))


def test_a_settled_proposal_is_not_confirmed_again(room):
    made = propose()
    proposals.confirm(made.id, by=APPROVER)
    with pytest.raises(ProposalError, match=r"confirmed at 2026-11-24 .* by 架空電力 approver"):
        proposals.confirm(made.id, by=enrol("second", "power", "approver"))
    assert Consent.objects.count() == 1


def test_refused_it_stays_refused(room):
    made = propose()
    proposals.refuse(made.id, "誤り", by=APPROVER)
    with pytest.raises(ProposalError, match="refused at"):
        proposals.confirm(made.id, by=APPROVER)
    with pytest.raises(ProposalError):
        proposals.refuse(made.id, "もう一度", by=APPROVER)
    assert Proposal.objects.get(id=made.id).reason == "誤り"
    assert Consent.objects.count() == 0


def test_who_may_refuse(room):
    made = propose()
    for stranger, refusal in (
        (viewer("power", "viewer"), NotAuthorisedError),
        (viewer("rail", "approver"), NotFoundError),
    ):
        with pytest.raises(refusal):
            proposals.refuse(made.id, "いや", by=stranger)
    proposals.refuse(made.id, "取下げ", by=REPORTER)
    assert Proposal.objects.get(id=made.id).settled_person == REPORTER.person


def test_everything_is_checked_again_confirmers_role(room):
    made = propose()
    end_role("power", "approver")
    with pytest.raises(NotAuthorisedError):
        proposals.confirm(made.id, by=APPROVER)
    assert Consent.objects.count() == 0


def test_everything_is_checked_again_proposers_role(room):
    made = propose()
    end_role("power", "reporter")
    with pytest.raises(ProposalError, match="no longer holds") as refused:
        proposals.confirm(made.id, by=APPROVER)
    assert refused.value.code == "act.proposer"
    assert Consent.objects.count() == 0


def test_everything_is_checked_again_predicates(room):
    made = propose("trial.checked.do")
    room.holds(lambda *_: PreconditionError(Text("もう無い", "gone meanwhile")))
    with pytest.raises(PreconditionError, match="gone meanwhile"):
        proposals.confirm(made.id, by=APPROVER)


def test_everything_is_checked_again_the_law_of_the_day(room, monkeypatch):
    made = propose()
    (kind,) = law.book().kind_versions["trial.two.do"]
    monkeypatch.setitem(law.book().kind_versions, "trial.two.do", (replace(kind, in_force_by="強化法17"),))
    with pytest.raises(NotInForceError):
        proposals.confirm(made.id, by=APPROVER)
    monkeypatch.setitem(law.book().kind_versions, "trial.two.do", (replace(kind, second_actors=kind.actors[:1]),))
    with pytest.raises(NotAuthorisedError):
        proposals.confirm(made.id, by=APPROVER)


@pytest.mark.parametrize("column", ["payload", "kind", "digest"])
def test_an_altered_proposal_is_not_confirmed(room, column):
    made = propose()
    value = {"payload": '{"text": "y"}', "kind": "trial.checked.do", "digest": "0" * 64}[column]
    with open_door("tamper"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE acts_proposal SET {column} = %s", [value])  # noqa: S608 - names of this test
    with pytest.raises(ProposalError, match="changed"):
        proposals.confirm(made.id, by=APPROVER)
    assert Consent.objects.count() == 0


def test_an_altered_batch_is_not_confirmed(room):
    batch = batches.stage("trial.bulk.two", [{"a": 1}, {"a": 2}], by=REPORTER)
    made = proposals.propose("trial.bulk.two", {"text": "x"}, by=REPORTER, batch=batch.id)
    BatchItem.objects.filter(batch=batch, position=1).update(content=b'{"a":3}')
    with pytest.raises(RefusedError, match="rows of the batch have changed"):
        proposals.confirm(made.id, by=APPROVER)
    batch.root = batches.root_of(batch.id)[0]
    batch.save()
    with pytest.raises(ProposalError, match="changed"):
        proposals.confirm(made.id, by=APPROVER)


def test_an_expired_proposal_is_not_confirmed_and_lapses_by_an_act(room, later):
    made = propose()
    assert proposals.expire(WORLD, clock.now(WORLD)) == 0
    later(60)
    with pytest.raises(ProposalError, match="expired") as refused:
        proposals.confirm(made.id, by=APPROVER)
    assert refused.value.code == "act.proposal_expired"
    assert proposals.expire(WORLD, clock.now(WORLD)) == 1
    assert proposals.expire(WORLD, clock.now(WORLD)) == 0
    lapsed = Act.objects.get(kind="acts.proposal.expire")
    assert lapsed.caused_by == Act.objects.get(kind="acts.proposal.make").id
    with pytest.raises(ProposalError, match="left to lapse"):
        proposals.confirm(made.id, by=APPROVER)


def test_nothing_lapses_before_its_time(room):
    made = propose()
    authorised = Act.objects.get(kind="acts.proposal.make").id
    with pytest.raises(ProposalError, match="not expired"):
        door.perform_system("acts.proposal.expire", {"proposal": str(made.id)}, world=WORLD, authorised_by=authorised)


def test_a_key_is_bound_to_the_proposal_it_confirmed(room):
    first, second = propose(), propose(text="another")
    done = proposals.confirm(first.id, by=APPROVER, idempotency_key="k")
    again = proposals.confirm(first.id, by=APPROVER, idempotency_key="k")
    assert (again.act, again.repeated) == (done.act, True)
    with pytest.raises(IdempotencyError):
        proposals.confirm(second.id, by=APPROVER, idempotency_key="k")
    assert Proposal.objects.get(id=second.id).status == "open"


def test_proposals_of_another_world_are_not_there(room):
    made = propose()
    with pytest.raises(NotFoundError):
        proposals.confirm(made.id, by=viewer("power", "approver", REHEARSAL))
