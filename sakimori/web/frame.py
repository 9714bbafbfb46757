"""What every page shows around its content: deployment, world stamp, organisation and role, navigation, language."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop

from sakimori.acts import authority, clock, standing
from sakimori.pages import Nav
from sakimori.pages.navigation import ANYBODY
from sakimori.pages.words import label
from sakimori.record import Viewer, every_role
from sakimori.text import Text
from sakimori.web import names, rooms
from sakimori.web.viewing import world_of

_EVERYBODY = ANYBODY | {("any", "administrator")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation as shown; `apart` is the first of the rooms, set off from one's own tasks."""

    label: str
    url: str
    here: bool
    apart: bool = False


_FILERS = every_role("operator", "ministry", roles=("reporter", "officer"))
_OWN = (
    Nav(gettext_noop("Desk"), "desk", _EVERYBODY),
    Nav(gettext_noop("Obligations"), "obligations"),
    Nav(gettext_noop("Calendar"), "calendar"),
    Nav(gettext_noop("Proposals"), "proposals", _EVERYBODY),
    Nav(gettext_noop("Inbox"), "inbox"),
    Nav(gettext_noop("Acts done"), "acts", _EVERYBODY),
    Nav(gettext_noop("New act"), "new_acts", _EVERYBODY),
    Nav(gettext_noop("Search"), "search", _EVERYBODY),
    Nav(gettext_noop("Documents kept"), "records", frozenset({("any", "administrator"), ("committee", "secretariat")})),
    Nav(gettext_noop("Set-up"), "enrol:start", frozenset({("any", "administrator")})),
    Nav(gettext_noop("Log-ins"), "access:people", frozenset({("any", "administrator")})),
    Nav(gettext_noop("Consents"), "enrol:consents", every_role("operator", roles=("approver",))),
    Nav(gettext_noop("Filing windows"), "enrol:windows", _FILERS),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's part of every template's context."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    title = Text(**settings.SAKIMORI_DEPLOYMENT["title"])
    language = get_language() or "ja"
    found: dict[str, Any] = {
        "deployment": title.pick(language),
        "viewer": viewer,
        "languages": settings.LANGUAGES,
        "language": language,
        "navigation": [],
        "read_only": standing.current().why.pick(language),
        "trail": [],
    }
    if viewer is None:
        found["stamp"] = clock.world(world_of(request) if hasattr(request, "session") else _default()).stamp
        return found
    found["stamp"] = clock.world(viewer.world).stamp
    found["organisation"] = names.capacity(viewer)
    found["role"] = label(viewer.role)
    found["today"] = clock.today(viewer.world)
    found["navigation"] = _entries(request, viewer)
    found["trail"] = _trail(request, found["navigation"])
    return found


def _trail(request: HttpRequest, entries: list[Entry]) -> list[Entry]:
    """Return the way down to a page that lies below an entry of the navigation, the desk first; empty on the entry."""
    above = [entry for entry in entries if entry.here and entry.url not in ("/", request.path)]
    return [*(entry for entry in entries[:1] if entry not in above), *above] if request.path != "/" and above else []


def _default() -> str:
    return str(settings.SAKIMORI_DEPLOYMENT["default_world"])


def _entries(request: HttpRequest, viewer: Viewer) -> list[Entry]:
    given = authority.given(viewer)
    open_rooms = None if given is None else {kind.partition(".")[0] for kind in given}
    in_rooms = [one for one in rooms.navigation() if open_rooms is None or one.url.partition(":")[0] in open_rooms]
    shown = [entry for entry in (*_OWN, *in_rooms) if entry.shown_to(viewer)]
    entries = [(gettext(entry.label), reverse(entry.url), entry) for entry in shown]
    here = max((url for _, url, _ in entries if request.path.startswith(url)), key=len, default="")
    first = next((entry for entry in shown if entry not in _OWN), None)
    return [
        Entry(name, url, url == here and (url != "/" or request.path == "/"), entry is first)
        for name, url, entry in entries
    ]
