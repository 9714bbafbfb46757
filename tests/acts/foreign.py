"""Another deployment, `north`, played by a test that holds its keys: it writes envelopes and acknowledgements."""

import json
import secrets
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sakimori import proofs
from sakimori.acts import clock
from tests.acts.enrolling import enrol_by_system
from tests.support.deployment import NAME, WORLD, fixed

NORTH = "north"
ORIGIN = f"sakimori/{NORTH}"


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Foreign:
    """The deployment `north`: hosts the operator `north.operator` and the ministry `north.ministry`."""

    def __init__(self, url=""):
        self.keys = {purpose: Ed25519PrivateKey.generate() for purpose in ("receipt", "log", "envelope")}
        midnight = min(clock.now(WORLD), clock.wall()).replace(hour=0, minute=0, second=0, microsecond=0)
        ring = proofs.KeyRing(
            [
                proofs.PublicKey(NORTH, purpose, ORIGIN if purpose == "log" else None, public(key), midnight)
                for purpose, key in self.keys.items()
            ]
        )
        rows = json.loads(proofs.format_keyring(ring))["keys"]
        self.operator, self.ministry = fixed("north.operator"), fixed("north.ministry")
        enrol_by_system(
            {"thing": "peer", "name": NORTH, "edition": "operator", "url": url, "keys": rows},
            *(
                {"thing": "organisation", "id": str(one), "type": kind, "name_ja": "北", "name_en": "North",
                 "deployment": NORTH, "fictitious": True}
                for one, kind in ((self.operator, "operator"), (self.ministry, "ministry"))
            ),
        )  # fmt: skip

    def document(self, identity, addressee, **changed):
        """Return an act's document as `north` would write it; `changed` replaces parts."""
        actor = {"person": str(uuid.uuid4()), "organisation": str(self.operator), "organisation_type": "operator",
                 "role": "approver", "on_behalf_of": None, "token": None}  # fmt: skip
        return {
            "type": "sakimori.act/1", "id": str(uuid.uuid4()), "world": WORLD, "deployment": NORTH,
            "kind": "trial.letter.send", "kind_version": 1, "actor": actor, "payload": {"text": "手紙"},
            "sent_to": {identity: str(addressee)}, **changed,
        }  # fmt: skip

    def envelope(self, addressee=None, *, identity="", document=None, receipt=None, proof=True, salted=True, **changed):
        """Return the signed envelope's bytes; every part can be replaced before it is signed."""
        identity = identity or str(uuid.uuid4())
        told = document or self.document(identity, addressee or fixed("meti"))
        content = told if isinstance(told, bytes) else proofs.canonical(told)
        named = told if isinstance(told, dict) else self.document(identity, fixed("meti"))
        salt = secrets.token_bytes(32)
        commitment = proofs.commit(content, salt)
        at = clock.now(WORLD).isoformat()
        promised = {
            "deployment": NORTH, "origin": ORIGIN, "world": changed.get("world", WORLD),
            "act_id": str(named.get("id", uuid.uuid4())), "kind": str(named.get("kind", "x")), "kind_version": 1,
            "recorded_at": at, "commitment": commitment.hex(), **(receipt or {}),
        }  # fmt: skip
        fields = {
            "id": identity, "from": NORTH, "to": NAME, "sent_at": at, "world": WORLD,
            "act": proofs.act_block(content, salt if salted else None),
            "receipt": proofs.sign_receipt(promised, self.keys["receipt"]), **changed,
        }  # fmt: skip
        if proof:
            leaf = proofs.commitment_leaf(bytes.fromhex(promised["commitment"]))
            note = proofs.sign_checkpoint(ORIGIN, 1, leaf, self.keys["log"])
            fields["inclusion"] = proofs.inclusion_block(note, 0, [])
        return proofs.envelope_bytes(proofs.sign_envelope(fields, self.keys["envelope"]))

    def answer(self, envelope, outcome="accepted", key=None, **changed):
        """Return the signed acknowledgement of an envelope that came to `north`."""
        sent = json.loads(envelope)
        refused = {"code": "north.no", "ja": "受け取れません", "en": "Not taken"}
        fields = {
            "envelope_id": sent["id"], "envelope_digest": proofs.digest(proofs.envelope_bytes(sent)), "from": NORTH,
            "to": NAME, "received_at": sent["sent_at"], "outcome": outcome,
            "reason": refused if outcome == "refused" else None,
            "effects": [str(uuid.uuid4())] if outcome == "accepted" else [], **changed,
        }  # fmt: skip
        return proofs.canonical(proofs.sign_ack(fields, key or self.keys["envelope"]))
