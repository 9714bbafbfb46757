"""What the acts of this room take in."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sakimori.acts.attaching import EVIDENCE, Attachments
from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=200)]
LONGEST = {
    "key": 100, "name": 200, "maker": 200, "product": 200, "version": 100, "serial": 100, "address": 300,
    "responsible": 200, "asset_tag": 100, "position": 300, "asset_owner": 200, "host": 200, "cpe": 300, "purl": 500,
}  # fmt: skip
"""Characters of each text of a computer at most: what its column holds."""
MOST_ROWS = 100_000
"""Computers in one notification at most (house rule); the rest is drafted next."""


MOST_LEFT_OUT = 1000
"""Rows that may be left out of a list one by one, and are named in the record of its import (house rule)."""


class LeftOutRow(Payload):
    """A row of the list that a person left out of the import: its line, and what stood in it."""

    line: Annotated[int, Field(ge=1)]
    says: Annotated[str, Field(max_length=200)] = ""


LeftOut = Annotated[list[LeftOutRow], Field(default_factory=list, max_length=MOST_LEFT_OUT)]


class ImportRegister(Payload):
    """A checked list of computers, staged as a batch: where it came from, as the operator calls it.

    `left_out` names the rows of the list that were left out one by one.
    """

    source: Line
    left_out: LeftOut


class StagedFacts(BaseModel):
    """What the law asks about a computer (table `kyokaho.scope`, 命令2条1項ただし書); what is left out is not known.

    No `Payload`: it holds no text that anybody typed, and is looked at for every row of a list.
    """

    model_config = ConfigDict(extra="forbid")

    connection: Literal["private", "public_only", "none"] | None = None
    serves: Literal["one_operator", "same_group", "others"] | None = None
    part_of_facility: bool | None = None
    sends_unrouted: bool | None = None
    nearest_router: bool | None = None
    nearest_firewall: bool | None = None
    relay_store: bool | None = None
    keeps_network_diagram: bool | None = None
    keeps_all_credentials: bool | None = None
    controls_access: bool | None = None
    has_ip_address: bool | None = None
    makes_interval_data: bool | None = None
    absence_stops_facility: bool | None = None
    interval_access_control: bool | None = None
    designated_item: Literal["none", "windows", "windows_server"] | None = None


class StagedComputer(Payload):
    """One row of a staged list, as `importing.check` makes it; `_line` is the line of the file it came from."""

    line: int = Field(default=0, alias="_line")
    key: Annotated[str, Field(min_length=1, max_length=LONGEST["key"])]
    name: Line
    facility: uuid.UUID
    maker: Line
    product: Line
    unit: Literal["appliance", "os", "middleware", "application", "cloud"]
    introduced_on: date
    version: Annotated[str, Field(max_length=LONGEST["version"])] = ""
    serial: Annotated[str, Field(max_length=LONGEST["serial"])] = ""
    address: Annotated[str, Field(max_length=LONGEST["address"])] = ""
    responsible: Annotated[str, Field(max_length=LONGEST["responsible"])] = ""
    asset_tag: Annotated[str, Field(max_length=LONGEST["asset_tag"])] = ""
    position: Annotated[str, Field(max_length=LONGEST["position"])] = ""
    asset_owner: Annotated[str, Field(max_length=LONGEST["asset_owner"])] = ""
    host: Annotated[str, Field(max_length=LONGEST["host"])] = ""
    cpe: Annotated[str, Field(max_length=LONGEST["cpe"])] = ""
    purl: Annotated[str, Field(max_length=LONGEST["purl"])] = ""
    support_end: date | None = None
    facts: StagedFacts


class ChangeComputer(Payload):
    """What changed in one computer of the register, or became known of it (`facts`); fields left out stay.

    `component_reported`: the new product name is that of a component facility, has been reported under 推進法54条4項
    and is the same there (命令3条3項); then that report stands in for the change notification. `unit`: the kind, which
    says what one item is (命令2条1項).
    """

    computer: uuid.UUID
    changed_on: date
    maker: Line | None = None
    product: Line | None = None
    unit: Annotated[
        Literal["appliance", "os", "middleware", "application", "cloud"] | None, Field(title="Kind of computer")
    ] = None
    name: Line | None = None
    version: Annotated[str, Field(max_length=LONGEST["version"])] | None = None
    serial: Annotated[str, Field(max_length=LONGEST["serial"])] | None = None
    address: Annotated[str, Field(max_length=LONGEST["address"])] | None = None
    responsible: Annotated[str, Field(max_length=LONGEST["responsible"])] | None = None
    support_end: date | None = None
    component_reported: bool = False
    facts: StagedFacts | None = None


class RetireComputer(Payload):
    """A computer that is no longer used. Whether this is a change to be notified is unknown in law; it is recorded."""

    computer: uuid.UUID
    retired_on: date


class Outline(Payload):
    """事業者の概要, as far as our form has it. 様式第一 itself is unknown (stored as an image): this layout is ours."""

    name: Line
    corporate_number: str = ""
    business_type: str = ""


class NotifiedRow(Payload):
    """One computer as it is notified: class, product name, maker name (命令2条5項3号-5号)."""

    clause: Line
    product: Line
    maker: Line


class PaperRow(Payload):
    """One computer as a paper names it: what the paper leaves blank stays blank, and is found as missing.

    Of a change, the product and maker as they were notified, so that the new row takes the place of that one.
    """

    clause: Annotated[str, Field(max_length=200)] = ""
    product: Annotated[str, Field(max_length=200)] = ""
    maker: Annotated[str, Field(max_length=200)] = ""
    product_before: Annotated[str, Field(max_length=200)] = ""
    maker_before: Annotated[str, Field(max_length=200)] = ""


class FileNotification(Payload):
    """A notification: the five items of 命令2条5項, nothing else. These are the bytes that leave."""

    form: Literal["sakimori/1"] = "sakimori/1"
    outline: Outline
    facility_category: Line
    rows: Annotated[list[NotifiedRow], Field(min_length=1, max_length=MOST_ROWS)]


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


class PassOn(Payload):
    """A notification to pass on to the Prime Minister (強化法4条2項)."""

    notification: uuid.UUID


Channel = Literal["counter", "post", "email", "portal", "other"]
"""How a filing comes when not by envelope: handed in, by post, by e-mail, over a portal (官民連携基盤), another way."""
Reference = Annotated[str, Field(max_length=200, description=EVIDENCE)]
Reason = Annotated[str, Field(min_length=1, max_length=2000)]
NotificationId = Annotated[uuid.UUID, Field(json_schema_extra={"reference": "assets.notifications"})]


class FileOtherwise(FileNotification):
    """A notification that leaves by other means: exactly what is on the paper, how it was sent, and when."""

    channel: Channel
    sent_at: AwareDatetime


class ConfirmArrival(Payload):
    """A notification sent by other means arrived: when, and the evidence (a stamp, a number, a scan)."""

    notification: NotificationId
    arrived_at: AwareDatetime
    reference: Reference = ""
    attachments: Attachments


class UndoOtherwise(Payload):
    """A record of a notification sent by other means that is wrong, and why."""

    notification: NotificationId
    reason: Reason


class RecordEntry(Payload):
    """A filing that came another way: whose, what, how, when it arrived, the evidence, and what it says.

    `contents`: typed (the rows stand here) or paper (they are on paper, not transcribed; `count` is what it says). What
    `none` states has no form in law: that there is no computer to notify. `answers` is the number of the request for
    correction or the order that the paper names, `corrects` the wrong filing whose place a correction takes.
    `component_report` is a report under 推進法54条4項 that stands in for a change notification (命令3条3項): names of
    components and suppliers, as they were and as they are, and nothing else. `covers` says of a paper that was not
    transcribed what it settles: all that waited to be notified when it arrived, or nothing, since that is unknown.
    """

    operator: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "parties.organisations"})]
    what: Literal["notification", "change", "substitute", "component_report", "correction", "none"] = "notification"
    channel: Channel
    arrived_at: AwareDatetime
    reference: Reference = ""
    facility_category: Annotated[str, Field(max_length=200)] = ""
    contents: Literal["typed", "paper"] = "paper"
    rows: Annotated[list[PaperRow], Field(default_factory=list, max_length=MOST_ROWS)]
    count: Annotated[int | None, Field(ge=0, le=MOST_ROWS, title="Computers the paper names")] = None
    covers: Annotated[Literal["waiting", "unknown"] | None, Field(title="What the paper covers")] = None
    note: Annotated[str, Field(max_length=4000)] = ""
    same_as: NotificationId | None = None
    answers: Annotated[uuid.UUID | None, Field(title="Answers which request or order")] = None
    corrects: NotificationId | None = None
    attachments: Attachments


class LinkEntry(Payload):
    """A record of a notification, and the earlier record of the same one."""

    notification: NotificationId
    same_as: NotificationId


class UnlinkEntry(Payload):
    """A record that was said to be a second copy and is a filing of its own, and why."""

    notification: NotificationId
    reason: Reason


class WithdrawEntry(Payload):
    """A wrong entry, and why."""

    notification: NotificationId
    reason: Reason


class SendReminder(Payload):
    """An operator to remind."""

    operator: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "parties.organisations"})]
