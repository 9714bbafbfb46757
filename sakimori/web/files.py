"""Attached files: download only, never shown in the page, and whoever opens one is on record."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sakimori.acts import attaching, reading
from sakimori.pages import viewer_of
from sakimori.pages.filenames import disposition


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
