"""Is this deployment well? `/livez`: the site answers. `/healthz`: everything behind it works too.

A stranger gets one word and a status: `ok` (200), `read-only` or `failing` (503). The parts are told only to somebody
on this machine itself, or who brings the token of `SAKIMORI_MONITOR_TOKEN`; behind a proxy, where everybody seems to
come from this machine, only to the token.
"""

import hmac
import os

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from sakimori.acts import condition

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_PROXIED = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP")


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Return `ok`; 500 from below where even that fails."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return how the deployment is: one word to strangers, its parts to who may know."""
    found = condition.look()
    status = 200 if found.word == "ok" else 503
    if _may_know(request):
        answer: HttpResponse = JsonResponse(found.as_dict(), status=status)
    else:
        answer = HttpResponse(f"{found.word}\n", status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _may_know(request: HttpRequest) -> bool:
    token = os.environ.get("SAKIMORI_MONITOR_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    proxied = request.is_secure() or any(name in request.headers for name in _PROXIED)
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not proxied
