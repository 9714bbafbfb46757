"""Form versions: which items leave with a filing on a day (the law's), and how we lay them out (ours, and said so).

命令2条4項, 2条5項, 3条1項. The layouts of 様式第一 and 様式第二 are published only as images and are not known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sakimori import law, proofs
from sakimori.errors import SakimoriError
from sakimori.text import Text

_DATA = Path(__file__).parent / "data" / "forms.yaml"
_REFERENCE = "reference"  # an item of our own: what a correction is about
_ENVELOPE = ("form", "channel", "sent_at")  # the version itself, and how a paper left: no item of the form


class FormError(SakimoriError):
    """A filing is not of the form in force."""

    code = "assets.form"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: where it stands in the payload, the law's item it belongs to, its title, its code list."""

    path: str
    item: str
    title: Text
    coded: str = ""

    def of(self, data: Mapping[str, Any]) -> Any:
        """Return the field's value in a payload or a row; None where it is left out."""
        found: Any = data
        for part in self.path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


@dataclass(frozen=True, slots=True)
class FormVersion:
    """One form as it is in force on a day: `items` and `article` are the law's, `single` and `table` our layout."""

    form: str
    version: str
    kind: str
    article: str
    source: str
    official: Text
    title: Text
    items: tuple[str, ...]
    single: tuple[Field, ...]
    table: tuple[Field, ...]


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(_DATA.read_text(encoding="utf-8"))["forms"])


def names() -> tuple[str, ...]:
    """Return the names of all forms."""
    return tuple(entry["form"] for entry in _entries())


def version(form: str, on: date) -> FormVersion:
    """Return a form's version in force on that day. Raises `FormError` where there is no such form."""
    entry = next((one for one in _entries() if one["form"] == form), None)
    if entry is None:
        raise FormError(Text(f"様式「{form}」はありません。", f"There is no form “{form}”."), where="form")
    told = law.parameter(entry["law"], on)
    items = tuple(str(one) for one in told.value) if isinstance(told.value, list) else ()
    return FormVersion(
        form=form,
        version=entry["version"],
        kind=entry["kind"],
        article=told.article,
        source=told.source,
        official=Text(**entry["official"]),
        title=Text(**entry["title"]),
        items=items,
        single=tuple(_fields(entry["single"], items)),
        table=tuple(_fields(entry["table"], items)),
    )


def _fields(entries: list[dict[str, Any]], items: tuple[str, ...]) -> Iterator[Field]:
    for one in entries:
        if one["item"] in items or one["item"] == _REFERENCE:
            yield Field(one["path"], one["item"], Text(**one["title"]), one.get("coded", ""))


def of_kind(kind: str, on: date) -> FormVersion:
    """Return the form version an act kind files (by envelope or otherwise)."""
    plain = kind.removesuffix("_otherwise")
    return version(next((one["form"] for one in _entries() if one["kind"] == plain), kind), on)


def exactly(form: FormVersion, payload: Mapping[str, Any]) -> bytes:
    """Return the bytes that the fields of the form alone make of a payload: canonical JSON (RFC 8785).

    Raises `FormError` where the payload holds anything that is no field of the form: then nothing may leave.
    """
    built: dict[str, Any] = {"form": payload.get("form")}
    for name in _ENVELOPE[1:]:
        if name in payload:
            built[name] = payload[name]
    for one in form.single:
        _put(built, one.path, one.of(payload), payload)
    plain = frozenset(one.path for one in form.table if "." not in one.path)
    whole = len(plain) == len(form.table)
    built["rows"] = [
        row if whole and isinstance(row, dict) and row.keys() == plain else _row(form, row)
        for row in payload.get("rows", [])
    ]
    if built != payload:
        raise FormError(
            Text(
                "様式にない項目が含まれています。何も送りません。",
                "There is something in it that is no field of the form: nothing leaves.",
            ),
            where=", ".join(sorted(set(payload) - set(built))) or "rows",
            article=form.article,
        )
    return proofs.canonical(built)


def _row(form: FormVersion, row: Mapping[str, Any]) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for one in form.table:
        _put(built, one.path, one.of(row), row)
    return built


def _put(built: dict[str, Any], path: str, value: Any, source: Mapping[str, Any]) -> None:
    """Put a value at its path; where a whole part is left out (`null`) it stays left out."""
    first, _, rest = path.partition(".")
    if not rest:
        if first in source:
            built[first] = value
        return
    if source.get(first) is None:
        if first in source:
            built[first] = None
        return
    _put(built.setdefault(first, {}), rest, value, source[first])
