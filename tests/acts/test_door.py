"""The door: what it lets through, what it refuses, and what it leaves behind."""

import pytest

from sakimori import proofs
from sakimori.acts import door, keys
from sakimori.acts.errors import IdempotencyError, NotAuthorisedError, PayloadError
from sakimori.acts.models import Act, ActContent, Leaf
from sakimori.parties.models import Consent, Organisation
from sakimori.record import DoorClosedError
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

CONSENT = {"organisation": str(fixed("power")), "matter": "share_with_nco", "given_on": "2026-11-24"}


def test_an_act_leaves_record_content_leaf_and_receipt(parties):
    done = door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"))

    consent = Consent.objects.get(id=done.subject.id)
    assert consent.matter == "share_with_nco"
    content = ActContent.objects.get(id=done.act)
    leaf = Leaf.objects.get(of=done.act)
    assert bytes(leaf.commitment) == proofs.commit(bytes(content.content), bytes(content.salt))
    receipt = proofs.verify_receipt(done.receipt, keys.ring(WORLD))
    assert receipt.commitment == bytes(leaf.commitment)
    assert receipt.act_id == str(done.act)


def test_the_same_key_and_payload_give_the_first_receipt_again(parties):
    first = door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"), idempotency_key="k1")
    again = door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"), idempotency_key="k1")

    assert again.repeated
    assert again.receipt == first.receipt
    assert Consent.objects.count() == 1


def test_the_same_key_with_another_payload_is_refused(parties):
    door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"), idempotency_key="k1")
    with pytest.raises(IdempotencyError):
        door.perform(
            "parties.consent.give", {**CONSENT, "matter": "other"}, by=viewer("power", "approver"), idempotency_key="k1"
        )
    assert Consent.objects.count() == 1


def test_another_role_is_refused_and_nothing_is_left(parties):
    before = Act.objects.count()
    with pytest.raises(NotAuthorisedError):
        door.perform("parties.consent.give", CONSENT, by=viewer("power", "viewer"))
    assert Act.objects.count() == before


def test_a_role_one_does_not_hold_is_refused(parties):
    pretender = viewer("power", "approver")
    pretender = type(pretender)(fixed("power.viewer"), pretender.organisation, "operator", "approver", WORLD)
    with pytest.raises(NotAuthorisedError):
        door.perform("parties.consent.give", CONSENT, by=pretender)


def test_consent_for_somebody_else_is_refused(parties):
    with pytest.raises(Exception, match="Only the party"):
        door.perform(
            "parties.consent.give", {**CONSENT, "organisation": str(fixed("rail"))}, by=viewer("power", "approver")
        )


def test_every_faulty_field_is_named(parties):
    with pytest.raises(PayloadError) as refused:
        door.perform("parties.consent.give", {"organisation": "x", "surprise": 1}, by=viewer("power", "approver"))
    assert {fault["where"] for fault in refused.value.fields} == {"organisation", "matter", "given_on", "surprise"}


def test_records_cannot_be_written_beside_the_door(parties):
    organisation = Organisation.objects.get(id=fixed("power"))
    organisation.name_ja = "別名"
    with pytest.raises(DoorClosedError):
        organisation.save()
    with pytest.raises(DoorClosedError):
        Organisation.objects.all().delete()
