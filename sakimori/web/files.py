"""Attached files: download only, never shown in the page, and who opens one is on record; evidence of arrival."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.acts import attaching, reading
from sakimori.acts.errors import NotFoundError
from sakimori.acts.filenames import disposition
from sakimori.pages import viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.stepping import Step, stepped
from sakimori.pages.submitting import require


@require_safe
def attachment(request: HttpRequest, attachment: uuid.UUID) -> HttpResponse:
    """Return a file the viewer's organisation holds, as a download (RFC 6266); this reading is recorded.

    No program is to look into it: its type is fixed (`nosniff`), and were it shown all the same, it is in a sandbox.
    """
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.attachment", attachment=attachment)
    response = HttpResponse(attaching.content(viewer.world, row["digest"]), content_type=row["media_type"])
    response["Content-Disposition"] = disposition(row["name"])
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


_CONFIRM = "acts.dispatch.confirm"


@require_http_methods(["GET", "HEAD", "POST"])
def arrived(request: HttpRequest, dispatch: uuid.UUID) -> HttpResponse:
    """Record the evidence that a filing arrived by other means, where this system does not reach the addressee."""
    viewer = viewer_of(request)
    require(_CONFIRM, viewer)
    row = next((one for one in reading.read(viewer, "acts.dispatches") if one["id"] == dispatch), None)
    if row is None:
        raise NotFoundError(str(dispatch))
    back = reverse("act", args=[row["act"]])
    step = Step(_CONFIRM, {"dispatch": str(dispatch)}, done=lambda _: f"{back}?done=1")
    called = organisations(viewer, [row["addressee"]])
    return stepped(
        request, step, "web/arrived.html", {"row": row, "back": back, "to": called.get(row["addressee"], "")}
    )
