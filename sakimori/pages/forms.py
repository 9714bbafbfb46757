"""Forms generated from payload models: shown with what was typed, read back into a payload, faults at their field.

So every act kind has a working page, even where its room has no special one.
"""

import csv
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext
from pydantic import BaseModel

from sakimori.acts import clock
from sakimori.errors import SakimoriError
from sakimori.pages import dates, faults
from sakimori.pages.reads import rows_or_none
from sakimori.pages.schema import Field, fields_of
from sakimori.pages.words import choice, label, room_of, worded
from sakimori.record import Viewer
from sakimori.text import Text

_YES, _NO = "yes", "no"

LONGEST_INTEGER = 18
"""Digits of the longest number a field can hold; more is not turned into a number at all."""


@dataclass(slots=True)
class Shown:
    """One field as the template shows it: what was typed (`value`), its options, and what is wrong with it."""

    spec: Field
    label: str
    help: str
    value: str
    options: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""

    @property
    def widget(self) -> str:
        """Return which widget shows it: check, select, area or line."""
        if self.spec.kind == "flag" and not self.options:
            return "check"
        if self.options:
            return "select"
        return "area" if self.spec.kind in ("area", "lines", "rows", "json") else "line"


@dataclass(slots=True)
class Fieldset:
    """Fields that belong together; a legend where they are a thing within the payload."""

    legend: str
    fields: list[Shown]


@dataclass(slots=True)
class PayloadForm:
    """A generated form: show `fieldsets`; `read()` gives the payload; `blame()` puts faults at their fields.

    `known` are the paths whose choices the page gives, or does not show: nothing but parties is looked up for those.
    """

    model: type[BaseModel]
    viewer: Viewer
    typed: Mapping[str, str]
    sent: bool
    known: Collection[str] = ()
    shown: list[Shown] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shown = [_shown(spec, self) for spec in fields_of(self.model)]

    @property
    def fieldsets(self) -> list[Fieldset]:
        """Return the fields group by group, in the model's order."""
        groups: list[Fieldset] = []
        for one in self.shown:
            legend = " › ".join(worded(title, room_of(self.model)) for title in one.spec.groups)
            if not groups or groups[-1].legend != legend:
                groups.append(Fieldset(legend, []))
            groups[-1].fields.append(one)
        return groups

    @property
    def faulty(self) -> list[Shown]:
        """Return the fields something is wrong with, for the summary at the top."""
        return [one for one in self.shown if one.error]

    def read(self) -> dict[str, Any] | None:
        """Return the payload typed, or None where a field cannot be read at all (its `error` says why)."""
        payload: dict[str, Any] = {}
        for one in self.shown:
            try:
                value = _value(one.spec, one.value)
            except SakimoriError as error:
                one.error = error.explain(_language())
                continue
            if one.spec.within:
                _thing(payload, one.spec.within)
            if value is not None:
                _put(payload, one.spec.path, value)
        return None if self.faulty else payload

    def blame(self, found: Iterable[Mapping[str, str]]) -> None:
        """Put the faults the door found at their fields; what belongs to none is said at the top."""
        for fault in found:
            place, said = fault.get("where", ""), faults.say(fault, _language())
            spot = next((one for one in self.shown if _covers(one.spec.path, place)), None)
            if spot is None:
                self.others.append(f"{place}: {said}" if place else said)
            elif not spot.error:
                inner = _inner(place.removeprefix(spot.spec.path).lstrip("."))
                spot.error = f"{inner}: {said}" if inner else said


def form_for(
    model: type[BaseModel], viewer: Viewer, typed: Mapping[str, str], *, sent: bool, known: Collection[str] = ()
) -> PayloadForm:
    """Return the form of a payload model with what was typed; `typed` of a first visit may prefill fields by path.

    `known`: see `PayloadForm`. To look up what a field can point at is a reading, and is recorded as one.
    """
    return PayloadForm(model, viewer, typed, sent, known)


def _inner(place: str) -> str:
    """Return a place within a field as people count and call it: `2.clause` is the third line's clause."""
    parts = (str(int(one) + 1) if one.isdecimal() else label(one) for one in place.split(".") if one)
    return " ".join(parts)


def _covers(path: str, place: str) -> bool:
    return place == path or place.startswith(f"{path}.")


def _language() -> str:
    return get_language() or "ja"


def _shown(spec: Field, form: PayloadForm) -> Shown:
    given = spec.path in form.known and not spec.reference.startswith("parties.")
    options = [] if given else _options(spec, form.viewer)
    if form.sent:
        value = form.typed.get(spec.name, "")
    else:
        value = form.typed.get(spec.path, "") or _first_value(spec, form.viewer, options)
    return Shown(spec, worded(spec.title, room_of(form.model)), _help(spec), value, options)


def _first_value(spec: Field, viewer: Viewer, options: Sequence[tuple[str, str]]) -> str:
    if spec.kind == "flag":
        return _YES if spec.default is True else (_NO if options and spec.default is False else "")
    if spec.path in ("organisation", "principal") and any(value == str(viewer.organisation) for value, _ in options):
        return str(viewer.organisation)
    if isinstance(spec.default, (str, int, float)):
        return str(spec.default)
    return ""


