"""The network picture's page: the picture and, as a table, the same."""

import uuid
from collections.abc import Iterable, Sequence
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
from sakimori.pages import Column, listed, viewer_of


@require_safe
def network(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Show the picture of a facility and the same as a table; `?format=csv` downloads the table."""
    viewer = viewer_of(request)
    found = facility_of(viewer, facility)
    table = listed(
        request, "assets.scoping_groups", _columns(), caption=gettext("What the picture shows"),
        empty=gettext("No computer of your register belongs to it yet."), filename=gettext("network"),
        where={"facility": facility},
    )  # fmt: skip
    if isinstance(table, HttpResponse):
        return table
    bands = picture.bands(reading.read(viewer, "assets.scoping_bands", facility=facility))
    name = gettext("Network picture of %(facility)s") % {"facility": found["name"]}
    context = {
        "facility": found,
        "picture": picture.drawn(name, _described(bands), bands),
        "table": table,
        "next": reverse("assets:scoping_facility", args=[facility]),
        "tab": "picture",
    }
    return render(request, "assets/interview/picture.html", context)


def _columns() -> list[Column]:
    return [
        Column("place", gettext("Place in the network"), names=_places),
        Column("product", saying.say(saying.FIELD, "product")),
        Column("maker", saying.say(saying.FIELD, "maker")),
        Column(
            "clause", saying.say(saying.FIELD, "clause"), names=lambda ids: {one: saying.clause(one) for one in ids}
        ),
        Column("letter", gettext("Type"), show=lambda row: picture.letters().get(row["clause"], ""), sortable=False),
        Column("notify", saying.say(saying.FIELD, "notify"), names=_duties),
        Column("computers", gettext("Computers"), number=True),
    ]


def _places(places: Iterable[Any]) -> dict[Any, str]:
    return {place: picture.KINDS[place].title.pick(saying.language()) for place in places}


def _clauses(clauses: Iterable[Any]) -> dict[Any, str]:
    return {clause: saying.clause(clause) for clause in clauses}


def _duties(states: Iterable[Any]) -> dict[Any, str]:
    return {state: saying.say(saying.NOTIFY, state) for state in states}


def _described(bands: Sequence[picture.Band]) -> str:
    """Return the picture in one sentence, for people who hear the page."""
    named = gettext(", ").join(f"{band.kind.title.pick(saying.language())} {band.computers}" for band in bands)
    return gettext("From the facility outwards, with the number of computers: %(bands)s") % {"bands": named}


urlpatterns = [path("scoping/<uuid:facility>/picture/", network, name="picture")]
