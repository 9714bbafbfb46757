"""Known devices: a signed cookie says that somebody has logged in from this browser before.

Guessing is slowed down by name and network; whoever has logged in from this device before is counted apart, so that a
stranger's failures lock nobody out of the own desk. The cookie opens nothing by itself.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from sakimori.web.access.spans import span

_SALT = "sakimori.device"


def _age() -> int:
    return int(span("device").total_seconds())


def _name() -> str:
    return settings.SESSION_COOKIE_NAME.replace("_session", "_device")


def known(request: HttpRequest, login: str) -> str:
    """Return this device's number if that name has logged in from it before; empty where not."""
    try:
        said = signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT, max_age=_age())
        return str(said["device"]) if login.casefold() in said["logins"] else ""
    except (signing.BadSignature, TypeError, KeyError):
        return ""


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Note on the device that this name has logged in from it (the last eight names, on shared machines)."""
    try:
        said = signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT, max_age=_age())
        device, logins = str(said["device"]), [one for one in said["logins"] if one != login.casefold()]
    except (signing.BadSignature, TypeError, KeyError):
        device, logins = secrets.token_urlsafe(12), []
    value = signing.dumps({"device": device, "logins": [*logins[-7:], login.casefold()]}, salt=_SALT)
    response.set_cookie(
        _name(), value, max_age=_age(), httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
    )
