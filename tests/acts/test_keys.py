"""Keys: rotation keeps old receipts good, a peer brings only its own keys."""

import json
import shutil

import pytest

from sakimori import proofs
from sakimori.acts import clock, door, keys
from sakimori.acts.errors import PayloadError
from sakimori.parties.models import Peer
from tests.support.deployment import WORLD, fixed, viewer

CONSENT = {"organisation": str(fixed("power")), "matter": "keys", "given_on": "2026-11-24"}


@pytest.fixture
def own_home(parties, settings, tmp_path):
    """A home of this test's own, so that its keys may be rotated."""
    shutil.copytree(settings.SAKIMORI_HOME / "keys", tmp_path / "home" / "keys")
    shutil.copy(settings.SAKIMORI_HOME / "keyring.json", tmp_path / "home")
    settings.SAKIMORI_HOME = tmp_path / "home"
    keys.private.cache_clear()
    yield
    keys.private.cache_clear()


def test_after_a_rotation_old_and_new_receipts_verify(own_home):
    before = door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"))
    fresh = keys.rotate("receipt", clock.now(WORLD))
    after = door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"))

    ring = keys.ring(WORLD)
    assert proofs.verify_receipt(before.receipt, ring).key_id != fresh.id
    assert proofs.verify_receipt(after.receipt, ring).key_id == fresh.id


def test_a_retired_key_signs_nothing_any_more(own_home):
    old = keys.private("receipt")
    keys.rotate("receipt", clock.now(WORLD))
    done = door.perform("parties.consent.give", CONSENT, by=viewer("power", "approver"))
    forged = {name: value for name, value in done.receipt.items() if name not in ("signature", "key_id")}
    with pytest.raises(proofs.KeyRingError):
        proofs.verify_receipt(proofs.sign_receipt(forged, old), keys.ring(WORLD))


def _peer_keys(owner):
    row = keys.public_row("envelope", clock.now(WORLD))
    other = proofs.PublicKey(owner, "envelope", None, bytes(reversed(row.public_key)), row.valid_from)
    return json.loads(proofs.format_keyring(proofs.KeyRing([other])))["keys"]


def test_a_peer_brings_only_its_own_keys(parties):
    by = viewer("cabinet", "administrator")
    with pytest.raises(PayloadError):
        door.perform("parties.peer.enrol", {"name": "north", "edition": "operator", "keys": _peer_keys("south")}, by=by)
    done = door.perform(
        "parties.peer.enrol", {"name": "north", "edition": "operator", "keys": _peer_keys("north")}, by=by
    )
    with pytest.raises(PayloadError):
        door.perform(
            "parties.peer.rekey",
            {"peer": str(done.subject.id), "name": "north", "keys": _peer_keys("test")},
            by=by,
        )
    assert {row["owner"] for row in Peer.objects.get(name="north").keys} == {"north"}
