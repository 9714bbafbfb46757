"""Reading one part of a long list: the database searches, sorts, counts and cuts; the door still decides and records.

Only queries that declare a `Listing` can be read so. What comes out is what `reading.read` would have given, cut down
to the rows asked for, and the reading record names those rows alone. Nobody can search or sort by what is withheld
from them: a field above the viewer's ceiling on any row of the list is left out of both.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Collate, Concat, NullIf
from django.db.models.lookups import Contains

from sakimori.acts import clock, labels, reading
from sakimori.acts.glance import once
from sakimori.record import Listing, Query, Viewer
from sakimori.record.fences import seen_as
from sakimori.record.folding import Folded

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
_LONGEST_NUMBER = 9  # digits that every integer column takes
_BETWEEN = "\x1f"  # never part of a search word: a match lies within one field


@dataclass(frozen=True, slots=True)
class Word:
    """One word that every row must hold: in a text of the row, or by one of the values of a field `among`.

    `among` is for what people read as a name (an organisation, a coded state): the caller knows which values the names
    that hold the word stand for.
    """

    text: str
    among: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted: `count` rows from `start` (0: all), by `sort` (`-` before it: descending).

    `ranks` orders the values of the field sorted by where people read names for them; values without a rank come last.
    """

    start: int = 0
    count: int = 0
    sort: str = ""
    words: tuple[Word, ...] = ()
    ranks: Mapping[Any, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a part, where they start (never beyond the end), how many rows match, and how many there are."""

    rows: list[dict[str, Any]]
    start: int
    total: int
    all: int


def read_part(viewer: Viewer, query: str, part: Part, **arguments: Any) -> Page:
    """Return one part of a list as this viewer may see it, and record the reading of those rows.

    Raises what `reading.read` raises.
    """
    with seen_as(viewer):
        found, listing, every = _opened(viewer, query, arguments)
        ceiling = once("ceiling", viewer, labels.ceiling_of_viewer)
        unseen = _withheld(viewer, found, every, arguments) if part.words or part.sort else frozenset()
        with reading.faults_of_the_asker(query):
            count = every.count()
            matching = _matching(every, listing, part.words, unseen)
            total = matching.count() if part.words else count
            ordered = _ordered(matching, listing, part, unseen)
            start = min(part.start, max(0, total - 1) // part.count * part.count) if part.count else 0
            rows = list(ordered[start : start + part.count] if part.count else ordered)
        shown = reading.shown(viewer, found, rows, ceiling, {**arguments, "part": _as_plain(part)})
        return Page(shown, start, total, count)


def count(viewer: Viewer, query: str, **arguments: Any) -> int:
    """Return how many rows a list has for this viewer; nothing of them is shown, so nothing is recorded."""
    _, _, every = _opened(viewer, query, arguments)
    with seen_as(viewer), reading.faults_of_the_asker(query):
        return int(every.count())


def values(viewer: Viewer, query: str, names: Iterable[str], **arguments: Any) -> dict[str, list[Any]]:
    """Return the different values of fields that a list holds, for finding the names that people read for them.

    They are for looking names up, not for showing; a field withheld from the viewer on any row has none. What lies in
    a JSON field that the list names is asked for by its path (`payload__case`).
    """
    found, listing, every = _opened(viewer, query, arguments)
    with seen_as(viewer):
        unseen = _withheld(viewer, found, every, arguments)
        allowed = {*listing.sorts, *listing.texts, *listing.named} - unseen
        return {
            name: list(every.order_by().values_list(_selected(every, name), flat=True).distinct())
            if name in allowed or name.partition("__")[0] in allowed
            else []
            for name in names
        }


def _selected(every: QuerySet[Any], name: str) -> Any:
    """Return how a field is selected: what a query only finds and sorts by (`alias`) is no column of its rows."""
    return F(name) if name in every.query.annotations else name


def is_listing(query: str) -> bool:
    """Return whether a query can be read part by part."""
    return reading.found(query).listing is not None


def _opened(viewer: Viewer, query: str, arguments: Mapping[str, Any]) -> tuple[Query, Listing, QuerySet[Any]]:
    found = reading.permitted(viewer, query, arguments)
    if found.listing is None:
        raise TypeError(f"{query} declares no listing")
    rows: Any = found.run(viewer, **arguments)
    if not isinstance(rows, QuerySet):
        raise TypeError(f"{query} gives no query set")
    return found, found.listing, rows


def _withheld(viewer: Viewer, query: Query, every: QuerySet[Any], arguments: Mapping[str, Any]) -> frozenset[str]:
    """Return what `_unseen` finds; a page that names values, searches and sorts looks through the labels once."""
    ceiling = once("ceiling", viewer, labels.ceiling_of_viewer)
    asked = ("unseen", query.name, *sorted((name, str(value)) for name, value in arguments.items()))
    return once(asked, viewer, lambda _: _unseen(viewer, query, every, ceiling))


def _unseen(viewer: Viewer, query: Query, every: QuerySet[Any], ceiling: labels.Ceiling) -> frozenset[str]:
    """Return the fields that are withheld from the viewer on some row of the list."""
    first = next(iter(every.order_by()[:1]), None) if query.groups else None
    if first is None:
        return frozenset()
    if "labels" in first:
        own = ceiling.organisation
        others = every.exclude(owner=own) if own is not None and "owner" in first else every
        carried = [(one, None) for one in others.order_by().values_list("labels", flat=True).distinct()]
    else:
        (made,) = reading.made(query, viewer, [first])
        carried = [(made.get("labels") or {}, made.get("owner"))]
    hidden: set[str] = set()
    for restricted, owner in carried:
        for group, restrictions in restricted.items():
            if ceiling.lacks(restrictions, owner) is not None:
                hidden.update(query.groups.get(group, tuple(first)))
    return frozenset(hidden)


def _as_plain(part: Part) -> dict[str, Any]:
    words = [word.text for word in part.words]
    return {"start": part.start, "count": part.count, "sort": part.sort, "words": words}


def _ordered(found: QuerySet[Any], listing: Listing, part: Part, unseen: frozenset[str]) -> QuerySet[Any]:
    """Sort; empty cells come last whichever way, and the list's own order decides between equals."""
    by, down = part.sort.lstrip("-"), part.sort.startswith("-")
    if by not in listing.sorts or by in unseen:
        return found.order_by(*listing.order)
    expression, may_be_empty = _sortable(found, by, part.ranks)
    last = True if may_be_empty else None
    first = expression.desc(nulls_last=last) if down else expression.asc(nulls_last=last)
    return found.order_by(first, *(name for name in listing.order if name.lstrip("-") != by))


def _sortable(found: QuerySet[Any], by: str, ranks: Mapping[Any, int]) -> tuple[Any, bool]:
    if ranks:
        ranked = [When(**{by: value}, then=Value(rank)) for value, rank in ranks.items() if value is not None]
        return Case(*ranked, default=Value(None), output_field=models.IntegerField()), True
    of = _field(found.model, by)
    if isinstance(of, models.CharField | models.TextField | models.JSONField):
        text = KT(by) if isinstance(of, models.JSONField) else F(by)
        given: Any = NullIf(text, Value(""))
        # Code points decide, as they do in Python and in SQLite, whatever language the database was made for.
        return (Collate(given, "C") if _is_postgresql(found) else given), True
    return F(by), of is not None and (of.null or "__" in by)


def _is_postgresql(found: QuerySet[Any]) -> bool:
    return connections[found.db].vendor == "postgresql"


def _field(model: Any, path: str) -> "models.Field[Any, Any] | None":
    """Return the model's field at the end of a path; None for what the query itself computes."""
    found = None
    for name in path.split("__"):
        if isinstance(found, models.JSONField):
            return found
        try:
            found = model._meta.get_field(name)  # noqa: SLF001 - Django's model API
        except FieldDoesNotExist:
            return None
        model = found.related_model
    return found


def _matching(found: QuerySet[Any], listing: Listing, words: Iterable[Word], unseen: frozenset[str]) -> QuerySet[Any]:
    """Narrow to the rows that hold every word."""
    searched = {name: _field(found.model, name) for name in listing.texts if name not in unseen}
    texts = [
        KT(name) if isinstance(of, models.JSONField) else F(name)
        for name, of in searched.items()
        if isinstance(of, models.CharField | models.TextField | models.JSONField)
    ]
    for word in words:
        hit = Q(pk__in=[])
        if texts:
            hit |= Q(Contains(Folded(_joined(texts)), word.text))
        for name, of in searched.items():
            hit |= _by_value(name, of, word.text)
        for name, among in word.among.items():
            if name in {*listing.sorts, *listing.texts, *listing.named} - unseen:
                hit |= _one_of(name, among)
        found = found.filter(hit)
    return found


def _joined(texts: list[Any]) -> Any:
    if len(texts) == 1:
        return texts[0]
    parted = [part for text in texts for part in (text, Value(_BETWEEN))]
    return Concat(*parted, output_field=models.TextField())


def _one_of(name: str, among: tuple[Any, ...]) -> Q:
    given = [one for one in among if one is not None]
    hit = Q(**{f"{name}__in": given}) if given else Q(pk__in=[])
    return hit | Q(**{f"{name}__isnull": True}) if None in among else hit


def _by_value(name: str, of: "models.Field[Any, Any] | None", word: str) -> Q:
    """Find dates by year, month or day as they are written (`2026`, `2026-11`, `2026-11-20`), numbers by themselves."""
    if isinstance(of, models.DateField):
        span = _span(word)
        if span is None:
            return Q(pk__in=[])
        begin, end = span
        if isinstance(of, models.DateTimeField):
            return Q(**{f"{name}__gte": _midnight(begin), f"{name}__lt": _midnight(end)})
        return Q(**{f"{name}__gte": begin, f"{name}__lt": end})
    if isinstance(of, models.IntegerField) and word.isascii() and word.isdecimal() and len(word) <= _LONGEST_NUMBER:
        return Q(**{name: int(word)})
    return Q(pk__in=[])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.TOKYO)


def _span(word: str) -> tuple[date, date] | None:
    """Return the first day meant and the day after the last one; None where the word is no date."""
    found = _DATE.match(word)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date.fromisoformat(f"{year:04}-{month or 1:02}-{day or 1:02}")
        length = 1 if day else monthrange(year, month)[1] if month else 365 + isleap(year)
        return first, date.fromordinal(first.toordinal() + length)
    except (ValueError, OverflowError):
        return None
