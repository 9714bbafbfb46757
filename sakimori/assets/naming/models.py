"""Decisions on names (record), and the official names they are chosen from (desk tables: open data, loaded anew)."""

from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord


class NameDecision(LabelledRecord):
    """What an organisation decided a spelling is officially called; one decision serves every computer written so.

    `maker`, `product`: as written; their keys decide what is the same spelling. `vendor` and `official` are the
    official names, both empty where a person found that none fits. `rule` tells how the name was suggested (`typed`:
    not at all). status: decided | undone.
    """

    organisation = models.UUIDField()
    maker = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    maker_key = models.CharField(max_length=200)
    product_key = models.CharField(max_length=200)
    vendor = models.CharField(max_length=200, blank=True)
    official = models.CharField(max_length=200, blank=True)
    cpe = models.CharField(max_length=400, blank=True)
    rule = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=10, default="decided")
    decided_by = models.UUIDField()
    decided_at = models.DateTimeField()
    undone_by = models.UUIDField(null=True)

    class Meta:
        """At most one decision stands for a spelling."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["world", "organisation", "maker_key", "product_key"],
                condition=models.Q(status="decided"),
                name="name_decided_once",
            )
        ]


class OfficialName(models.Model):
    """One official name from open data (desk table: reference, replaced whole when its source is loaded again)."""

    source = models.CharField(max_length=10, db_index=True)
    vendor = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    vendor_key = models.CharField(max_length=200, db_index=True)
    product_key = models.CharField(max_length=200, db_index=True)
    cpe = models.CharField(max_length=400, blank=True)


class NameSource(models.Model):
    """A dictionary that was loaded (desk table): from where, its SHA-256, how many names, when."""

    source = models.CharField(max_length=10, unique=True)
    origin = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    names = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()
