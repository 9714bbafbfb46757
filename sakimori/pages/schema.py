"""What fields a payload model has, read from its JSON Schema: a flat list of simple fields, grouped into fieldsets.

Every pydantic model is covered: strings, numbers, dates, yes/no, choices, references to other things, lists of simple
values (one a line), nested models (a fieldset); what is deeper than that is entered as JSON. A payload's field may say
more through `Field(title=…, description=…, json_schema_extra={"reference": "<query>"})`; both texts are English msgids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from sakimori.pages.words import is_word, sentence

_FORMATS = {"date": "date", "date-time": "datetime", "uuid": "reference"}
_LONG_TEXT = 300
_DEEPEST = 3
_SIMPLE = ("string", "integer", "number")
_ORGANISATIONS = {"organisation", "parent", "minister", "bureau", "principal", "delegate", "recipient", "addressee"}
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `path` is its dotted place in the payload.

    kind: text, area, date, datetime, when (date or time), number, flag, choice, lines, rows, json, reference.
    `title` and `help` are English msgids; `choices` the coded values; `reference` the query a reference is chosen from;
    `columns` the names and simple types of the columns of `rows`; `groups` the titles of what it lies in, `within`
    the innermost of those that must be there even when nothing is entered.
    """

    path: str
    kind: str
    title: str
    help: str
    required: bool
    groups: tuple[str, ...] = ()
    within: str = ""
    choices: tuple[str, ...] = ()
    reference: str = ""
    item: str = "string"
    longest: int | None = None
    default: object = None
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Return the HTML name and id of the field."""
        return f"f-{self.path}"


@cache
def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """Return the fields of a payload model, in the model's order; the id the door may choose itself is left out."""
    schema = model.model_json_schema()
    found = _object(schema, schema.get("$defs", {}), _Place())
    return tuple(one for one in found if one.path != "id" or one.required)


def msgids(model: type[BaseModel]) -> list[str]:
    """Return every English text that forms and contents of a payload show and that needs a translation."""
    texts = [text for one in fields_of(model) for text in (one.title, *one.groups, one.help)]
    schema = model.model_json_schema()
    for described in (schema, *schema.get("$defs", {}).values()):
        for name, own in described.get("properties", {}).items():
            texts += [sentence(name), *(sentence(word) for word in _words(own))]
        texts += [sentence(word) for word in _words(described)]
    return list(dict.fromkeys(text for text in texts if text))


@cache
def coded_values(model: type[BaseModel]) -> Mapping[str, frozenset[str]]:
    """Return the coded values each field of a payload may take, by the field's name, at any depth."""
    found: dict[str, set[str]] = {}
    schema = model.model_json_schema()
    for described in (schema, *schema.get("$defs", {}).values()):
        for name, own in described.get("properties", {}).items():
            found.setdefault(name, set()).update(str(code) for code in _codes(own))
    return {name: frozenset(codes) for name, codes in found.items() if codes}


def _codes(schema: Schema) -> list[object]:
    found = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])]
    for one in (*schema.get("anyOf", ()), schema.get("items")):
        found += _codes(one) if isinstance(one, Mapping) else []
    return found


