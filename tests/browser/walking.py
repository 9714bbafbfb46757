"""Walking the map of the site as one role: every kind of page that can be reached by links from the desk."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from django.urls import Resolver404, resolve

from tests.browser.served import Role, Served

_OTHER = ("receipt", "health", "assets:columns", "measures:authority", "api-1")
_MANY = {"new_act": 500}  # one page a kind of act; of anything else, the first two of a kind
_MOST = 2
_REHEARSING = {"cabinet_office", "committee", "carrier"}  # whose work lies in the rehearsal world


@dataclass(slots=True)
class Page:
    """A page as a role got it: its address below the deployment, the URL name, the status and the HTML."""

    role: Role
    path: str
    name: str
    status: int
    html: str

    @property
    def shape(self) -> tuple[str, ...]:
        """Return its skeleton: two pages with the same one look alike to a machine that judges markup."""
        skeleton = _Skeleton()
        skeleton.feed(self.html)
        return (self.name, *skeleton.seen)


@dataclass
class _Skeleton(HTMLParser):
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        wanted = (given.get("class"), given.get("role"), given.get("type"), given.get("aria-current"))
        one = " ".join((tag, *(str(each) for each in wanted if each)))
        if one not in self.seen[-12:]:  # the rows of a table are alike
            self.seen.append(one)


def walk_all(served: Served) -> None:
    """Walk as every role; write what to open in the browser (pages that look alike once) and what is wrong already."""
    met: dict[tuple[str, str, str], Role] = {}
    for role in served.roles:
        if role.world == "sample" or role.type in _REHEARSING:
            met.setdefault((role.type, role.role, role.world), role)
    with ThreadPoolExecutor(4) as pool:
        walks = list(pool.map(lambda role: list(walk(served, role)), met.values()))
    seen: set[tuple[str, ...]] = set()
    found: dict[str, list[Any]] = {"pages": [], "faults": [], "roles": sorted({role.name for role in met.values()})}
    for page in (page for pages in walks for page in pages):
        if page.status != HTTPStatus.OK:
            who = f"{page.role.name} in {page.role.world}"
            found["faults"].append(f"{who} is led to {page.path}, which answers {page.status}")
        elif page.shape not in seen:
            seen.add(page.shape)
            found["pages"].append([served.roles.index(page.role), page.path, page.name])
    (served.root / "pages.json").write_text(json.dumps(found), encoding="utf-8")


def walk(served: Served, role: Role, *, language: str = "ja") -> Iterator[Page]:
    """Yield the pages this role can reach, breadth first from the desk, a few of every kind."""
    base = served.urls[role.deployment]
    name, value = role.cookie
    waiting, met, taken = ["/"], {"/"}, dict[str, int]()
    with httpx.Client(
        base_url=base, cookies={name: value}, headers={"accept-language": language}, timeout=30, follow_redirects=True
    ) as client:
        while waiting:
            path = waiting.pop(0)
            kind = _kind(path)
            if kind is None or taken.get(kind, 0) >= _MANY.get(kind.partition(" ")[0], _MOST):
                continue
            answer = client.get(path)
            if "html" not in answer.headers.get("content-type", ""):
                continue
            taken[kind] = taken.get(kind, 0) + 1
            yield Page(role, path, kind, answer.status_code, answer.text)
            for link in re.findall(r'href="([^"#]+)', answer.text):
                to = urljoin(f"{base}{path}", link.replace("&amp;", "&"))
                if to.startswith(f"{base}/") and (short := to.removeprefix(base)) not in met:
                    met.add(short)
                    waiting.append(short)


def _kind(path: str) -> str | None:
    """Return what kind of page it is (URL name, with the chapter or tab asked for), or None where it is none."""
    parts = urlsplit(path)
    if parts.path.startswith("/static/"):
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    asked = parse_qs(parts.query)
    if match.view_name in _OTHER or "format" in asked or any(key.endswith(("sort", "page")) for key in asked):
        return None
    told = [asked[key][0] for key in ("chapter", "status") if key in asked]
    told += [str(value) for key, value in match.kwargs.items() if key in ("kind", "stage")]
    return " ".join((match.view_name, *told))
