"""The network picture's page: the picture and, as a table, the same."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from sakimori.acts import reading
from sakimori.assets import saying
from sakimori.assets.interview import picture
from sakimori.assets.interview.views import facility_of
from sakimori.pages import Column, table_from, viewer_of


@require_safe
def network(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Show the picture of a facility and the same as a table; `?format=csv` downloads the table."""
    viewer = viewer_of(request)
    found = facility_of(viewer, facility)
    bands = picture.bands(reading.read(viewer, "assets.scoping_groups", facility=facility))
    table = table_from(
        request, _rows(bands), _columns(), caption=gettext("What the picture shows"),
        empty=gettext("No computer of your register belongs to it yet."), filename=gettext("network"),
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    name = gettext("Network picture of %(facility)s") % {"facility": found["name"]}
    context = {
        "facility": found,
        "picture": picture.drawn(name, _described(bands), bands),
        "table": table,
        "next": reverse("assets:scoping_facility", args=[facility]),
        "tab": "picture",
    }
    return render(request, "assets/interview/picture.html", context)


def _rows(bands: Sequence[picture.Band]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{band.kind.key}-{at}",
            "where": band.kind.title.pick(saying.language()),
            "product": node.product,
            "maker": node.maker,
            "clause": node.clause,
            "letter": node.letter,
            "notify": saying.say(saying.NOTIFY, node.notify),
            "computers": node.computers,
        }
        for band in bands
        for at, node in enumerate(band.nodes)
    ]


def _columns() -> list[Column]:
    return [
        Column("where", gettext("Place in the network")),
        Column("product", saying.say(saying.FIELD, "product")),
        Column("maker", saying.say(saying.FIELD, "maker")),
        Column("clause", saying.say(saying.FIELD, "clause")),
        Column("letter", gettext("Type")),
        Column("notify", saying.say(saying.FIELD, "notify")),
        Column("computers", gettext("Computers"), number=True),
    ]


def _described(bands: Sequence[picture.Band]) -> str:
    """Return the picture in one sentence, for people who hear the page."""
    named = gettext(", ").join(f"{band.kind.title.pick(saying.language())} {band.computers}" for band in bands)
    return gettext("From the facility outwards, with the number of computers: %(bands)s") % {"bands": named}


urlpatterns = [path("scoping/<uuid:facility>/picture/", network, name="picture")]
