"""Every error meant for people becomes a page (or, on the API, plain data); nothing that was typed is lost.

`SakimoriError` raised anywhere in a view lands here. Views with a form show the error beside it themselves; this is
for all the rest.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from sakimori.errors import SakimoriError
from sakimori.pages.refusals import explained, status_of
from sakimori.web.viewing import API, chosen

__all__ = [
    "FailureMiddleware",
    "broken",
    "csrf_failed",
    "error_page",
    "explained",
    "forbidden",
    "not_found",
    "status_of",
]

_SECRETS = ("csrfmiddlewaretoken", "password")


def error_page(request: HttpRequest, error: SakimoriError) -> HttpResponse:
    """Return the page that says what is wrong, where, under which article and how to mend it."""
    typed = [(name, value) for name, value in request.POST.items() if name not in _SECRETS and value]
    return render(
        request,
        "web/error.html",
        {"error": error, "explained": explained(error), "typed": typed},
        status=status_of(error),
    )


class FailureMiddleware:
    """Turns a `SakimoriError` into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a `SakimoriError`; anything else is a fault of ours and goes to the 500 page."""
        if not isinstance(exception, SakimoriError):
            return None
        if request.path.startswith(API):
            return JsonResponse(exception.as_dict(), status=status_of(exception))
        return error_page(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 404 page, in the frame of whoever has logged in: no view has run that would have put it there."""
    if request.user.is_authenticated and getattr(request, "viewer", None) is None:
        request.viewer = chosen(request)  # type: ignore[attr-defined]
    return render(request, "web/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 403 page."""
    return render(request, "web/403.html", status=403)


def csrf_failed(request: HttpRequest, **_reason: str) -> HttpResponse:
    """Return the 403 page for a form that was sent from elsewhere or from a page that is too old."""
    typed = [(name, value) for name, value in request.POST.items() if name not in _SECRETS and value]
    return render(request, "web/403.html", {"stale": True, "typed": typed}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the 500 page: it asks nothing of frame or database, which may be what is broken."""
    said = render_to_string("web/500.html", {"language": get_language() or "ja"})
    return HttpResponse(said, status=500)
