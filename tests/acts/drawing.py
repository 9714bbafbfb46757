"""Values drawn from the JSON schema of a form: what pydantic says of a payload, and ends of the calendar."""

from hypothesis import strategies as st

DAYS = ["0001-01-01", "1899-12-31", "2026-11-20", "2026-12-10", "9999-12-31"]
MOMENTS = [
    "0001-01-01T00:00:00+14:00", "2026-11-20T09:30:00+09:00", "2026-11-20T09:30:00", "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59-12:00",
]  # fmt: skip
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
    | st.sampled_from([*DAYS, *MOMENTS, "2026-02-30", "-1", "\0", "x" * 9000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_.", max_size=5), inner, max_size=3),
    max_leaves=5,
)
"""Any JSON there is."""


def of_form(model, ids):
    """Return a strategy of payloads of a model's form, the ids in them drawn from `ids` or new."""
    schema = model.model_json_schema(by_alias=True)
    formats = {
        "uuid": st.sampled_from(ids) | st.uuids().map(str),
        "date": st.sampled_from(DAYS),
        "date-time": st.sampled_from(MOMENTS),
    }
    return _value(schema, schema.get("$defs", {}), formats)


def _value(schema, named, formats):
    if "$ref" in schema:
        schema = named[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return st.one_of(*(_value(one, named, formats) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    sorts = {
        "object": _object,
        "array": _array,
        "string": lambda one, _, known: _text(one, known),
        "integer": _number,
        "number": _number,
        "boolean": lambda *_: st.booleans(),
        "null": lambda *_: st.none(),
    }
    return sorts.get(str(schema.get("type")), lambda *_: JUNK)(schema, named, formats)


def _object(schema, named, formats):
    fields = {name: _value(one, named, formats) for name, one in schema.get("properties", {}).items()}
    required = set(schema.get("required", []))
    return st.fixed_dictionaries(
        {name: one for name, one in fields.items() if name in required},
        optional={name: one for name, one in fields.items() if name not in required},
    )


def _array(schema, named, formats):
    least = schema.get("minItems", 0)
    return st.lists(_value(schema.get("items", {}), named, formats), min_size=least, max_size=least + 2)


def _number(schema, *_):
    least, most = schema.get("minimum", -(2**53) + 1), schema.get("maximum", 2**53 - 1)
    return st.integers(int(least), int(most))


def _text(schema, formats):
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    least = schema.get("minLength", 0)
    return _TEXTS.map(lambda text: text + "x" * max(0, least - len(text)))
