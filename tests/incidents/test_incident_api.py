"""A machine files a report: one entry in, checked, proposed once however often it is sent; a token only drafts."""

import hashlib
import json

import pytest
from django.test import Client

from sakimori.acts import proposals
from sakimori.acts.errors import ProposalError
from sakimori.acts.models import Proposal
from sakimori.incidents.models import Filing
from sakimori.parties.models import Token
from tests.support import incidents as story
from tests.support.deployment import WORLD, fixed, viewer

V1 = "/api/v1/incidents"
ENTRY = story.filled().model_dump(mode="json")


@pytest.fixture
def machine(parties):
    """Return `machine(path, body, key)`, which posts with a token of the power operator's reporters."""
    Token.objects.create(
        organisation=fixed("power"),
        role="reporter",
        world=WORLD,
        name="siem",
        digest=hashlib.sha256(b"geheim").hexdigest(),
    )

    def post(path, body, key=""):
        headers = {"authorization": "Bearer geheim", **({"idempotency-key": key} if key else {})}
        return Client().post(f"{V1}{path}", json.dumps(body), content_type="application/json", headers=headers)

    return post


def ready():
    """Return a case that has been decided."""
    case = story.aware()
    story.triage(case, personal=story.LEAK, consult_police=True)
    return case


def test_looking_shows_what_would_leave_and_does_nothing(machine):
    case = ready()
    answer = machine(f"/cases/{case}/entries/first/look", ENTRY)
    assert answer.status_code == 200
    assert [(one["lane"], len(one["addressees"])) for one in answer.json()] == [
        ("kyokaho", 2),
        ("appi", 1),
        ("police", 1),
    ]
    assert not Proposal.objects.exists()


def test_the_same_entry_sent_twice_is_proposed_once(machine):
    case = ready()
    first = machine(f"/cases/{case}/entries/first", ENTRY, "k-1")
    again = machine(f"/cases/{case}/entries/first", ENTRY, "k-1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert Proposal.objects.count() == 3
    other = {**ENTRY, "remarks": {"text": "別", "nco_consent": False}}
    assert machine(f"/cases/{case}/entries/first", other, "k-1").status_code == 409


def test_a_token_only_drafts(machine):
    case = ready()
    made = machine(f"/cases/{case}/entries/first", ENTRY).json()
    draft = Proposal.objects.get(id=made[0]["proposal"])
    assert draft.person is None
    with pytest.raises(ProposalError):
        proposals.confirm(draft.id, by=viewer("power", "approver"))
    proposals.adopt(draft.id, by=viewer("power", "reporter"))
    proposals.confirm(draft.id, by=viewer("power", "approver"))
    assert Filing.objects.get().lane == "kyokaho"


def test_faults_are_typed_and_leave_nothing(machine):
    case = ready()
    bad = {**ENTRY, "technical": {"indicators": ["300.1.1.1"]}}
    answer = machine(f"/cases/{case}/entries/first", bad)
    assert answer.status_code == 422
    assert "indicators" in answer.content.decode()
    assert machine(f"/cases/{fixed('nowhere')}/entries/first", ENTRY).status_code == 404
    assert (
        Client()
        .post(f"{V1}/cases/{case}/entries/first", json.dumps(ENTRY), content_type="application/json")
        .status_code
        == 401
    )
    assert not Proposal.objects.exists()


def test_the_projection_can_be_read(enter):
    parts = enter("power", "viewer").get(f"{V1}/projection").json()["parts"]
    assert parts["personal"] == {"appi": "items"}
    assert set(parts["technical"]) == {"kyokaho", "police"}
