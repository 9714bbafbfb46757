"""The room's pages: the selections, and one selection with its receipt, notices, retention and, for some, records."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from sakimori.acts import reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.custody.queries import OFFICE
from sakimori.pages import Column, Nav, Table, listed, viewer_of

WORDS = (
    gettext_noop("Retained"),
    gettext_noop("Ended"),
    gettext_noop("Erased"),
    gettext_noop("Selection"),
    gettext_noop("Retention extended"),
    gettext_noop("Erasure"),
)
"""Every state of a selection and kind of handling, as the pages show them."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the selections of this office, counts only."""
    viewer = viewer_of(request)
    table = listed(
        request,
        "custody.selections",
        [
            Column("ended_at", gettext("Ended"), link=lambda row: reverse("custody:selection", args=[row["id"]])),
            Column("authority", gettext("Authority")),
            Column("kept_flows", gettext("Records kept"), number=True),
            Column("retained_until", gettext("Retained until")),
            Column("status", gettext("State"), coded=True),
            Column("told", gettext("Committee told"), show=_told, sortable=False),
        ],
        caption=gettext("Selections"),
        sort="-ended_at",
        empty=gettext("No selection has been recorded."),
    )
    if isinstance(table, HttpResponse):
        return table
    return render(
        request,
        "custody/index.html",
        {"table": table, "engines": reading.read(viewer, "custody.engines"), "officer": viewer.role == "officer"},
    )


def _told(row: Mapping[str, Any]) -> bool:
    return all(one["arrived_at"] is not None for one in row["notices"])


@require_safe
def selection(request: HttpRequest, selection: uuid.UUID) -> HttpResponse:
    """Show one selection; its records only to those who may see selected information."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "custody.selections", selection=selection)
    try:
        table = _records(request, selection)
    except NotAuthorisedError:
        table = None
    if isinstance(table, HttpResponse):
        return table
    kept = row["status"] == "retained"
    told = {
        "row": row,
        "table": table,
        "conditions": row["receipt"].get("by_condition", {}),
        "may_extend": kept and viewer.role == "officer",
        "may_end": kept and viewer.role in ("officer", "decider"),
    }
    return render(request, "custody/selection.html", told)


def _records(request: HttpRequest, selection: uuid.UUID) -> Table | HttpResponse:
    return listed(
        request,
        "custody.records",
        [
            Column("first", gettext("First packet")),
            Column("src", gettext("Source address")),
            Column("src_port", gettext("Source port"), number=True),
            Column("dst", gettext("Destination address")),
            Column("dst_port", gettext("Destination port"), number=True),
            Column("protocol", gettext("Protocol"), number=True),
            Column(
                "conditions", gettext("Conditions"), show=lambda row: (row["content"] or {}).get("conditions"),
                sortable=False,
            ),
        ],
        caption=gettext("Kept records"),
        sort="first",
        empty=gettext("There are no records: nothing was kept, or they have been erased."),
        filename="selected_information",
        where={"selection": selection, "limit": None},
    )  # fmt: skip


urlpatterns = [
    path("", index, name="index"),
    path("<uuid:selection>/", selection, name="selection"),
]
NAV = (Nav(gettext_noop("Selections"), "custody:index", OFFICE),)
SUBJECT_URLS = {"custody.selection": "custody:selection"}
