"""Slowing down whoever guesses (house rule): after a few failures in a row the next try has to wait.

Counted twice: by log-in name and network together, so that a stranger elsewhere locks nobody out; and by network alone,
so that trying many names from one place is slow too. A device from which that name has logged in before is counted by
itself only. The wait doubles with every further failure up to a quarter of an hour, and an hour without failures
forgets them. A success forgets the failures of its name there, never those of the network.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from sakimori.acts import clock
from sakimori.web.access import devices
from sakimori.web.access.spans import span
from sakimori.web.models import FailedLogin

FREE_TRIES = 5
FREE_TRIES_OF_A_NETWORK = 30
_FIRST_WAIT_SECONDS = 10
_LONGEST_WAIT_SECONDS = 900
_PREFIX = {4: 24, 6: 56}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a try comes from: `own` is counted for the name, `network` (empty on a known device) for the place."""

    own: str
    network: str


def network_of(request: HttpRequest) -> str:
    """Return the network a request comes from: /24 of an IPv4 address, /56 of an IPv6 one; `unknown` without one.

    Behind proxies `SAKIMORI_PROXIES` says how many of them are ours; else every request comes from the proxy.
    """
    try:
        address = ipaddress.ip_address(str(get_client_ip(request) or ""))
    except (ValueError, PermissionDenied, ImproperlyConfigured):
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/{_PREFIX[address.version]}", strict=False))


def source(request: HttpRequest, login: str) -> Source:
    """Return where a try with this name comes from."""
    device = devices.known(request, login)
    if device:
        return Source(_digest("device", device, login), "")
    network = network_of(request)
    return Source(_digest("name", network, login), _digest("network", network))


def source_without_name(request: HttpRequest) -> Source:
    """Return where a try without a name comes from (a passkey alone): counted for the network only."""
    return Source("", _digest("network", network_of(request)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).casefold().encode()).hexdigest()


def seconds_to_wait(tried: Source) -> int:
    """Return how many seconds this source must wait before the next try; 0 where it may try now."""
    now = clock.wall()
    rows = FailedLogin.objects.filter(digest__in=[one for one in (tried.own, tried.network) if one])
    waits = [(row.wait_until - now).total_seconds() for row in rows if row.wait_until is not None]
    return max([0, *(-(-int(wait * 1000) // 1000) for wait in waits)])


def failed(tried: Source) -> None:
    """Count one failure."""
    now = clock.wall()
    with transaction.atomic():
        FailedLogin.objects.filter(wait_until__lt=now - 2 * span("failures")).delete()
        if tried.own:
            _count(tried.own, FREE_TRIES)
        if tried.network:
            _count(tried.network, FREE_TRIES_OF_A_NETWORK)


def _count(digest: str, free: int) -> None:
    now = clock.wall()
    row, _ = FailedLogin.objects.select_for_update().get_or_create(digest=digest)
    if row.wait_until is not None and row.wait_until < now - span("failures"):
        row.failures = 0
    row.failures += 1
    wait = 0
    if row.failures >= free:
        wait = min(_FIRST_WAIT_SECONDS * 2 ** min(row.failures - free, 10), _LONGEST_WAIT_SECONDS)
    row.wait_until = now + timedelta(seconds=wait)
    row.save()


def succeeded(tried: Source) -> None:
    """Forget the failures of this name from there."""
    FailedLogin.objects.filter(digest=tried.own).delete()
