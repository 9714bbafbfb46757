"""The log-ins of one's own people, for administrators: who has what, and what can be done about it.

Nothing is done here: every button leads to the form of its act, so that it is proposed, confirmed and recorded.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sakimori.acts import clock, reading
from sakimori.pages import viewer_of
from sakimori.parties.models import Account
from sakimori.text import Text
from sakimori.web.access import factors


@dataclass(frozen=True, slots=True)
class LogIn:
    """One person's log-in; `state`: none, invited, active or disabled. `own` is the administrator looking."""

    person: uuid.UUID
    name: str
    login: str
    state: str
    second: bool
    own: bool


@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the log-ins of the administrator's own organisation."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "parties.people", world=clock.world(viewer.world).base)
    accounts = {one.person: one for one in Account.objects.filter(person__in=[row["id"] for row in rows])}
    found = [_log_in(row, accounts.get(row["id"]), viewer.person) for row in rows]
    return render(request, "web/access/people.html", {"people": found})


def _log_in(row: Mapping[str, Any], account: Account | None, me: uuid.UUID | None) -> LogIn:
    name = Text(row["name_ja"], row["name_en"] or row["name_ja"]).pick(get_language() or "ja")
    own = row["id"] == me
    if account is None:
        return LogIn(row["id"], name, "", "none", second=False, own=own)
    second = factors.has_second(account)
    state = "active" if second or account.has_usable_password() else "invited"
    return LogIn(row["id"], name, account.login, state if account.is_active else "disabled", second=second, own=own)
