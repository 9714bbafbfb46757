"""What people enter in the guided run: one small model a step. Titles and help are English msgids."""

import uuid
from datetime import date
from typing import Annotated

from django.utils.translation import gettext_noop
from pydantic import AfterValidator, Field

from sakimori.parties.numbers import corporate_number
from sakimori.parties.payloads import MailAddress, MaybeLine, MaybePersonName, PersonName
from sakimori.record import Line, Payload


def _login(value: str) -> str:
    plain = value.strip()
    if plain and not (plain.isascii() and all(one.isalnum() or one in "._@+-" for one in plain)):
        raise ValueError("半角の英数字と . _ @ + - だけです / only A-Z a-z 0-9 . _ @ + -")
    return plain


Login = Annotated[str, Field(min_length=2, max_length=100), AfterValidator(_login)]
CorporateNumber = Annotated[str, Field(max_length=40), AfterValidator(corporate_number)]


class OrganisationForm(Payload):
    """The organisation, as the register of corporations has it."""

    name_ja: Line = Field(title=gettext_noop("Name in Japanese"))
    name_en: Line = Field(title=gettext_noop("Name in English"))
    corporate_number: CorporateNumber = Field(
        "",
        title=gettext_noop("Corporate number (法人番号)"),
        description=gettext_noop("13 digits; the first one checks the others."),
    )
    address: Annotated[str, Field(max_length=300)] = Field("", title=gettext_noop("Address"))


class DesignationForm(Payload):
    """A designation."""

    business: str = Field(min_length=1, max_length=60, title=gettext_noop("Business"))
    minister: str = Field(
        "",
        title=gettext_noop("Minister"),
        description=gettext_noop("Leave it empty for the minister who is usually in charge of the business."),
    )
    designated_on: date = Field(
        title=gettext_noop("Designated on"), description=gettext_noop("The day on the notice of designation.")
    )
    successor: bool = Field(
        default=False, title=gettext_noop("Designated as the successor of a designated operator (no period of grace)")
    )
    facility: MaybeLine = Field(
        "",
        title=gettext_noop("Your facility, as you call it"),
        description=gettext_noop("If there is only one. More facilities can be added on the next page."),
    )
    in_place_since: date | None = Field(None, title=gettext_noop("The facility is in place since"))


class FacilityForm(Payload):
    """A facility."""

    category: str = Field(min_length=1, max_length=300, title=gettext_noop("Kind of facility, in the ministry's words"))
    other: MaybeLine = Field(
        "",
        title=gettext_noop("Other wording of the ministry's order"),
        description=gettext_noop("Only where none of the kinds above fits."),
    )
    name: Line = Field(title=gettext_noop("What you call it"))
    in_place_since: date | None = Field(
        None,
        title=gettext_noop("In place since"),
        description=gettext_noop(
            "Where the day is lost: 1 January will do for a year before the Act came into force; for a later one leave"
            " it empty, since the periods depend on the day, and it will be asked."
        ),
    )


class PersonForm(Payload):
    """Somebody to invite."""

    name_ja: PersonName = Field(title=gettext_noop("Full name"))
    name_en: MaybePersonName = Field("", title=gettext_noop("Name in Roman letters"))
    login: Login = Field(
        title=gettext_noop("Log-in name"), description=gettext_noop("Letters and digits; it never changes.")
    )
    email: MailAddress = Field("", title=gettext_noop("Mail address"))
    reporter: bool = Field(default=False, title=gettext_noop("Reporter: prepares notifications and incident reports"))
    approver: bool = Field(default=False, title=gettext_noop("Approver: confirms what is filed, as the second person"))
    viewer: bool = Field(default=False, title=gettext_noop("Viewer: sees everything, files nothing"))
    administrator: bool = Field(default=False, title=gettext_noop("Administrator: enrols people, sees no contents"))
    last_day: date | None = Field(
        None, title=gettext_noop("Last day"), description=gettext_noop("Only for a deputy or somebody on loan.")
    )


class StaffForm(Payload):
    """Somebody to invite into an authority, a body or a company: one role of its kind."""

    name_ja: PersonName = Field(title=gettext_noop("Full name"))
    name_en: MaybePersonName = Field("", title=gettext_noop("Name in Roman letters"))
    login: Login = Field(
        title=gettext_noop("Log-in name"), description=gettext_noop("Letters and digits; it never changes.")
    )
    email: MailAddress = Field("", title=gettext_noop("Mail address"))
    role: str = Field(min_length=1, max_length=30, title=gettext_noop("Role"))
    last_day: date | None = Field(
        None, title=gettext_noop("Last day"), description=gettext_noop("Only for a deputy or somebody on loan.")
    )


class MandateForm(Payload):
    """Leave to file."""

    representative_title: MaybeLine = Field(
        "", title=gettext_noop("Title of the representative"), description="代表取締役 …"
    )
    representative: PersonName = Field(
        title=gettext_noop("Representative in whose name you file (代表者名)"),
        description=gettext_noop("As it stands on the filing."),
    )
    to: str = Field(min_length=1, max_length=80, title=gettext_noop("Who may file"))
    deputy_for: uuid.UUID | None = Field(
        None, title=gettext_noop("As the deputy of"), description=gettext_noop("A deputy needs a last day.")
    )
    approved_by: MaybePersonName = Field("", title=gettext_noop("Who approved it in the house (稟議)"))
    approved_on: date | None = Field(None, title=gettext_noop("Approved on"))
    document: MaybeLine = Field("", title=gettext_noop("Number of the internal document"))
    valid_from: date = Field(title=gettext_noop("From"))
    valid_until: date | None = Field(None, title=gettext_noop("Until"))


class CardForm(Payload):
    """The card of another deployment."""

    card: Annotated[str, Field(max_length=200_000)] = Field("", title=gettext_noop("Or paste the text of the card"))


class OperatorForm(Payload):
    """An operator that has no installation of its own."""

    name_ja: Line = Field(title=gettext_noop("Name in Japanese"))
    name_en: Line = Field(title=gettext_noop("Name in English"))
    corporate_number: CorporateNumber = Field(
        "",
        title=gettext_noop("Corporate number (法人番号)"),
        description=gettext_noop("13 digits; the first one checks the others."),
    )
    address: Annotated[str, Field(max_length=300)] = Field("", title=gettext_noop("Address"))
    business: str = Field(min_length=1, max_length=60, title=gettext_noop("Business"))
    designated_on: date = Field(
        title=gettext_noop("Designated on"), description=gettext_noop("The day on the notice of designation.")
    )
    admin_name: PersonName = Field(title=gettext_noop("Its first administrator"))
    login: Login = Field(
        title=gettext_noop("Log-in name"), description=gettext_noop("Letters and digits; it never changes.")
    )
    email: MailAddress = Field("", title=gettext_noop("Mail address"))
