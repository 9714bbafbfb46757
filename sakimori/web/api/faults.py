"""Errors of the API: always the same typed shape (RFC 9457), in both languages, never a traceback."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sakimori.acts.errors import NotFoundError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web.api.shapes import Fault
from sakimori.web.failures import status_of
from sakimori.web.problems import by_status, problem

_STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500)
_schemas: dict[Any, dict[str, Any]] = {}


class _Said(Schema):
    """What django-ninja makes of an answer's shape."""

    response: Fault

    @classmethod
    def model_json_schema(cls, *given: Any, **how: Any) -> dict[str, Any]:
        """Return the schema, made once: the description asks for it with every status of every operation."""
        wanted = (given, *how.items())
        if wanted not in _schemas:
            _schemas[wanted] = super().model_json_schema(*given, **how)
        return _schemas[wanted]


def with_faults(router: Router) -> Router:
    """Return the router with the shape of faults in the description of each of its operations.

    Given with each operation, django-ninja makes a model of its own for every status of every one: thousands, which
    took most of the time a process needs to start.
    """
    for view in router.path_operations.values():
        for operation in view.operations:
            operation.response_models |= dict.fromkeys(_STATUSES, _Said)
    return router


def speak_plainly(api: NinjaAPI) -> None:
    """Give every kind of error of an API its typed answer."""

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(request, error, status_of(error))

    def faulty(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(request, _arguments(error), 422)

    def absent(request: HttpRequest, _error: Any) -> HttpResponse:
        return problem(request, NotFoundError(), 404)

    def stopped(request: HttpRequest, error: Any) -> HttpResponse:
        return by_status(request, error.status_code)

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
