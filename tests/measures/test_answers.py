"""Taking in the committee's answer: only a genuine one, about what was asked, once."""

import json
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori import proofs
from sakimori.acts import door, keys, reading, sequencer, transport
from sakimori.acts.errors import NotFoundError
from sakimori.acts.models import Act, ActContent, Dispatch, Obligation, Received
from sakimori.errors import SakimoriError
from sakimori.measures.models import Measure
from sakimori.selection import SignedAuthority, sign
from tests.support import committee
from tests.support.deployment import REHEARSAL, fixed

KIND = "measures.approval.receive"


@pytest.fixture
def decided(seated):
    """A decision that was sent but has not been taken in: the act's document and a function that hands it in."""
    committee.ask()
    done = door.perform("oversight.decision.record", committee.meeting(), by=committee.chair())
    sent = Act.objects.get(kind="oversight.decision.send")
    document = json.loads(bytes(ActContent.objects.get(id=sent.id).content))

    def take_in(sender=None, **changes):
        changed = {**document, "payload": {**document["payload"], **changes}}
        payload = {
            "envelope": str(uuid.uuid4()),
            "sender": str(sender or fixed("committee")),
            "addressee": str(fixed("cabinet")),
            "document": changed,
        }
        return door.perform_system(KIND, payload, world=REHEARSAL, authorised_by=done.act)

    return document["payload"], take_in


def forged(payload, key=None, **changes):
    """Return the authority changed, signed anew by some key (default: an outsider's)."""
    authority = SignedAuthority.model_validate(payload["authority"]).authority
    changed = authority.model_copy(update=changes)
    return sign(changed, key or Ed25519PrivateKey.generate()).model_dump(mode="json")


def assert_refused(take_in, article="強化法18", **changes):
    with pytest.raises(SakimoriError) as refused:
        take_in(**changes)
    assert refused.value.article == article, refused.value
    assert refused.value.what.ja
    assert Measure.objects.get().status == "arrived"
    assert not Obligation.objects.filter(rule="measures.transit.period").exists()


def test_the_genuine_answer_is_taken_in(decided):
    _, take_in = decided
    take_in()
    assert Measure.objects.get().status == "approved"


def test_an_authority_signed_by_somebody_else_is_refused(decided):
    payload, take_in = decided
    assert_refused(take_in, authority=forged(payload))


@pytest.mark.parametrize("purpose", ["receipt", "envelope", "log"])
def test_an_authority_signed_with_another_of_the_committees_keys_is_refused(decided, purpose):
    payload, take_in = decided
    assert_refused(take_in, authority=forged(payload, keys.private(purpose)))


def test_an_altered_authority_is_refused(decided):
    payload, take_in = decided
    altered = json.loads(json.dumps(payload["authority"]))
    altered["authority"]["equipment"] = "別の設備"
    assert_refused(take_in, authority=altered)


@pytest.mark.parametrize(
    "changes",
    [
        {"equipment": "別の設備"},
        {"basis": "32", "direction": "outside-to-inside"},
        {"minimum_conditions": 1},
        {"distinct_by": "id"},
        {"rehearsal": False},
        {"allowed": ()},
        {"address_overrides": {"192.0.2.0/24": "US"}},
        {"address_overrides": {}},
        {"id": "REHEARSAL-2026-999"},
        {"other_information": ("names",)},
        {"custody_key": "0" * 64},
    ],
)
def test_a_well_signed_authority_for_something_else_is_refused(decided, changes):
    """Even the committee's own key does not make an authority out of what was neither asked nor decided."""
    payload, take_in = decided
    assert_refused(take_in, authority=forged(payload, keys.private("authority"), **changes))


@pytest.mark.parametrize(
    ("changes", "article"),
    [
        ({"authority": None}, "強化法18"),
        ({"authority": {"authority": {}, "key": "x", "signature": "y"}}, "強化法18"),
        ({"ends_on": None}, "強化法18"),
        ({"ends_on": "2027-05-25"}, "強化法18"),
        ({"begins_on": "2026-11-23"}, "強化法18"),
        ({"ends_on": "2027-05-23"}, "強化法18"),  # not the period the authority states
        ({"conditions": ["別の条件"]}, "強化法18"),
        ({"number": "REHEARSAL-2026-002"}, "強化法18"),
        ({"outcome": "refused"}, "強化法18"),  # a refusal that carries an authority
        ({"outcome": "maybe"}, None),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(decided, changes, article):
    _, take_in = decided
    assert_refused(take_in, article=article, **changes)


def test_an_answer_from_somebody_else_is_refused(decided):
    _, take_in = decided
    assert_refused(take_in, sender=fixed("meti"))


def test_an_answer_to_nobodys_request_is_not_found(decided):
    _, take_in = decided
    with pytest.raises(NotFoundError):
        take_in(request=str(uuid.uuid4()))


def test_a_second_answer_is_refused(decided):
    _, take_in = decided
    take_in()
    with pytest.raises(SakimoriError, match="decided already"):
        take_in()


def test_a_revoked_key_signs_no_authority(decided, settings, tmp_path):
    """The key ring decides: a compromised authority key of the committee is trusted for nothing."""
    _, take_in = decided
    home = tmp_path / "home"
    home.mkdir()
    ring = json.loads(keys.own_ring_path().read_bytes())
    for row in ring["keys"]:
        if row["purpose"] == "authority":
            row["revoked"] = {"at": "2026-11-01T00:00:00+09:00", "reason": "compromised"}
    (home / "keyring.json").write_bytes(proofs.canonical(ring))
    settings.SAKIMORI_HOME = str(home)
    assert_refused(take_in)


def test_a_refused_answer_is_told_to_the_committee_by_a_signed_refusal(seated):
    """The way over the envelope: what does not verify here goes back as a refusal and changes nothing."""
    committee.ask()
    door.perform("oversight.decision.record", committee.meeting(), by=committee.chair())
    sequencer.drain()
    from sakimori.record import open_door

    with open_door("test"):
        Measure.objects.update(equipment="いつの間にか別の設備")
    transport.run_once()
    sequencer.drain()
    dispatch = Dispatch.objects.get(kind="oversight.decision.send")
    assert (dispatch.status, dispatch.arrived_at) == ("refused", None)
    assert Received.objects.get(kind="oversight.decision.send").effect is None
    assert Measure.objects.get().status == "arrived"
    (decision,) = reading.read(committee.chair(), "oversight.decisions")
    assert decision["arrived_at"] is None
