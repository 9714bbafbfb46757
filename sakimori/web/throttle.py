"""Slowing down whoever guesses passwords (house rule): after a few failures in a row the next try has to wait.

The wait doubles with every further failure, up to a quarter of an hour, and is forgotten at the first success. It is
counted by log-in name, not by network address: behind a proxy all people come from one address.
"""

import hashlib
from datetime import timedelta

from django.db import transaction

from sakimori.acts import clock
from sakimori.web.models import FailedLogin

FREE_TRIES = 5
_FIRST_WAIT_SECONDS = 10
_LONGEST_WAIT_SECONDS = 900


def _digest(login: str) -> str:
    return hashlib.sha256(login.casefold().encode()).hexdigest()


def seconds_to_wait(login: str) -> int:
    """Return how many seconds this log-in name must wait before the next try; 0 where it may try now."""
    found = FailedLogin.objects.filter(digest=_digest(login)).first()
    if found is None or found.wait_until is None:
        return 0
    return max(0, -(-int((found.wait_until - clock.wall()).total_seconds() * 1000) // 1000))


def failed(login: str) -> None:
    """Count one failure."""
    with transaction.atomic():
        row, _ = FailedLogin.objects.select_for_update().get_or_create(digest=_digest(login))
        row.failures += 1
        if row.failures >= FREE_TRIES:
            wait = min(_FIRST_WAIT_SECONDS * 2 ** min(row.failures - FREE_TRIES, 10), _LONGEST_WAIT_SECONDS)
            row.wait_until = clock.wall() + timedelta(seconds=wait)
        row.save()


def succeeded(login: str) -> None:
    """Forget the failures."""
    FailedLogin.objects.filter(digest=_digest(login)).delete()
