"""Who needs a second factor, and how long a proof stays fresh (house rules; the numbers lie in the law book)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from sakimori import law
from sakimori.acts import clock
from sakimori.record import Viewer
from sakimori.web.access.spans import span

PROVED, SECOND, ENTERED, SEEN = "access.proved", "access.second", "access.entered", "access.seen"
"""Session keys: when it last proved who it is (ISO time), whether with a second factor, its beginning, its last use."""


def second_factor_required() -> bool:
    """Return whether this deployment demands a second factor of the roles that confirm.

    `second_factor` in `deployment.json`: `required` or `optional`. Left out, it is required, except in a sample world.
    """
    said = settings.SAKIMORI_DEPLOYMENT.get("second_factor")
    if said is not None:
        return bool(said == "required")
    return clock.world(str(settings.SAKIMORI_DEPLOYMENT["default_world"])).fixed is None


def roles_with_second() -> frozenset[str]:
    """Return the roles that need a second factor."""
    listed = law.parameter("house.access.second_factor").value
    return frozenset(str(role) for role in listed) if isinstance(listed, (list, tuple)) else frozenset()


def lacks_second(request: HttpRequest, viewer: Viewer) -> bool:
    """Return whether this session may not go on in this role before a second factor is set up."""
    if viewer.token is not None or request.session.get(SECOND):
        return False
    return viewer.role in roles_with_second() and second_factor_required()


def fresh_for() -> timedelta:
    """Return how long a proof of who one is stays fresh."""
    return span("fresh")


def is_fresh(request: HttpRequest) -> bool:
    """Return whether this session has proved who it is just now."""
    said = request.session.get(PROVED)
    if not said:
        return False
    age = clock.wall() - datetime.fromisoformat(said)
    return timedelta(0) <= age <= fresh_for()


def is_over(request: HttpRequest) -> bool:
    """Return whether this session has lasted its time, or nobody used it for long (NIST SP 800-63B, 4.2.3)."""
    said = request.session.get(ENTERED)
    if not said:
        return True
    now = clock.wall()
    seen = request.session.get(SEEN, said)
    return now - datetime.fromisoformat(said) > span("session") or now - datetime.fromisoformat(seen) > span("idle")


def note_use(request: HttpRequest) -> None:
    """Note that somebody used this session just now."""
    now = clock.wall().isoformat(timespec="minutes")  # a session is not written anew for every picture of a page
    if request.session.get(SEEN) != now:
        request.session[SEEN] = now


def prove(request: HttpRequest, *, second: bool) -> None:
    """Note that this session has just proved who it is."""
    request.session[PROVED] = clock.wall().isoformat()
    if second:
        request.session[SECOND] = True
