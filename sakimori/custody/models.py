"""Selection engines, selections and what they kept, and each handling the committee must be told of."""

from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord, RecordModel


class Engine(RecordModel):
    """A selection engine whose receipts count: the public half of the key it signs with (Ed25519, hex)."""

    organisation = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200)
    equipment = models.CharField(max_length=500)
    key_id = models.CharField(max_length=16)
    public_key = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class Selection(RecordModel):
    """One automatic selection (22, 35) as its receipt tells it; the receipt holds counts and digests only.

    status: retained → ended (early) → erased, or retained → erased. `retained_until` is the last day.
    """

    organisation = models.UUIDField(db_index=True)
    measure = models.UUIDField(db_index=True)
    authority = models.CharField(max_length=200)
    engine = models.ForeignKey(Engine, on_delete=models.PROTECT, related_name="selections")
    order = models.TextField()
    receipt = models.JSONField()
    receipt_digest = models.CharField(max_length=64)
    records_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    kept_flows = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    act = models.UUIDField()
    retained_until = models.DateField()
    extended = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, default="retained", db_index=True)
    ended_early_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """A receipt is recorded once."""

        ordering: ClassVar = ["-recorded_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "receipt_digest"], name="receipt_once")]


class SelectedRecord(LabelledRecord):
    """One kept record (選別後通信情報): machine information as the engine wrote it, mailboxes masked (24)."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="records")
    position = models.PositiveIntegerField()
    first = models.CharField(max_length=40)
    last = models.CharField(max_length=40)
    src = models.CharField(max_length=45, db_index=True)
    dst = models.CharField(max_length=45, db_index=True)
    src_port = models.PositiveIntegerField()
    dst_port = models.PositiveIntegerField()
    protocol = models.PositiveSmallIntegerField()
    content = models.JSONField()

    class Meta:
        """In the order of the engine."""

        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["selection", "position"], name="record_position")]


class Handling(RecordModel):
    """One handling under 30 (selection, longer retention, erasure) and the notice of it to the committee."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="handlings")
    what = models.CharField(max_length=30)
    happened_at = models.DateTimeField()
    act = models.UUIDField()
    committee = models.UUIDField()
    sending = models.UUIDField(null=True)
    arrived_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True)
