"""Who calls: a person's session (with CSRF token for anything that writes), or an organisation's bearer token.

The viewer itself is put in place by `sakimori.web.viewing` before any operation runs; these classes make the API ask
for it, check CSRF where a cookie is the credential, and name both ways in the OpenAPI document.
"""

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from sakimori.record import Viewer


def _viewer(request: HttpRequest) -> Viewer | None:
    found: Viewer | None = getattr(request, "viewer", None)
    return found


class TokenAuth(HttpBearer):
    """`Authorization: Bearer <token>`; organisation, role and world are fixed on the token."""

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """Return the token's viewer."""
        viewer = _viewer(request)
        return viewer if viewer is not None and viewer.token is not None else None


class SessionAuth(APIKeyCookie):
    """The session of a person who has logged in on the site; unsafe methods need the header `X-CSRFToken`."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        """Return the session's viewer."""
        viewer = _viewer(request)
        return viewer if viewer is not None and viewer.token is None else None


TOKEN = TokenAuth()
SESSION = SessionAuth()
