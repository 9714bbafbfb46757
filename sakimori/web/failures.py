"""Every error meant for people becomes a page (or, on the API, plain data); nothing that was typed is lost.

`SakimoriError` raised anywhere in a view lands here. Views with a form show the error beside it themselves; this is
for all the rest.
"""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from sakimori.errors import SakimoriError
from sakimori.pages.refusals import explained, status_of
from sakimori.text import Text
from sakimori.web import stamps
from sakimori.web.binding import again
from sakimori.web.intake import UnreadableTextError
from sakimori.web.problems import CONTENT_TYPE, by_status, problem
from sakimori.web.viewing import API, chosen

__all__ = [
    "FailureMiddleware",
    "bad_request",
    "broken",
    "csrf_failed",
    "error_page",
    "explained",
    "forbidden",
    "not_found",
    "status_of",
]

_SECRETS = ("csrfmiddlewaretoken", "password", stamps.FIELD)
_FAULT, _TOO_LARGE = 400, 413
_NO_SUCH_HOST = (
    "このホスト名では応答しません。管理者は deployment.json の hosts に加えてください。\n"
    "Nothing is served under this host name. The administrator may add it to hosts in deployment.json.\n"
)
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def error_page(request: HttpRequest, error: SakimoriError, status: int = 0) -> HttpResponse:
    """Return the page that says what is wrong, where, under which article and how to mend it."""
    typed = [(name, value) for name, value in request.POST.items() if name not in _SECRETS and value]
    return render(
        request,
        "web/error.html",
        {"error": error, "explained": explained(error), "typed": typed},
        status=status or status_of(error),
    )


class FailureMiddleware:
    """Turns a `SakimoriError` into its page; below `/api/` every fault leaves as a problem document."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if response.status_code >= _FAULT and request.path.startswith(API):
            return _as_problem(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a `SakimoriError`; anything else is a fault of ours and goes to the 500 page."""
        if not isinstance(exception, SakimoriError):
            return None
        if request.path.startswith(API):
            return problem(request, exception, status_of(exception))
        return error_page(request, exception)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a fault as a problem document, whoever answered it; headers such as Allow and Retry-After stay."""
    if response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        return response
    made = by_status(request, response.status_code)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            made.headers[name] = response.headers[name]
    return made


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page of a request that cannot be read at all: too large (413), or not of any form we know (400).

    The form itself is not shown again: it is what cannot be read.
    """
    status = 413 if isinstance(exception, _TOO_MUCH) else 400
    if request.path.startswith(API):
        return by_status(request, status)
    if isinstance(exception, DisallowedHost):
        # A page's frame names its own address, which is what is in doubt here.
        return HttpResponse(_NO_SUCH_HOST, status=status, content_type="text/plain; charset=utf-8")
    if isinstance(exception, UnreadableTextError):
        error = exception.error
    elif status == _TOO_LARGE:
        error = SakimoriError(
            Text("送られた内容が大きすぎます。", "What was sent is too large."),
            code="web.too_large",
            mend=Text("文章や一覧を分けて送ってください。", "Send the text or the list in parts."),
        )
    else:
        error = SakimoriError(
            Text("送られた内容を読み取れません。", "What was sent cannot be read."),
            code="web.bad_request",
            mend=Text("画面を読み直して、もう一度送ってください。", "Load the page anew and send it again."),
        )
    return render(request, "web/error.html", {"error": error, "explained": explained(error)}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 404 page, in the frame of whoever has logged in: no view has run that would have put it there."""
    if request.path.startswith(API):
        return by_status(request, 404)
    if request.user.is_authenticated and getattr(request, "viewer", None) is None:
        request.viewer = chosen(request)  # type: ignore[attr-defined]
    return render(request, "web/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 403 page."""
    if request.path.startswith(API):
        return by_status(request, 403)
    return render(request, "web/403.html", status=403)


def csrf_failed(request: HttpRequest, **_reason: str) -> HttpResponse:
    """Return the 403 page for a form that was sent from elsewhere or from a page that is too old.

    A form that bears our own stamp for this account is offered to be sent again: it cannot have come from elsewhere.
    """
    if request.path.startswith(API):
        return by_status(request, 403)
    stamp = stamps.read(request.POST.get(stamps.FIELD, ""))
    if stamp is not None and request.user.is_authenticated and stamp.account == str(request.user.pk):
        return again(request, "stale", stamp)
    typed = [(name, value) for name, value in request.POST.items() if name not in _SECRETS and value]
    return render(request, "web/403.html", {"stale": True, "typed": typed}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the 500 page: it asks nothing of frame or database, which may be what is broken."""
    if request.path.startswith(API):
        return by_status(request, 500)
    said = render_to_string("web/500.html", {"language": get_language() or "ja"})
    return HttpResponse(said, status=500)
