"""What the acts of this room take in."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from sakimori.record import Payload

Line = Annotated[str, Field(min_length=1, max_length=200)]
UNITS = ("appliance", "os", "middleware", "application", "cloud")


class ImportRegister(Payload):
    """A checked list of computers, staged as a batch: where it came from, as the operator calls it."""

    source: Line


class ChangeComputer(Payload):
    """What changed in one computer of the register; fields left out stay."""

    computer: uuid.UUID
    changed_on: date
    maker: Line | None = None
    product: Line | None = None
    version: str | None = None
    address: str | None = None
    responsible: str | None = None


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
    rows: Annotated[list[NotifiedRow], Field(min_length=1, max_length=100_000)]


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
