"""A correction beside what it corrects: what differs, what it answers and leaves unanswered, what stands in its place.

Read through the door: each side sees of it what it may read of the filings.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from sakimori.acts import reading
from sakimori.assets import correcting, saying
from sakimori.assets.forms.drafts import CORRECTABLE
from sakimori.assets.models import ComputerChange
from sakimori.assets.queries import visible_notifications
from sakimori.assets.supervision import saying as words
from sakimori.pages import rows_or_none
from sakimori.record import Viewer

MOST_COMPARED = 2000
"""Rows of a correction that its page compares unasked (house rule): more take longer than a page may."""
_ROW = ("clause", "product", "maker")


def latest(viewer: Viewer, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the filing that stands in the place of one that was corrected: the last of its corrections that arrived.

    As far as the viewer may know of them; the filing itself where nothing has taken its place.
    """
    seen = {row["id"]}
    while row["replaced_by"] is not None and row["replaced_by"] not in seen:
        seen.add(row["replaced_by"])
        found = reading.read(viewer, "assets.notifications", notification=row["replaced_by"])
        after = next(iter(found), None)
        if after is None or after["status"] in ("withdrawn", "linked"):
            break
        row = after
    return row


def address(row: Mapping[str, Any], **told: str) -> str:
    """Return the page on which a filing is corrected, the way it went; `told` goes with it."""
    name = "assets:correct" if row["channel"] == "envelope" else "assets:correct_otherwise"
    return f"{reverse(name, args=[row['id']])}{'?' if told else ''}{urlencode(told)}"


def differences(counted: Counter[Any]) -> list[dict[str, Any]]:
    """Return rows (clause, product, maker) with how often, in words."""
    return [
        {"clause": saying.clause(clause), "product": product, "maker": maker, "count": count}
        for (clause, product, maker), count in sorted(counted.items())[:50]
    ]


def unchanged(
    viewer: Viewer, matter: uuid.UUID | None, row: Mapping[str, Any], now: Sequence[tuple[str, str, str]]
) -> list[int]:
    """Return the rows that a request or order named and that stand in a correction as they were in the filing.

    `row` is the filing that is corrected, `now` the rows of the correction. Empty where no row was named by its number.
    """
    if matter is None:
        return []
    asked = next(iter(reading.read(viewer, "assets.matters", matter=matter)), None)
    if asked is None:
        return []
    named = (asked["content"] or {}).get("rows") or []
    numbers = sorted({one["row"] for one in named if one.get("row")})
    about = visible_notifications(viewer).filter(act=asked["filing"]).values_list("id", flat=True).first()
    return still(viewer, about or row["id"], numbers, now)


def still(
    viewer: Viewer, notification: uuid.UUID, numbers: Sequence[int], now: Sequence[tuple[str, str, str]]
) -> list[int]:
    """Return which of these rows of a filing other rows have as they were, as often as it had them."""
    if not numbers:
        return []
    was = {
        one["position"]: (one["clause"], one["product"], one["maker"])
        for one in reading.read(viewer, "assets.notification_items", notification=notification)
    }
    before, after = Counter(was.values()), Counter(now)
    return [number for number in numbers if number in was and after[was[number]] >= before[was[number]]]


def waiting(viewer: Viewer) -> list[tuple[str, str, int]]:
    """Return the own notifications that say something wrong: where each is corrected, category, how many computers."""
    wrong = ComputerChange.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, status=correcting.WRONG
    ).exclude(computer__notification=None)
    counted = dict(wrong.order_by().values_list("computer__notification").annotate(Count("computer", distinct=True)))
    filed = visible_notifications(viewer).filter(id__in=list(counted), what__in=CORRECTABLE, status="arrived")
    rows = filed.order_by("filed_at").values("id", "channel", "facility_category")
    return [(address(row), row["facility_category"], counted[row["id"]]) for row in rows]


def of_correction(viewer: Viewer, row: Mapping[str, Any], *, asked: bool = False) -> dict[str, Any]:
    """Return what the page of a correction shows: rows taken out and put in, the request it answers, what is left.

    Nothing for other filings. Long ones are compared where that is `asked` for.
    """
    if row["what"] != "correction" or row["corrects"] is None:
        return {}
    matter = _answered(viewer, row)
    found: dict[str, Any] = {"answers": _said(matter), "named_by_number": _names(row, matter)} if matter else {}
    before = next(iter(reading.read(viewer, "assets.notifications", notification=row["corrects"])), None)
    if before is None or not (row["transcribed"] and before["transcribed"]):
        return found
    if not asked and max(row["count"] or 0, before["count"] or 0) > MOST_COMPARED:
        return {**found, "to_compare": True}
    was, now = (Counter(_rows(viewer, one)) for one in (row["corrects"], row["id"]))
    told = list(now.elements())
    return {
        **found,
        "compares": True,
        "out": differences(was - now),
        "new": differences(now - was),
        "unchanged": unchanged(viewer, matter["id"], row, told) if matter else [],
    }


def left_as_it_was(viewer: Viewer, matter: Mapping[str, Any]) -> list[int]:
    """Return the rows a request or order named that the correction by which it was met left as they were."""
    by = visible_notifications(viewer).filter(act=matter["met_by"], what="correction") if matter["met_by"] else None
    met = by.values_list("id", flat=True).first() if by is not None else None
    if met is None:
        return []
    return unchanged(viewer, matter["id"], {"id": met}, list(_rows(viewer, met)))


def _answered(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the request or order that a filing answers: the one it names, or that ended by its arrival."""
    try:
        number = uuid.UUID(row["reference"] or "")
    except ValueError:
        number = None
    if number is not None:
        found = rows_or_none(viewer, "assets.matters", matter=number) or []
    else:
        wrong = visible_notifications(viewer).filter(id=row["corrects"]).values_list("act", flat=True).first()
        rows = rows_or_none(viewer, "assets.matters", filing=wrong) or [] if wrong else []
        found = [one for one in rows if one["met_by"] == row["act"]]
    return dict(found[0]) if found else None


def _said(matter: Mapping[str, Any]) -> dict[str, Any]:
    address = reverse("assets:matter", args=[matter["id"]])
    return {"url": address, "sort": words.say(words.SORT, matter["sort"]), "given_at": matter["given_at"]}


def _names(row: Mapping[str, Any], matter: Mapping[str, Any]) -> bool:
    """Return whether the number on a filing's record is that of the request, which people do not know it by."""
    return str(row["reference"]) == str(matter["id"])


def _rows(viewer: Viewer, notification: uuid.UUID) -> list[tuple[str, str, str]]:
    found = reading.read(viewer, "assets.notification_items", notification=notification)
    return [(one["clause"] or "", one["product"] or "", one["maker"] or "") for one in found]
