"""Who has filed, by any channel, and who is late: one row for each operator designated to a minister."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sakimori import law
from sakimori.acts import clock
from sakimori.assets.models import Notification, Reminder
from sakimori.law.decisions import notices
from sakimori.parties.models import Designation
from sakimori.record import Viewer

NOTIFIES = ("notification", "substitute")
"""The filings by which an operator has notified: in the form, or by a prior-review paper in its place (命令2条4項)."""


@dataclass(slots=True)
class _Filed:
    """What has arrived from one operator: one filing counts once, whatever ways it came by.

    `first_at` is when it first notified; a change or a question about it that came earlier is no notification.
    """

    notifications: int = 0
    on_paper: int = 0
    computers: int = 0
    waiting: int = 0
    states_none: bool = False
    channels: list[str] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None

    def take(self, row: Mapping[str, Any], *, stands: bool) -> None:
        """Count one record of a notification; `stands`: it is a correction that has taken a wrong one's place."""
        arrived = row["arrived_at"]
        if row["status"] == "stated_none":
            self.states_none = True
            return
        if row["channel"] not in self.channels:
            self.channels.append(row["channel"])
        notifies = row["what"] in NOTIFIES or stands
        if notifies:
            self.first_at = min(filter(None, (self.first_at, arrived)), default=None)
        self.last_at = max(filter(None, (self.last_at, arrived)), default=None)
        if row["status"] in ("linked", "replaced") or not notifies:
            return
        self.notifications += 1
        self.on_paper += not row["transcribed"]
        self.computers += row["count"]
        self.waiting += row["status"] == "received"


def rows(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Each operator designated to this minister: whether, how and when it has notified, and by when it has to.

    The day is that of computers that were there when the duty began: at commencement (強化法附則4条), or at a later
    designation (命令2条2項); newer ones have their own clocks. It is None where no published text says it. state:
    filed | filed_late | states_none | waiting | late. An operator without a computer to notify owes nothing: "late"
    says only that nothing has arrived.
    """
    designated = Designation.objects.filter(
        world=clock.world(viewer.world).base, minister=viewer.acting_organisation, withdrawn_on=None
    )
    filed, reminded, today = _filed(viewer), _reminded(viewer), clock.today(viewer.world)
    due_of = cache(partial(_due, today=today))
    wanted = ("id", "organisation_id", "business_type", "bureau_id", "designated_on", "successor")
    for row in designated.values(*wanted).order_by("organisation__name_ja", "id"):
        found = filed.get(row["organisation_id"], _Filed())
        due, basis = due_of(row["designated_on"], row["successor"])
        state, late = _state(found, due, today)
        yield {
            "id": row["id"],
            "organisation": row["organisation_id"],
            "business_type": row["business_type"],
            "bureau": row["bureau_id"],
            "notifications": found.notifications,
            "computers": found.computers,
            "on_paper": found.on_paper,
            "waiting": found.waiting,
            "channels": found.channels,
            "first_at": found.first_at,
            "last_at": found.last_at,
            "due_on": due,
            "basis": basis,
            "state": state,
            "days_late": late,
            "reminded_at": reminded.get(row["organisation_id"]),
        }


def _due(designated_on: date, successor: bool, *, today: date) -> tuple[date | None, str]:  # noqa: FBT001 - a key
    """Return by when what was there already had to be notified, and the article; no day where no text says it."""
    rule, _ = notices.due_of_present(designated_on, today, successor=successor)
    if rule is None:
        return None, ""
    answer = law.deadline(rule.rule, rule.start, on=today, facts=dict(rule.facts) or None)
    return answer.due if type(answer.due) is date else None, answer.basis


def _filed(viewer: Viewer) -> dict[uuid.UUID, _Filed]:
    found: dict[uuid.UUID, _Filed] = {}
    came = Notification.objects.filter(world=viewer.world, side="minister", minister=viewer.acting_organisation)
    wanted = ("id", "organisation", "status", "what", "channel", "transcribed", "count", "arrived_at", "replaced_by")
    rows = list(came.exclude(status="withdrawn").order_by("arrived_at").values(*wanted))
    standing_in = {row["replaced_by"] for row in rows if row["status"] == "replaced"}
    for row in rows:
        found.setdefault(row["organisation"], _Filed()).take(row, stands=row["id"] in standing_in)
    return found


def _reminded(viewer: Viewer) -> dict[uuid.UUID, datetime]:
    sent = Reminder.objects.filter(world=viewer.world, minister=viewer.acting_organisation).order_by("sent_at")
    return dict(sent.values_list("organisation", "sent_at"))


def _state(found: _Filed, due: date | None, today: date) -> tuple[str, int]:
    """Return the state and by how many days it is, or was, late."""
    if found.notifications and found.first_at is not None:
        late = (found.first_at.astimezone(clock.TOKYO).date() - due).days if due else 0
        return ("filed_late", late) if late > 0 else ("filed", 0)
    if found.states_none:
        return "states_none", 0
    late = (today - due).days if due else 0
    return ("late", late) if late > 0 else ("waiting", 0)
