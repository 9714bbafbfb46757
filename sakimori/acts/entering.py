"""What is handed in at the door: read into the kind's form, made plain, and bound by a digest."""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from sakimori import law, proofs
from sakimori.acts import clock
from sakimori.acts.errors import PayloadError
from sakimori.record import Handler
from sakimori.text import Text

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def plain(payload: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Return a payload as plain JSON data."""
    return payload.model_dump(mode="json") if isinstance(payload, BaseModel) else dict(payload)


def payload_digest(kind: str, payload: Mapping[str, Any], batch: uuid.UUID | None, **more: str) -> str:
    """Return the digest that binds a kind, its payload and its batch: for idempotency and for proposals.

    `more` binds what else must stay as it was: in whose name, the root of the batch. Raises `PayloadError` where the
    payload has no canonical form (a whole number beyond 2^53, half a character).
    """
    bound = {"kind": kind, "payload": as_json(payload), "batch": str(batch) if batch else None, **more}
    try:
        return proofs.digest(proofs.canonical(bound))
    except proofs.MalformedError as error:
        raise PayloadError(Text(error.ja, error.en), [], where=kind) from None


def parse(kind: law.ActKind, handler: Handler, payload: Mapping[str, Any]) -> Any:
    """Return the payload as the handler's model; `PayloadError` names every faulty field."""
    written = json.dumps(as_json(payload))
    if _NUL.search(written):
        raise too_long(kind.name)
    try:
        return handler.payload.model_validate_json(written)
    except ValidationError as error:
        faults = [
            {"where": ".".join(str(part) for part in fault["loc"]), "what": fault["msg"], "type": fault["type"]}
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise PayloadError(
            Text(
                f"「{kind.title.ja}」の入力に{len(faults)}件の誤りがあります。",
                f"“{kind.title.en}”: {len(faults)} fault(s) in what was entered.",
            ),
            faults,
            where=faults[0]["where"] if faults else None,
            mend=Text("示された項目を直して、もう一度送ってください。", "Mend the named fields and send again."),
        ) from None


def as_json(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload as it reads back from JSON: ids and dates as text."""
    loaded: dict[str, Any] = json.loads(json.dumps(payload, default=str))
    return loaded


def too_long(kind: str) -> PayloadError:
    """Return the refusal of what only counting or a database refuses: too long a text, a character or day beyond it."""
    return PayloadError(
        Text(
            "長すぎる値、使えない文字、または暦の端を超える日付があります。",
            "A value is too long, holds a character no text can hold, or is a day at the ends of the calendar.",
        ),
        [],
        where=kind,
        mend=Text("値を直して、もう一度送ってください。", "Mend the values and send again."),
    )


def occurred(at: datetime | None, now: datetime) -> datetime:
    """Return when the act itself happened, in Tokyo, as it will be written; `PayloadError` for a time without zone."""
    if at is None:
        return now
    if at.tzinfo is None:
        raise PayloadError(
            Text("日時に時差（タイムゾーン）がありません。", "The time has no zone."),
            [],
            where="occurred_at",
            mend=Text("+09:00 などを付けてください。", "Add +09:00, for example."),
        )
    return at.astimezone(clock.TOKYO)
