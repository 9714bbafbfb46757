"""The floor beneath the rooms: what a record is, who looks at it, and what a room offers to the door.

Nothing here knows a law or a room. `parties`, `acts` and every room build on it.
"""

from sakimori.record.guard import (
    DoorClosedError,
    Guarded,
    LabelledRecord,
    RecordModel,
    RecordQuerySet,
    door_is_open,
    open_door,
)
from sakimori.record.offers import Bound, Handler, Listing, Predicate, Query, every_role
from sakimori.record.payload import Line, Payload
from sakimori.record.viewer import SYSTEM, Actor, Viewer

__all__ = [
    "SYSTEM",
    "Actor",
    "Bound",
    "DoorClosedError",
    "Guarded",
    "Handler",
    "LabelledRecord",
    "Line",
    "Listing",
    "Payload",
    "Predicate",
    "Query",
    "RecordModel",
    "RecordQuerySet",
    "Viewer",
    "door_is_open",
    "every_role",
    "open_door",
]
