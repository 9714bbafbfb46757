"""A refusal on a page: its parts in the reader's language, and the HTTP status it has."""

from typing import Any

from django.utils.translation import get_language, gettext

from sakimori.acts import errors
from sakimori.errors import SakimoriError
from sakimori.law import UnknownKindError
from sakimori.pages.citing import cited
from sakimori.pages.faults import say
from sakimori.pages.words import label
from sakimori.record import DoorClosedError

_STATUS: tuple[tuple[type[SakimoriError], int], ...] = (
    (errors.ReadOnlyError, 503),
    (errors.NotFoundError, 404),
    (UnknownKindError, 404),
    (errors.NotPerformableError, 404),
    (errors.NotAuthorisedError, 403),
    (errors.NotInForceError, 403),
    (errors.LabelError, 403),
    (errors.SecondPersonError, 409),
    (errors.IdempotencyError, 409),
    (errors.ProposalError, 409),
    (errors.ConflictError, 409),
    (DoorClosedError, 500),
)
_NAMED = 20  # faults said one by one
_CODES = {"act.conflict": 409, "act.batch_used": 409, "keys.missing": 500}


def status_of(error: SakimoriError) -> int:
    """Return the HTTP status: 403 not allowed, 404 not there or not yours, 409 late, 422 faulty, 503 read-only."""
    by_code = _CODES.get(error.code)
    return by_code or next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def explained(error: SakimoriError) -> dict[str, Any]:
    """Return the parts of an error in the reader's language; `faults` names each faulty field and its limit."""
    language = get_language() or "ja"
    return {
        "what": error.what.pick(language),
        "mend": error.mend.pick(language) if error.mend else "",
        "where": error.where or "",
        "article": _articles(error.article or ""),
        "code": error.code,
        "faults": _faults(error, language),
    }


def _faults(error: SakimoriError, language: str) -> list[str]:
    if not isinstance(error, errors.PayloadError):
        return []
    named = [(one.get("where", ""), say(one, language)) for one in error.fields[:_NAMED]]
    return [f"{_place(place)}: {said}" if place else said for place, said in named]


def _place(where: str) -> str:
    """Return a place in a payload as people count and call it: `rows.2.note` is the third row's note."""
    return " ".join(str(int(one) + 1) if one.isdecimal() else label(one) for one in where.split("."))


def _articles(named: str) -> str:
    """Return the basis of a refusal as people read it: `house` is a word of ours, no article."""
    return gettext(", ").join(cited(one.strip()) for one in named.split(",") if one.strip())
