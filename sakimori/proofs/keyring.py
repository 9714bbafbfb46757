"""The key ring: whose public key may be used for what, and when. Everything verified here is verified against one.

A key ring is a trust anchor: it reaches its user by a way outside this package. Its file:
{"type": "sakimori.keyring/1", "keys": [{id, owner, purpose, name, public_key, valid_from, valid_until, revoked}]}.

- a key has one purpose; `id` is derived from the key itself, so no entry can claim another's id
- `name` is the key name in signed notes (origin of a log, name of a witness), null for the other purposes
- a key is good from `valid_from` until before `valid_until` (null: open)
- revoked as `superseded`: good for what was signed before `at`; as `compromised`: good for nothing, since whoever
  holds it can write any date
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sakimori.proofs.canonical import canonical
from sakimori.proofs.encoding import b64encode, parse_json
from sakimori.proofs.errors import KeyRingError, MalformedError, SignatureError
from sakimori.proofs.fields import Fields
from sakimori.proofs.note import COSIGNATURE, ED25519, GoodSignature, VerifierKey, check_key_name, ed25519_verifies

KEYRING_TYPE = "sakimori.keyring/1"
PURPOSES = ("receipt", "log", "envelope", "authority", "witness")
"""What a key may sign: receipts, checkpoints, envelopes and acknowledgements, selection authorities, cosignatures."""
MAX_KEYRING_BYTES = 16 << 20
"""A larger key ring file is refused unread (house rule)."""
KEY_ID_BYTES = 16

_NOTE_PURPOSES = {"log": ED25519, "witness": COSIGNATURE}
_REASONS = ("superseded", "compromised")
_MAX_KEYS = 100_000
_PUBLIC_BYTES = 32
_DOMAIN = b"sakimori.key/1\n"
_KEY_FIELDS = {"id", "owner", "purpose", "name", "public_key", "valid_from", "valid_until", "revoked"}


@dataclass(frozen=True, slots=True)
class Revocation:
    """When a key stopped being good, and why: `superseded` or `compromised`."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One entry: owner (a deployment or organisation), purpose, note key name or None, raw 32-byte Ed25519 key."""

    owner: str
    purpose: str
    name: str | None
    public_key: bytes
    valid_from: datetime
    valid_until: datetime | None = None
    revoked: Revocation | None = None

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            raise MalformedError("知らない用途です。", "this purpose is not known.", where="purpose")
        if (self.name is None) == (self.purpose in _NOTE_PURPOSES):
            raise MalformedError(
                "名前 (name) はログと立会人の鍵にだけあります。",
                "a name belongs to keys of logs and witnesses, and to them only.",
                where="name",
            )
        if self.name is not None:
            check_key_name(self.name)
        for moment in (self.valid_from, self.valid_until, self.revoked.at if self.revoked else None):
            _aware(moment)

    @property
    def id(self) -> str:
        """Return the key id, derived from the public key (see `key_id`)."""
        return key_id(self.public_key)

    def verify(self, signature: bytes, message: bytes, where: str = "signature") -> None:
        """Return None when `signature` on `message` is by this key; SignatureError otherwise."""
        if not ed25519_verifies(self.public_key, signature, message):
            raise SignatureError(
                f"鍵{self.id} ({self.owner}) の署名が正しくありません。",
                f"the signature by key {self.id} ({self.owner}) is wrong.",
                where=where,
            )

    def check_time(self, at: datetime) -> None:
        """Return None when the key was good at `at` (an aware datetime); KeyRingError otherwise."""
        _aware(at)
        if self.revoked and (self.revoked.reason == "compromised" or at >= self.revoked.at):
            raise KeyRingError(f"鍵{self.id}は失効しています。", f"key {self.id} is revoked.", where="key_id")
        if at < self.valid_from or (self.valid_until is not None and at >= self.valid_until):
            raise KeyRingError(
                f"鍵{self.id}は{at.isoformat()}には有効ではありません。",
                f"key {self.id} was not valid at {at.isoformat()}.",
                where="key_id",
            )

    def verifier(self) -> VerifierKey:
        """Return the key as a note verifier (purposes log and witness only); KeyRingError otherwise."""
        if self.name is None or self.purpose not in _NOTE_PURPOSES:
            raise KeyRingError(
                f"鍵{self.id}はログや立会人の鍵ではありません。",
                f"key {self.id} is not of a log or witness.",
                where="key_id",
            )
        return VerifierKey(self.name, _NOTE_PURPOSES[self.purpose], self.public_key)


