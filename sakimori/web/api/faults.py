"""Errors of the API: always the same typed shape, in both languages, never a traceback."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sakimori.acts.errors import NotFoundError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web.api.shapes import Fault
from sakimori.web.failures import status_of

FAULTS: Mapping[frozenset[int], type[Fault]] = {frozenset({401, 403, 404, 409, 413, 422}): Fault}
_CALLS = {
    401: Text("ログインまたは有効なトークンが必要です。", "A log-in or a valid token is needed."),
    403: Text("CSRF トークンがないか、合いません。", "The CSRF token is missing or wrong."),
    413: Text("送られた内容が大きすぎます。", "What was sent is too large."),
}


def speak_plainly(api: NinjaAPI) -> None:
    """Give every kind of error of an API its typed answer."""

    def refused(_request: HttpRequest, error: Any) -> HttpResponse:
        return JsonResponse(error.as_dict(), status=status_of(error))

    def faulty(_request: HttpRequest, error: Any) -> HttpResponse:
        return JsonResponse(_arguments(error).as_dict(), status=422)

    def absent(_request: HttpRequest, _error: Any) -> HttpResponse:
        return JsonResponse(NotFoundError().as_dict(), status=404)

    def stopped(_request: HttpRequest, error: Any) -> HttpResponse:
        what = _CALLS.get(error.status_code, Text("受け付けられません。", "This call is not taken."))
        return JsonResponse(SakimoriError(what, code="api.refused").as_dict(), status=error.status_code)

    api.add_exception_handler(SakimoriError, refused)
    api.add_exception_handler(ValidationError, faulty)
    api.add_exception_handler(Http404, absent)
    api.add_exception_handler(AuthenticationError, stopped)
    api.add_exception_handler(HttpError, stopped)


def _arguments(error: ValidationError) -> PayloadError:
    fields = [
        {"where": _place(fault["loc"]), "what": str(fault["msg"]), "type": str(fault["type"])} for fault in error.errors
    ]
    return PayloadError(
        Text(f"引数に{len(fields)}件の誤りがあります。", f"{len(fields)} fault(s) in the arguments."),
        fields,
        code="api.arguments",
        where=fields[0]["where"] if fields else None,
    )


def _place(parts: tuple[Any, ...] | list[Any]) -> str:
    return ".".join(str(part) for part in parts if part not in ("query", "body", "path", "header", "arguments"))
