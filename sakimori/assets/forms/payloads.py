"""What the filings beside the first notification take in: exactly what leaves, by form version."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from sakimori.assets.payloads import MOST_ROWS, Channel, FileNotification, Line, NotifiedRow, Outline
from sakimori.record import Payload

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Optional = Annotated[str, Field(max_length=200)]


class ChangedRow(Payload):
    """One computer of which something notified changed: as it was notified, and as it is.

    `after` is left out where it is no specified critical computer in use any more; `category_before` stands where the
    facility category changed.
    """

    before: NotifiedRow
    after: NotifiedRow | None = None
    category_before: Optional = ""


class FileChange(Payload):
    """A change notification (強化法4条3項): who, and the old and new items of what changed; nothing else leaves.

    様式第二 is unknown (stored as an image): this layout is ours.
    """

    form: Literal["sakimori/change/1"] = "sakimori/change/1"
    outline: Outline
    outline_before: Outline | None = None
    facility_category: Line
    rows: Annotated[list[ChangedRow], Field(default_factory=list, max_length=MOST_ROWS)]

    @model_validator(mode="after")
    def _says_something(self) -> "FileChange":
        if not self.rows and self.outline_before is None:
            raise ValueError("変更が一つもありません。 / Nothing changed.")
        return self


class FileChangeOtherwise(FileChange):
    """A change notification that leaves by other means: exactly what is on the paper, how it was sent, and when."""

    channel: Channel
    sent_at: AwareDatetime


class Paper(Payload):
    """A paper of the prior review: 導入等計画書 (plan, 推進法52条1項) or 緊急導入等届出書 (emergency, 52条11項)."""

    paper: Literal["plan", "emergency"]
    reference: Line
    filed_on: date


class Contact(Payload):
    """The contact sheet (命令2条4項): whom the ministry can reach. Its items are our own; the order names none."""

    department: Line
    person: Line
    telephone: Annotated[str, Field(min_length=1, max_length=50)]
    email: Annotated[str, Field(min_length=3, max_length=200, pattern=r"^[^@\s]+@[^@\s]+$")]


class SubstituteRow(Payload):
    """One computer the paper stands for: its names, the same in the paper and in the register letter by letter."""

    product: Line
    maker: Line


class FileSubstitute(Payload):
    """A prior-review paper in place of 様式第一 (命令2条4項): its reference, the names it gives, a contact sheet."""

    form: Literal["sakimori/substitute/1"] = "sakimori/substitute/1"
    outline: Outline
    facility_category: Line
    paper: Paper
    contact: Contact
    rows: Annotated[list[SubstituteRow], Field(min_length=1, max_length=MOST_ROWS)]


class FileCorrection(FileNotification):
    """A notification that takes the place of a wrong one: whole, with the reason.

    `corrects` is the act by which the wrong one was filed; `matter` the number of the ministry's request, if there was
    one.
    """

    corrects: uuid.UUID
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    matter: uuid.UUID | None = None


class FileCorrectionOtherwise(FileCorrection):
    """A correction that leaves by other means: exactly what is on the paper, how it was sent, and when."""

    channel: Channel
    sent_at: AwareDatetime


class FillForm(Payload):
    """A template that was filled: its digest and name, digests of cell map and letter, how many files it took."""

    form: Line
    template: Digest
    template_name: Line
    cells: Digest
    letter: Digest
    copies: Annotated[int, Field(ge=1, le=MOST_ROWS)]
