"""How a sector stands, in sums: by business type who has notified, who is late, who was asked or ordered; the trend.

A minister sees the operators designated under it, whatever way their filings came. The cabinet office sees what has
been passed on to it, and of which businesses; who is silent is not for it to say from what it holds.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum

from sakimori import law
from sakimori.acts import clock
from sakimori.assets import standing
from sakimori.assets.models import Matter, Notification
from sakimori.law.counting import DAYS_A_WEEK
from sakimori.parties.models import Designation
from sakimori.record import Viewer

_TREND = "house.assets.trend"
_GONE = ("withdrawn", "linked", "stated_none")
_REPLACED = "replaced"


def rows(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """One row a business type (for the cabinet office: and minister): operators by state, computers, open matters."""
    return _of_cabinet(viewer) if viewer.organisation_type == "cabinet_office" else _of_minister(viewer)


def _of_minister(viewer: Viewer) -> Iterator[dict[str, Any]]:
    asked = _matters(viewer)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in standing.rows(viewer):
        counts = found[row["business_type"]]
        counts["operators"] += 1
        counts[row["state"]] += 1
        counts["computers"] += row["computers"]
        counts["notifications"] += row["notifications"]
        counts["to_pass_on"] += row["waiting"]
        for name in ("asked", "correcting", "ordered", "overdue"):
            counts[name] += name in asked.get(row["organisation"], ())
    for business, counts in sorted(found.items()):
        yield _row(viewer.acting_organisation, business, counts)


def _row(minister: uuid.UUID, business: str, counts: Counter[str]) -> dict[str, Any]:
    names = (
        "operators", "filed", "filed_late", "states_none", "waiting", "late", "notifications", "computers",
        "to_pass_on", "asked", "correcting", "ordered", "overdue",
    )  # fmt: skip
    return {
        "id": uuid.uuid5(minister, business),
        "minister": minister,
        "business_type": business,
        **{name: counts[name] for name in names},
    }


def _matters(viewer: Viewer) -> dict[uuid.UUID, set[str]]:
    """Return which operators have an open question, request, order, and which have let a day pass."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    said = {"question": "asked", "correction": "correcting", "order": "ordered", "demand": "asked"}
    today = clock.today(viewer.world)
    waiting = Matter.objects.filter(
        world=viewer.world, side="giver", giver=viewer.acting_organisation, status="open", sort__in=said
    )
    for operator, sort, due in waiting.values_list("operator", "sort", "due_on"):
        found[operator].add(said[sort])
        if due is not None and due < today:
            found[operator].add("overdue")
    return found


def _of_cabinet(viewer: Viewer) -> Iterator[dict[str, Any]]:
    base = clock.world(viewer.world).base
    business = {
        (organisation, minister): kind
        for organisation, minister, kind in Designation.objects.filter(world=base).values_list(
            "organisation_id", "minister_id", "business_type"
        )
    }
    found: dict[tuple[uuid.UUID, str], Counter[str]] = defaultdict(Counter)
    counted = _passed_on(viewer).exclude(status=_REPLACED).order_by().values_list("organisation", "minister")
    for organisation, minister, filings, computers in counted.annotate(Count("id"), Sum("count")):
        counts = found[minister, business.get((organisation, minister), "")]
        counts["operators"] += 1
        counts["filed"] += 1
        counts["notifications"] += filings
        counts["computers"] += computers or 0
    for (minister, kind), counts in sorted(found.items(), key=lambda one: (str(one[0][0]), one[0][1])):
        yield _row(minister, kind, counts)


def _passed_on(viewer: Viewer) -> Any:
    return _notified(Notification.objects.filter(world=viewer.world, side="minister", passed_on_at__isnull=False))


def _notified(came: Any) -> Any:
    """Return of what came the filings by which operators notified: also a correction that stands, or stood, for one."""
    replaced = Notification.objects.filter(side="minister", status=_REPLACED, world=OuterRef("world"))
    stands = Exists(replaced.filter(replaced_by=OuterRef("id")))
    return came.filter(Q(what__in=standing.NOTIFIES) | stands).exclude(status__in=_GONE)


def trend(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """Yield the last weeks: how many operators had notified by the end of each, and how many were new in it."""
    if viewer.organisation_type == "cabinet_office":
        came, moment = _passed_on(viewer), "passed_on_at"
    else:
        mine = Notification.objects.filter(world=viewer.world, side="minister", minister=viewer.acting_organisation)
        came, moment = _notified(mine), "arrived_at"
    firsts = [
        first.astimezone(clock.TOKYO).date()
        for first in came.order_by().values("organisation").annotate(first=Min(moment)).values_list("first", flat=True)
        if first is not None
    ]
    for begins, ends in _weeks(clock.today(viewer.world)):
        new = sum(1 for first in firsts if begins <= first < ends)
        until = sum(1 for first in firsts if first < ends)
        yield {
            "id": uuid.uuid5(viewer.acting_organisation, begins.isoformat()),
            "week": begins,
            "new": new,
            "before": until - new,
            "until": until,
        }


def _weeks(today: date) -> Iterator[tuple[date, date]]:
    monday = today - timedelta(days=today.weekday())
    for back in range(int(str(law.parameter(_TREND).value)) - 1, -1, -1):
        begins = monday - timedelta(days=back * DAYS_A_WEEK)
        yield begins, begins + timedelta(days=DAYS_A_WEEK)
