"""Where somebody is logged in: list, end one, end all others.

Over the sessions table of django-allauth. A session also ends by itself when the password changes, the account is
disabled or recovered: Django checks both at every request.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from sakimori.parties.models import Account

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/[\d.]+ .*Safari/"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One session as its owner sees it."""

    id: int
    since: datetime
    browser: str
    address: str
    current: bool


def listed(request: HttpRequest, account: Account) -> list[Session]:
    """Return the account's living sessions, this one first, then the newest; dead ones are swept out."""
    found = [
        Session(
            one.pk, one.created_at, family(one.user_agent), str(one.ip), one.session_key == request.session.session_key
        )
        for one in UserSession.objects.purge_and_list(account)
    ]
    return sorted(found, key=lambda one: (not one.current, -one.since.timestamp()))


def family(user_agent: str) -> str:
    """Return browser and system in two words; empty where the browser does not say.

    >>> family("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0")
    'Firefox, Windows'
    """
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, user_agent)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, user_agent)), "")
    return ", ".join(one for one in (browser, system) if one)


def browser_of(request: HttpRequest) -> str:
    """Return the browser of a request in two words."""
    return family(request.META.get("HTTP_USER_AGENT", ""))


def end(account: Account, session: int) -> None:
    """End one session of the account; nothing where it has no such session."""
    found = UserSession.objects.filter(user=account, pk=session).first()
    if found is not None:
        found.end()


def end_others(request: HttpRequest, account: Account) -> None:
    """End every session of the account but the one of this request."""
    for one in UserSession.objects.filter(user=account).exclude(session_key=request.session.session_key):
        one.end()


def renew(request: HttpRequest, account: Account) -> None:
    """Keep this session's entry in the list when its key has changed; what ended with the old password is swept out."""
    UserSession.objects.purge_and_list(account)
    UserSession.objects.create_from_request(request)
