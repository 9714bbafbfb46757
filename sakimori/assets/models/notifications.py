"""The notifications filed and arrived, their rows, and reminders."""

from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord, RecordModel


class Notification(LabelledRecord):
    """A notification (届出, 強化法4条1項): on the operator's side what was filed, on the minister's what arrived.

    status: approved → arrived | refused on the filing side, sent → arrived where it goes by other means; received →
    passed_on on the receiving one, `stated_none` for a statement that there is nothing to notify, `linked` for a second
    copy (`same_as` is the first), `withdrawn` for a wrong entry. `act` is the filing act, the same on both sides, or
    that of the entry. `channel` is `envelope`, or how it came otherwise; `transcribed` is false where the contents stay
    on paper (`count` is then what the paper says, 0 where it says nothing). `hints` counts what the office should
    look at (`Hint`), None where nobody has looked.

    `what` is notification, change, substitute (命令2条4項: `paper` names the prior-review paper, `contact` is the
    contact sheet) or correction; a correction names the record it corrects (`corrects`, on its own side), and that one
    names the correction once it stands in its place (`replaced_by`, status `replaced`). `outline_before` is what a
    change notification says the outline was, where that changed.
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
    what = models.CharField(max_length=20, default="notification")
    channel = models.CharField(max_length=10, default="envelope", db_index=True)
    reference = models.CharField(max_length=200, blank=True)
    transcribed = models.BooleanField(default=True)
    same_as = models.UUIDField(null=True, db_index=True)
    note = models.TextField(blank=True)
    corrects = models.UUIDField(null=True, db_index=True)
    replaced_by = models.UUIDField(null=True)
    paper = models.JSONField(null=True)
    contact = models.JSONField(null=True)
    outline_before = models.JSONField(null=True)
    hints = models.PositiveIntegerField(null=True)


class Reminder(RecordModel):
    """A minister's office reminded an operator of its notification (an informal word, no order)."""

    minister = models.UUIDField(db_index=True)
    organisation = models.UUIDField(db_index=True)
    act = models.UUIDField()
    sent_at = models.DateTimeField()


class NotifiedItem(LabelledRecord):
    """One row of a notification: exactly the items of 命令2条5項 that belong to a computer.

    Of a change notification it is the row as changed, and `before` (clause, product, maker) the row as it was notified;
    `replaced_by` is the change notification that took this row's place.
    """

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    organisation = models.UUIDField(db_index=True)
    clause = models.CharField(max_length=40)
    product = models.CharField(max_length=200, db_index=True)
    maker = models.CharField(max_length=200, db_index=True)
    before = models.JSONField(null=True)
    replaced_by = models.UUIDField(null=True)

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
