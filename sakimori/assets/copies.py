"""Which records at the minister's office could be of one and the same filing: a suggestion; people decide (`linking`).

A filing comes by envelope and on paper, or a paper comes twice. An operator may also notify equal computers once more,
in a filing of its own: the rows alone never say which it is.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count

from sakimori.assets.models import Notification, NotifiedItem
from sakimori.record import Viewer

GONE = ("withdrawn", "linked")
_MOST = 5  # filings of as many computers that are compared row by row


class Row(NamedTuple):
    """A row as a filing tells it, and of a change the row as it was notified."""

    clause: str
    product: str
    maker: str
    before: Mapping[str, str] | None


def told(world: str, notification: uuid.UUID) -> list[Row]:
    """Return the rows of a filing in their order; none of what was not transcribed."""
    found = NotifiedItem.objects.filter(world=world, notification=notification).order_by("position")
    return [Row(*row) for row in found.values_list("clause", "product", "maker", "before")]


def counted(rows: Iterable[Row]) -> Counter[tuple[str, str, str]]:
    """Return how often each computer is named: clause, product, maker."""
    return Counter((row.clause, row.product, row.maker) for row in rows)


def live(world: str, minister: uuid.UUID, operator: uuid.UUID, category: str, what: str) -> Any:
    """Return the live notifications that could be the same filing: of this operator, category and sort."""
    return Notification.objects.filter(
        world=world, side="minister", minister=minister, organisation=operator, facility_category=category, what=what
    ).exclude(status__in=GONE)


def of(one: Notification) -> Any:
    """Return the other live notifications that could be the same filing as this one."""
    found = live(one.world, one.minister, one.organisation, one.facility_category, one.what)
    return found.exclude(id=one.id).order_by("-arrived_at", "id")


def alike(one: Notification) -> list[Notification]:
    """Return of those the ones that name exactly the same computers, the latest first; `_MOST` are compared."""
    same = list(of(one).filter(transcribed=True, count=one.count)[:_MOST]) if one.transcribed and one.count else []
    if not same:
        return []
    named: dict[uuid.UUID, dict[tuple[str, str, str], int]] = {}
    rows = NotifiedItem.objects.filter(world=one.world, notification__in=[one.id, *(other.id for other in same)])
    grouped = rows.order_by().values_list("notification", "clause", "product", "maker").annotate(Count("id"))
    for notification, clause, product, maker, count in grouped:
        named.setdefault(notification, {})[clause, product, maker] = count
    return [other for other in same if named.get(other.id) == named.get(one.id)]


def rows(viewer: Viewer, *, notification: uuid.UUID) -> Iterable[dict[str, Any]]:
    """Of the other live filings that could be the same as this one: when and how they came, and of how many computers.

    `alike`: it names exactly the same computers. Nothing of what they say is told.
    """
    one = Notification.objects.filter(
        world=viewer.world, side="minister", minister=viewer.acting_organisation, id=notification
    ).first()
    if one is None or one.status in GONE:
        return
    same = {other.id for other in alike(one)}
    for other in of(one).values("id", "arrived_at", "channel", "count"):
        yield {**other, "alike": other["id"] in same}
