"""Whose maintenance ends: computers of the private inventory by the day their support ends, and those past it.

House addition for the operator's own planning; nothing of it is notified.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sakimori.acts import clock
from sakimori.assets.models import Computer
from sakimori.record import Listing, Query, Viewer, every_role

SPANS = (30, 90, 180, 365)
"""Days ahead that the page offers (house rule)."""
USUAL = 180
"""Days ahead that are shown where nobody says otherwise (house rule)."""
_FARTHEST = 36_500  # days: beyond, no calendar reaches
_PRIVATE = ("key", "name", "version", "support_end", "position", "responsible", "asset_owner")
_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))


def _ending(viewer: Viewer, *, days: int = USUAL) -> Iterable[dict[str, Any]]:
    """The operator's computers in use whose support ends within so many days, or has ended; the earliest first."""
    until = clock.today(viewer.world) + timedelta(days=min(max(days, 0), _FARTHEST))
    found = Computer.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, support_end__lte=until
    ).exclude(status="retired")
    rows: Iterable[dict[str, Any]] = found.order_by(*_LISTING.order).values(
        "id", *_PRIVATE, "maker", "product", "unit", "status", "labels", "owner"
    )
    return rows


_LISTING = Listing(
    order=("support_end", "key"),
    sorts=("support_end", "key", "name", "maker", "product", "version", "responsible"),
    texts=("key", "name", "maker", "product", "version", "responsible"),
)
QUERIES = {
    "assets.support_ends": Query("assets.support_ends", _ending, _OPERATORS, {"private": _PRIVATE}, listing=_LISTING),
}
