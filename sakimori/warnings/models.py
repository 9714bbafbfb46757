"""Warnings as released, as delivered to each operator, as received there, and the answers."""

from django.db import models

from sakimori.record import LabelledRecord, RecordModel


class IssuedWarning(LabelledRecord):
    """周知等用総合整理分析情報: what an officer released, re-entered from an allow-list, and what was taken out.

    `basis` is the release's: 40(1) by a minister to its operators, 41 by the Prime Minister to users.
    """

    basis = models.CharField(max_length=20)
    released_by = models.UUIDField()
    advisories = models.JSONField(default=list)
    title_ja = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    what_ja = models.TextField()
    what_en = models.TextField()
    measures_ja = models.TextField()
    measures_en = models.TextField()
    indicators = models.JSONField(default=list)
    taken_out = models.TextField()
    tlp = models.CharField(max_length=20)
    released_at = models.DateTimeField()


class Recipient(RecordModel):
    """One operator a warning goes to, and why this one; no recipient ever sees another."""

    warning = models.ForeignKey(IssuedWarning, on_delete=models.PROTECT, related_name="recipients")
    organisation = models.UUIDField(db_index=True)
    reason_ja = models.TextField()
    reason_en = models.TextField()
    delivery = models.UUIDField(null=True)
    arrived_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=30, blank=True)
    answer_note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)


class Received(LabelledRecord):
    """A warning as an operator received it: its content and the reason that concerns this operator."""

    number = models.UUIDField(db_index=True)
    organisation = models.UUIDField(db_index=True)
    sender = models.UUIDField()
    content = models.JSONField()
    reason_ja = models.TextField()
    reason_en = models.TextField()
    received_at = models.DateTimeField()
    answer = models.CharField(max_length=30, blank=True)
    answered_at = models.DateTimeField(null=True)
