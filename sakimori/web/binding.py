"""Forms stay bound to the capacity they were opened in (house rule): account, world, organisation, role.

Whoever opened a form as a reporter of one company and has since become an approver of another is asked before anything
is done: everything typed is kept, and the form may be sent in the old capacity or looked at again in the new one. Runs
before `viewing`, on every form of the site; the API names its capacity in its token or session and has no forms.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from sakimori.acts import clock
from sakimori.pages.words import choice, label
from sakimori.record import Viewer
from sakimori.web import names, stamps
from sakimori.web.access import keeping
from sakimori.web.refilling import refill
from sakimori.web.stamps import Stamp
from sakimori.web.viewing import API, PERSON_ONLY, PUBLIC, View, chosen, key_of, possible

CAPACITY = "capacity"
"""Field by which the page of this module says what to do: `opened` (as it was opened), `review` (look again as now)."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SECRETS = frozenset({"csrfmiddlewaretoken", "password", stamps.FIELD, CAPACITY})
_HIDDEN = frozenset({"key", "digest", "batch", "next"})
_LONGEST_SHOWN = 2000
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One field of the form as it came: its name, all values, and how it is shown to people."""

    name: str
    label: str
    values: list[str]
    shown: str


class BindingMiddleware:
    """Lets a form through only in the capacity it was opened in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; a form looked at again gets back what was typed."""
        response = self.get_response(request)
        typed = getattr(request, "typed_before", None)
        if typed is not None and response.headers.get("Content-Type", "").startswith("text/html"):
            charset = response.charset
            response.content = refill(response.content.decode(charset), typed).encode(charset)
        return response

    def process_view(
        self, request: HttpRequest, view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return None to go on, or the page that asks in which capacity."""
        if request.method in _SAFE or request.path.startswith(API) or getattr(view, "csrf_exempt", False):
            return None
        match = request.resolver_match
        if (match.view_name if match else "") in PUBLIC | PERSON_ONLY:
            return None
        return _checked(request)


def _checked(request: HttpRequest) -> HttpResponse | None:
    stamp = stamps.read(request.POST.get(stamps.FIELD, ""))
    if not request.user.is_authenticated:
        return (keeping.over(request, stamp) or again(request, "ended", stamp)) if stamp else None
    now = chosen(request)
    if stamp is None:
        # A test client that leaves out CSRF tokens (Django's own switch) leaves out stamps too.
        unchecked = getattr(request, "_dont_enforce_csrf_checks", False)
        return None if unchecked else again(request, "unstamped", None)
    mine = stamp.account == str(request.user.pk)
    if mine and now is not None and stamp.fits(now):
        if request.POST.get(CAPACITY) == "review":
            _look_again(request)
        return None
    opened = _held(request, stamp) if mine else None
    if opened is not None and (now is None or request.POST.get(CAPACITY) == "opened"):
        request.session["world"], request.session["role"] = opened.world, key_of(opened)
        return None
    return again(request, "capacity" if mine else "account", stamp)


def _look_again(request: HttpRequest) -> None:
    """Have the view show its page instead of doing anything."""
    request.typed_before = {name: request.POST.getlist(name) for name in request.POST}  # type: ignore[attr-defined]
    request.method = request.META["REQUEST_METHOD"] = "GET"


def _held(request: HttpRequest, stamp: Stamp) -> Viewer | None:
    """Return the viewer a stamp speaks of, where this account still holds that role."""
    if stamp.world not in clock.worlds():
        return None
    return next((viewer for viewer in possible(request, stamp.world) if stamp.fits(viewer)), None)


def again(request: HttpRequest, reason: str, stamp: Stamp | None) -> HttpResponse:
    """Return the page that says why a form was not taken, keeps everything typed, and offers how to go on.

    `reason`: `capacity` (another role is active now), `account` (another account), `ended` (nobody is logged in),
    `stale` (the CSRF token is), `unstamped` (not one of our forms, or one of an older version).
    """
    person = request.user.is_authenticated
    now = chosen(request) if person else None
    request.viewer = now  # type: ignore[attr-defined]
    mine = stamp is not None and person and stamp.account == str(request.user.pk)
    opened = _held(request, stamp) if mine and stamp is not None else None
    return render(
        request,
        "web/again.html",
        {
            "reason": reason,
            "kept": kept(request),
            "files": [(name, one.name) for name in request.FILES for one in request.FILES.getlist(name)],
            "action": request.get_full_path(),
            "old_stamp": request.POST.get(stamps.FIELD, ""),
            "new_stamp": _seal(stamps.stamp_of(request)),
            "opened_as": _told(opened) if opened else "",
            "active_as": _told(now) if now else "",
            "was": label(stamp.role) if stamp is not None and opened is None and mine else "",
        },
        status=403 if reason in ("ended", "stale") else 409,
    )


def kept(request: HttpRequest) -> list[Kept]:
    """Return every field that was sent, secrets left out."""
    found = []
    for name in request.POST:
        if name in _SECRETS:
            continue
        values = request.POST.getlist(name)
        told = "" if name in _HIDDEN else gettext(", ").join(_shown(value) for value in values if value)
        found.append(Kept(name, label(name.removeprefix("f-").rpartition(".")[2]), values, told[:_LONGEST_SHOWN]))
    return found


def _shown(value: str) -> str:
    """Return a value as people know it: an identifier stands for what they chose from a list."""
    if _IDENTIFIER.fullmatch(value):
        return gettext("(chosen from a list)")
    return choice(value) if "_" in value else value


def _seal(stamp: Stamp | None) -> str:
    return stamps.sealed(stamp) if stamp else ""


def _told(viewer: Viewer) -> str:
    """Return a capacity in words: organisation, role, and the world where it is not the real one."""
    world = clock.world(viewer.world)
    parts = [names.capacity(viewer), label(viewer.role), world.stamp or ""]
    return " · ".join(part for part in parts if part)
