"""Lists handed in, as they were checked (desk tables)."""

import uuid
from typing import ClassVar

from django.db import models


class Upload(models.Model):
    """A list somebody handed in, as it was checked (desk table: no other organisation ever sees it).

    With faults, `faults` holds them (see `intake.faults_of`), `outcome` what the faulty rows are called, and nothing
    else is kept of the file; without, its rows are staged as `batch` and `outcome` says what the law would make of
    them. `digest` is the SHA-256 of the file's bytes, `key` the idempotency key of a machine. `act` is set when the
    list has been imported. `file` is the file read before (`SourceFile`), `remarks` what of it was not read,
    `difference` how the list differs from the register (`differences.packed`), `decisions` what a person decided of it,
    field by field where two sources disagree.
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
    file = models.UUIDField(null=True)
    remarks = models.JSONField(default=list)
    difference = models.BinaryField(null=True)
    decisions = models.JSONField(default=dict)

    class Meta:
        """A machine's key names one list."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["world", "organisation", "client", "key"], name="upload_key_once", condition=~models.Q(key="")
            )
        ]
