"""Proposals made by machines and in the name of another organisation."""

from dataclasses import replace

import pytest

from sakimori.acts import door, proposals
from sakimori.acts.errors import (
    NotAuthorisedError,
    NotFoundError,
    ProposalError,
    SecondPersonError,
)
from sakimori.acts.models import Act
from sakimori.parties.models import Consent
from tests.acts.proposing import APPROVER, REPORTER, propose, token
from tests.support.deployment import REHEARSAL, fixed, viewer

pytestmark = pytest.mark.both_databases


def test_a_token_drafts_a_person_adopts_another_confirms(room):
    made = propose(by=token())
    with pytest.raises(ProposalError) as refused:
        proposals.confirm(made.id, by=APPROVER)
    assert refused.value.code == "act.draft"
    for stranger in (viewer("power", "viewer"), viewer("power", "administrator")):
        with pytest.raises(NotAuthorisedError):
            proposals.adopt(made.id, by=stranger)
    with pytest.raises(NotFoundError):
        proposals.adopt(made.id, by=viewer("rail", "reporter"))
    proposals.adopt(made.id, by=REPORTER)
    with pytest.raises(ProposalError, match="not a draft"):
        proposals.adopt(made.id, by=APPROVER)
    done = proposals.confirm(made.id, by=APPROVER)
    assert Act.objects.get(id=done.act).proposed_by == REPORTER.person


def test_who_adopts_cannot_confirm(room):
    made = propose(by=token())
    proposals.adopt(made.id, by=APPROVER)
    with pytest.raises(ProposalError, match="your own"):
        proposals.confirm(made.id, by=APPROVER)


def test_a_token_never_confirms(room):
    made = propose()
    by = token("approver")
    door.perform(
        "parties.standing_authority.grant",
        {"organisation": str(fixed("power")), "kind": "trial.two.do", "valid_from": "2026-04-01"},
        by=viewer("power", "administrator"),
    )
    with pytest.raises(NotAuthorisedError, match="cannot confirm"):
        proposals.confirm(made.id, by=by)
    with pytest.raises(SecondPersonError):
        door.perform("trial.two.do", {"text": "x"}, by=by)
    assert Consent.objects.count() == 0


def test_a_token_acts_alone_only_under_a_standing_authority_of_its_days(room, later):
    by = token()
    with pytest.raises(NotAuthorisedError, match="not a person"):
        door.perform("trial.note.write", {"text": "x"}, by=by)
    granted = {"organisation": str(fixed("power")), "valid_from": "2026-11-25", "valid_until": "2026-11-25"}
    door.perform(
        "parties.standing_authority.grant", {**granted, "kind": "trial.note.write"}, by=viewer("power", "administrator")
    )
    done = []
    for day in range(3):
        later(day)
        try:
            done.append(door.perform("trial.note.write", {"text": "x"}, by=by).act)
        except NotAuthorisedError:
            done.append(None)
    assert [one is not None for one in done] == [False, True, False]
    act = Act.objects.get(id=done[1])
    assert (act.person, act.organisation) == (None, fixed("power"))


def test_a_bad_token_does_not_even_draft(room):
    good = token()
    for bad in (
        replace(good, token=fixed("no such token")),
        replace(good, role="approver"),
        replace(good, organisation=fixed("rail")),
        token("reporter", "rail", revoked=True),
        token("approver", "rail", valid_until="2020-01-01"),
        replace(good, world=REHEARSAL),
    ):
        with pytest.raises(NotAuthorisedError):
            propose(by=bad)


def _delegate(kinds, until=None):
    given = {"principal": str(fixed("power")), "delegate": str(fixed("vendor")), "kinds": kinds}
    dates = {"valid_from": "2026-04-01", "valid_until": until}
    door.perform("parties.delegation.give", {**given, **dates}, by=APPROVER)


def test_confirmation_in_the_name_of_another(room):
    _delegate(["trial.mandate.do"])
    contact = replace(viewer("vendor", "vendor_contact"), on_behalf_of=fixed("power"))
    made = propose("trial.mandate.do", by=contact)
    assert made.on_behalf_of == fixed("power")
    with pytest.raises(NotFoundError):
        proposals.confirm(made.id, by=viewer("rail", "approver"))
    done = proposals.confirm(made.id, by=APPROVER)
    assert Act.objects.get(id=done.act).organisation == fixed("power")


def test_a_colleague_of_the_delegate_confirms_in_the_principals_name(room):
    _delegate(["trial.mandate.do"])
    made = propose("trial.mandate.do", by=replace(viewer("vendor", "vendor_contact"), on_behalf_of=fixed("power")))
    second = fixed("vendor.second")
    from tests.acts.enrolling import enrol_by_system

    enrol_by_system(
        {"thing": "person", "id": str(second), "name_ja": "二人目"},
        {"thing": "membership", "person": str(second), "organisation": str(fixed("vendor")), "role": "vendor_contact",
         "valid_from": "2026-04-01"},
    )  # fmt: skip
    done = proposals.confirm(made.id, by=replace(viewer("vendor", "vendor_contact"), person=second))
    act = Act.objects.get(id=done.act)
    assert (act.organisation, act.on_behalf_of) == (fixed("vendor"), fixed("power"))


def test_without_delegation_nothing_is_proposed_in_anothers_name(room, later):
    contact = replace(viewer("vendor", "vendor_contact"), on_behalf_of=fixed("power"))
    with pytest.raises(NotAuthorisedError, match="no delegation"):
        propose("trial.mandate.do", by=contact)
    _delegate(["trial.note.write"])
    with pytest.raises(NotAuthorisedError, match="no delegation"):
        propose("trial.mandate.do", by=contact)
    _delegate(["trial.mandate.do"], until="2026-11-25")
    made = propose("trial.mandate.do", by=contact)
    later(2)
    with pytest.raises(ProposalError, match="no longer holds"):
        proposals.confirm(made.id, by=APPROVER)


def test_a_delegate_settles_only_proposals_of_kinds_delegated_to_it(room):
    _delegate(["trial.note.write"])
    contact = replace(viewer("vendor", "vendor_contact"), on_behalf_of=fixed("power"))
    made, draft = propose("trial.mandate.do"), propose("trial.mandate.do", by=token())
    with pytest.raises(NotAuthorisedError, match="no delegation"):
        proposals.refuse(made.id, "いや", by=contact)
    with pytest.raises(NotAuthorisedError, match="no delegation"):
        proposals.adopt(draft.id, by=contact)
    _delegate(["trial.mandate.do"])
    proposals.refuse(made.id, "いや", by=contact)
    proposals.adopt(draft.id, by=contact)
