"""What the rooms bring to the site, found by their names: pages, API routers, navigation, where their things are shown.

A room's `views.py` may offer `urlpatterns` (mounted below `/<room>/`, names prefixed `<room>:`), `NAV` (entries of the
main navigation), `SUBJECT_URLS` (subject type → URL name that takes the thing's id) and `PROPOSAL_URLS` (act kind → URL
name of its own page for the second person; or that name and the field of the payload the page is asked for by),
`PROPOSAL_NOTES` (act kind → what is to be known of an open proposal before somebody decides: `pages/proposed.py`),
`NEXT_STEPS` (subject type → what comes next of such a thing for a viewer: a sentence and links, or None),
`START_URLS` (act kind → URL name of the page where one begins it, where the generated form is not the best); its
`desk.py` `BLOCKS` of desks (`pages/desks.py`), `NAMES` (subject type → reading that names such things, given their
ids in `about`) and `FINDS` for the search (`pages/finding.py`); its `api.py` a django-ninja `router` (mounted
below `/api/v1/<room>/`).
"""

import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.urls import NoReverseMatch, Resolver404, URLResolver, include, path, resolve, reverse

from sakimori.acts import registry
from sakimori.pages import Nav, rows_or_none
from sakimori.pages.desks import Block
from sakimori.pages.finding import Find
from sakimori.pages.proposed import Note
from sakimori.record import Viewer

_FLOOR = {"acts.act": "act", "acts.proposal": "proposal", "acts.notice": "notice"}


@cache
def _modules(part: str) -> tuple[tuple[str, ModuleType], ...]:
    named = [(room, f"sakimori.{room}.{part}") for room in registry.rooms()]
    return tuple((room, import_module(name)) for room, name in named if find_spec(name) is not None)


def url_patterns() -> list[URLResolver]:
    """Return the rooms' pages, each below its room's name."""
    return [
        path(f"{room}/", include((module.urlpatterns, room)))
        for room, module in _modules("views")
        if hasattr(module, "urlpatterns")
    ]


def api_routers() -> list[tuple[str, Any]]:
    """Return the rooms' API routers by room name."""
    return [(room, module.router) for room, module in _modules("api") if hasattr(module, "router")]


@cache
def navigation() -> tuple[Nav, ...]:
    """Return the rooms' entries of the main navigation, in the rooms' order."""
    return tuple(entry for _, module in _modules("views") for entry in getattr(module, "NAV", ()))


@cache
def subject_urls() -> dict[str, str]:
    """Return the URL name of the page that shows a thing, by subject type."""
    found = dict(_FLOOR)
    for _, module in _modules("views"):
        found.update(getattr(module, "SUBJECT_URLS", {}))
    return found


def subject_url(subject_type: str, subject: uuid.UUID | str | None, viewer: Viewer | None = None) -> str:
    """Return where a thing is shown; empty where no room shows it, or where the room is none of the viewer's."""
    name = subject_urls().get(subject_type, "")
    if not name or subject is None or (viewer is not None and not _open_to(viewer, name.rpartition(":")[0])):
        return ""
    try:
        return reverse(name, args=[subject])
    except NoReverseMatch:
        return ""


def is_open(link: str, viewer: Viewer) -> bool:
    """Return whether a link to a page of ours leads to a room that offers the viewer anything."""
    try:
        return _open_to(viewer, resolve(link.partition("?")[0]).namespace)
    except Resolver404:
        return False


def _open_to(viewer: Viewer, room: str) -> bool:
    """Return whether a room offers the viewer anything in the navigation; what has no room, and rooms without, are."""
    entries = [entry for entry in navigation() if entry.url.rpartition(":")[0] == room] if room else []
    return not entries or any(entry.shown_to(viewer) for entry in entries)


def next_steps(subject_type: str, subject: uuid.UUID, viewer: Viewer) -> tuple[str, list[tuple[str, str]]] | None:
    """Return what the room says comes next of a thing: the sentence, links with labels; None where nothing does."""
    for _, module in _modules("views"):
        found = getattr(module, "NEXT_STEPS", {}).get(subject_type)
        if found is not None:
            told: tuple[str, list[tuple[str, str]]] | None = found(viewer, subject)
            return told
    return None


def proposal_url(kind: str, proposal: uuid.UUID | str, payload: Mapping[str, Any]) -> str:
    """Return the room's own page for a proposal of this kind; empty where the frame's is the only one."""
    for _, module in _modules("views"):
        found = getattr(module, "PROPOSAL_URLS", {}).get(kind)
        if found is None:
            continue
        name, field = (found, "") if isinstance(found, str) else found
        try:
            return reverse(name, args=[payload[field] if field else proposal])
        except (KeyError, NoReverseMatch):
            return ""
    return ""


def proposal_note(viewer: Viewer, row: Mapping[str, Any]) -> Note | None:
    """Return what the room says of an open proposal (`kind`, `payload`) to this viewer; None where it says nothing."""
    for _, module in _modules("views"):
        found = getattr(module, "PROPOSAL_NOTES", {}).get(row["kind"])
        if found is not None:
            note: Note | None = found(viewer, row)
            return note
    return None


def proposal_fields() -> set[str]:
    """Return the fields of payloads by which rooms find the page of a proposal."""
    given = (one for _, module in _modules("views") for one in getattr(module, "PROPOSAL_URLS", {}).values())
    return {one[1] for one in given if not isinstance(one, str)}


def start_url(kind: str) -> str:
    """Return where an act of the kind is begun: the room's own page where it has one, else the generated form."""
    for _, module in _modules("views"):
        name = getattr(module, "START_URLS", {}).get(kind)
        if name:
            return reverse(name)
    return reverse("new_act", args=[kind])


@cache
def desk_blocks() -> dict[str, Block]:
    """Return what the rooms put on desks, by the blocks' names."""
    return {block.name: block for _, module in _modules("desk") for block in module.BLOCKS}


@cache
def _naming() -> dict[str, str]:
    return {kind: query for _, module in _modules("desk") for kind, query in getattr(module, "NAMES", {}).items()}


def subject_names(viewer: Viewer, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the things are called that rows are about (`subject_type`, `subject`), by id as text.

    Only for things of which the viewer may know the name: which facility a duty is for, which event a report is about.
    """
    return {identity: said["name"] for identity, said in subjects(viewer, rows).items()}


def subjects(viewer: Viewer, rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return what the rooms say of the things that rows are about, by id as text: `name`, and `settled_by` where given.

    `settled_by` is the kind that does what is owed about this very thing, where several kinds settle the rule.
    """
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row["subject_type"] in _naming():
            wanted.setdefault(_naming()[row["subject_type"]], set()).add(str(row["subject"]))
    return {
        str(one["id"]): one
        for query, ids in wanted.items()
        for one in rows_or_none(viewer, query, about=",".join(sorted(ids))) or []
    }


def names_of(viewer: Viewer, ids: Iterable[Any]) -> dict[Any, str]:
    """Return the names of those of the things that the rooms can name to this viewer, by the ids given."""
    wanted = {str(one): one for one in ids}
    rows = ({"subject_type": kind, "subject": one} for kind in _naming() for one in wanted)
    return {wanted[one]: name for one, name in subject_names(viewer, rows).items()}


@cache
def finds() -> tuple[Find, ...]:
    """Return what the rooms let the search box look through, in the rooms' order."""
    return tuple(find for _, module in _modules("desk") for find in getattr(module, "FINDS", ()))
