"""What the acts of this room take in."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=200)]
LONGEST = {
    "key": 100, "name": 200, "maker": 200, "product": 200, "version": 100, "serial": 100, "address": 300,
    "responsible": 200,
}  # fmt: skip
"""Characters of each text of a computer at most: what its column holds."""
MOST_ROWS = 100_000
"""Computers in one notification at most (house rule); the rest is drafted next."""


class ImportRegister(Payload):
    """A checked list of computers, staged as a batch: where it came from, as the operator calls it."""

    source: Line


class StagedFacts(Payload):
    """What the law asks about a computer (table `kyokaho.scope`, 命令2条1項ただし書); what is left out is not known."""

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
    facts: StagedFacts


class ChangeComputer(Payload):
    """What changed in one computer of the register, or became known of it (`facts`); fields left out stay."""

    computer: uuid.UUID
    changed_on: date
    maker: Line | None = None
    product: Line | None = None
    version: Annotated[str, Field(max_length=LONGEST["version"])] | None = None
    address: Annotated[str, Field(max_length=LONGEST["address"])] | None = None
    responsible: Annotated[str, Field(max_length=LONGEST["responsible"])] | None = None
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
