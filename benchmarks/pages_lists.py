"""Finding the lists to measure: every page with a table that a role is led to from its desk, one of each kind.

Nothing is named by hand: pages are found by their links, told apart by their names in the URL map; what a list reads is
noted from `acts.parts`, and the Django admin's plain list is that of the same table.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db.models import Model
from django.test import Client
from django.urls import Resolver404, resolve

from sakimori.acts import parts, reading
from sakimori.record import Viewer

_MOST_CASES = 16
_NOT = ("logout", "language", "role", "health")


@dataclass(slots=True)
class Found:
    """One page with a list: its name in the URL map, address, what it reads, and what can be asked of it."""

    name: str
    url: str
    models: list[type[Model]] = field(default_factory=list)
    cases: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def noted() -> Iterator[list[type[Model]]]:
    """Note the tables of the lists that are read meanwhile."""
    seen: list[type[Model]] = []
    plain = parts.read_part

    def read_part(viewer: Viewer, query: str, part: parts.Part, **arguments: Any) -> parts.Page:
        rows: Any = reading.found(query).run(viewer, **arguments)
        seen.append(rows.model)
        return plain(viewer, query, part, **arguments)

    parts.read_part = read_part
    try:
        yield seen
    finally:
        parts.read_part = plain


def lists(client: Client, word: str) -> list[Found]:
    """Return the pages with a list that are reached from the desk, and the desk itself, each with its cases."""
    waiting, met, found = ["/"], set[str](), list[Found]()
    while waiting:
        url = waiting.pop(0)
        name = _name(url)
        if not name or name in met:
            continue
        met.add(name)
        with noted() as models:
            answer = client.get(url)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        if 'id="table-' in page or url == "/":
            found.append(
                Found(name, url, list(dict.fromkeys(models)), _cases(page, word) if url != "/" else [("", {})])
            )
        for link in re.findall(r'href="([^"#]+)', page):
            to = urljoin(url, html.unescape(link))
            if to.startswith("/") and not to.startswith("/static/"):
                waiting.append(to.partition("?")[0])
    return found


def _name(url: str) -> str:
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return ""
    name = " ".join((match.view_name, *(str(v) for k, v in match.kwargs.items() if k == "step")))
    return "" if name.startswith(_NOT) or "format" in match.kwargs else name


def _cases(page: str, word: str) -> list[tuple[str, dict[str, str]]]:
    """Return what is asked of a list: first and last page, a search, every sort both ways, every filter there is."""
    prefixes = list(dict.fromkeys(re.findall(r'id="table-(\w*)"', page)))
    asked: list[tuple[str, dict[str, str]]] = [("first", {})]
    for prefix in prefixes:
        asked += [("last", {f"{prefix}page": "999999"}), ("search", {f"{prefix}q": word})]
    links = dict.fromkeys(html.unescape(one) for one in re.findall(r'href="\?([^"#]+)"', page))
    for link in links:
        query = dict(parse_qsl(link))
        sorts = [key for key in query if key.endswith("sort")]
        if any(key.endswith(("page", "format")) for key in query):
            continue
        asked.append(("sort" if sorts else "filter", query))
        asked += [("sort", {**query, key: f"-{query[key].lstrip('-')}"}) for key in sorts]
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        values = [one for one in re.findall(r'<option value="([^"]+)"', options) if one]
        asked += [("filter", {name: values[0]})] if values else []
    return [one for number, one in enumerate(asked) if one not in asked[:number]][:_MOST_CASES]
