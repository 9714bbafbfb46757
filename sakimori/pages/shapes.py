"""What the API answers with."""

import uuid
from datetime import datetime
from typing import Any

from ninja import Schema


class Sentence(Schema):
    """A sentence in both languages."""

    ja: str
    en: str


class FieldFault(Schema):
    """One faulty field: its place in what was sent, and why."""

    where: str
    what: str
    type: str


class Fault(Schema):
    """A typed error: stable `code`, the place, the article behind a refusal, what is wrong and how to mend it."""

    code: str
    where: str | None = None
    article: str | None = None
    what: Sentence
    mend: Sentence | None = None
    fields: list[FieldFault] | None = None


class Thing(Schema):
    """What an act is about."""

    type: str
    id: uuid.UUID


class Done(Schema):
    """An act performed: its id, subject and receipt (記録証明); `repeated` where the idempotency key had been used."""

    act: uuid.UUID
    kind: str
    subject: Thing
    receipt: dict[str, Any]
    repeated: bool


class Proposed(Schema):
    """A proposal that waits for its second person, or (`draft`) for a person to adopt it."""

    proposal: uuid.UUID
    kind: str
    digest: str
    status: str
    draft: bool
    expires_at: datetime


class Staged(Schema):
    """A staged batch: name it in `batch` when performing the act."""

    batch: uuid.UUID
    kind: str
    count: int
    root: str


class Reason(Schema):
    """Why a proposal is refused."""

    reason: str


class Rows(Schema):
    """The rows of a batch, each a JSON object."""

    rows: list[dict[str, Any]]


class Answer(Schema):
    """The rows of a query as the caller may see them; `withheld` in a row names what was taken out, and the article."""

    query: str
    stamp: str | None
    count: int
    rows: list[dict[str, Any]]
