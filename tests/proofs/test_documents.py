import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sakimori import proofs
from sakimori.proofs import receipt as receipts
from tests.proofs.proof_world import (
    ACT,
    ORIGIN,
    SALT,
    SINCE,
    WITNESS,
    ack,
    checkpoint,
    entries,
    envelope,
    inclusion,
    private,
    public,
    receipt,
    receipt_file,
    ring,
    ring_with,
)

RECORDED = datetime(2026, 11, 20, tzinfo=UTC)


def changes(value: Any) -> Iterator[Any]:
    """Every document that differs from `value` in one place: a field gone, a field more, a value changed."""
    if isinstance(value, dict):
        yield {**value, "extra": 1}
        for name in value:
            yield {other: kept for other, kept in value.items() if other != name}
            for changed in changes(value[name]):
                yield {**value, name: changed}
    elif isinstance(value, list):
        yield [*value, "extra"]
        for place in range(len(value)):
            yield value[:place] + value[place + 1 :]
            for changed in changes(value[place]):
                yield [*value[:place], changed, *value[place + 1 :]]
    elif isinstance(value, str):
        yield from (value + "x", "x" + value, value[:-1], "", value.upper() + "!", None, 7)
        half = len(value) // 2
        yield value[:half] + ("A" if value[half] != "A" else "B") + value[half + 1 :]
    elif isinstance(value, bool) or value is None:
        yield from ("x", 1)
    else:
        yield from (value + 1, -1, str(value), value + 0.5, True, None)


def test_a_receipt_file_is_verified_with_nothing_but_the_ring() -> None:
    read = proofs.verify_receipt(json.dumps(receipt_file()).encode(), ring())
    assert (read.deployment, read.kind, read.origin) == ("operator", "asset.notify", ORIGIN)
    assert read.recorded_at == RECORDED
    assert read.act is not None
    assert (read.act.content, read.act.salt, read.act.committed) == (ACT, SALT, True)
    assert read.inclusion is not None
    assert read.inclusion.index == 3
    assert read.inclusion.checkpoint.checkpoint.size == 11
    assert len(read.inclusion.checkpoint.cosignatures) == 1


def test_a_receipt_without_blocks_is_the_promise_alone() -> None:
    read = proofs.verify_receipt(receipt(), ring())
    assert read.act is None
    assert read.inclusion is None


def test_a_receipt_is_never_called_an_acceptance() -> None:
    assert "受理を意味しません" in receipts.STATEMENT["ja"]
    assert "does not mean acceptance" in receipts.STATEMENT["en"]
    assert "acceptance" not in receipt()["kind"]


def test_any_change_to_a_receipt_file_is_found() -> None:
    good, keys, count = receipt_file(), ring(), 0
    for bad in changes(good):
        if set(good) - set(bad) in ({"act"}, {"inclusion"}):
            continue  # a receipt file may do without either block
        with pytest.raises(proofs.ProofError):
            proofs.verify_receipt(bad, keys)
        count += 1
    assert count > 100


def test_any_change_to_an_envelope_is_found() -> None:
    good, keys = envelope(), ring()
    proofs.verify_envelope(good, keys, recipient="minister")
    for bad in changes(good):
        with pytest.raises(proofs.ProofError):
            proofs.verify_envelope(bad, keys)


def test_any_change_to_an_acknowledgement_is_found() -> None:
    keys = ring()
    for good in (
        ack(envelope()),
        ack(envelope(), outcome="refused", reason={"code": "x", "ja": "不可", "en": "no"}, effects=[]),
    ):
        proofs.verify_ack(good, keys, envelope=envelope())
        for bad in changes(good):
            with pytest.raises(proofs.ProofError):
                proofs.verify_ack(bad, keys)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "refused"},
        {"reason": {"code": "x", "ja": "不可", "en": "no"}},
        {"outcome": "refused", "reason": {"code": "x", "ja": "不可", "en": "no"}},
        {"outcome": "perhaps"},
        {"effects": [1]},
        {"effects": "0193"},
        {"reason": {"code": "x", "ja": "不可"}, "outcome": "refused", "effects": []},
    ],
)
def test_an_acknowledgement_that_contradicts_itself_is_not_signed(wrong: dict[str, Any]) -> None:
    with pytest.raises(proofs.MalformedError):
        ack(envelope(), **wrong)


