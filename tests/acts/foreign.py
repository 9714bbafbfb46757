"""Another deployment, `north`, played by a test that holds its keys: it writes envelopes and acknowledgements."""

import json
import secrets
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sakimori import law, proofs
from sakimori.acts import clock, transport
from tests.acts.enrolling import enrol_by_system
from tests.support.deployment import NAME, WORLD, fixed

NORTH = "north"
ORIGIN = f"sakimori/{NORTH}"


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _text(value, otherwise):
    return value if isinstance(value, str) else otherwise


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

    def host(self, kind):
        """Enrol an organisation of a type as hosted by `north`; return its id."""
        found = fixed(f"{NORTH}.{kind}")
        if found not in (self.operator, self.ministry):
            enrol_by_system(
                {"thing": "organisation", "id": str(found), "type": kind, "name_ja": f"北 {kind}",
                 "name_en": f"North {kind}", "deployment": NORTH, "fictitious": True}
            )  # fmt: skip
        return found

    def supervise(self, operator, ministry=None):
        """Record that an operator is designated under a ministry (of `north`, if not told)."""
        enrol_by_system(
            {"thing": "designation", "id": str(uuid.uuid4()), "organisation": str(operator),
             "business_type": "electricity", "minister": str(ministry or self.ministry),
             "designated_on": "2023-11-17"}
        )  # fmt: skip

    def say(self, kind, payload, sender, addressee, **changed):
        """Return the envelope by which an organisation of `north` says something: the system's own name an issuer."""
        identity = str(uuid.uuid4())
        system = law.kind(kind).system
        actor = {"person": None, "organisation": None if system else str(sender), "organisation_type": "", "role": "x",
                 "on_behalf_of": None, "token": None}  # fmt: skip
        told = {"issuer": str(sender), **payload} if system else payload
        document = self.document(identity, addressee, kind=kind, payload=told, **{"actor": actor, **changed})
        return self.envelope(identity=identity, document=document)

    def hear(self, *said, **changed):
        """Let what `say` says arrive here; return the code of the refusal, or "accepted"."""
        answer = json.loads(transport.receive(self.say(*said, **changed)))
        return answer["reason"]["code"] if answer["reason"] else answer["outcome"]

    def document(self, identity, addressee, **changed):
        """Return an act's document as `north` would write it; `changed` replaces parts."""
        actor = {"person": str(uuid.uuid4()), "organisation": str(self.operator), "organisation_type": "operator",
                 "role": "approver", "on_behalf_of": None, "token": None}  # fmt: skip
        at = clock.now(WORLD).isoformat()
        return {
            "type": "sakimori.act/1", "id": str(uuid.uuid4()), "world": WORLD, "deployment": NORTH,
            "kind": "trial.letter.send", "kind_version": 1, "actor": actor, "payload": {"text": "手紙"},
            "occurred_at": at, "recorded_at": at, "subject": {"type": "trial.note", "id": str(uuid.uuid4())},
            "sent_to": {identity: str(addressee)}, **changed,
        }  # fmt: skip

    def envelope(self, addressee=None, *, identity="", document=None, receipt=None, proof=True, salted=True, **changed):
        """Return the signed envelope's bytes; every part can be replaced before it is signed."""
        identity = identity or str(uuid.uuid4())
        told = document or self.document(identity, addressee or fixed("meti"))
        content = told if isinstance(told, bytes) else proofs.canonical(told)
        named = told if isinstance(told, dict) else self.document(identity, fixed("meti"))
        salt = changed.pop("salt", None) or secrets.token_bytes(32)
        commitment = proofs.commit(content, salt)
        at = clock.now(WORLD).isoformat()
        promised = {
            "deployment": NORTH, "origin": ORIGIN, "world": changed.get("world", WORLD),
            "act_id": str(named.get("id", uuid.uuid4())), "kind": str(named.get("kind", "x")), "kind_version": 1,
            "recorded_at": _text(named.get("recorded_at"), at), "commitment": commitment.hex(), **(receipt or {}),
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
