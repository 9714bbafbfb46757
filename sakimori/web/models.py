"""Desk tables of the frame: failed log-ins, invitations, forms kept, identities bound. Nobody else sees them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class FailedLogin(models.Model):
    """Failures in a row for one source (kept as a digest, so that typed passwords never lie around)."""

    digest = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.digest[:8]}: {self.failures}"


class Invitation(models.Model):
    """A one-time link to choose a password; only the SHA-256 of its secret is kept.

    `purpose` is `first` or `recovery`; a recovery names the act it follows from. It is spent at `used_at`.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=10, default="first")
    act = models.UUIDField(null=True, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.digest[:8]}"


class KeptForm(models.Model):
    """What an account typed into a form that could not be taken at once (session over, page too old, proof needed).

    Never files, never passwords. Given back to that account only, for a few hours.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_forms")
    path = models.CharField(max_length=2000)
    fields = models.JSONField()
    files = models.JSONField(default=list)
    reason = models.CharField(max_length=10)
    kept_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.path} {self.reason}"


class Identity(models.Model):
    """A provider's identity bound to an account: issuer and subject name a person (OpenID Connect Core 1.0, 2)."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        """An identity is one person's."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.id}"