def test_an_acknowledgement_answers_one_envelope_only() -> None:
    sent = envelope()
    other = envelope(id="0193-f")
    with pytest.raises(proofs.MismatchError):
        proofs.verify_ack(ack(sent), ring(), envelope=other)
    # The same id with other content is another envelope.
    with pytest.raises(proofs.MismatchError):
        proofs.verify_ack(ack(sent), ring(), envelope=envelope(sent_at="2026-11-20T09:00:06+09:00"))
    # Another deployment's key cannot answer for the addressee, even by saying so of itself.
    forged = proofs.sign_ack(
        {name: value for name, value in ack(sent).items() if name not in ("type", "key_id", "signature")},
        private("committee", "envelope"),
    )
    with pytest.raises(proofs.KeyRingError):
        proofs.verify_ack(forged, ring(), envelope=sent)
    by_another = ack(sent, **{"from": "committee"})
    with pytest.raises(proofs.ProofError):
        proofs.verify_ack(by_another, ring(), envelope=sent)


def test_an_envelope_goes_to_whom_it_names() -> None:
    with pytest.raises(proofs.MismatchError):
        proofs.verify_envelope(envelope(), ring(), recipient="committee")


def test_an_envelope_without_salt_says_that_its_content_was_not_compared() -> None:
    read = proofs.verify_envelope(envelope(act=proofs.act_block(b"anything", None)), ring())
    assert read.act.committed is False
    with pytest.raises(proofs.MismatchError):
        proofs.verify_envelope(envelope(act=proofs.act_block(b"anything", SALT)), ring())


def test_an_envelope_carries_the_senders_own_receipt_of_the_same_world() -> None:
    theirs = proofs.sign_receipt(
        {
            name: value
            for name, value in {**receipt(), "deployment": "minister"}.items()
            if name not in ("key_id", "signature")
        },
        private("minister", "receipt"),
    )
    proofs.verify_receipt(theirs, ring())
    for wrong in ({"receipt": theirs}, {"receipt": receipt(world="rehearsal")}, {"world": "rehearsal"}):
        with pytest.raises(proofs.ProofError):
            proofs.verify_envelope(envelope(**wrong), ring())


def test_a_receipt_with_blocks_does_not_go_into_an_envelope() -> None:
    with pytest.raises(proofs.MalformedError):
        envelope(receipt=receipt_file())


def test_an_envelope_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from sakimori.proofs import envelope as envelopes

    good = proofs.envelope_bytes(envelope())
    monkeypatch.setattr(envelopes, "MAX_ENVELOPE_BYTES", len(good) - 1)
    with pytest.raises(proofs.MalformedError):
        proofs.verify_envelope(good, ring())
    with pytest.raises(proofs.MalformedError):
        envelope()


def test_the_form_a_document_arrives_in_does_not_matter_but_its_content_does() -> None:
    pretty = json.dumps(envelope(), indent=3, ensure_ascii=False).encode()
    packed = proofs.envelope_bytes(envelope())
    assert proofs.verify_envelope(pretty, ring()).digest == proofs.verify_envelope(packed, ring()).digest
    assert proofs.verify_envelope(packed, ring()).digest == proofs.digest(packed)


def test_a_key_of_another_owner_or_purpose_does_not_sign_receipts() -> None:
    fields = {name: value for name, value in receipt().items() if name not in ("key_id", "signature")}
    for owner, purpose in (("minister", "receipt"), ("operator", "envelope"), ("operator", "log")):
        forged = proofs.sign_receipt(fields, private(owner, purpose))
        with pytest.raises(proofs.KeyRingError):
            proofs.verify_receipt(forged, ring())
    with pytest.raises(proofs.KeyRingError):
        proofs.verify_receipt(receipt(), ring(("operator", "receipt")))


@pytest.mark.parametrize(
    ("limits", "good"),
    [
        ({"valid_from": RECORDED}, True),
        ({"valid_from": RECORDED + timedelta(microseconds=1)}, False),
        ({"valid_until": RECORDED}, False),
        ({"valid_until": RECORDED + timedelta(microseconds=1)}, True),
        ({"revoked": proofs.Revocation(RECORDED, "superseded")}, False),
        ({"revoked": proofs.Revocation(RECORDED + timedelta(seconds=1), "superseded")}, True),
        ({"revoked": proofs.Revocation(RECORDED + timedelta(days=99), "compromised")}, False),
    ],
)
def test_a_key_is_good_in_its_time_only(limits: dict[str, Any], *, good: bool) -> None:
    keys = ring_with(public("operator", "receipt", **limits))
    if good:
        proofs.verify_receipt(receipt(), keys)
    else:
        with pytest.raises(proofs.KeyRingError):
            proofs.verify_receipt(receipt(), keys)