def _words(schema: Schema) -> list[str]:
    found = [*schema.get("enum", ()), schema.get("const")]
    for one in (*schema.get("anyOf", ()), schema.get("items")):
        found += _words(one) if isinstance(one, Mapping) else []
    return [word for word in found if is_word(word)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the payload we are: the path so far, the titles on it, and whether all of it must be there."""

    prefix: str = ""
    groups: tuple[str, ...] = ()
    required: bool = True


def _object(schema: Schema, definitions: Schema, place: _Place) -> list[Field]:
    found: list[Field] = []
    needed = set(schema.get("required", ()))
    for name, described in schema.get("properties", {}).items():
        path = f"{place.prefix}{name}"
        own, nullable = _resolve(described, definitions)
        wanted = name in needed and not nullable and place.required
        if _is_form(own) and len(place.groups) < _DEEPEST:
            below = _Place(f"{path}.", (*place.groups, _title(name, described)), wanted)
            found += _object(own, definitions, below)
        else:
            found.append(_field(path, described, own, definitions, place, required=wanted))
    return found


def _field(path: str, described: Schema, own: Schema, definitions: Schema, place: _Place, *, required: bool) -> Field:
    name = path.rpartition(".")[2]
    kind, item = _kind(own, definitions)
    columns = _columns(own, definitions) if kind == "rows" else ()
    choices = _choices(own) if kind == "choice" else ()
    reference = str(described.get("reference") or ("parties.organisations" if name in _ORGANISATIONS else ""))
    return Field(
        path=path,
        kind=kind,
        title=_title(name, described),
        help=str(described.get("description", "")),
        required=required,
        groups=place.groups,
        within=place.prefix.rstrip(".") if place.required else "",
        choices=choices,
        reference=reference if kind == "reference" else "",
        item=item,
        longest=own.get("maxLength"),
        default=described.get("default", own.get("default")) if place.required else None,
        columns=columns,
    )


def _title(name: str, described: Schema) -> str:
    """Pydantic invents titles (`Designated On`); only a title that somebody wrote is kept."""
    given = str(described.get("title", ""))
    invented = name.replace("_", " ").title()
    return given if given and given.lower() != invented.lower() else sentence(name)


def _resolve(schema: Schema, definitions: Schema) -> tuple[Schema, bool]:
    """Return the schema behind references and `| None`, and whether None is allowed."""
    nullable = False
    while True:
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        elif "anyOf" in schema:
            rest = [one for one in schema["anyOf"] if one.get("type") != "null"]
            nullable = nullable or len(rest) < len(schema["anyOf"])
            if len(rest) != 1:
                return {"oneOf": rest}, nullable
            schema = rest[0]
        else:
            return schema, nullable


def _is_form(schema: Schema) -> bool:
    return schema.get("type") == "object" and bool(schema.get("properties"))


def _choices(schema: Schema) -> tuple[str, ...]:
    return tuple(str(one) for one in schema.get("enum", [schema.get("const")]))


def _kind(schema: Schema, definitions: Schema) -> tuple[str, str]:
    """Return the field's kind, and for lists what the items are."""
    if "enum" in schema or "const" in schema:
        return "choice", str(schema.get("type", "string"))
    if "oneOf" in schema:
        formats = {one.get("format") for one in schema["oneOf"]}
        if formats <= {"date", "date-time"}:
            return "when", "string"
        simple = all(one.get("type") in _SIMPLE for one in schema["oneOf"])
        return ("text" if simple else "json"), "string"
    found = schema.get("type")
    if found == "array":
        return _list_kind(schema, definitions)
    if found == "string":
        return _FORMATS.get(schema.get("format", ""), "area" if _is_long(schema) else "text"), "string"
    return {"integer": "number", "number": "number", "boolean": "flag"}.get(str(found), "json"), str(found)


def _list_kind(schema: Schema, definitions: Schema) -> tuple[str, str]:
    item, _ = _resolve(schema.get("items", {}), definitions)
    if item.get("type") in _SIMPLE:
        return "lines", str(item["type"])
    return ("rows" if _columns(schema, definitions) else "json"), "object"


def _columns(schema: Schema, definitions: Schema) -> tuple[tuple[str, str], ...]:
    """Return name and type of each property of a list's items; nothing where one of them is not simple."""
    item, _ = _resolve(schema.get("items", {}), definitions)
    found = []
    for name, described in item.get("properties", {}).items():
        own, _ = _resolve(described, definitions)
        kind = "string" if "enum" in own or "const" in own else str(own.get("type"))
        if kind not in _SIMPLE and kind != "boolean":
            return ()
        found.append((name, kind))
    return tuple(found)


def _is_long(schema: Schema) -> bool:
    return int(schema.get("maxLength", 0)) > _LONG_TEXT
