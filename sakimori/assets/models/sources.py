"""Files on their way in, and what people decided about files of their kind (desk tables)."""

import uuid
from typing import ClassVar

from django.db import models


class SourceFile(models.Model):
    """A file handed in, read into sheets and waiting for somebody to say what its columns are (desk table).

    `format` is what its contents are; `sheets` describes each sheet (name, heading, rows, hidden, columns, notes) in
    order; `remarks` says in both languages what was not read. The rows stand in `SourceSheet`, the file itself is not
    kept. `digest` is the SHA-256 of its bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField(db_index=True)
    person = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    sheets = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    taken_at = models.DateTimeField()


class SourceSheet(models.Model):
    """The rows of one sheet of a file (desk table): compressed JSON lines, each a line number and its cells."""

    file = models.ForeignKey(SourceFile, on_delete=models.CASCADE, related_name="contents")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        """A sheet has its number in the file."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "number"], name="source_sheet_once")]


class SourceProfile(models.Model):
    """What an operator decided about files of one source with one set of headings (desk table).

    `mapping` is which column gives which field, what their words mean, and what holds for the whole file (see
    `sources.mapping`); `precedence` says of a field whether this source prevails over the others.
    """

    world = models.CharField(max_length=40)
    organisation = models.UUIDField(db_index=True)
    source = models.CharField(max_length=200)
    headings = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    precedence = models.JSONField(default=dict)
    person = models.UUIDField(null=True)
    saved_at = models.DateTimeField()

    class Meta:
        """One decision for a source and its headings."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "organisation", "source", "headings"], name="source_profile_once")
        ]
