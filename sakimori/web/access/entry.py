"""Entering: what happens once it is clear who somebody is."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from sakimori.parties.models import Account

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def enter(request: HttpRequest, account: Account, *, after: str) -> HttpResponse:
    """Start the account's session and lead on to `after`."""
    login(request, account, backend=_BACKEND)
    return HttpResponseRedirect(after)
