"""The pages of concentrations, an attacker's map: which product stands at how many operators, and who has read it.

The list leaves as a file only while a decision with a reason and an end stands (`assets.map.allow`, house rule).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import labels
from sakimori.assets import saying
from sakimori.assets.supervision.queries import READERS
from sakimori.pages import Column, listed, rows_or_none, viewer_of
from sakimori.pages.names import organisations, people
from sakimori.pages.navigation import matches
from sakimori.record import Viewer
from sakimori.text import Text

_LONGEST = 200  # characters of a product's name in an address
_CONCENTRATION = "concentration"


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Show every product notified and how many operators have it; `?maker=&product=`: which operators have that one."""
    viewer = viewer_of(request)
    allowed = _permission(viewer)
    if request.GET.get("format") and allowed is None:
        raise labels.refusal(_CONCENTRATION, "format", Text("ファイルとして外", "anybody as a file"))
    one = {name: request.GET.get(name, "")[:_LONGEST] for name in ("maker", "product")}
    computers = Column("computers", pgettext("assets", "Computers"), field="total", show=_computers, number=True)
    if any(one.values()):
        operator = Column("organisation", gettext("Operator"), names=lambda ids: organisations(viewer, ids))
        columns = [
            operator,
            Column("product", saying.say(saying.FIELD, "product")),
            Column("maker", saying.say(saying.FIELD, "maker")),
            computers,
        ]
        query, sort, where = "assets.products", "-computers", dict(one)
    else:
        columns = [
            Column("product", saying.say(saying.FIELD, "product"), link=lambda row: f"?{urlencode(_named(row))}"),
            Column("maker", saying.say(saying.FIELD, "maker")),
            Column("operators_same", gettext("Operators that have it, however spelt"), number=True),
            Column("spellings", gettext("Spellings"), number=True),
            Column("operators", gettext("Operators that spell it so"), number=True),
            computers,
        ]
        query, sort, where = "assets.spread", "-operators_same", {}
    table = listed(
        request,
        query,
        columns,
        caption=" ".join(filter(None, one.values())) or gettext("Notified products"),
        sort=sort,
        empty=gettext("No notification has been passed on yet."),
        filename=gettext("products"),
        where=where,
    )
    if isinstance(table, HttpResponse):
        return table
    if allowed is None:
        table.links["csv"] = ""
    restriction = law.restriction(_CONCENTRATION)
    context = {
        "table": table,
        "restriction": restriction,
        "articles": [restriction.article],
        "one": any(one.values()),
        "allowed": allowed,
        "sees_readers": matches(viewer, READERS),
    }
    return render(request, "assets/products.html", context)


def _computers(row: Mapping[str, Any]) -> object:
    return row["computers"]


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    return {"maker": row["maker"] or "", "product": row["product"] or ""}


def _permission(viewer: Viewer) -> Mapping[str, Any] | None:
    return next(iter(rows_or_none(viewer, "assets.map_permission") or []), None)


@require_safe
def map_readers(request: HttpRequest) -> HttpResponse:
    """Show who read concentrations, when, and what was asked; and the decision, if one stands, to take them out."""
    viewer = viewer_of(request)
    table = listed(
        request,
        "assets.map_readers",
        [
            Column("read_at", gettext("When")),
            Column("person", gettext("Who"), names=lambda ids: people(viewer, ids)),
            Column("role", gettext("Role"), coded=True, sortable=False),
            Column("query", gettext("List"), names=_lists),
            Column("asked", gettext("What was asked"), sortable=False),
            Column("rows", gettext("Rows shown"), number=True),
        ],
        caption=gettext("Who read concentrations"),
        sort="-read_at",
        empty=gettext("Nobody has read them yet."),
        filename=gettext("map-readers"),
    )
    if isinstance(table, HttpResponse):
        return table
    context = {"table": table, "allowed": _permission(viewer)}
    return render(request, "assets/supervision/map_readers.html", context)


def _lists(codes: Any) -> dict[str, str]:
    said = {
        "assets.spread": gettext("Products and operators"),
        "assets.products": gettext("Products by operator"),
        "assets.notified_spellings": gettext("Official names of products"),
    }
    return {code: said.get(code, code) for code in codes}
