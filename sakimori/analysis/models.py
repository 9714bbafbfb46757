"""Advisories taken in, what they touch, and the analysis that goes to the ministers."""

from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord, RecordModel


class Advisory(RecordModel):
    """One published weakness as a source states it (today: an entry of the KEV catalogue); public, without labels."""

    identifier = models.CharField(max_length=60)
    source = models.CharField(max_length=40)
    title = models.CharField(max_length=400)
    vendor = models.CharField(max_length=200)
    product = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    action = models.TextField(blank=True)
    published = models.DateField()
    known_exploited = models.BooleanField()
    ransomware = models.BooleanField(null=True)
    load = models.UUIDField(db_index=True)

    class Meta:
        """A source states an identifier once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "source", "identifier"], name="advisory_once")
        ]


class Finding(LabelledRecord):
    """An advisory that touches something: notified products of one operator, or an item everybody uses.

    `reach` is `notified` (an operator's notified product), `reported` (a product or weakness a report names) or
    `designated` (an exempt item: nobody notified it, so everybody is told). `grade` is exact, alias or suggested.
    """

    run = models.UUIDField(db_index=True)
    advisory = models.ForeignKey(Advisory, on_delete=models.PROTECT, related_name="findings")
    reach = models.CharField(max_length=12)
    operator = models.UUIDField(null=True, db_index=True)
    minister = models.UUIDField(null=True, db_index=True)
    maker = models.CharField(max_length=200, blank=True)
    product = models.CharField(max_length=200, blank=True)
    grade = models.CharField(max_length=10)
    rule = models.CharField(max_length=60, blank=True)
    reason_ja = models.TextField()
    reason_en = models.TextField()


class Assessment(LabelledRecord):
    """総合整理分析情報: what the Prime Minister brings together and provides to one minister (38条1項)."""

    minister = models.UUIDField(db_index=True)
    title = models.CharField(max_length=300)
    text = models.TextField()
    findings = models.JSONField(default=list)
    indicators = models.JSONField(default=list)
    provided_at = models.DateTimeField()
    provided_by = models.UUIDField()
