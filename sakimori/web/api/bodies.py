"""Request bodies: read once, limited, and described in the OpenAPI document by the payload model's own schema.

A payload goes to the door exactly as it was sent. (Parsed and written out again, it would carry defaults the caller
never sent, and a repeated call would not be the same call.)
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from pydantic import BaseModel

from sakimori.errors import SakimoriError
from sakimori.text import Text

LIMIT = 10 * 1024 * 1024
"""Bytes of the largest body taken in."""

_DEEPEST = 20


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object sent. Raises `HttpError` 413 above the limit, `SakimoriError` where it is no object."""
    try:
        announced = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        announced = 0
    if announced > LIMIT or len(request.body) > LIMIT:
        raise HttpError(413, "too large")
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise _not_json(str(error)) from None
    if not isinstance(found, dict):
        raise _not_json("")
    return found


def _not_json(detail: str) -> SakimoriError:
    return SakimoriError(
        Text("本文は JSON の対象（{…}）でなければなりません。", "The body must be a JSON object ({…})."),
        code="api.json",
        where=detail or None,
        mend=Text("UTF-8 の JSON を送ってください。", "Send JSON in UTF-8."),
    )


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI `requestBody` of a payload model, free of references: models of two rooms may share a name."""
    schema = model.model_json_schema()
    inlined = _inline(schema, schema.get("$defs", {}), 0)
    inlined.pop("$defs", None)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": inlined}}}}


def _inline(schema: Any, definitions: Mapping[str, Any], depth: int) -> Any:
    if depth > _DEEPEST:
        return {}
    if isinstance(schema, list):
        return [_inline(one, definitions, depth + 1) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        named = definitions[str(schema["$ref"]).rsplit("/", 1)[-1]]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inline(named, definitions, depth + 1), **beside}
    return {key: _inline(value, definitions, depth + 1) for key, value in schema.items() if key != "$defs"}
