"""Which of the changes that wait stand in a filing proposed already: only its confirmation is missing."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sakimori.acts import clock
from sakimori.assets.upkeep.queries import facility_categories
from sakimori.pages import rows_or_none
from sakimori.record import Viewer

_FILINGS = ("assets.change_notification.file", "assets.change_notification.file_otherwise")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change notification that waits to be confirmed: which proposal, of which category, since when."""

    proposal: uuid.UUID
    category: str
    at: datetime


def waiting(viewer: Viewer) -> list[Proposed]:
    """Return the change notifications of the operator that wait to be confirmed; a token's drafts are none."""
    now = clock.now(viewer.world)
    return [
        Proposed(row["id"], str(row["payload"].get("facility_category", "")), row["proposed_at"])
        for row in rows_or_none(viewer, "acts.proposals") or []
        if row["kind"] in _FILINGS and row["person"] is not None and row["expires_at"] > now
    ]


def among(viewer: Viewer, rows: Sequence[Mapping[str, Any]], proposals: Sequence[Proposed]) -> frozenset[uuid.UUID]:
    """Return the changes (`id`, `facility`, `status`, `recorded_at`) that were there when their filing was proposed."""
    since = {one.category: one.at for one in sorted(proposals, key=lambda one: one.at)}
    if not since:
        return frozenset()
    categories = facility_categories(viewer)
    return frozenset(
        row["id"]
        for row in rows
        if row["status"] == "waiting"
        and (at := since.get(categories.get(row["facility"], ""))) is not None
        and row["recorded_at"] <= at
    )
