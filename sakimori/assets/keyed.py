"""Which computers of the register the rows of a filing are: shown beside them to the operator, no part of what leaves.

A row says class, product and maker alone, and many computers can say the same. Rows stand in the order of the keys of
the register, so the rows that say the same are the computers that say it, in that order.
"""

import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from sakimori.acts import reading
from sakimori.assets import drafting
from sakimori.pages.tables import Cell, Head, Table
from sakimori.record import Viewer

_Said = tuple[tuple[str, ...], ...]


def show(viewer: Viewer, form: str, category: str, rows: Sequence[Mapping[str, Any]], table: Table) -> None:
    """Put the key of each computer into a table of a filing's rows, whose first column is their number, from 1.

    Nothing changes for another reader than the operator, for other forms than the notification and that of changes, and
    where none of the rows shown is of a computer that still waits like this.
    """
    if viewer.organisation_type != "operator" or form not in ("notification", "change"):
        return
    waiting = _waiting(viewer, category) if form == "notification" else _changed(viewer, category)
    found = [_next(waiting, row) for row in rows]
    shown = [found[int(line[0].text) - 1] for line in table.lines]
    wanted = {one for one in shown if one is not None}
    if not wanted:
        return
    about = ",".join(str(one) for one in sorted(wanted))
    keys = {row["id"]: row["key"] or "" for row in reading.read(viewer, "assets.keys", about=about)}
    label = gettext("Key (does not leave)")
    table.caption = gettext("Computers notified; their keys beside them do not leave")
    table.heads.insert(1, Head(label, "", "", number=False))
    for line, one in zip(table.lines, shown, strict=True):
        link = reverse("assets:computer", args=[one]) if one in keys else ""
        line.insert(1, Cell(label, keys.get(one, "") if one else "", link, number=False))


def _waiting(viewer: Viewer, category: str) -> dict[_Said, deque[uuid.UUID]]:
    found: dict[_Said, deque[uuid.UUID]] = {}
    for *told, one in drafting.waiting_computers(viewer, category).values_list("clause", "product", "maker", "id"):
        found.setdefault((tuple(told),), deque()).append(one)
    return found


def _changed(viewer: Viewer, category: str) -> dict[_Said, deque[uuid.UUID]]:
    found: dict[_Said, deque[uuid.UUID]] = {}
    rows = reading.read(viewer, "assets.changes_to_notify", facility_category=category)
    for row in sorted(rows, key=lambda row: str(row["key"])):
        gone = "retired" in row["events"] or not row["clause"]
        before = tuple(row[f"{name}_old"] for name in ("clause", "product", "maker"))
        after = () if gone else tuple(row[name] for name in ("clause", "product", "maker"))
        found.setdefault((before, after), deque()).append(row["computer"])
    return found


def _next(waiting: Mapping[_Said, deque[uuid.UUID]], row: Mapping[str, Any]) -> uuid.UUID | None:
    said = (_told(row["before"]), _told(row["after"])) if "before" in row else (_told(row),)
    found = waiting.get(said)
    return found.popleft() if found else None


def _told(item: Mapping[str, Any] | None) -> tuple[str, ...]:
    return tuple(str(item.get(name) or "") for name in ("clause", "product", "maker")) if item else ()
