"""What came in from another deployment, read as the form it must have: a faulty document is refused, never a crash.

The refusal travels back in the signed acknowledgement and the envelope is kept, so that both sides can count it.
"""

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from sakimori.acts.context import Context
from sakimori.record import Payload
from sakimori.text import Text

P = TypeVar("P", bound=Payload)
_NAMED = 20  # so many faulty places are named, the rest counted


def read(ctx: Context, model: type[P], document: Mapping[str, Any]) -> P:
    """Return the payload of an act's document as `model`; refuses (`<room>.payload`) what is not of that form."""
    try:
        return model.model_validate(document.get("payload"))
    except ValidationError as error:
        found = [".".join(str(part) for part in fault["loc"]) or "payload" for fault in error.errors()]
    places = ", ".join(found[:_NAMED]) + (f" (+{len(found) - _NAMED})" if len(found) > _NAMED else "")
    raise ctx.refuse(
        f"{ctx.kind.room}.payload",
        Text(f"届いた文書の様式に誤りがあります: {places}", f"What came in is not of the form: {places}"),
        where=found[0],
        mend=Text("差出人に直したものを送り直してもらってください。", "Let the sender mend it and send it again."),
    )


def subject(ctx: Context, document: Mapping[str, Any]) -> uuid.UUID:
    """Return the id of what an act's document is about; refuses (`<room>.subject`) a document that names none."""
    try:
        return uuid.UUID(str(document["subject"]["id"]))
    except (KeyError, TypeError, ValueError):
        raise ctx.refuse(
            f"{ctx.kind.room}.subject",
            Text("届いた文書が何についてのものか分かりません。", "What came in does not say what it is about."),
            where="subject",
        ) from None
