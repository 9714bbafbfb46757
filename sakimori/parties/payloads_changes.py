"""What corrections, endings, mandates and filing windows take in. What is left out stays as it is recorded."""

import uuid
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sakimori.parties.payloads import (
    Address,
    Code,
    CorporateNumber,
    KindName,
    MailAddress,
    MaybeLine,
    MaybePersonName,
    PersonName,
    Role,
    Thing,
)
from sakimori.record import Line, Payload
from sakimori.record.payload import one_line

Reason = Annotated[str, Field(min_length=1, max_length=500)]
MaybeReason = Annotated[str, Field(max_length=500)]
Url = Annotated[str, Field(max_length=300, pattern="^(https?://.+)?$")]
Telephone = Annotated[str, Field(max_length=40, pattern="^[0-9()+ -]*$"), AfterValidator(one_line)]


class TakeRole(Payload):
    """A further role for oneself, in the own organisation; somebody else confirms it."""

    role: Role
    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("最後の日が始まりの日より前です / the last day is before the first")
        return self


class CorrectOrganisation(Payload):
    """What is corrected of an organisation."""

    organisation: uuid.UUID
    name_ja: Line | None = None
    name_en: Line | None = None
    corporate_number: CorporateNumber | None = None
    location: Annotated[str, Field(max_length=60)] | None = None
    address: Address | None = None
    deployment: Code | None = None
    reason: MaybeReason = ""


class CorrectDesignation(Payload):
    """What is corrected of a designation; `withdrawn_on` where it has been withdrawn (推進法51条)."""

    designation: uuid.UUID
    designated_on: date | None = None
    bureau: uuid.UUID | None = None
    successor: bool | None = None
    withdrawn_on: date | None = None
    reason: Reason


class CorrectFacility(Payload):
    """What is corrected of a facility."""

    facility: uuid.UUID
    name: Line | None = None
    category: Line | None = None
    in_place_since: date | None = None
    order_changed_on: date | None = None
    reason: Reason


class CorrectPerson(Payload):
    """What is corrected of a person."""

    person: uuid.UUID
    name_ja: PersonName | None = None
    name_en: MaybePersonName | None = None
    email: MailAddress | None = None


class GiveMandate(Thing):
    """Leave to file (委任): to a person of the organisation, or to another organisation; with the internal trail."""

    organisation: uuid.UUID
    representative_title: Annotated[str, Field(max_length=100), AfterValidator(one_line)] = ""
    representative: PersonName
    person: uuid.UUID | None = None
    delegate: uuid.UUID | None = None
    deputy_for: uuid.UUID | None = None
    kinds: Annotated[list[KindName], Field(min_length=1)]
    approved_by: MaybePersonName = ""
    approved_on: date | None = None
    document: MaybeLine = ""
    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _one_delegate(self) -> Self:
        if (self.person is None) == (self.delegate is None):
            raise ValueError("委任先は人か組織のどちらか一つです / either a person or an organisation, not both")
        if self.deputy_for is not None and (self.person is None or self.valid_until is None):
            raise ValueError("代理は人で、終わりの日が要ります / a deputy is a person, and needs a last day")
        if self.deputy_for is not None and self.deputy_for == self.person:
            raise ValueError("自分の代理にはなれません / nobody is his own deputy")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("終わりの日が始まりより前です / the last day comes before the first")
        return self


class EndMandate(Payload):
    """A mandate that ends, with the delegation behind it."""

    mandate: uuid.UUID
    last_day: date
    reason: MaybeReason = ""


class EndDelegation(Payload):
    """A delegation that ends."""

    delegation: uuid.UUID
    last_day: date


class EndStandingAuthority(Payload):
    """A standing authority that ends."""

    standing_authority: uuid.UUID
    last_day: date


class EndSubscription(Payload):
    """A subscription that ends: nothing more is sent there."""

    subscription: uuid.UUID
    last_day: date


class ReaddressPeer(Payload):
    """The address another deployment answers at now; empty where envelopes are carried as files."""

    peer: uuid.UUID
    url: Url


class RecordWindow(Thing):
    """A filing window (提出窓口) as somebody published or told it; `key` names the entry it stands in place of."""

    key: Annotated[str, Field(min_length=1, max_length=60, pattern="^[a-z0-9][a-z0-9_.-]*$")]
    business_type: Code
    ministry_code: Annotated[str, Field(min_length=1, max_length=30)]
    matter: Literal["any", "prior_review", "notification", "incident"] = "any"
    office: Line
    telephone: Telephone = ""
    email: MailAddress = ""
    address: Address = ""
    url: Url = ""
    source: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(one_line)]
    confidence: Literal["certain", "likely", "unknown"] = "certain"
    valid_from: date
    valid_until: date | None = None


class EndWindow(Payload):
    """A filing window that is no longer used."""

    window: uuid.UUID
    last_day: date
