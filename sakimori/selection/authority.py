"""The signed selection authority: what the approval or agreement allows, and whether an order stays inside.

File form: RFC 8785 JSON `{"authority": {...}, "key": "<key id>", "signature": "<Ed25519 over the canonical authority,
hex>"}`.
Legal ground: 強化法11-13 (agreement), 17-19, 32, 33 (approval), 18 (the committee's conditions), 22(2), 35(2).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sakimori.selection.allowed import Allowed, AllowedCondition
from sakimori.selection.bases import DOMESTIC, bases
from sakimori.selection.conditions import parse_network
from sakimori.selection.direction import Network
from sakimori.selection.errors import AuthorityError, Refusal
from sakimori.selection.order import Order, is_code
from sakimori.selection.refusals import refusal
from sakimori.text import Text

_KEY_HEX = 64
_MOST_CONDITIONS = 1_000_000  # house rule: what is signed holds no number that JSON readers disagree about
_FORM = "sakimori-selection-authority/2"
_OLD_FORM = "sakimori-selection-authority/1"  # named references and fields, not what stands under them


class Authority(BaseModel):
    """What may be selected: basis, direction, equipment, period (first inclusive, last exclusive), allowed conditions.

    `address_overrides` (network to country code) are the only ones an order may and must have: they move the border.
    What is inside is not for an authority to say: it is Japan.
    `committee_conditions` are the committee's conditions in words (18); `minimum_conditions` and `distinct_by` may be
    stricter than
    the law. `custody_key` is custody's X25519 public key in hex, to which identities are sealed. `other_information`
    names the
    fields of limb iii of 2(8) an ordinance has named: none until then. `rehearsal` marks an authority of a rehearsal
    world,
    good for rehearsals only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: str = Field(default=_FORM, pattern=f"^{_FORM}$")
    id: str = Field(min_length=1, max_length=200)
    basis: str
    direction: str
    equipment: str = Field(min_length=1, max_length=500)
    valid_from: datetime
    valid_until: datetime
    allowed: tuple[AllowedCondition, ...]
    address_overrides: dict[str, str] = Field(default_factory=dict)
    minimum_conditions: int = Field(ge=1, le=_MOST_CONDITIONS)
    distinct_by: str = Field(default="kind", pattern="^(kind|id)$")
    committee_conditions: tuple[str, ...] = ()
    decision: str = ""
    custody_key: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    other_information: tuple[str, ...] = ()
    rehearsal: bool = False

    @field_validator("valid_from", "valid_until")
    @classmethod
    def _aware(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("a time zone is needed")
        return value

    @field_validator("address_overrides")
    @classmethod
    def _border(cls, value: dict[str, str]) -> dict[str, str]:
        networks = [parse_network(network) for network in value]
        if None in networks or len(set(networks)) < len(networks) or not all(map(is_code, value.values())):
            raise ValueError("networks, each once, with codes of countries are needed")
        return value

    @property
    def overrides(self) -> frozenset[tuple[Network, str]]:
        """The address overrides, read."""
        read = ((parse_network(network), code) for network, code in self.address_overrides.items())
        return frozenset((network, code) for network, code in read if network is not None)

    def canonical(self) -> bytes:
        """Return the bytes that are signed: RFC 8785 JSON."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, hex."""
        return hashlib.sha256(self.canonical()).hexdigest()


class SignedAuthority(BaseModel):
    """An authority with its signature; trust it only after `verify`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: Authority
    key: str
    signature: str = Field(pattern="^[0-9a-f]{128}$")

    def dumps(self) -> bytes:
        """Return the file form."""
        return rfc8785.dumps(self.model_dump(mode="json"))


def key_id(key: Ed25519PublicKey) -> str:
    """Return the id of a public key: the first 16 hex digits of the SHA-256 of its raw bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign(authority: Authority, key: Ed25519PrivateKey, name: str | None = None) -> SignedAuthority:
    """Sign an authority; `name` is the key's id, by default `key_id`."""
    signature = key.sign(authority.canonical()).hex()
    return SignedAuthority(authority=authority, key=name or key_id(key.public_key()), signature=signature)


def load_authority(raw: bytes) -> SignedAuthority:
    """Read the file form; raises `AuthorityError` when it is not one. Does not verify."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    return read_authority(document)


def read_authority(document: object) -> SignedAuthority:
    """Read the file form as plain data; raises `AuthorityError` when it is not one. Does not verify."""
    inside = document.get("authority") if isinstance(document, dict) else None
    if isinstance(inside, dict) and inside.get("form", _OLD_FORM) == _OLD_FORM:
        raise AuthorityError(
            Text(
                "承認書が古い様式です。承認された番号や項目だけを挙げ、その下の値(バイト列など)を定めていません。",
                "this authority is of an old form: it names references and fields, not the bytes and values approved.",
            ),
            mend=Text("値を定めた承認を取り直してください。", "Obtain an approval that fixes the values."),
            article="強化法22(2)、35(2)",
        )
    try:
        return SignedAuthority.model_validate(document)
    except (ValueError, ValidationError, RecursionError):
        raise AuthorityError(
            Text("選別の承認書として読めません。", "this cannot be read as a selection authority."),
            mend=Text("承認の手続で発行されたファイルを使ってください。", "Use the file issued with the approval."),
        ) from None


def verify(signed: SignedAuthority, trusted: Mapping[str, Ed25519PublicKey]) -> Authority:
    """Return the authority if a trusted key signed it.

    Raises:
        AuthorityError: the key is not trusted, or the signature does not verify.
    """
    key = trusted.get(signed.key)
    if key is None:
        raise AuthorityError(
            Text("承認書の署名鍵を信頼していません。", "the key that signed the authority is not trusted."),
            where=signed.key,
            mend=Text("発行者の公開鍵を登録してください。", "Register the issuer's public key."),
            article="強化法18",
        )
    try:
        key.verify(bytes.fromhex(signed.signature), signed.authority.canonical())
    except InvalidSignature:
        raise AuthorityError(
            Text("承認書の署名が正しくありません。", "the authority's signature does not verify."),
            where=signed.authority.id,
            mend=Text(
                "書き換えられています。発行者から取り直してください。",
                "It was altered. Obtain it again from the issuer.",
            ),
            article="強化法18",
        ) from None
    return signed.authority


def check_order(order: Order, authority: Authority, now: datetime) -> list[Refusal]:
    """Return every reason why this order may not run under this authority at this time; empty if it may."""
    found: list[Refusal] = []
    basis = bases().get(authority.basis)
    if basis is None or basis.direction != authority.direction or authority.minimum_conditions < basis.minimum:
        found.append(refusal("authority_law", authority.id))
    if order.authority != authority.id:
        found.append(refusal("authority_id", "authority"))
    if order.basis.key != authority.basis:
        found.append(refusal("authority_basis", "basis"))
    if order.direction != authority.direction:
        found.append(refusal("authority_direction", "direction"))
    if now < authority.valid_from:
        found.append(refusal("authority_early", authority.valid_from.isoformat()))
    if now >= authority.valid_until:
        found.append(refusal("authority_expired", authority.valid_until.isoformat()))
    looser = authority.distinct_by == "kind" and order.distinct_by != "kind"
    if looser or order.minimum_conditions < authority.minimum_conditions:
        found.append(refusal("authority_minimum", "minimum_conditions"))
    return [*found, *_beyond(order, authority)]


def _beyond(order: Order, authority: Authority) -> Iterator[Refusal]:
    """Yield what moves the border between inside and outside, and the conditions that ask for more than is allowed."""
    if order.domestic != DOMESTIC:
        yield refusal("authority_domestic", "domestic")
    if frozenset(order.address_overrides) != authority.overrides:
        yield refusal("authority_border", "address_overrides")
    allowed = Allowed(authority.allowed)
    for condition in order.conditions:
        reason = allowed.refuses(condition)
        if reason is not None:
            yield refusal(reason, f"conditions[{condition.id}]")


def load_public_key(raw: bytes) -> Ed25519PublicKey:
    """Read an Ed25519 public key: PEM, or 64 hex digits.

    Raises:
        AuthorityError: it is neither.
    """
    text = raw.strip()
    try:
        key: Any = (
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.decode("ascii")))
            if len(text) == _KEY_HEX
            else load_pem_public_key(raw)
        )
    except (ValueError, UnicodeDecodeError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise AuthorityError(
            Text("Ed25519 の公開鍵として読めません。", "this cannot be read as an Ed25519 public key."),
            mend=Text("PEM か 64 桁の 16 進数で指定してください。", "Give PEM or 64 hexadecimal digits."),
        )
    return key
