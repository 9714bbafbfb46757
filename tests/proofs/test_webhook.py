"""A receiver's side of a webhook: signed by whom it says, fresh, new; through a change of keys too."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from sakimori.proofs import (
    KeyRing,
    KeyRingError,
    MalformedError,
    ProofError,
    PublicKey,
    ReplayError,
    Revocation,
    SignatureError,
    verify_webhook,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CHANGE = NOW - timedelta(minutes=2)
OLD, NEW, OTHER = (Ed25519PrivateKey.generate() for _ in range(3))
BODY = b'{"type":"sakimori.notice/1"}'


def _public(key, purpose="envelope", owner="authority", **more):
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(owner, purpose, None, raw, more.pop("since", NOW - timedelta(days=9)), **more)


RING = KeyRing([_public(OLD, valid_until=CHANGE), _public(NEW, since=CHANGE)])


def _message(key, at=NOW, body=BODY, identity="msg_1", also=()):
    stamp = str(int(at.timestamp()))
    signed = f"{identity}.{stamp}.".encode() + body
    signatures = [*also, *(f"v1a,{base64.b64encode(one.sign(signed)).decode()}" for one in [key])]
    return {"Webhook-Id": identity, "Webhook-Timestamp": stamp, "WEBHOOK-SIGNATURE": " ".join(signatures)}


def _verify(headers, body=BODY, ring=RING, now=NOW, seen=(), **more):
    return verify_webhook(headers, body, ring, now, seen, **more)


def test_a_good_message_is_taken_in():
    found = _verify(_message(NEW), sender="authority")
    assert (found.id, found.signed_at, found.body) == ("msg_1", NOW, {"type": "sakimori.notice/1"})


def test_old_and_new_key_stand_side_by_side_each_for_its_time():
    assert _verify(_message(OLD, CHANGE - timedelta(seconds=30))).key == _public(OLD).id
    assert _verify(_message(NEW, CHANGE)).key == _public(NEW).id
    for key, at in ((OLD, CHANGE), (NEW, CHANGE - timedelta(seconds=1))):
        with pytest.raises(SignatureError):
            _verify(_message(key, at))


def test_one_good_signature_among_several_is_enough():
    foreign = "v1a," + base64.b64encode(b"\0" * 64).decode()
    assert _verify(_message(NEW, also=["v1,c2VjcmV0", foreign])).id == "msg_1"


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=1)])
def test_a_message_kept_and_sent_again_later_is_refused(late):
    with pytest.raises(ReplayError):
        _verify(_message(NEW), now=NOW + late)


def test_a_message_received_before_is_refused():
    with pytest.raises(ReplayError) as refused:
        _verify(_message(NEW), seen={"msg_1"})
    assert refused.value.where == "webhook-id"
    assert _verify(_message(NEW), seen={"msg_2"})


def test_a_forged_message_never_counts_as_a_repeated_one():
    with pytest.raises(SignatureError):
        _verify(_message(OTHER), seen={"msg_1"})


@pytest.mark.parametrize("part", ["Webhook-Id", "Webhook-Timestamp", "WEBHOOK-SIGNATURE"])
def test_every_header_is_needed(part):
    headers = _message(NEW)
    del headers[part]
    with pytest.raises(ProofError):
        _verify(headers)


def test_a_key_of_another_purpose_owner_or_one_compromised_is_no_key():
    for ring in (
        KeyRing([]),
        KeyRing([_public(NEW, purpose="receipt")]),
        KeyRing([_public(NEW, revoked=Revocation(NOW + timedelta(days=1), "compromised"))]),
    ):
        with pytest.raises(KeyRingError):
            _verify(_message(NEW), ring=ring)
    with pytest.raises(KeyRingError):
        _verify(_message(NEW), sender="somebody-else")


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(place, change):
    altered = bytearray(BODY)
    altered[place] ^= change
    with pytest.raises(SignatureError):
        _verify(_message(NEW), bytes(altered))


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=40)),
    st.binary(max_size=50),
)
def test_whatever_comes_in_is_a_webhook_or_a_proof_error(headers, body):
    with pytest.raises(ProofError):
        _verify(headers, body)


def test_the_id_cannot_be_shifted_into_the_time():
    """`a.1` + `2` and `a` + `1.2` sign the same bytes: a dot is no part of an id."""
    with pytest.raises(MalformedError):
        _verify(_message(NEW, identity="a.1"))
