"""What an office notes of a notification, and what passes between it and the operator: hints, matters, settings."""

from typing import ClassVar

from django.db import models

from sakimori.assets.models.notifications import Notification
from sakimori.record import LabelledRecord, RecordModel


class Hint(LabelledRecord):
    """One thing to look at in a notification: a hint with its reason, found when it arrived; never a decision.

    `code` says what (see `supervision.hints`), `place` the first row concerned (0: the whole), `rows` how many rows;
    `said` holds the names and numbers that the sentence needs.
    """

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="found")
    organisation = models.UUIDField(db_index=True)
    minister = models.UUIDField(db_index=True)
    code = models.CharField(max_length=30)
    maker = models.CharField(max_length=200, blank=True)
    product = models.CharField(max_length=200, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    place = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    said = models.JSONField(default=dict)

    class Meta:
        """Read with their notification, in the order they were found."""

        ordering: ClassVar = ["code", "place", "id"]


class NotifiedClause(LabelledRecord):
    """How many computers of one clause a notification holds: sums are kept when they are written."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="clauses")
    organisation = models.UUIDField(db_index=True)
    clause = models.CharField(max_length=200)
    computers = models.PositiveIntegerField()

    class Meta:
        """A notification counts a clause once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "clause"], name="notified_clause_once")
        ]


class Matter(LabelledRecord):
    """Something between a giver and an addressee about an operator; one row on each side, joined by `number`.

    sort: question | correction | order | demand | guidance | opinion. side: giver | addressee. status: open →
    answered | met | closed | withdrawn (guidance and opinions are `given`). `number` is the act that began it, `filing`
    the filing act it is about (the same on both sides), `due_on` the day by which an answer is awaited: an office's own
    target, or the time limit of an order or demand. `content` is what was said, `answer` what came back.
    """

    number = models.UUIDField(db_index=True)
    side = models.CharField(max_length=10)
    sort = models.CharField(max_length=12, db_index=True)
    giver = models.UUIDField(db_index=True)
    addressee = models.UUIDField(db_index=True)
    operator = models.UUIDField(db_index=True)
    filing = models.UUIDField(null=True, db_index=True)
    facility_category = models.CharField(max_length=200, blank=True)
    content = models.JSONField(default=dict)
    given_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    status = models.CharField(max_length=12, default="open", db_index=True)
    answer = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    met_by = models.UUIDField(null=True, db_index=True)
    service = models.JSONField(default=dict)

    class Meta:
        """One row a side."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "number", "side"], name="matter_once")]
        indexes: ClassVar = [
            models.Index(fields=["world", "giver", "status", "due_on"], name="matter_of_giver"),
            models.Index(fields=["world", "addressee", "status", "due_on"], name="matter_of_addressee"),
        ]


class OfficeSetting(RecordModel):
    """What an office has set for its dealings: the days it gives for an answer, its own words on remedies (教示).

    The newest row of an office counts; earlier ones stay.
    """

    office = models.UUIDField(db_index=True)
    answer_days = models.PositiveIntegerField(null=True)
    remedies = models.TextField(blank=True)
    set_at = models.DateTimeField()


class MapPermission(RecordModel):
    """A decision that the list of concentrations may be taken out as a file until a day, and why."""

    office = models.UUIDField(db_index=True)
    reason = models.TextField()
    until = models.DateField()
    decided_at = models.DateTimeField()
