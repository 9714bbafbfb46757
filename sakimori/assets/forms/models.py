"""Official templates handed in by a user (desk), and which template was filled with what (record)."""

import uuid
from typing import ClassVar

from django.db import models

from sakimori.record import RecordModel


class FormTemplate(models.Model):
    """An official template as a user supplied it (desk table), and where its items go.

    `digest` is the SHA-256 of `content`, an .xlsx file without macros; `form` the form it is for (`notification`,
    `change`, …); `cells` the cell map (`forms.cellmap`), None while nobody has said where the items go.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField(db_index=True)
    person = models.UUIDField(null=True)
    form = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    cells = models.JSONField(null=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        """The same file is kept once for a form."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "organisation", "form", "digest"], name="form_template_once")
        ]


class FilledForm(RecordModel):
    """Which template was filled with what: digests of the template, of the cell map and of the letter.

    `copies` is how many files it took where the table of the template was too short.
    """

    organisation = models.UUIDField(db_index=True)
    act = models.UUIDField()
    form = models.CharField(max_length=20)
    template = models.CharField(max_length=64)
    template_name = models.CharField(max_length=200)
    cells = models.CharField(max_length=64)
    letter = models.CharField(max_length=64, db_index=True)
    copies = models.PositiveIntegerField()
    filled_at = models.DateTimeField()
