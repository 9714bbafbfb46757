"""What an operator asks a vendor, row by row, and what the vendor answers."""

from typing import ClassVar

from django.db import models

from sakimori.assets.models.register import Computer
from sakimori.record import LabelledRecord


class VendorRequest(LabelledRecord):
    """An operator asks a vendor for facts of some of its computers (house rule).

    `vendor` is None where the vendor has no account here and answers by file; `vendor_name` is then its name. `number`
    is what both call it. status: open | answered | closed | withdrawn. channel: site | file | envelope, and where an
    envelope took it to the vendor's installation: arrived | refused.
    """

    organisation = models.UUIDField(db_index=True)
    vendor = models.UUIDField(null=True, db_index=True)
    vendor_name = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=20)
    act = models.UUIDField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    status = models.CharField(max_length=10, default="open", db_index=True)
    answered_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, default="site")
    reason = models.TextField(blank=True)


class VendorItem(LabelledRecord):
    """One row of a request: the product it is about, what is asked, and what the vendor answered.

    Of the private inventory only what tells the vendor which product is meant is here: product, maker and kind, as the
    operator calls them. `computer` stays with the operator: a vendor's own installation has none. `answers` maps each
    fact asked to its answer, `unknown` where the vendor does not know. status: asked | answered | taken | declined.
    `note` is the vendor's, `reason` why the operator left the answer aside: the vendor does not see it.
    """

    request = models.ForeignKey(VendorRequest, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    computer = models.ForeignKey(Computer, on_delete=models.PROTECT, null=True, related_name="vendor_items")
    product = models.CharField(max_length=200)
    maker = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    asks = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    status = models.CharField(max_length=10, default="asked", db_index=True)
    taken = models.JSONField(default=list)
    reason = models.TextField(blank=True)

    class Meta:
        """Rows are read in their order."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "position"], name="vendor_item_once")]
