"""Who looks: every request gets its viewer here, or goes no further. Deny by default.

The only addresses open to anybody are listed in `PUBLIC`; leaving and choosing a role need a person who has logged in;
everything else needs a viewer: a person in one role of one organisation in one world, kept in the session, or a
machine's token on the API. Memberships are looked up anew at every request, so a role that has ended is gone at once.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakimori.acts import authority, clock
from sakimori.parties import secrets
from sakimori.parties.models import Organisation, Token
from sakimori.parties.queries import viewers_of
from sakimori.record import Viewer
from sakimori.web.access import open as access
from sakimori.web.access import policy
from sakimori.web.problems import by_status

PUBLIC = (
    frozenset({"login", "language", "health", "live", "help", "envelopes", "catch_up", "calendar_feed"}) | access.PUBLIC
)
"""URL names anybody may call. Envelopes carry their own signatures and are refused unless they verify."""

PERSON_ONLY = frozenset({"logout", "role"}) | access.PERSON_ONLY
"""URL names that need a logged-in person, but no chosen role."""

API = "/api/"
_BEARER = "Bearer "
View = Callable[..., HttpResponse]


class ViewerMiddleware:
    """Puts `request.viewer` in place before any view runs; `None` on public pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; no page of a logged-in person is kept by any cache."""
        request.viewer = None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.viewer is not None:  # type: ignore[attr-defined]
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, _view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return None to go on with a viewer in place, or the answer to whoever has none."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in PUBLIC:
            return None
        if request.path.startswith(API):
            return _on_api(request)
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
        if name in PERSON_ONLY:
            request.viewer = chosen(request)  # type: ignore[attr-defined]
            return None
        return _on_page(request)


def _on_page(request: HttpRequest) -> HttpResponse | None:
    viewer = chosen(request)
    if viewer is not None and policy.lacks_second(request, viewer):
        return HttpResponseRedirect(
            f"{reverse('access:mine')}?{urlencode({'needed': 1, 'next': request.get_full_path()})}"
        )
    if viewer is not None:
        request.viewer = viewer  # type: ignore[attr-defined]
        return None
    if possible(request, world_of(request)):
        return HttpResponseRedirect(f"{reverse('role')}?{urlencode({'next': request.get_full_path()})}")
    return render(request, "web/no_role.html", status=403)


def _on_api(request: HttpRequest) -> HttpResponse | None:
    given = request.headers.get("Authorization", "")
    if given:
        viewer = viewer_of_token(given.removeprefix(_BEARER)) if given.startswith(_BEARER) else None
    else:
        viewer = chosen(request) if request.user.is_authenticated else None
        viewer = None if viewer is None or policy.lacks_second(request, viewer) else viewer
    if viewer is None:
        refused = by_status(request, 401)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    request.viewer = viewer  # type: ignore[attr-defined]
    return None


def world_of(request: HttpRequest) -> str:
    """Return the world chosen in this session; the deployment's default where none is chosen or it is gone."""
    wanted = request.session.get("world", "")
    return wanted if wanted in clock.worlds() else str(settings.SAKIMORI_DEPLOYMENT["default_world"])


def possible(request: HttpRequest, world: str) -> list[Viewer]:
    """Return every role the logged-in person may act in today in a world, its own ones first.

    Then, for each of them but an administrator's, the organisations that have delegated something to its own (委任).
    """
    person: uuid.UUID | None = getattr(request.user, "person", None)
    return [] if person is None else possible_for(person, world)


def possible_for(person: uuid.UUID, world: str) -> list[Viewer]:
    """Return every role a person may act in today in a world, as `possible` does for whoever is logged in."""
    base, today = clock.world(world).base, clock.today(world)
    own = viewers_of(person, world, base, today)
    standing_in = [
        replace(viewer, on_behalf_of=principal)
        for viewer in own
        if viewer.role != "administrator"
        for principal in authority.principals(viewer.organisation, base, today)
    ]
    return [*own, *standing_in]


def key_of(viewer: Viewer) -> str:
    """Return how a role is named in the session and on the role page; acting for another, that one's id too."""
    own = f"{viewer.organisation}/{viewer.role}"
    return f"{own}/{viewer.on_behalf_of}" if viewer.on_behalf_of else own


def chosen(request: HttpRequest) -> Viewer | None:
    """Return the viewer of this session: the role chosen, or the only one there is; None where one must be chosen."""
    found = possible(request, world_of(request))
    wanted = request.session.get("role", "")
    mine = [viewer for viewer in found if key_of(viewer) == wanted]
    if mine:
        return mine[0]
    own = [viewer for viewer in found if viewer.on_behalf_of is None]
    return own[0] if len(own) == 1 else None


def viewer_of_token(secret: str) -> Viewer | None:
    """Return the viewer a token stands for (role and world are fixed on it), or None where it is not valid."""
    token = Token.objects.filter(digest=secrets.digest(secret), revoked=False).first()
    if token is None or (token.valid_until is not None and token.valid_until < clock.wall().date()):
        return None
    if token.world not in clock.worlds():
        return None
    organisation = Organisation.objects.filter(id=token.organisation, world=clock.world(token.world).base).first()
    if organisation is None:
        return None
    return Viewer(None, organisation.id, organisation.type, token.role, token.world, token=token.id, name=token.name)