def _help(spec: Field) -> str:
    said = [gettext(spec.help)] if spec.help else []
    if spec.kind in ("date", "when"):
        said.append(gettext("For example 2026-11-20 or 令和8年11月20日."))
    if spec.kind == "datetime":
        said.append(gettext("For example 2026-11-20 14:30 (Japan time)."))
    if spec.kind == "lines":
        said.append(gettext("One a line."))
    if spec.kind == "rows":
        columns = gettext(", ").join(label(name) for name, _ in spec.columns)
        said.append(gettext("One a line, columns parted by tabs or commas: %(columns)s") % {"columns": columns})
    if spec.kind == "json":
        said.append(gettext("As JSON."))
    return " ".join(said)


def _options(spec: Field, viewer: Viewer) -> list[tuple[str, str]]:
    if spec.kind == "choice":
        return [("", ""), *((value, choice(value, _last(spec.path))) for value in spec.choices)]
    if spec.kind == "flag" and (spec.required or spec.default is None):
        return [("", ""), (_YES, gettext("Yes")), (_NO, gettext("No"))]
    if spec.kind == "reference" and spec.reference:
        return _things(spec.reference, viewer)
    return []


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _things(query: str, viewer: Viewer) -> list[tuple[str, str]]:
    """Return what a reference can point at; empty (so: a plain field) where the viewer may not list it."""
    arguments = {"world": clock.world(viewer.world).base} if query.startswith("parties.") else {}
    rows = rows_or_none(viewer, query, **arguments)
    return [("", ""), *((str(row["id"]), _name(row)) for row in rows)] if rows else []


def _name(row: Mapping[str, Any]) -> str:
    """Return how a thing is called in a list: its name in the reader's language, or what there is."""
    names = [row.get(f"name_{_language()[:2]}"), row.get("name"), row.get("title"), row.get("name_ja")]
    called = next((str(name) for name in names if name), "")
    if not called:
        told = (value for key, value in row.items() if key not in ("id", "withheld") and not key.endswith("_id"))
        called = " · ".join(str(value) for value in told if value)
    return called or str(row["id"])


def _put(payload: dict[str, Any], path: str, value: object) -> None:
    above, _, last = path.rpartition(".")
    _thing(payload, above)[last] = value


def _thing(payload: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the thing at a path within the payload, made where it is not there yet."""
    for part in path.split(".") if path else ():
        payload = payload.setdefault(part, {})
    return payload


def _value(spec: Field, typed: str) -> object:
    """Return what was typed as payload data, None for nothing. Raises `SakimoriError` where it cannot be read."""
    if spec.kind == "flag":
        return {_YES: True, _NO: False}.get(typed, False if spec.default is True else None)
    if not typed.strip():
        return None
    if spec.kind == "rows":
        return _rows(typed, spec.columns)
    reader = _READERS.get(spec.kind)
    return reader(typed, spec.item) if reader else _simple(typed, spec.item)


def _lines(typed: str, item: str) -> object:
    return [_simple(line.strip(), item) for line in typed.splitlines() if line.strip()]


def _rows(typed: str, columns: Sequence[tuple[str, str]]) -> object:
    """A list pasted from a spreadsheet, or written by hand; JSON is taken too."""
    if typed.lstrip().startswith("["):
        return _json(typed, "")
    lines = [(number, _cells(line)) for number, line in enumerate(typed.splitlines(), start=1) if line.strip()]
    for number, cells in lines:
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise _too_many(number, len(cells), len(columns))
    return [_row(cells, columns) for _, cells in lines]


def _too_many(line: int, cells: int, columns: int) -> SakimoriError:
    return SakimoriError(
        Text(
            f"{line}行目が{cells}の欄に分かれました。欄は{columns}つまでです。",
            f"Line {line} falls into {cells} columns; there are {columns}.",
        ),
        mend=Text(
            "名称の中にコンマがあるときは、欄をタブで区切るか、名称を二重引用符で囲んでください。",
            "Where a name holds a comma, part the columns by tabs, or put the name in double quotes.",
        ),
    )


def _cells(line: str) -> list[str]:
    """Return the cells of a pasted line; a line the reader cannot take (a cell too long) is one cell, for the door."""
    try:
        return next(csv.reader([line], delimiter="\t" if "\t" in line else ",", skipinitialspace=True))
    except csv.Error:
        return [line]


def _row(cells: Sequence[str], columns: Sequence[tuple[str, str]]) -> dict[str, object]:
    filled = zip(columns, cells, strict=False)
    return {name: _simple(cell.strip(), kind) for (name, kind), cell in filled if cell.strip()}


def _when(typed: str, _: str) -> object:
    return dates.typed_datetime(typed) if ":" in typed else dates.typed_date(typed)


def _simple(typed: str, item: str) -> object:
    """Numbers are sent as numbers where they are such; otherwise the door says what is wrong."""
    plain = typed.strip()
    if item == "integer" and plain.lstrip("-").isdecimal() and len(plain) <= LONGEST_INTEGER:
        return int(plain)
    if item == "number":
        try:
            return float(plain)
        except ValueError:
            return typed
    return typed


def _json(typed: str, _: str) -> object:
    try:
        return json.loads(typed)
    except ValueError:
        raise SakimoriError(
            Text("JSON として読めません。", "This cannot be read as JSON."),
            mend=Text("引用符と括弧を確かめてください。", "Check quotation marks and brackets."),
        ) from None


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "date": lambda typed, _: dates.typed_date(typed),
    "datetime": lambda typed, _: dates.typed_datetime(typed),
    "when": _when,
    "lines": _lines,
    "json": _json,
}
