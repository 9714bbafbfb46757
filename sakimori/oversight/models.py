"""What lies on the committee's docket, what it decided, and what it was told."""

from typing import ClassVar

from django.db import models

from sakimori.record import RecordModel


class Matter(RecordModel):
    """A request for approval (18) as it came in; `request` is the requesting office's id, `number` ours for people.

    status: open → approved | approved_with_conditions | refused.
    """

    committee = models.UUIDField(db_index=True)
    requester = models.UUIDField()
    request = models.UUIDField()
    number = models.CharField(max_length=60)
    basis = models.CharField(max_length=10)
    asked = models.JSONField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=30, default="open", db_index=True)

    class Meta:
        """A number is given once, a request taken in once."""

        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "committee", "number"], name="matter_number_once"),
            models.UniqueConstraint(fields=["world", "committee", "request"], name="matter_request_once"),
        ]


class Decision(RecordModel):
    """A decision of the meeting (55): who was present, who voted how, what was decided, for how long.

    `present` lists person ids, `votes` person and vote. `authority` is the signed selection authority in its file form.
    """

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="decision")
    decided_at = models.DateTimeField()
    present = models.JSONField()
    votes = models.JSONField()
    tally = models.JSONField()
    outcome = models.CharField(max_length=30)
    conditions = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    authority = models.JSONField(null=True)
    sending = models.UUIDField(null=True)
    arrived_at = models.DateTimeField(null=True)


class HandlingNotice(RecordModel):
    """What the committee was told under 30: that, when and how much; never the contents.

    `findings` are the points in which our own check of the notice does not agree with what the committee decided.
    """

    committee = models.UUIDField(db_index=True)
    sender = models.UUIDField()
    what = models.CharField(max_length=30, db_index=True)
    handling = models.UUIDField()
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="notices")
    authority = models.CharField(max_length=200)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    kept_flows = models.PositiveIntegerField(null=True)
    retained_until = models.DateField(null=True)
    receipt_digest = models.CharField(max_length=64, blank=True)
    receipt = models.JSONField(null=True)
    findings = models.JSONField(default=list)

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-received_at"]
