"""A long list on a page: only the rows of the page are read; the database searches, sorts, counts and cuts.

`listed` is `table_from` for queries that declare a `Listing`: the same address, the same table, the same CSV file. What
people read as a name (an organisation, a state) is searched and sorted by that name: the few different values are named
first, and the rows then found by value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from sakimori.acts import parts
from sakimori.acts.glance import one_glance
from sakimori.pages.reads import viewer_of
from sakimori.pages.tables import PAGE, Column, Table, as_csv, page_asked, ready, resolved, sorted_by
from sakimori.record import Viewer
from sakimori.record.folding import folded

_MOST_WORDS = 10
_LONGEST = 200  # characters of a search (house rule)


def listed(
    request: HttpRequest,
    query: str,
    columns: Sequence[Column] | Callable[[list[dict[str, Any]]], Sequence[Column]],
    *,
    caption: str,
    sort: str = "",
    empty: str = "",
    prefix: str = "",
    filename: str = "",
    where: Mapping[str, Any] | None = None,
) -> Table | HttpResponse:
    """Return the page of the list that the request asks for, or all that match as a CSV download (`?format=csv`).

    `where` are the query's own arguments, the other ones as for `table_from`. Unknown sort keys and pages fall back.
    Raises what `reading.read` raises.
    """
    viewer = viewer_of(request)
    asked = {name: request.GET.get(f"{prefix}{name}", "") for name in ("sort", "q", "page", "format")}
    known = list(columns([]) if callable(columns) else columns)
    by = sorted_by(known, asked["sort"], sort)
    whole = asked["format"] == "csv"
    start, count = (0, 0) if whole else ((page_asked(asked["page"]) - 1) * PAGE, PAGE)
    with one_glance(viewer):
        part = _part(viewer, query, known, by, asked["q"][:_LONGEST], dict(where or {}))
        found = parts.read_part(
            viewer, query, parts.Part(start, count, part.sort, part.words, part.ranks), **dict(where or {})
        )
    shown = resolved(list(columns(found.rows)) if callable(columns) else known, found.rows)
    if whole:
        return as_csv(request, found.rows, shown, filename or caption)
    return ready(
        request, found.rows, shown, caption=caption, by=by, empty=empty, prefix=prefix,
        page=found.start // PAGE + 1, total=found.total, every=found.all,
    )  # fmt: skip


def _part(
    viewer: Viewer, query: str, columns: Sequence[Column], by: str, text: str, where: Mapping[str, Any]
) -> parts.Part:
    """Return what to search and sort by, with the values that names stand for."""
    column = next((one for one in columns if one.key == by.lstrip("-")), None)
    words = list(dict.fromkeys(folded(text).split()))[:_MOST_WORDS]
    named = [one for one in columns if one.names or one.coded] if words else []
    if column is not None and column.names and column not in named:
        named.append(column)
    held = parts.values(viewer, query, [one.source for one in named], **where) if named else {}
    called = {one.key: _called(one, held[one.source]) for one in named}
    sort = f"{'-' if by.startswith('-') else ''}{column.source}" if column is not None else ""
    ranks = _ranks(called[column.key]) if column is not None and column.names else {}
    return parts.Part(0, 0, sort, tuple(_word(word, named, called) for word in words), ranks)


def _called(column: Column, held: Sequence[Any]) -> dict[Any, str]:
    """Return the name shown for each value that the list holds in a column."""
    if column.names is None:
        return {value: column.text({column.key: value}) for value in held}
    names = column.names({value for value in held if value is not None})
    return {value: names.get(value, "") for value in held}


def _word(word: str, named: Sequence[Column], called: Mapping[str, Mapping[Any, str]]) -> parts.Word:
    among = {
        column.source: tuple(value for value, name in called[column.key].items() if word in folded(name))
        for column in named
    }
    return parts.Word(word, among)


def _ranks(called: Mapping[Any, str]) -> dict[Any, int]:
    """Return the place of each value in the order of the names; a value without a name has none."""
    order = {name: place for place, name in enumerate(sorted({name for name in called.values() if name}))}
    return {value: order[name] for value, name in called.items() if name}
