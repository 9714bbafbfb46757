"""What changed in computers, stocktakes, reminders given, and what an operator has settled about its upkeep."""

from typing import ClassVar

from django.db import models

from sakimori.assets.models.register import Computer, Duty
from sakimori.record import LabelledRecord, RecordModel


class ComputerChange(LabelledRecord):
    """One change of one computer: what it was, what it is, and whether that must be notified (強化法4条3項, 命令3条).

    `event` is changed, retired or rederived (the law's answer changed, not the computer). `fields` maps each field to
    its old and new value. `outcome` is the answer of the law's table `kyokaho.notify.change`, `decision` the whole of
    it. `due_on` is the due day of the duty it counts towards: the earliest of those of one computer that are not filed
    yet. status: recorded (no duty) | waiting | filed | notified.
    """

    organisation = models.UUIDField(db_index=True)
    computer = models.ForeignKey(Computer, on_delete=models.PROTECT, related_name="changes")
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="changes")
    act = models.UUIDField(db_index=True)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField()
    event = models.CharField(max_length=12, default="changed")
    fields = models.JSONField(default=dict)
    outcome = models.CharField(max_length=12)
    decision = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    notification = models.UUIDField(null=True, db_index=True)
    status = models.CharField(max_length=10, default="recorded")

    class Meta:
        """What waits to be notified is asked for by organisation."""

        indexes: ClassVar = [models.Index(fields=["world", "organisation", "status"], name="change_by_status")]


class OutlineChange(RecordModel):
    """One change of what a filing says of the operator in a category (事業者の概要), to be notified (命令3条).

    `before` is the outline as it was notified last; `decision` the answer of the law's table. status: waiting | filed |
    notified | undone.
    """

    organisation = models.UUIDField(db_index=True)
    category = models.CharField(max_length=200)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="outlines")
    act = models.UUIDField(db_index=True)
    before = models.JSONField()
    changed_on = models.DateField()
    recorded_at = models.DateTimeField()
    decision = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    notification = models.UUIDField(null=True, db_index=True)
    status = models.CharField(max_length=10, default="waiting")


class UpkeepSetting(RecordModel):
    """What an operator has settled about its upkeep; the newest row counts, the older ones tell how it was before.

    `file_disposals` says whether a retired computer is notified as a change: no published text says so, so it is off
    until the minister's office has answered (`answer`, `answered_on`, with attachments of the act). So is
    `file_returned`: whether a change that was undone before it was notified is notified all the same.
    """

    organisation = models.UUIDField(db_index=True)
    act = models.UUIDField()
    recorded_at = models.DateTimeField()
    stocktake_months = models.PositiveSmallIntegerField()
    file_disposals = models.BooleanField(default=False)
    file_returned = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)


class Stocktake(RecordModel):
    """A stocktake (棚卸し, house rule): every responsible person says what has changed since the last one."""

    organisation = models.UUIDField(db_index=True)
    act = models.UUIDField()
    title = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    answer_by = models.DateField()
    status = models.CharField(max_length=10, default="open", db_index=True)
    closed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    summary = models.JSONField(default=dict)


class StocktakeList(LabelledRecord):
    """The list of one responsible person for one facility: its computers are those the register gives that person.

    `computers` is how many there were when the stocktake began; the numbers of the answer are those of its day.
    `channel` is site, or file where the person has no account and sent the list back. status: waiting | answered.
    """

    stocktake = models.ForeignKey(Stocktake, on_delete=models.PROTECT, related_name="lists")
    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField()
    responsible = models.CharField(max_length=200, blank=True)
    person = models.UUIDField(null=True)
    computers = models.PositiveIntegerField()
    status = models.CharField(max_length=10, default="waiting")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    answered_for = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    unchanged = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    retired = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)


class DueReminder(RecordModel):
    """An operator was reminded of what is due on a day (house rule): once a rung, however often the machine starts.

    `rung` is the days before the due day; after it, the days since, negative.
    """

    organisation = models.UUIDField(db_index=True)
    due_on = models.DateField()
    rung = models.IntegerField()
    act = models.UUIDField()
    reminded_at = models.DateTimeField()

    class Meta:
        """Once a due day and rung."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "organisation", "due_on", "rung"], name="due_reminder_once")
        ]


class FacilityDerivation(RecordModel):
    """From which records and which law the duties of a facility's computers were last derived anew."""

    facility = models.UUIDField()
    digest = models.CharField(max_length=64)
    act = models.UUIDField()
    derived_at = models.DateTimeField()
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        """One row a facility."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "facility"], name="facility_derivation_once")]
