"""The operator's computers, what was found about them, and the duties they make."""

from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord, RecordModel


class Duty(RecordModel):
    """What is owed for a group of computers of one facility under one rule from one day: one obligation's subject."""

    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField(db_index=True)
    rule = models.CharField(max_length=60)
    begins = models.DateField()

    class Meta:
        """Computers with the same facility, rule and starting day share one clock."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "facility", "rule", "begins"], name="duty_once")
        ]


class Finding(RecordModel):
    """What the law's tables said, with every reason and open question; computers with the same facts share one."""

    digest = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        """One row a finding."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "digest"], name="finding_once")]


class Computer(LabelledRecord):
    """One computer of the private inventory, with what was decided about it and why.

    Only the operator's own installation holds these rows; the label `private_inventory` keeps them there. `clause` is
    the clause of 施行令1条3項 / 命令1条 that makes it a 特定重要電子計算機, empty where none does; `scope` is in, out
    or open; `notify` says whether it must be notified (yes, exempt, open). `answered` names for each fact that was
    answered later than the list the act that said so: who, and when. `host` groups the parts of one computer (operating
    system, middleware, applications); `source` names the list that brought it in, `origins` the source of each field
    that another list gave.
    """

    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField(db_index=True)
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    maker = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    version = models.CharField(max_length=100, blank=True)
    serial = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=300, blank=True)
    responsible = models.CharField(max_length=200, blank=True)
    asset_tag = models.CharField(max_length=100, blank=True)
    position = models.CharField(max_length=300, blank=True)
    asset_owner = models.CharField(max_length=200, blank=True)
    support_end = models.DateField(null=True)
    host = models.CharField(max_length=200, blank=True)
    cpe = models.CharField(max_length=300, blank=True)
    purl = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=200, blank=True)
    origins = models.JSONField(default=dict)
    introduced_on = models.DateField()
    facts = models.JSONField(default=dict)
    answered = models.JSONField(default=dict)
    scope = models.CharField(max_length=10, db_index=True)
    clause = models.CharField(max_length=40, blank=True)
    trigger_group = models.CharField(max_length=10, blank=True)
    notify = models.CharField(max_length=10, db_index=True)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="computers")
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="computers")
    notification = models.UUIDField(null=True, db_index=True)
    status = models.CharField(max_length=12, default="registered", db_index=True)

    class Meta:
        """An operator's key names one computer."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "organisation", "key"], name="computer_key_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["world", "organisation", "status"], name="computer_by_status"),
            models.Index(fields=["world", "organisation", "facility", "finding"], name="computer_by_finding"),
            models.Index(fields=["world", "organisation", "support_end"], name="computer_by_support"),
        ]
