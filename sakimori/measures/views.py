"""The room's pages: the measures asked for, one measure with the committee's answer, and the authority as a file."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext, gettext_noop
from django.views.decorators.http import require_safe

from sakimori import proofs
from sakimori.acts import reading
from sakimori.measures.payloads import APPROVED
from sakimori.measures.queries import OFFICE
from sakimori.pages import Column, Nav, listed, viewer_of
from sakimori.selection.bases import bases

STATES = (
    gettext_noop("Filed"),
    gettext_noop("Arrived"),
    gettext_noop("Not taken"),
    gettext_noop("Approved"),
    gettext_noop("Approved with conditions"),
    gettext_noop("Refused"),
    gettext_noop("Ended"),
)
"""Every state a measure can be in, as the page shows it."""


def basis_name(row: Mapping[str, Any]) -> str:
    """Return the kind of measure in the reader's language, by the article it rests on."""
    return bases()[row["basis"]].title.pick(get_language() or "ja")


def _basis_names(codes: Iterable[str]) -> dict[str, str]:
    return {one: basis_name({"basis": one}) for one in codes}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the measures of this office."""
    table = listed(
        request,
        "measures.measures",
        [
            Column("filed_at", gettext("Asked"), link=lambda row: reverse("measures:measure", args=[row["id"]])),
            Column("number", gettext("Number")),
            Column("basis", gettext("Kind of measure"), names=_basis_names),
            Column("equipment", gettext("Equipment")),
            Column("status", gettext("State"), coded=True),
            Column("valid_until", gettext("Last day")),
        ],
        caption=gettext("Measures"),
        sort="-filed_at",
        empty=gettext("No approval has been asked for."),
    )
    return table if isinstance(table, HttpResponse) else render(request, "measures/index.html", {"table": table})


@require_safe
def measure(request: HttpRequest, measure: uuid.UUID) -> HttpResponse:
    """Show one measure: what was asked, how far it got, and what the committee answered."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "measures.measures", measure=measure)
    clocks = reading.read(viewer, "acts.obligations", subject=measure, status="")
    approved = row["status"] in (*APPROVED, "ended") and row["valid_from"] is not None
    told = {
        "row": row,
        "basis": basis_name(row),
        "clocks": [{**one, "title": one[f"title_{_language()}"]} for one in clocks],
        "approved": approved,
        "may_end": row["status"] in APPROVED and viewer.role in ("officer", "decider"),
        "may_record": approved and viewer.role == "officer",
    }
    return render(request, "measures/measure.html", told)


@require_safe
def authority(request: HttpRequest, measure: uuid.UUID) -> HttpResponse:
    """Return the committee's signed selection authority as the file that `sakimori select` reads."""
    row = reading.read_one(viewer_of(request), "measures.authority", measure=measure)
    answer = HttpResponse(proofs.canonical(row["authority"]), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="authority-{row["number"]}.json"'
    return answer


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "ja"


urlpatterns = [
    path("", index, name="index"),
    path("<uuid:measure>/", measure, name="measure"),
    path("<uuid:measure>/authority/", authority, name="authority"),
]
NAV = (Nav(gettext_noop("Measures"), "measures:index", OFFICE),)
SUBJECT_URLS = {"measures.measure": "measures:measure"}
