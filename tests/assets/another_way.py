"""Filings that come another way, as several tests need them."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from sakimori.acts import door, proposals, reading
from sakimori.acts.models import Obligation
from sakimori.assets import drafting
from sakimori.assets.models import Notification
from tests.support.deployment import fixed, viewer

CATEGORY = "発電設備の監視制御システム"
ARRIVED = "2026-11-20T10:30:00+09:00"


def entry(**changed):
    """Return an entry of the power operator's paper; without rows it covers all that waited."""
    paper = changed.get("what", "notification") in ("notification", "change", "substitute") and not changed.get("rows")
    return {
        **({"covers": "waiting"} if paper else {}),
        "operator": str(fixed("power")), "what": "notification", "channel": "post", "arrived_at": ARRIVED,
        "reference": "受付 12", "facility_category": CATEGORY, "contents": "paper", **changed,
    }  # fmt: skip


def enter_it(by=None, **changed):
    """Enter it as the minister's intake and return the entry."""
    done = door.perform("assets.entry.record", entry(**changed), by=by or viewer("meti", "intake"))
    return Notification.objects.get(id=done.subject.id)


def rows_of_register():
    """Return the rows that the power operator would notify."""
    draft = drafting.draft(viewer("power", "reporter"), CATEGORY)
    return [row.model_dump() for row in draft.rows]


def owed():
    """Return the statuses of the power operator's obligations to notify."""
    return sorted(Obligation.objects.filter(bearer=fixed("power")).values_list("status", flat=True))


def standing(name="power", by=None):
    """Return the row of an operator in the list of who has filed."""
    found = reading.read(by or viewer("meti", "officer"), "assets.standing")
    return next(row for row in found if row["organisation"] == fixed(name))


def send_on_paper(**changed):
    """Record that what waits was sent by post, by two persons; return the notification."""
    payload = drafting.draft(viewer("power", "reporter"), CATEGORY).model_dump(mode="json")
    payload |= {"channel": "post", "sent_at": "2026-11-19T17:00:00+09:00", **changed}
    made = proposals.propose("assets.notification.file_otherwise", payload, by=viewer("power", "reporter"))
    done = proposals.confirm(made.id, by=viewer("power", "approver"))
    return Notification.objects.get(id=done.subject.id)


def arrive(notification, **changed):
    payload = {"notification": str(notification.id), "arrived_at": ARRIVED, "reference": "受付印 3", **changed}
    return door.perform("assets.notification.confirm_arrival", payload, by=viewer("power", "reporter"))


def text(answer):
    return answer.content.decode()


def typed(**changed):
    return {
        "f-operator": str(fixed("power")), "f-what": "notification", "f-channel": "counter",
        "f-arrived_at": "2026-11-20 10:30", "f-reference": "受付 5", "f-facility_category": CATEGORY, "f-count": "3",
        "f-covers": "waiting",
        "f-note": "控えあり", "key": str(uuid.uuid4()), **changed,
    }  # fmt: skip


def upload(name, content):
    return SimpleUploadedFile(name, content)
