"""Desk tables: calendar feeds and the daily mail a person asked for. No other organisation ever sees them."""

import uuid

from django.conf import settings
from django.db import models


class Feed(models.Model):
    """An address from which a calendar program reads one role's due days; only the SHA-256 of its secret is kept.

    `titles` tells whether the entries say what is due. Without it they say only that something is: calendar programs
    often hand what they read to a service outside the organisation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField()
    role = models.CharField(max_length=30)
    on_behalf_of = models.UUIDField(null=True)
    name = models.CharField(max_length=60)
    titles = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class DailyMail(models.Model):
    """A person's wish for one mail a day (Asia/Tokyo, from `hour` on) that counts what is due and new in one role."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="daily_mails")
    world = models.CharField(max_length=40)
    organisation = models.UUIDField()
    role = models.CharField(max_length=30)
    on_behalf_of = models.UUIDField(null=True)
    hour = models.PositiveSmallIntegerField()
    sent_on = models.DateField(null=True)

    class Meta:
        """One a person and role."""

        constraints = (
            models.UniqueConstraint(
                fields=["account", "world", "organisation", "role", "on_behalf_of"], name="daily_mail_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"
