"""Desk table of the frame: how often a log-in failed just now. No other organisation ever sees it."""

from django.db import models


class FailedLogin(models.Model):
    """Failures in a row for one log-in name (kept as a digest, so that typed passwords never lie around)."""

    digest = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.digest[:8]}: {self.failures}"
