"""Whether this process answers: public, and says nothing else."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Return `ok`; 500 from below where even that fails."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
