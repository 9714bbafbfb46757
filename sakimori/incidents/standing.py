"""Which events were reported to an office, by any channel, what is still owed and how late: one row an event.

Only what the list shows is read, nothing of what a report says: standing in the list opens no report.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from sakimori.acts import clock
from sakimori.acts.models import Obligation
from sakimori.record import Viewer

_FULL = "kyokaho.incident.full"
_SHOWN = ("id", "case", "reporter", "stage", "channel", "received_at", "same_as", "labels", "owner")


def events(viewer: Viewer, reports: Any) -> Iterator[dict[str, Any]]:
    """Yield one row an event of the reports (a query set): when the first and the full one arrived, how, and the clock.

    A second copy (`same_as`) counts with the report it is a copy of. state: full | waiting | late | uncounted (no
    awareness was stated, so no day can be counted). Labels are those of the reporter's name alone.
    """
    live = list(
        reports.filter(lane="kyokaho").exclude(status="withdrawn").order_by("received_at", "id").values(*_SHOWN)
    )
    cases = {row["id"]: row["case"] for row in live}
    days = _days(viewer.world)
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for row in live:
        case = cases.get(row["same_as"], row["case"])
        event = found.setdefault(case, _begun(case, row))
        if row["channel"] not in event["channels"]:
            event["channels"].append(row["channel"])
        if row["stage"] in ("first", "full") and event[f"{row['stage']}_at"] is None:
            event[f"{row['stage']}_at"] = row["received_at"]
    today = clock.today(viewer.world)
    for case, event in found.items():
        yield event | _state(event, days.get(case), today)


def _begun(case: uuid.UUID, row: dict[str, Any]) -> dict[str, Any]:
    named = (row["labels"] or {}).get("reporter")
    return {
        "id": case,
        "reporter": row["reporter"],
        "first_at": None,
        "full_at": None,
        "channels": [],
        "labels": {"reporter": named} if named else {},
        "owner": row["owner"],
        "about": row["id"],
    }


def _days(world: str) -> dict[uuid.UUID, date | None]:
    """Return when the full report of each event is due: whoever has a report may know when the next one must come."""
    clocks = Obligation.objects.filter(world=world, subject_type="incidents.case", rule=_FULL)
    return dict(clocks.order_by("begins", "id").values_list("subject", "due_on"))


def _state(event: dict[str, Any], due: date | None, today: date) -> dict[str, Any]:
    full = event["full_at"].astimezone(clock.TOKYO).date() if event["full_at"] else None
    late = max(0, ((full or today) - due).days) if due else 0
    state = "full" if full else "uncounted" if due is None else "late" if late else "waiting"
    return {"due_on": due, "days_late": late, "state": state}
