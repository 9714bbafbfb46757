"""Readings of this room: an operator sees its own warnings, and of anybody else's not even that there are any."""

import uuid
from collections.abc import Iterable
from typing import Any

from sakimori.record import Query, Viewer, every_role
from sakimori.warnings.models import IssuedWarning, Received, Recipient

OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
ISSUERS = every_role("ministry", roles=("officer", "decider")) | every_role(
    "cabinet_office", roles=("analyst", "officer", "decider")
)
_CONTENT = (
    "advisories", "title_ja", "title_en", "what_ja", "what_en", "measures_ja", "measures_en", "indicators", "taken_out",
)  # fmt: skip


def _received(viewer: Viewer, *, unanswered: bool = False) -> Iterable[dict[str, Any]]:
    found = Received.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if unanswered:
        found = found.filter(answer="")
    return found.order_by("-received_at").values(
        "id", "number", "sender", "content", "reason_ja", "reason_en", "received_at", "answer", "answered_at", "labels",
        "owner",
    )  # fmt: skip


def _issued(viewer: Viewer) -> Iterable[dict[str, Any]]:
    found = IssuedWarning.objects.filter(world=viewer.world, released_by=viewer.acting_organisation)
    return found.order_by("-released_at").values("id", "basis", *_CONTENT, "tlp", "released_at", "labels", "owner")


def _recipients(viewer: Viewer, *, warning: uuid.UUID) -> Iterable[dict[str, Any]]:
    return Recipient.objects.filter(
        world=viewer.world, warning=warning, warning__released_by=viewer.acting_organisation
    ).values("id", "organisation", "reason_ja", "reason_en", "arrived_at", "answer", "answer_note", "answered_at")


QUERIES = {
    "warnings.received": Query(
        "warnings.received", _received, OPERATORS, {"all": ("content", "reason_ja", "reason_en")}
    ),
    "warnings.issued": Query("warnings.issued", _issued, ISSUERS, {"all": _CONTENT}),
    "warnings.recipients": Query("warnings.recipients", _recipients, ISSUERS),
}
