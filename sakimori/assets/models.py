"""The operator's computers, the duties they make, and the notifications filed for them."""

import uuid
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
    or open; `notify` says whether it must be notified (yes, exempt, open).
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
    introduced_on = models.DateField()
    facts = models.JSONField(default=dict)
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
        indexes: ClassVar = [models.Index(fields=["world", "organisation", "status"], name="computer_by_status")]


class Notification(LabelledRecord):
    """A notification (届出, 強化法4条1項): on the operator's side what was filed, on the minister's what arrived.

    status: approved → arrived | refused on the filing side, sent → arrived where it goes by other means; received →
    passed_on on the receiving one, `stated_none` for a statement that there is nothing to notify, `linked` for a second
    copy (`same_as` is the first), `withdrawn` for a wrong entry. `act` is the filing act, the same on both sides, or
    that of the entry. `channel` is `envelope`, or how it came otherwise; `transcribed` is false where the contents stay
    on paper (`count` is then what the paper says, 0 where it says nothing).
    """

    act = models.UUIDField(db_index=True)
    side = models.CharField(max_length=10)
    organisation = models.UUIDField(db_index=True)
    minister = models.UUIDField(db_index=True)
    outline = models.JSONField(default=dict)
    facility_category = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    filed_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    evidence = models.JSONField(null=True)
    passed_on_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=12, db_index=True)
    what = models.CharField(max_length=12, default="notification")
    channel = models.CharField(max_length=10, default="envelope", db_index=True)
    reference = models.CharField(max_length=200, blank=True)
    transcribed = models.BooleanField(default=True)
    same_as = models.UUIDField(null=True, db_index=True)
    note = models.TextField(blank=True)


class Reminder(RecordModel):
    """A minister's office reminded an operator of its notification (an informal word, no order)."""

    minister = models.UUIDField(db_index=True)
    organisation = models.UUIDField(db_index=True)
    act = models.UUIDField()
    sent_at = models.DateTimeField()


class NotifiedItem(LabelledRecord):
    """One row of a notification: exactly the items of 命令2条5項 that belong to a computer."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    organisation = models.UUIDField(db_index=True)
    clause = models.CharField(max_length=40)
    product = models.CharField(max_length=200, db_index=True)
    maker = models.CharField(max_length=200, db_index=True)

    class Meta:
        """A notification's items are read in their order, page by page."""

        indexes: ClassVar = [models.Index(fields=["notification", "position"], name="item_in_order")]


class NotifiedProduct(LabelledRecord):
    """How many computers of one product a notification holds: searches and sums run over these, not over every item."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="products")
    organisation = models.UUIDField(db_index=True)
    product = models.CharField(max_length=200)
    maker = models.CharField(max_length=200)
    computers = models.PositiveIntegerField()

    class Meta:
        """A notification counts a product once; products are listed by maker and name."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "maker", "product"], name="notified_product_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["world", "maker", "product", "organisation", "computers", "notification"],
                name="product_by_name",
            )
        ]


class Upload(models.Model):
    """A list somebody handed in, as it was checked (desk table: no other organisation ever sees it).

    With faults, `faults` holds them (see `intake.faults_of`) and nothing else is kept of the file; without, its rows
    are staged as `batch` and `outcome` says what the law would make of them. `digest` is the SHA-256 of the file's
    bytes, `key` the idempotency key of a machine. `act` is set when the list has been imported.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField(db_index=True)
    person = models.UUIDField(null=True)
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    client = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    faulty = models.PositiveIntegerField()
    faults = models.BinaryField(null=True)
    ignored = models.JSONField(default=list)
    outcome = models.JSONField(default=dict)
    batch = models.UUIDField(null=True)
    act = models.UUIDField(null=True)

    class Meta:
        """A machine's key names one list."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["world", "organisation", "client", "key"], name="upload_key_once", condition=~models.Q(key="")
            )
        ]
