"""Asking: every page and every operation of the API, as everybody, for things of A, of B, and of nobody."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sakimori.parties.models import Account
from sakimori.web.api import document as openapi_document
from sakimori.web.viewing import PUBLIC, key_of
from tests.roles.cast import Asked
from tests.roles.conftest import Stage, undone
from tests.roles.things import world_of
from tests.support.deployment import WORLD

NOBODYS = uuid.UUID("00000000-0000-4000-8000-00000000dead")
V1 = "/api/v1"
_KEPT_IN_SESSION = {"login", "logout", "language", "role"}
"""Pages about the session itself: their POST is tested in tests/web."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask: part and name in the matrix, the case, method and address."""

    part: str
    name: str
    case: str
    method: str
    address: str
    world: str = WORLD


class NotCoveredError(AssertionError):
    """Something takes an argument for which no room has made a thing."""


def questions(stage: Stage) -> list[Question]:
    """Return every question, from the URL map and the OpenAPI document: nothing can be left out."""
    return [*_pages(stage), *_operations(stage)]


def _pages(stage: Stage) -> Iterator[Question]:
    for name, arguments in page_names():
        room = name.partition(":")[0] if ":" in name else "acts"
        for method in ("GET", "POST"):
            if method == "POST" and name in _KEPT_IN_SESSION:
                continue
            for case, values in _cases(stage, room, arguments, name):
                yield Question("page", f"{method} {name}", case, method, reverse(name, kwargs=values), world_of(room))


def page_names() -> list[tuple[str, tuple[str, ...]]]:
    """Return name and arguments of every page of the URL map (the API has its own document)."""
    return sorted(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], namespace: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            if one.namespace != "api":
                yield from _walk(one.url_patterns, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern):
            if not one.name:
                raise NotCoveredError(f"a page without a name: {one.pattern}")
            yield f"{namespace}{one.name}", tuple(one.pattern.converters)


def _operations(stage: Stage) -> Iterator[Question]:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            in_path = tuple(re.findall(r"\{(\w+)\}", path))
            needed = [one for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")]
            in_query = tuple(one["name"] for one in needed)
            room = _room_of(path)
            name = f"{method.upper()} {path.removeprefix(V1)}"
            for case, values in _cases(stage, room, (*in_path, *in_query), name):
                address = path
                for argument in in_path:
                    address = address.replace(f"{{{argument}}}", str(values[argument]))
                query = "&".join(f"{argument}={values[argument]}" for argument in in_query)
                yield Question(
                    "api", name, case, method.upper(), f"{address}?{query}" if query else address, world_of(room)
                )
    yield Question("api", "GET /openapi.json", "", "GET", f"{V1}/openapi.json")


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    found: dict[str, Any] = json.loads(openapi_document())
    return found


def _room_of(path: str) -> str:
    """Return the room whose thing a path's arguments name: queries carry it in their name, the floor's are `acts`."""
    parts = path.removeprefix(V1).strip("/").split("/")
    if parts[0] == "queries":
        return parts[1].partition(".")[0]
    return "acts" if parts[0] in ("acts", "proposals", "batches", "receipts") else parts[0]


def _cases(
    stage: Stage, room: str, arguments: tuple[str, ...], name: str
) -> Iterator[tuple[str, dict[str, str | uuid.UUID]]]:
    if not arguments:
        yield "", {}
        return
    for side in ("A", "B"):
        ids = stage.made[side].ids
        missing = [argument for argument in arguments if f"{room}.{argument}" not in ids]
        if missing and side == "A":
            raise NotCoveredError(
                f"{name} asks for {room}.{missing[0]}: let tests/roles/things/{room}.py make one for each side"
            )
        if not missing:
            yield side, {argument: ids[f"{room}.{argument}"] for argument in arguments}
    own = {argument: stage.made["A"].ids[f"{room}.{argument}"] for argument in arguments}
    if any(isinstance(value, uuid.UUID) for value in own.values()):
        nobodys = {name: NOBODYS if isinstance(value, uuid.UUID) else value for name, value in own.items()}
        yield "nobody", nobodys


def client_of(asked: Asked | None, world: str = WORLD) -> Client:
    """Return somebody's browser; a stranger's where nobody is named. A fault shows as the status it has outside."""
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    if asked is None:
        return client
    viewer = asked.viewer(world)
    account, _ = Account.objects.get_or_create(login=str(asked), defaults={"person": viewer.person})
    client.force_login(account)
    session = client.session
    session["world"], session["role"] = world, key_of(viewer)
    session.save()
    return client


def ask(client: Client, question: Question) -> HttpResponse:
    """Return the answer; whatever it changed is taken back."""
    with undone():
        if question.method == "GET":
            answer = client.get(question.address)
        elif question.part == "api":
            answer = client.generic(question.method, question.address, b"{}", content_type="application/json")
        else:
            answer = client.post(question.address, {})
        answer.content  # noqa: B018 - rendered before the rollback
        return answer


def outcome(question: Question, answer: HttpResponse) -> str:
    """Return the answer in a word: its status, and for a query whether there were rows."""
    status = str(answer.status_code)
    if answer.status_code == 200 and question.name.startswith("GET /queries/"):
        return f"{status} {'rows' if json.loads(answer.content)['count'] else 'none'}"
    return status


def is_public(question: Question) -> bool:
    """Return whether anybody may ask this."""
    return question.part == "page" and question.name.split()[1] in PUBLIC
