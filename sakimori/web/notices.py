"""One notice: opening it is an act, so that whoever sent it can see that it was opened."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sakimori.acts import door, reading
from sakimori.pages import viewer_of
from sakimori.web import rooms
from sakimori.web.speaking import titled


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    """Show a notice; POST opens it (`acts.notice.open`) and leads to what it is about."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "acts.inbox", notice=notice)
    link = rooms.subject_url(row["subject_type"], row["subject"])
    if request.method == "POST":
        if row["opened_at"] is None:
            door.perform("acts.notice.open", {"notice": str(notice)}, by=viewer)
        return HttpResponseRedirect(link or request.path)
    return render(request, "web/notice.html", {"row": row, "title": titled(row), "link": link})
