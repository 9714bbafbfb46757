"""Who proposes and confirms in the tests of proposals."""

from dataclasses import replace

from sakimori.acts import door, proposals
from sakimori.parties.models import Membership, Token
from sakimori.record import Viewer
from tests.support.deployment import WORLD, fixed, viewer

REPORTER, APPROVER = viewer("power", "reporter"), viewer("power", "approver")
YESTERDAY = "2026-11-23"


def propose(kind="trial.two.do", by=REPORTER, **payload):
    return proposals.propose(kind, {"text": "x", **payload}, by=by)


def end_role(organisation, role):
    membership = Membership.objects.get(person_id=fixed(f"{organisation}.{role}"), role=role)
    door.perform(
        "parties.membership.end",
        {"membership": str(membership.id), "last_day": YESTERDAY, "leaves_none": True},
        by=viewer(organisation, "administrator"),
    )


def enrol(person, organisation, role):
    by = viewer(organisation, "administrator")
    door.perform("parties.person.enrol", {"id": str(fixed(person)), "name_ja": person}, by=by)
    granted = {"person": str(fixed(person)), "organisation": str(fixed(organisation)), "role": role}
    door.perform("parties.membership.grant", {**granted, "valid_from": "2026-04-01"}, by=by)
    return replace(viewer(organisation, role), person=fixed(person))


def token(role="reporter", organisation="power", **more):
    made = Token.objects.create(
        organisation=fixed(organisation), role=role, world=WORLD, name="machine", digest=f"{role}{organisation}", **more
    )
    return Viewer(None, fixed(organisation), "operator", role, WORLD, token=made.id)
