"""A table on a page: sorted, filtered, cut into pages on the server, and the same rows as a CSV file.

A view names the query to list (`sakimori.pages.listing.listed`: only the rows of the page are ever read), or gives
plain rows that are few by their nature (`table_from`). The template shows it with
`{% include "web/components/table.html" %}`. The page's address carries its state: `?sort=-due_on&q=…&page=2`, so it can
be sent to a colleague.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from sakimori.acts import clock
from sakimori.pages import dates
from sakimori.pages.csvfile import csv_response
from sakimori.pages.reads import viewer_of
from sakimori.pages.words import choice
from sakimori.record.folding import folded

PAGE = 50
_DIGITS = 10  # a page number longer than that is none
Row = Mapping[str, Any]
Names = Callable[[Iterable[Any]], Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `show(row)` is the cell's value (default: the row's value of that key); `coded` puts it into words.

    `link(row)` makes the cell a link; `sort(row)` orders rows (default: the value itself); `number` aligns right.
    `names(values)` gives the names that people read for the values (organisations by id, words for codes): the column
    shows, sorts and finds by them. `field` is the query's field behind the column where it is not the key (`listed`).
    `tick(row)` makes the cell a box to tick of that value (field `chosen` of the form with the id `chosen` on the page;
    "" for none); its text says what is ticked. A file leaves such columns out.
    """

    key: str
    label: str
    show: Callable[[Row], object] | None = None
    link: Callable[[Row], str] | None = None
    sort: Callable[[Row], Any] | None = None
    number: bool = False
    sortable: bool = True
    coded: bool = False
    names: Names | None = None
    field: str = ""
    tick: Callable[[Row], str] | None = None

    @property
    def source(self) -> str:
        """Return the row's field that the column is about."""
        return self.field or self.key

    def value(self, row: Row) -> object:
        """Return what the cell shows, before it is put into words."""
        return self.show(row) if self.show else row.get(self.key)

    def text(self, row: Row) -> str:
        """Return the cell as people read it."""
        return self._said(self.value(row))

    def _said(self, value: object) -> str:
        if type(value) is str and not self.coded:
            return value
        return choice(value, self.key) if self.coded and value else shown(value)

    def plain(self, row: Row) -> str:
        """Return the cell for a machine: as `text`, but days by ISO 8601."""
        value = self.show(row) if self.show else row.get(self.key)
        if type(value) is str and not self.coded:  # most cells of a long file
            return value
        return dates.plain(value) if isinstance(value, date) else self._said(value)

    def order(self, row: Row) -> tuple[int, Any]:
        """Return the sorting key of a row: empty cells last."""
        value = self.sort(row) if self.sort else row.get(self.key)
        return (1, "") if value is None or value == "" else (0, value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the template shows it; `moment` is a day or a time, in ISO 8601, where it is one."""

    label: str
    text: str
    link: str
    number: bool
    moment: str = ""
    tick: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """One column head: where its link leads, and how the table is sorted by it now (ascending, descending, none)."""

    label: str
    link: str
    sorted: str
    number: bool


@dataclass(slots=True)
class Table:
    """A table ready for its template. `lines` is the page shown, `total` the rows that match, `all` those there are."""

    caption: str
    heads: list[Head]
    lines: list[list[Cell]]
    total: int
    all: int
    page: int
    pages: int
    query: str
    prefix: str
    links: dict[str, str]
    keep: list[tuple[str, str]] = field(default_factory=list)
    empty: str = ""
    filterable: bool = True

    @property
    def is_filtered(self) -> bool:
        """Return whether a search word narrows the table."""
        return bool(self.query)


def shown(value: object) -> str:
    """Return a value as people read it in a list: days without their era, yes/no in words, nothing for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, date):
        return dates.brief(value, get_language() or "ja")
    if isinstance(value, (list, tuple, set, frozenset)):
        return gettext(", ").join(shown(one) for one in value)
    return str(value)


