"""Rate limits (house rule): so many calls a minute for each account, token and network, then 429 with Retry-After.

Counted in a small file of the home that all processes of the machine share (`limits.sqlite3`): nothing in it is worth a
disk flush, and losing it costs nothing but the counts. Keys are digests. Log-in has its own brake (`throttle`). Behind
several machines each counts for itself.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sakimori import law
from sakimori.acts import clock
from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web.problems import problem
from sakimori.web.throttle import network_of
from sakimori.web.viewing import API, PUBLIC, View

WINDOW_SECONDS = 60
_STATUS = 429
_open = threading.local()
_MACHINES = frozenset({"envelopes", "catch_up", "envelopes_catch_up"})
_UNLIMITED = frozenset({"health", "live", "ready", "language"})


class LimitMiddleware:
    """Counts what is limited, and refuses what is too much; stands after the viewer is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return None to go on, or the refusal."""
        if not settings.SAKIMORI_LIMITS:
            return None
        for limit, who in limits_of(request):
            wait = spend(limit, who)
            if wait:
                return refused(request, limit, wait)
        return None


def limits_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the limits a request counts towards, each with who is counted."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in _UNLIMITED:
        return []
    if request.path.startswith("/envelopes/") or name in _MACHINES:
        return [("envelopes", network_of(request))]
    viewer = getattr(request, "viewer", None)
    who = str((viewer.token or viewer.person) if viewer else "")
    if request.path.startswith(API):
        return [("api", who or network_of(request))]
    if name in PUBLIC or not who:
        return [("open", network_of(request))]
    if name == "search":
        return [("search", who)]
    return [("export", who)] if any(key.endswith("format") for key in request.GET) else []


def spend(limit: str, who: str) -> int:
    """Count one call; return 0 where it is allowed, else the seconds until the next one is."""
    most = int(str(law.parameter(f"house.limit.{limit}").value))
    now = int(clock.wall().timestamp())
    window = now // WINDOW_SECONDS
    key = hashlib.sha256(f"{limit}/{who}".encode()).hexdigest()[:32]
    store = _store()
    (count,) = store.execute(
        "INSERT INTO calls VALUES (?, ?, 1) ON CONFLICT (key, window) DO UPDATE SET count = count + 1 RETURNING count",
        (key, window),
    ).fetchone()
    if count == 1:
        store.execute("DELETE FROM calls WHERE window < ?", (window,))
    return WINDOW_SECONDS - now % WINDOW_SECONDS if count > most else 0


def tally(what: str) -> None:
    """Count something that happened, for the metrics: what was refused, never who or what was in it."""
    store = _store()
    store.execute("INSERT INTO tallies VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET count = count + 1", (what[:100],))


def tallies() -> dict[str, int]:
    """Return what was counted since the home's counting began."""
    store = _store()
    return dict(store.execute("SELECT what, count FROM tallies ORDER BY what"))


def _store() -> sqlite3.Connection:
    """Return this thread's connection to the shared counts."""
    path = str(Path(settings.SAKIMORI_HOME) / "limits.sqlite3")
    if getattr(_open, "path", "") != path:
        store = sqlite3.connect(path, timeout=5, isolation_level=None)
        store.execute("PRAGMA synchronous=OFF")
        store.execute("PRAGMA journal_mode=WAL")
        store.execute(
            "CREATE TABLE IF NOT EXISTS calls (key TEXT, window INTEGER, count INTEGER, PRIMARY KEY (key, window))"
        )
        store.execute("CREATE TABLE IF NOT EXISTS tallies (what TEXT PRIMARY KEY, count INTEGER)")
        _open.path, _open.store = path, store
    found: sqlite3.Connection = _open.store
    return found


def refused(request: HttpRequest, limit: str, wait: int) -> HttpResponse:
    """Return the 429: a problem document for machines, a page that keeps what was typed for people."""
    tally(f"limit.{limit}")
    error = SakimoriError(
        Text("短い時間に送られた要求が多すぎます。", "Too many requests in a short time."),
        code="web.limit",
        where=limit,
        mend=Text(f"{wait}秒待ってから、もう一度送ってください。", f"Wait {wait} seconds, then send it again."),
        article="house",
    )
    if request.path.startswith((API, "/envelopes/")):
        answer: HttpResponse = problem(request, error, _STATUS)
    else:
        from sakimori.web.failures import error_page  # noqa: PLC0415 - which itself needs the viewer's middleware

        answer = error_page(request, error, _STATUS)
    answer.headers["Retry-After"] = str(wait)
    return answer
