"""What the acts of this room take in: one model a thing. Every thing may bring its own id (sample world, migration)."""

import re
import uuid
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sakimori import law
from sakimori.parties import reach
from sakimori.parties.numbers import corporate_number
from sakimori.proofs import ProofError, parse_keyring
from sakimori.proofs.keyring import KEYRING_TYPE
from sakimori.record import Line, Payload
from sakimori.record.payload import one_line

MaybeLine = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
PersonName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(one_line)]
MaybePersonName = Annotated[str, Field(max_length=100), AfterValidator(one_line)]
Address = Annotated[str, Field(max_length=300), AfterValidator(one_line)]
Code = Annotated[str, Field(min_length=1, max_length=60)]
MaybeCode = Annotated[str, Field(max_length=60)]
Key = Annotated[str, Field(min_length=1, max_length=120)]


def _known_kind(name: str) -> str:
    """Check that the law lists the act kind."""
    try:
        law.kind(name)
    except law.UnknownKindError as error:
        raise ValueError(f"{error.what.ja} / {error.what.en}") from None
    return name


def _token_kind(name: str) -> str:
    """Check that the law lets a token perform the act kind under a standing authority."""
    if not law.kind(_known_kind(name)).token:
        raise ValueError("この行為はトークンには任せられません / this act is not for tokens")
    return name


def _known_restriction(label: str) -> str:
    """Check that the law lists the restriction (with a parameter where it takes one)."""
    key, _, parameter = (label, "", "") if label.startswith("tlp:") else label.partition(":")
    try:
        restriction = law.restriction(key)
    except law.UnknownRestrictionError as error:
        raise ValueError(f"{error.what.ja} / {error.what.en}") from None
    if restriction.parametrised != bool(parameter):
        raise ValueError(f"{key}:<…> の形で書いてください / written {key}:<parameter>, or without, as the law has it")
    return label


def _mail_address(value: str) -> str:
    """Check that this can be a mail address: one @ with something on both sides, and no blanks."""
    if value and not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", value):
        raise ValueError("メールアドレスの形ではありません / this is no mail address")
    return value


KindName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_known_kind)]
TokenKind = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_token_kind)]
RestrictionLabel = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_known_restriction)]
MailAddress = Annotated[str, Field(max_length=254), AfterValidator(_mail_address)]
CorporateNumber = Annotated[str, AfterValidator(corporate_number)]
Role = Literal[
    "reporter", "approver", "viewer", "vendor_contact", "intake", "officer", "decider", "analyst", "chair",
    "member", "secretariat", "inspector", "liaison", "administrator",
]  # fmt: skip


class Thing(Payload):
    """Base: the id of what is recorded; left out, the door chooses one."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4)


class EnrolOrganisation(Thing):
    """An organisation to enrol."""

    type: Literal[
        "operator", "vendor", "contractor", "ministry", "regional_bureau", "cabinet_office", "committee", "ppc",
        "police", "defence", "sector_body", "carrier", "ipa", "nict", "jpcert", "council_associate",
        "foreign_government",
    ]  # fmt: skip
    name_ja: Line
    name_en: Line
    corporate_number: CorporateNumber = ""
    business_type: MaybeCode = ""
    ministry_code: Annotated[str, Field(max_length=30)] = ""
    location: MaybeCode = ""
    address: Address = ""
    parent: uuid.UUID | None = None
    deployment: Code
    fictitious: bool = False


class RecordDesignation(Thing):
    """A designation (推進法50条) to record."""

    organisation: uuid.UUID
    business_type: Code
    minister: uuid.UUID
    bureau: uuid.UUID | None = None
    designated_on: date
    successor: bool = False


class RecordFacility(Thing):
    """A 特定重要設備 to record."""

    organisation: uuid.UUID
    designation: uuid.UUID
    name: Line
    category: Line
    in_place_since: date | None = None
    order_changed_on: date | None = None


class EnrolPerson(Thing):
    """A person to enrol."""

    name_ja: PersonName
    name_en: MaybePersonName = ""
    email: MailAddress = ""
    fictitious: bool = False


class GrantMembership(Thing):
    """A role to give to a person in an organisation."""

    person: uuid.UUID
    organisation: uuid.UUID
    role: Role
    valid_from: date
    valid_until: date | None = None


class EndMembership(Payload):
    """A membership that ends; `leaves_none` says that nobody else holds the role then, and that this is meant."""

    membership: uuid.UUID
    last_day: date
    leaves_none: bool = False


class GiveDelegation(Thing):
    """A delegation (委任) from one organisation to another."""

    principal: uuid.UUID
    delegate: uuid.UUID
    kinds: Annotated[list[KindName], Field(min_length=1)]
    valid_from: date
    valid_until: date | None = None


class GrantStandingAuthority(Thing):
    """Leave for the organisation's tokens to perform one act kind (house rule)."""

    organisation: uuid.UUID
    kind: TokenKind
    valid_from: date
    valid_until: date | None = None


class RecordClearance(Thing):
    """A ceiling above the default for an organisation."""

    organisation: uuid.UUID
    restriction: RestrictionLabel
    basis: Key
    valid_from: date
    valid_until: date | None = None


class GiveConsent(Thing):
    """A party's consent: to what (`matter`), about which thing, for whom (`recipient`), on which basis."""

    organisation: uuid.UUID
    matter: Code
    about: uuid.UUID | None = None
    scope: str = ""
    recipient: uuid.UUID | None = None
    basis: Annotated[str, Field(max_length=120)] = ""
    given_on: date
    valid_until: date | None = None


class WithdrawConsent(Payload):
    """A consent withdrawn."""

    consent: uuid.UUID
    withdrawn_on: date
    reason: Annotated[str, Field(max_length=500)] = ""


class EnrolPeer(Thing):
    """Another deployment, its address and public keys: its own keys and no others', or it could speak for them."""

    name: Code
    edition: Literal["operator", "authority", "committee"]
    url: Annotated[str, Field(max_length=300, pattern="^(https?://.+)?$")] = ""
    keys: list[dict[str, object]]

    @model_validator(mode="after")
    def _own_keys_only(self) -> Self:
        _require_own(self.name, self.keys)
        return self


class RekeyPeer(Payload):
    """The public keys another deployment uses now: its whole ring, retired keys included."""

    peer: uuid.UUID
    name: Code
    keys: list[dict[str, object]]

    @model_validator(mode="after")
    def _own_keys_only(self) -> Self:
        _require_own(self.name, self.keys)
        return self


def _require_own(name: str, keys: list[dict[str, object]]) -> None:
    try:
        ring = parse_keyring({"type": KEYRING_TYPE, "keys": keys})
    except ProofError as error:
        raise ValueError(f"{error.ja} / {error.en}") from None
    foreign = {key.owner for key in ring} - {name}
    if foreign:
        raise ValueError(
            f"「{name}」以外の鍵が含まれています / keys of others than {name}: {', '.join(sorted(foreign))}"
        )


class SetSubscription(Thing):
    """Where an organisation also wants its notices."""

    organisation: uuid.UUID
    channel: Literal["smtp", "webhook"]
    address: Line

    @model_validator(mode="after")
    def _fits_the_channel(self) -> Self:
        if self.channel == "smtp":
            _mail_address(self.address)
        else:
            reach.require_address(self.address)
        return self
