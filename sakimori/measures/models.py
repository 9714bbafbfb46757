"""A measure as the Prime Minister's office asked for it, and what the committee answered."""

from typing import ClassVar

from django.db import models

from sakimori.record import RecordModel


class Measure(RecordModel):
    """A 通信目的送信措置: what was asked (17(1), 32(1), 33(1)) and what was approved (18).

    `conditions` is what the selection may ask for; `address_overrides` what moves the border;
    `capacity_percent` the share of the equipment's capacity (17 only).
    `valid_from` and `valid_until` are the first and last day as approved. `authority` is the committee's signed
    selection authority in its file form.
    status: filed → arrived → approved | approved_with_conditions | refused, approved → ended;
    `not_taken` where the committee's deployment did not take the request in.
    """

    organisation = models.UUIDField(db_index=True)
    committee = models.UUIDField()
    act = models.UUIDField()
    basis = models.CharField(max_length=10)
    attack = models.TextField()
    no_other_way = models.TextField()
    equipment = models.CharField(max_length=500)
    criteria = models.TextField(blank=True)
    conditions = models.JSONField()
    address_overrides = models.JSONField(default=list)
    capacity_percent = models.PositiveSmallIntegerField(null=True)
    begins_on = models.DateField()
    ends_on = models.DateField()
    filed_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=30, default="filed", db_index=True)
    number = models.CharField(max_length=60, blank=True)
    committee_conditions = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    authority = models.JSONField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-filed_at"]