def test_a_cosignature_outside_its_keys_time_spoils_the_proof() -> None:
    late = public("committee", "witness", valid_from=RECORDED + timedelta(days=30))
    with pytest.raises(proofs.KeyRingError):
        proofs.verify_receipt(receipt_file(), ring_with(late))


def test_a_cosignature_of_an_impossible_time_spoils_the_proof() -> None:
    note = checkpoint(entries(11), cosigned=False)
    late = proofs.cosign_checkpoint(note, WITNESS, private("committee", "witness"), 2**62)
    block = {**inclusion(), "checkpoint": proofs.add_signatures(note, [late]).decode()}
    with pytest.raises(proofs.KeyRingError):
        proofs.verify_receipt({**receipt(), "inclusion": block}, ring())
    with pytest.raises(proofs.MalformedError):
        proofs.verify_receipt({**receipt(), "inclusion": {**block, "checkpoint": 7}}, ring())


def test_a_receipt_whose_leaf_hash_is_not_that_of_its_commitment_is_refused() -> None:
    with pytest.raises(proofs.MismatchError):
        receipt(leaf_hash=bytes(32).hex())


def test_the_inclusion_must_be_in_the_deployments_own_log() -> None:
    keys = ring_with(public("operator", "log", owner="minister"))
    with pytest.raises(proofs.SignatureError):
        proofs.verify_receipt(receipt_file(), keys)
    other = {**receipt(), "inclusion": {**inclusion(), "index": 4}}
    with pytest.raises(proofs.ProofError):
        proofs.verify_receipt(other, ring())


def test_a_checkpoint_of_a_forked_log_does_not_prove_inclusion() -> None:
    leaves = entries(11)
    forked = {**inclusion(), "checkpoint": checkpoint([b"other", *leaves[1:]]).decode()}
    with pytest.raises(proofs.MismatchError):
        proofs.verify_receipt({**receipt(), "inclusion": forked}, ring())


def test_a_ring_is_read_as_it_was_written() -> None:
    revoked = public("operator", "receipt", revoked=proofs.Revocation(RECORDED, "superseded"), valid_until=RECORDED)
    written = proofs.format_keyring(ring_with(revoked))
    assert list(proofs.parse_keyring(written)) == list(ring_with(revoked))
    assert proofs.format_keyring(proofs.parse_keyring(written)) == written


def test_any_structural_change_to_a_ring_is_refused_or_is_another_ring() -> None:
    good = json.loads(proofs.format_keyring(proofs.KeyRing([public("operator", "log"), public("operator", "receipt")])))
    for bad in changes(good):
        try:
            read = proofs.parse_keyring(bad)
        except proofs.ProofError:
            continue
        assert proofs.format_keyring(read) != proofs.canonical(good)


def test_a_ring_has_each_key_once_and_names_for_logs_and_witnesses_only() -> None:
    with pytest.raises(proofs.MalformedError):
        proofs.KeyRing([public("operator", "log"), public("operator", "log", owner="minister")])
    for wrong in (
        {"name": None},
        {"name": "with space"},
        {"purpose": "receipt"},
        {"purpose": "other"},
        {"valid_from": SINCE.replace(tzinfo=None)},
    ):
        with pytest.raises(proofs.MalformedError):
            public("operator", "log", **wrong)
    with pytest.raises(proofs.MalformedError):
        public("operator", "log").check_time(SINCE.replace(tzinfo=None))
    with pytest.raises(proofs.KeyRingError):
        public("operator", "receipt").verifier()
    with pytest.raises(proofs.MalformedError):
        proofs.key_id(b"short")


def test_any_document_can_be_signed_for_any_purpose() -> None:
    authority = proofs.sign_document({"type": "sakimori.authority/1", "until": "x"}, private("committee", "authority"))
    key = proofs.verify_document(authority, ring(), purpose="authority", owner="committee", at=RECORDED)
    assert key.owner == "committee"
    for wrong in (
        {"type": 1},
        {"type": "t", "key_id": "another"},
        {"type": "t", "value": (1, 2)},
    ):
        with pytest.raises(proofs.MalformedError):
            proofs.sign_document(wrong, private("committee", "authority"))
    with pytest.raises(proofs.MalformedError):
        proofs.verify_document({"type": "t"}, ring(), purpose="authority", owner="committee", at=RECORDED)


def test_every_error_speaks_both_languages() -> None:
    with pytest.raises(proofs.ProofError) as caught:
        proofs.verify_receipt({**receipt(), "act_id": "other"}, ring())
    japanese, english = caught.value.diagnostics().split("\n")
    assert japanese == caught.value.diagnostics("ja")
    assert english == caught.value.diagnostics("en")
    assert "署名" in japanese
    assert "signature" in english
