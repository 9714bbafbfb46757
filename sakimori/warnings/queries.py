"""Readings of this room: an operator sees its own warnings, and of anybody else's not even that there are any."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q

from sakimori.record import Listing, Query, Viewer, every_role
from sakimori.warnings.models import IssuedWarning, Received, Recipient

OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
ISSUERS = every_role("ministry", roles=("officer", "decider")) | every_role(
    "cabinet_office", roles=("analyst", "officer", "decider")
)
_CONTENT = (
    "advisories", "title_ja", "title_en", "what_ja", "what_en", "measures_ja", "measures_en", "indicators", "taken_out",
)  # fmt: skip


def _received(
    viewer: Viewer, *, unanswered: bool = False, received: uuid.UUID | None = None
) -> Iterable[dict[str, Any]]:
    found = Received.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if received is not None:
        found = found.filter(id=received)
    if unanswered:
        found = found.filter(answer="")
    return found.order_by("-received_at", "id").values(
        "id", "number", "sender", "content", "reason_ja", "reason_en", "received_at", "answer", "answered_at", "labels",
        "owner",
    )  # fmt: skip


def _issued(viewer: Viewer, *, warning: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    found = IssuedWarning.objects.filter(world=viewer.world, released_by=viewer.acting_organisation)
    if warning is not None:
        found = found.filter(id=warning)
    return found.order_by("-released_at", "id").values(
        "id", "basis", *_CONTENT, "tlp", "released_at", "labels", "owner"
    )


def _recipients(viewer: Viewer, *, warning: uuid.UUID) -> Iterable[dict[str, Any]]:
    found = Recipient.objects.filter(
        world=viewer.world, warning=warning, warning__released_by=viewer.acting_organisation
    )
    return found.order_by("organisation", "id").values(
        "id", "organisation", "reason_ja", "reason_en", "arrived_at", "answer", "answer_note", "answered_at"
    )


def _unanswered(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Warnings this operator has not answered: from whom and since when, not what they say."""
    found = Received.objects.filter(world=viewer.world, organisation=viewer.acting_organisation, answer="")
    rows: Iterable[dict[str, Any]] = found.order_by(*_WAITING.order).values(
        "id", "sender", "received_at", basis=F("content__basis")
    )
    return rows


def _silent(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Warnings of this office of which somebody has not answered: how many of how many."""
    mine = IssuedWarning.objects.filter(world=viewer.world, released_by=viewer.acting_organisation)
    counted = mine.annotate(count=Count("recipients"), silent=Count("recipients", filter=Q(recipients__answer="")))
    found = counted.filter(silent__gt=0).order_by("released_at")
    return list(found.values("id", "basis", "released_at", "count", "silent"))


_WAITING = Listing(order=("received_at", "id"), sorts=("received_at",), named=("id",))
_CAME = Listing(
    order=("-received_at", "id"),
    sorts=("received_at", "sender", "answer"),
    texts=("received_at", "content__title_ja", "content__title_en"),
)
_WENT = Listing(
    order=("-released_at", "id"),
    sorts=("released_at", "basis", "tlp", "title_ja", "title_en"),
    texts=("released_at", "basis", "tlp", "title_ja", "title_en"),
)
_CONCERNED = Listing(
    order=("organisation", "id"),
    sorts=("organisation", "arrived_at", "answer", "answered_at"),
    texts=("reason_ja", "reason_en", "answer_note", "arrived_at", "answered_at"),
)
QUERIES = {
    "warnings.received": Query(
        "warnings.received", _received, OPERATORS, {"all": ("content", "reason_ja", "reason_en")}, listing=_CAME
    ),
    "warnings.issued": Query("warnings.issued", _issued, ISSUERS, {"all": _CONTENT}, listing=_WENT),
    "warnings.recipients": Query("warnings.recipients", _recipients, ISSUERS, listing=_CONCERNED),
    "warnings.unanswered": Query("warnings.unanswered", _unanswered, OPERATORS, recorded=False, listing=_WAITING),
    "warnings.silent": Query("warnings.silent", _silent, ISSUERS, recorded=False),
}
