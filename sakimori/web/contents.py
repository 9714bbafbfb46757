"""What an act or a proposal says, field by field, as people read it."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from sakimori.pages.schema import Field, fields_of
from sakimori.pages.tables import shown
from sakimori.pages.words import choice, label
from sakimori.record import Handler, Viewer
from sakimori.web import names

_ROWS_SHOWN = 100


@dataclass(slots=True)
class Line:
    """One line: a label with a text, with further lines below it, or with a small table."""

    label: str
    text: str = ""
    lines: list["Line"] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    more: int = 0


def described(viewer: Viewer, payload: Mapping[str, Any], handler: Handler | None) -> list[Line]:
    """Return a payload as labelled lines; ids of organisations are shown by name, lists of alike things as a table."""
    specs = {spec.path: spec for spec in fields_of(handler.payload)} if handler else {}
    called = names.organisations(viewer, set(_ids(payload)))
    return [_line(name, value, specs, called, name) for name, value in payload.items()]


def _ids(value: object) -> Iterator[uuid.UUID]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _ids(one)
    elif isinstance(value, str) and len(value) == len(str(uuid.UUID(int=0))):
        try:
            yield uuid.UUID(value)
        except ValueError:
            return


def _line(name: str, value: Any, specs: Mapping[str, Field], called: Mapping[uuid.UUID, str], path: str) -> Line:
    spec = specs.get(path)
    title = gettext(spec.title) if spec else label(name)
    if isinstance(value, Mapping):
        below = [_line(key, one, specs, called, f"{path}.{key}") for key, one in value.items()]
        return Line(title, lines=below)
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return _table(title, value)
    if spec is not None and spec.kind == "choice":
        return Line(title, choice(value))
    return Line(title, _text(value, called))


def _table(title: str, items: list[Mapping[str, Any]]) -> Line:
    keys = list(dict.fromkeys(key for item in items for key in item))
    rows = [[_text(item.get(key), {}) for key in keys] for item in items[:_ROWS_SHOWN]]
    return Line(title, heads=[label(key) for key in keys], rows=rows, more=max(0, len(items) - _ROWS_SHOWN))


def _text(value: object, called: Mapping[uuid.UUID, str]) -> str:
    if isinstance(value, str):
        try:
            return called.get(uuid.UUID(value), value)
        except ValueError:
            return value
    if isinstance(value, Mapping):
        return "; ".join(f"{label(str(key))}: {_text(one, called)}" for key, one in value.items())
    if isinstance(value, list):
        return gettext(", ").join(_text(one, called) for one in value)
    return shown(value)
