"""What may come in at all: text that can be read and stored, before any view sees it.

A NUL cannot be stored in PostgreSQL, and U+FFFD stands where a byte sequence was no UTF-8: what was meant is lost, so
it must not be filed. Both are refused with their place. Cookies that hold a NUL are dropped: we never set one.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

from sakimori.errors import SakimoriError
from sakimori.text import Text

_UNREADABLE = ("\x00", "\ufffd")


class UnreadableTextError(BadRequest):
    """Text that cannot be read or stored was sent; `error` says where."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.error = SakimoriError(
            Text(
                "読み取れない文字（NUL または UTF-8 でない文字）が含まれています。",
                "There is a character in it that cannot be read (NUL, or not UTF-8).",
            ),
            code="web.unreadable",
            where=where[:100],
            mend=Text(
                "その文字を消すか打ち直し、UTF-8 で送ってください。", "Delete or retype that character; send UTF-8."
            ),
        )


class IntakeMiddleware:
    """Refuses text that cannot be read or stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        for name in [name for name, value in request.COOKIES.items() if "\x00" in name + value]:
            del request.COOKIES[name]
        if any(mark in request.path_info for mark in _UNREADABLE):
            raise UnreadableTextError("URL")
        _require_readable(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """Look through the fields of a form."""
        _require_readable(request.POST)


def _require_readable(sent: QueryDict) -> None:
    for name, values in sent.lists():
        for value in (name, *values):
            if any(mark in value for mark in _UNREADABLE):
                raise UnreadableTextError(name.replace("\x00", "").removeprefix("f-") or "?")
