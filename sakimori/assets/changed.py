"""Computers of which something notified has changed since and has not arrived: the state the register is read by.

What is stored of a computer is how far its own notification has got; how far a change of it has got stands with the
change. Whoever reads, filters, sorts or searches the register meets both together.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Concat

from sakimori.assets.models import Computer, ComputerChange
from sakimori.record import Viewer

CHANGES = ("waiting", "filed")
"""How far a change has got that has not arrived: to be filed; filed. Of several the first that holds is said."""
ANY = "any"
_MOST_NAMED = 500  # computers that are asked for one by one; beyond, all changes are looked through


def own(viewer: Viewer) -> Any:
    """Return the operator's own computers; they can be found and sorted by `state`.

    `state` is the computer's status, with the change behind it where there is one: `notified`, `notified_waiting`.
    """
    mine = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    states = [
        When(_by(viewer, change), then=Concat(F("status"), Value(f"_{change}"), output_field=CharField()))
        for change in CHANGES
    ]
    return mine.alias(state=Case(*states, default=F("status"), output_field=CharField()))


def having(viewer: Viewer, change: str) -> Q:
    """Return the condition for computers of which a change has got that far (`any`: that has not arrived)."""
    if change == CHANGES[1]:
        return _by(viewer, change) & ~_by(viewer, CHANGES[0])
    return _by(viewer, *(CHANGES if change == ANY else (change,)))


def count(viewer: Viewer, change: str) -> int:
    """Return of how many computers a change has got that far."""
    return int(_of(viewer, change).values("computer").distinct().count())


def said(viewer: Viewer, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return computers (`id`, `status`) with `change` (one of `CHANGES`, or empty) and `state`: one look for all."""
    every = list(rows)
    found = _of(viewer, *CHANGES)
    if len(every) <= _MOST_NAMED:
        found = found.filter(computer__in=[row["id"] for row in every])
    changes = dict(found.order_by("status").values_list("computer", "status"))  # waiting comes last, and stays
    for row in every:
        change = row["change"] = changes.get(row["id"], "")
        row["state"] = f"{row['status']}_{change}" if change else row["status"]
    return every


def _by(viewer: Viewer, *changes: str) -> Q:
    return Q(id__in=_of(viewer, *(one for one in changes if one in CHANGES)).values("computer"))


def _of(viewer: Viewer, *statuses: str) -> Any:
    mine = ComputerChange.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    return mine.filter(status__in=statuses)
