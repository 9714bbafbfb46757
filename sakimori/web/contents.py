"""What an act or a proposal says, field by field, as people read it: names for ids, words for codes, days as days."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from sakimori.pages.codes import meaning
from sakimori.pages.schema import Field, coded_values, fields_of
from sakimori.pages.tables import shown
from sakimori.pages.words import choice, label, room_of, worded
from sakimori.record import Handler, Viewer
from sakimori.web import names

_ROWS_SHOWN = 100
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


@dataclass(slots=True)
class Line:
    """One line: a label with a text, with further lines below it, or with a small table."""

    label: str
    text: str = ""
    lines: list["Line"] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Words:
    """What is known of a payload: its fields, the codes they take, and whose ids stand in it."""

    specs: Mapping[str, Field]
    codes: Mapping[str, frozenset[str]]
    called: Mapping[uuid.UUID, str]
    room: str = ""


def described(viewer: Viewer, payload: Mapping[str, Any], handler: Handler | None) -> list[Line]:
    """Return a payload as labelled lines; ids of organisations are shown by name, lists of alike things as a table."""
    specs = {spec.path: spec for spec in fields_of(handler.payload)} if handler else {}
    ids = set(_ids(payload))
    called = {**names.people(viewer, ids), **names.organisations(viewer, ids)}
    codes, room = (coded_values(handler.payload), room_of(handler.payload)) if handler else ({}, "")
    words = _Words(specs, codes, called, room)
    return [_line(name, value, words, name) for name, value in payload.items()]


def _ids(value: object) -> Iterator[uuid.UUID]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _ids(one)
    elif isinstance(value, list):
        for one in value[:_ROWS_SHOWN]:
            yield from _ids(one)
    elif isinstance(value, str) and len(value) == len(str(uuid.UUID(int=0))):
        try:
            yield uuid.UUID(value)
        except ValueError:
            return


def _line(name: str, value: Any, words: _Words, path: str) -> Line:
    spec = words.specs.get(path)
    title = worded(spec.title, words.room) if spec else label(name, words.room)
    if isinstance(value, Mapping):
        below = [_line(key, one, words, f"{path}.{key}") for key, one in value.items()]
        return Line(title, lines=below)
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return _table(title, value, words)
    return Line(title, _text(name, value, words))


def _table(title: str, items: list[Mapping[str, Any]], words: _Words) -> Line:
    keys = list(dict.fromkeys(key for item in items for key in item))
    rows = [[_text(key, item.get(key), words) for key in keys] for item in items[:_ROWS_SHOWN]]
    return Line(title, heads=[label(key, words.room) for key in keys], rows=rows, more=max(0, len(items) - _ROWS_SHOWN))


def _text(name: str, value: object, words: _Words) -> str:
    """Return one value of a field in words: its code's meaning, whose id it is, a day as days are written here."""
    if isinstance(value, Mapping):
        return "; ".join(f"{label(str(key), words.room)}: {_text(str(key), one, words)}" for key, one in value.items())
    if isinstance(value, list):
        return gettext(", ").join(_text(name, one, words) for one in value)
    if isinstance(value, bool) or value is None:
        return shown(value)
    if str(value) in words.codes.get(name, ()) or meaning(value, name) is not None:
        return choice(value, name)
    return _plain(value, words) if isinstance(value, str) else shown(value)


def _plain(value: str, words: _Words) -> str:
    try:
        if _DAY.fullmatch(value):
            return shown(date.fromisoformat(value))
        if _MOMENT.match(value):
            return shown(datetime.fromisoformat(value))
        return words.called.get(uuid.UUID(value), value)
    except ValueError:
        return value
