"""The page of computers whose support ends soon, or has ended."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from sakimori.acts import clock
from sakimori.assets import editions, saying
from sakimori.assets.support import SPANS, USUAL
from sakimori.pages import Column, listed, viewer_of


@require_safe
def ends(request: HttpRequest) -> HttpResponse:
    """Show whose support ends within the days asked for, and whose has ended."""
    viewer = viewer_of(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in SPANS else USUAL
    today = clock.today(viewer.world)
    table = listed(
        request,
        "assets.support_ends",
        [
            Column("support_end", saying.say(saying.FIELD, "support_end")),
            Column("ended", gettext("State"), show=lambda row: _state(row["support_end"], today), sortable=False),
            Column(
                "key",
                saying.say(saying.FIELD, "key"),
                link=lambda row: reverse("assets:computer", args=[row["id"]]),
            ),
            *(
                Column(name, saying.say(saying.FIELD, name))
                for name in ("name", "maker", "product", "version", "responsible")
            ),
        ],
        caption=gettext("End of support"),
        sort="support_end",
        filename=gettext("end-of-support"),
        empty=gettext("No support ends in this time, as far as the register says."),
        where={"days": days},
    )
    if isinstance(table, HttpResponse):
        return table
    return render(request, "assets/sources/support.html", {
        "table": table, "days": days, "spans": SPANS, "private_here": editions.holds_private_inventory(),
    })  # fmt: skip


def _state(end: date | None, today: date) -> str:
    if end is None:
        return ""
    if end < today:
        return gettext("ended")
    left = (end - today).days
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}


urlpatterns = [path("support/", ends, name="support")]