class KeyRing:
    """An immutable set of public keys by id; MalformedError when two entries hold the same key."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        self._keys: dict[str, PublicKey] = {}
        for key in keys:
            if key.id in self._keys:
                raise MalformedError(
                    f"鍵{key.id}が二度あります。", f"key {key.id} is there twice.", where="keyring.keys"
                )
            self._keys[key.id] = key

    def __iter__(self) -> Iterator[PublicKey]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, key_id: str, *, purpose: str, owner: str, at: datetime) -> PublicKey:
        """Return the key with this id once it is of this purpose and owner and good at `at`; KeyRingError otherwise."""
        key = self._keys.get(key_id)
        if key is None:
            raise KeyRingError(
                f"鍵{key_id}は鍵束にありません。", f"key {key_id} is not in the key ring.", where="key_id"
            )
        if key.purpose != purpose or key.owner != owner:
            raise KeyRingError(
                f"鍵{key_id}は{owner}の{purpose}用の鍵ではありません。",
                f"key {key_id} is not a {purpose} key of {owner}.",
                where="key_id",
            )
        key.check_time(at)
        return key

    def log_keys(self, origin: str, owner: str | None = None) -> list[VerifierKey]:
        """Return the keys that may sign checkpoints of log `origin` (belonging to `owner` when given).

        A checkpoint carries no time, so validity cannot be enforced on it: compromised keys are left out, others stay.
        """
        return [
            key.verifier()
            for key in self
            if key.purpose == "log" and key.name == origin and owner in (None, key.owner) and not _compromised(key)
        ]

    def origins(self) -> list[str]:
        """Return the origins of all logs the ring has a key for, sorted."""
        return sorted({key.name for key in self if key.purpose == "log" and key.name})

    def check_cosignature(self, cosignature: GoodSignature) -> None:
        """Return None when the witness key was good at the cosignature's own time; KeyRingError otherwise."""
        try:
            at = datetime.fromtimestamp(cosignature.timestamp or 0, UTC)
        except (OverflowError, ValueError, OSError) as error:
            raise KeyRingError(
                "立会人の署名の時刻が範囲外です。", "the time of a cosignature is out of range.", where="checkpoint"
            ) from error
        for key in self:
            if key.public_key == cosignature.key.public_key:
                key.check_time(at)

    def witnesses(self) -> list[VerifierKey]:
        """Return the keys of all witnesses that are not compromised."""
        return [key.verifier() for key in self if key.purpose == "witness" and not _compromised(key)]


def key_id(public_key: bytes) -> str:
    """Return the id of a raw 32-byte Ed25519 public key: the first 32 hex digits of SHA-256(domain || key)."""
    if len(public_key) != _PUBLIC_BYTES:
        raise MalformedError(
            "Ed25519の公開鍵は32バイトです。", "an Ed25519 public key is 32 bytes.", where="public_key"
        )
    return hashlib.sha256(_DOMAIN + public_key).hexdigest()[: 2 * KEY_ID_BYTES]


def parse_keyring(data: bytes | str | Mapping[str, Any]) -> KeyRing:
    """Return the key ring in a file's bytes or its parsed JSON; MalformedError when it is not one."""
    value = data if isinstance(data, Mapping) else parse_json(data, "keyring", MAX_KEYRING_BYTES)
    fields = Fields(value, "keyring", {"type", "keys"})
    fields.constant("type", KEYRING_TYPE)
    return KeyRing(
        _read_key(item, f"keyring.keys[{place}]") for place, item in enumerate(fields.items("keys", _MAX_KEYS))
    )


def format_keyring(ring: KeyRing) -> bytes:
    """Return the key ring file (canonical JSON)."""
    return canonical({"type": KEYRING_TYPE, "keys": [_write_key(key) for key in ring]})


def _read_key(value: object, where: str) -> PublicKey:
    fields = Fields(value, where, _KEY_FIELDS)
    name = None if fields.null("name") else fields.text("name")
    public_key = fields.b64("public_key")
    if key_id(public_key) != fields.text("id"):
        raise MalformedError("鍵IDが鍵と合いません。", "the id is not that of the key.", where=fields.where("id"))
    until = None if fields.null("valid_until") else fields.time("valid_until")
    return PublicKey(
        fields.text("owner"),
        fields.text("purpose"),
        name,
        public_key,
        fields.time("valid_from"),
        until,
        _read_revocation(fields),
    )


def _read_revocation(key: Fields) -> Revocation | None:
    if key.null("revoked"):
        return None
    fields = Fields(key.raw("revoked"), key.where("revoked"), {"at", "reason"})
    reason = fields.text("reason")
    if reason not in _REASONS:
        raise MalformedError("知らない失効理由です。", "this reason is not known.", where=fields.where("reason"))
    return Revocation(fields.time("at"), reason)


def _write_key(key: PublicKey) -> dict[str, Any]:
    revoked = key.revoked and {"at": key.revoked.at.isoformat(), "reason": key.revoked.reason}
    return {
        "id": key.id,
        "owner": key.owner,
        "purpose": key.purpose,
        "name": key.name,
        "public_key": b64encode(key.public_key),
        "valid_from": key.valid_from.isoformat(),
        "valid_until": key.valid_until.isoformat() if key.valid_until else None,
        "revoked": revoked,
    }


def _aware(moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise MalformedError("日時に時差がありません。", "this time has no offset.", where="time")


def _compromised(key: PublicKey) -> bool:
    return key.revoked is not None and key.revoked.reason == "compromised"