def table_from(
    request: HttpRequest,
    rows: Iterable[Row],
    columns: Sequence[Column],
    *,
    caption: str,
    sort: str = "",
    empty: str = "",
    prefix: str = "",
    total: int | None = None,
    filename: str = "",
) -> Table | HttpResponse:
    """Return the table the request asks for, or the CSV download where it asks for that (`?format=csv`).

    `sort` is the column sorted by when the request names none (`-` before it: descending). With `total`, `rows` is the
    one page wanted, already filtered and sorted by the room. Unknown sort keys and pages fall back, never fail.
    """
    asked = {name: request.GET.get(f"{prefix}{name}", "") for name in ("sort", "q", "page", "format")}
    found = list(rows)
    every = len(found) if total is None else total
    by = sorted_by(columns, asked["sort"], sort)
    columns = resolved(columns, found)
    if total is None:
        found = _sorted(_filtered(found, columns, asked["q"]), columns, by)
    if asked["format"] == "csv":
        return as_csv(request, found, columns, filename or caption)
    matching = len(found) if total is None else total
    page = min(page_asked(asked["page"]), max(1, -(-matching // PAGE)))
    cut = found if total is not None else found[(page - 1) * PAGE : page * PAGE]
    table = ready(
        request,
        cut,
        columns,
        caption=caption,
        by=by,
        empty=empty,
        prefix=prefix,
        page=page,
        total=matching,
        every=every,
    )
    table.filterable = total is None and table.filterable
    return table


def sorted_by(columns: Sequence[Column], asked: str, otherwise: str) -> str:
    """Return the column asked to sort by (`-` before it: descending) where it can be sorted by, `otherwise` if not."""
    return asked if asked.lstrip("-") in {c.key for c in columns if c.sortable} else otherwise


def page_asked(asked: str) -> int:
    """Return the number of the page asked for, at least 1; 1 where it is no number."""
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < _DIGITS else 1


def resolved(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """Return the columns with the names of these rows' values looked up, all of a column at once."""
    return [_named(column, rows) if column.names else column for column in columns]


def _named(column: Column, rows: Sequence[Row]) -> Column:
    key, names = column.source, column.names
    called = names({row.get(key) for row in rows} - {None}) if names else {}

    def name(row: Row) -> str:
        return called.get(row.get(key), "")

    return replace(column, show=name, sort=name, coded=False)


def ready(
    request: HttpRequest,
    rows: Iterable[Row],
    columns: Sequence[Column],
    *,
    caption: str,
    by: str,
    empty: str,
    prefix: str,
    page: int,
    total: int,
    every: int,
) -> Table:
    """Return the table of one page whose rows are found, sorted and cut, and whose columns are resolved."""
    asked = request.GET.get(f"{prefix}q", "")
    pages = max(1, -(-total // PAGE))
    links = _Links(request, prefix)
    return Table(
        caption=caption,
        heads=[_head(column, by, links) for column in columns],
        lines=[[_cell(column, row) for column in columns] for row in rows],
        total=total,
        all=every,
        page=page,
        pages=pages,
        query=asked,
        prefix=prefix,
        links={
            "csv": links.to(format="csv", page=""),
            "previous": links.to(page=str(page - 1)) if page > 1 else "",
            "next": links.to(page=str(page + 1)) if page < pages else "",
            "all": links.to(q="", page=""),
        },
        keep=links.others("q", "page", "format"),
        empty=empty,
        filterable=every > 1 or bool(asked),
    )


@dataclass(frozen=True, slots=True)
class _Links:
    request: HttpRequest
    prefix: str

    def to(self, **changes: str) -> str:
        """Return the page's address with some of the table's settings changed."""
        wanted = self.request.GET.copy()
        wanted.pop(f"{self.prefix}format", None)
        for name, value in changes.items():
            if value:
                wanted[f"{self.prefix}{name}"] = value
            else:
                wanted.pop(f"{self.prefix}{name}", None)
        return f"?{wanted.urlencode()}"

    def others(self, *without: str) -> list[tuple[str, str]]:
        """Return what the filter form must carry along."""
        dropped = {f"{self.prefix}{name}" for name in without}
        return [(name, str(value)) for name, value in self.request.GET.items() if name not in dropped]


def _filtered(rows: list[Row], columns: Sequence[Column], query: str) -> list[Row]:
    words = folded(query).split()
    if not words:
        return rows
    texts = ((row, folded(" ".join(_said(column, row) for column in columns))) for row in rows)
    return [row for row, text in texts if all(word in text for word in words)]


def _said(column: Column, row: Row) -> str:
    """Return what a cell is found by: as it is read, and a day also by its number."""
    said, plain = column.text(row), column.plain(row)
    return said if said == plain else f"{said} {plain}"


def _sorted(rows: list[Row], columns: Sequence[Column], by: str) -> list[Row]:
    column = next((one for one in columns if one.key == by.lstrip("-")), None)
    if column is None:
        return rows
    ordered = sorted(rows, key=column.order)
    if not by.startswith("-"):
        return ordered
    filled = [row for row in ordered if column.order(row)[0] == 0]
    return [*reversed(filled), *ordered[len(filled) :]]


def _head(column: Column, by: str, links: _Links) -> Head:
    if not column.sortable:
        return Head(column.label, "", "", column.number)
    state = {column.key: "ascending", f"-{column.key}": "descending"}.get(by, "none")
    wanted = f"-{column.key}" if state == "ascending" else column.key
    return Head(column.label, links.to(sort=wanted, page=""), state, column.number)


def _cell(column: Column, row: Row) -> Cell:
    value = column.value(row)
    moment = value.isoformat() if isinstance(value, date) else ""
    tick = column.tick(row) if column.tick else ""
    return Cell(column.label, column.text(row), column.link(row) if column.link else "", column.number, moment, tick)


def as_csv(request: HttpRequest, rows: Iterable[Row], columns: Sequence[Column], filename: str) -> HttpResponse:
    """Return the rows as a file; every row of a stamped world carries its stamp, so that no cut loses it."""
    stamp = clock.world(viewer_of(request).world).stamp
    columns = [column for column in columns if column.tick is None]
    header = [column.label for column in columns] + ([gettext("Stamp")] if stamp else [])
    lines = ([column.plain(row) for column in columns] + ([stamp] if stamp else []) for row in rows)
    name = f"{filename}_{stamp.split()[0]}" if stamp else filename
    return csv_response(f"{name}.csv", header, lines)
