"""Help: what the words of every page mean, how to work by keyboard, whom to ask. Open to anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sakimori.acts import clock
from sakimori.web.viewing import chosen


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help, in the frame of whoever has logged in."""
    if request.user.is_authenticated:
        request.viewer = chosen(request)  # type: ignore[attr-defined]
    stamps = [found for name in clock.worlds() if (found := clock.world(name).stamp)]
    return render(request, "web/help.html", {"stamps": stamps})
