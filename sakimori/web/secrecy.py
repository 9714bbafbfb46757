"""Asks before anything is stored: a form with the marking of a secret is sent on only once its sender states a mention.

Runs on every form of a page before its view, so that not even a draft is kept; whatever was typed, and every file that
could be taken, comes back on the page that asks. A machine states it in the header `X-Sakimori-Mention`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakimori.acts import secrecy, sniffing
from sakimori.pages import uploads
from sakimori.pages.refusals import explained
from sakimori.web.stamps import FIELD
from sakimori.web.viewing import API

MENTION = "mention"
HEADER = "X-Sakimori-Mention"
_UNASKED = frozenset({"csrfmiddlewaretoken", "password", FIELD, MENTION})
_FAULTY = 422
_MACHINES = (API, "/envelopes/")
_MOST_SEARCHED = 32 * 1024 * 1024


class SecrecyMiddleware:
    """Takes in the statement of a mention, and asks for it where it is needed; must come after the viewer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, its acts bearing the statement it came with."""
        with secrecy.stating(_statement(request)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return the page that asks, or None to go on."""
        if request.method != "POST" or request.path.startswith(_MACHINES) or getattr(request, "viewer", None) is None:
            return None
        if _statement(request):
            return None
        marking = next(filter(None, map(secrecy.found, _texts(request))), "")
        return _ask(request, marking) if marking else None


def _statement(request: HttpRequest) -> str:
    if request.method != "POST":
        return ""
    if request.path.startswith(_MACHINES):  # their bodies are no forms, and are read once
        return request.headers.get(HEADER, "")
    return request.POST.get(MENTION, "").strip()


def _texts(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        if name not in _UNASKED:
            yield from values
    for name in request.FILES:
        for upload in request.FILES.getlist(name):
            yield upload.name or ""
            if (upload.size or 0) <= _MOST_SEARCHED:
                content = upload.read()
                upload.seek(0)
                if b"\x00" not in content:
                    yield sniffing.decoded(content) or ""


def _ask(request: HttpRequest, marking: str) -> HttpResponse:
    kept = [(name, value) for name, values in request.POST.lists() if name not in _UNASKED for value in values]
    lost = [upload.name for name in request.FILES if name != uploads.FIELD for upload in request.FILES.getlist(name)]
    if request.FILES.getlist(uploads.FIELD):
        files = uploads.taken(request)
        kept += [(uploads.KEPT, digest) for digest in files.digests if (uploads.KEPT, digest) not in kept]
        lost += files.faults
    context = {"error": explained(secrecy.refusal(marking)), "kept": kept, "lost": lost, "longest": secrecy.LONGEST}
    return render(request, "web/mention.html", context, status=_FAULTY)
