"""What the acts of this room take in. The filing payloads are the very bytes that leave: nothing more is in them."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from sakimori.acts.attaching import EVIDENCE, Attachments
from sakimori.incidents.forms import (
    AppiItems,
    Category,
    Consultation,
    Event,
    Line,
    LongText,
    Outline,
    Remarks,
    ReportedComputer,
    Response,
    Technical,
)
from sakimori.record import Payload

Attack = Literal["ddos", "ransomware", "other"]
CaseId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "incidents.cases"})]
ReportId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "incidents.reports"})]
Short = Annotated[str, Field(max_length=500)]


class DescribedComputer(Payload):
    """A computer that stands in no register here: its clause (施行令1条3項・命令1条), product and maker names."""

    clause: Annotated[str, Field(max_length=40)] = ""
    product: Line
    maker: Line
    facility: uuid.UUID | None = None


class RecordAwareness(Payload):
    """Who became aware of what, when and how; the computers touched, by the private register or described."""

    nature: Literal["incident", "near_miss"] = "incident"
    title: Line
    aware_at: AwareDatetime
    aware_by: Line
    aware_how: Short = ""
    attack: Attack = "other"
    summary: LongText = ""
    occurred_at: AwareDatetime | None = None
    discovered_at: AwareDatetime | None = None
    computers: list[uuid.UUID] = Field(default_factory=list, max_length=1000)
    described: list[DescribedComputer] = Field(default_factory=list, max_length=1000)
    notes: LongText = ""


class CorrectAwareness(Payload):
    """The right time of awareness, and why the recorded one was wrong."""

    case: CaseId
    aware_at: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class UpdateCase(Payload):
    """What is now known of a case; fields left out stay, computers are added."""

    case: CaseId
    title: Line | None = None
    summary: LongText | None = None
    attack: Attack | None = None
    occurred_at: AwareDatetime | None = None
    discovered_at: AwareDatetime | None = None
    notes: LongText | None = None
    computers: list[uuid.UUID] = Field(default_factory=list, max_length=1000)
    described: list[DescribedComputer] = Field(default_factory=list, max_length=1000)


class EventFacts(Payload):
    """What is known of the event (命令4条1項・2項); the law asks for a fact left out where it matters.

    `in_scope` counts only while no computer is on record: whether a 特定重要電子計算機 was reached at all.
    """

    in_scope: bool | None = None
    harmed: bool | None = None
    trace_of_harm: bool | None = None
    malware_received: bool | None = None
    credential_input: bool | None = None
    control_evaded: bool | None = None
    gate_evaded: bool | None = None
    input_by: Literal["stranger", "administrator", "rightful_user", "nict"] | None = None
    credential_obtained: bool | None = None
    trace_of_trigger: bool | None = None
    obstruction_attempt_only: bool | None = None
    other_wrongful_act: bool | None = None


class PersonalFacts(Payload):
    """What is known of personal data (個人情報保護法26条, 規則7条); the law asks for a fact left out where it matters.

    `known_at`: when it was known (left out: the awareness). `delegated`: the commission has delegated the receiving of
    reports, for this business, to the minister (150条).
    """

    personal_data: bool | None = None
    to_become_personal_data: bool | None = None
    leaked: bool | None = None
    strongly_protected: bool | None = None
    sensitive: bool | None = None
    property_risk: bool | None = None
    wrongful_purpose: bool | None = None
    persons: Annotated[int, Field(ge=0)] | None = None
    entrusted: bool | None = None
    known_at: AwareDatetime | None = None
    delegated: bool = False


class TriageCase(Payload):
    """A case, what is known of the event, and whom the operator wants to consult."""

    case: CaseId
    facts: EventFacts
    personal: PersonalFacts | None = None
    consult_police: bool = False
    police: uuid.UUID | None = None


class FileReport(Payload):
    """The seven items of 命令4条3項 in the common form, the same bytes for the minister and the Prime Minister.

    The layout of the common forms is unknown to us: `layout` says that this one is ours.
    """

    layout: Literal["sakimori/1"] = "sakimori/1"
    case: CaseId
    category: Category
    outline: Outline
    event: Event
    computers: list[ReportedComputer] = Field(default_factory=list, max_length=1000)
    technical: Technical = Technical()
    response: Response = Response()
    remarks: Remarks = Remarks()


class SupplementReport(FileReport):
    """A new version of what was reported: the whole form again, and what changed or was wrong."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class WithdrawReport(Payload):
    """A case whose reports were mistaken, and why."""

    case: CaseId
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class FileAppiReport(Payload):
    """What 規則8条1項 asks for: the nine items as known, who reports, and since when it is known."""

    layout: Literal["sakimori/1"] = "sakimori/1"
    case: CaseId
    stage: Literal["first", "full"]
    outline: Outline
    known_at: AwareDatetime
    wrongful_purpose: bool
    items: AppiItems


class ConsultPolice(Payload):
    """What the operator chose to tell the police."""

    layout: Literal["sakimori/1"] = "sakimori/1"
    case: CaseId
    outline: Outline
    consultation: Consultation
    technical: Technical = Technical()


class Arrived(Payload):
    """A dispatch whose acknowledgement came back."""

    dispatch: uuid.UUID
    accepted: bool


class Receive(Payload):
    """An act that came in by envelope: its document, sender, and the addressee here."""

    envelope: uuid.UUID
    sender: uuid.UUID | None
    addressee: uuid.UUID
    document: dict[str, Any]


class ShareWithNco(Payload):
    """A received report to share with the national cyber office (国家サイバー統括室)."""

    report: ReportId


class OpenReport(Payload):
    """A received report that somebody here has read; its reporter is told by whom (organisation) and when."""

    report: ReportId


class AskQuestion(Payload):
    """A question about a received report."""

    report: ReportId
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    wanted_by: date | None = None


class AnswerQuestion(Payload):
    """The answer to a question, by its number."""

    number: uuid.UUID
    answer: Annotated[str, Field(min_length=1, max_length=8000)]


class EnteredComputer(Payload):
    """A computer as the paper names it."""

    product: Line
    maker: Line
    clause: Annotated[str, Field(max_length=40)] = ""


class RecordEntry(Payload):
    """A report that came another way: whose, which, how, when it arrived, the evidence, and what it says, if typed in.

    `report`: an earlier report of the same event, where one is here. Without `aware_at` no clock can be counted.
    """

    operator: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "parties.organisations"})]
    what: Literal["first", "full", "supplement"] = "first"
    report: Annotated[ReportId | None, Field(title="Earlier report of the same event")] = None
    channel: Literal["counter", "post", "email", "portal", "other"]
    arrived_at: AwareDatetime
    reference: Annotated[str, Field(max_length=200, description=EVIDENCE)] = ""
    aware_at: AwareDatetime | None = None
    summary: LongText = ""
    computers: list[EnteredComputer] = Field(default_factory=list, max_length=1000)
    note: Annotated[str, Field(max_length=8000, title="Note on the entry")] = ""
    attachments: Attachments


class LinkEntry(Payload):
    """A report entered from paper, and the report of the same event and stage that came otherwise."""

    report: ReportId
    same_as: ReportId


class WithdrawEntry(Payload):
    """A wrong entry of a report, and why."""

    report: ReportId
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
