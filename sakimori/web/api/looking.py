"""Operations that read: one per registered query, an act, a receipt. Generated from the registry."""

import inspect
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, create_model

from sakimori.acts import clock, reading, registry
from sakimori.errors import SakimoriError
from sakimori.pages import rows_or_none, viewer_of
from sakimori.record import Query as ReadingQuery
from sakimori.text import Text
from sakimori.web.api.shapes import Answer

_NOT_TO_CHOOSE = {"world"}
"""Arguments the caller never chooses: parties are read in the base world of the caller's own."""


def router() -> Router:
    """Return the router with one operation for every registered query."""
    made = Router(tags=["queries"])
    for name, query in registry.queries().items():
        made.add_api_operation(
            f"/{name}",
            ["GET"],
            _operation(name, query),
            operation_id=f"read_{name.replace('.', '_')}",
            summary=name,
            description=inspect.getdoc(query.run) or name,
            response={200: Answer},
        )
    return made


def arguments_of(query: ReadingQuery) -> type[BaseModel] | None:
    """Return the model of a query's arguments, from the signature of its function; None where it takes none."""
    found: dict[str, Any] = {}
    for parameter in list(inspect.signature(query.run, eval_str=True).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) or parameter.name in _NOT_TO_CHOOSE:
            continue
        kind = Any if parameter.annotation is parameter.empty else parameter.annotation
        default = ... if parameter.default is parameter.empty else parameter.default
        found[parameter.name] = (kind, default)
    if not found:
        return None
    made: type[BaseModel] = create_model(f"Arguments_{query.name.replace('.', '_')}", **found)
    return made


def _operation(name: str, query: ReadingQuery) -> Callable[..., dict[str, Any]]:
    model = arguments_of(query)
    needs_world = "world" in inspect.signature(query.run).parameters

    def without(request: HttpRequest) -> dict[str, Any]:
        return _read(request, name, {}, needs_world=needs_world)

    if model is None:
        return without

    def with_arguments(request: HttpRequest, arguments: Query[model]) -> dict[str, Any]:  # type: ignore[valid-type]
        given = {key: getattr(arguments, key) for key in model.model_fields}
        return _read(request, name, given, needs_world=needs_world)

    return with_arguments


def _read(request: HttpRequest, name: str, given: dict[str, Any], *, needs_world: bool) -> dict[str, Any]:
    viewer = viewer_of(request)
    unknown = sorted(set(request.GET) - set(given))
    if unknown:
        raise SakimoriError(
            Text(f"知らない引数です: {', '.join(unknown)}", f"Unknown argument: {', '.join(unknown)}"),
            code="api.arguments",
            where=unknown[0],
            mend=Text(f"使える引数: {', '.join(given) or '-'}", f"Arguments: {', '.join(given) or '-'}"),
        )
    if needs_world:
        given["world"] = clock.world(viewer.world).base
    allowed = reading.permitted(viewer, name, given)
    reading.require_clearance(viewer, allowed)  # what comes out here a machine can keep, whoever asks
    rows = reading.read(viewer, name, **given)
    return {"query": name, "stamp": clock.world(viewer.world).stamp, "count": len(rows), "rows": rows}


def record_router() -> Router:
    """Return the router that shows one act or its receipt."""
    made = Router(tags=["records"])

    @made.get("/acts/{uuid:act}", response={200: dict[str, Any]}, operation_id="read_act")
    def one_act(request: HttpRequest, act: uuid.UUID) -> dict[str, Any]:
        """Return one act of the caller's organisation, with its dispatches and what they have become."""
        viewer = viewer_of(request)
        row = reading.read_one(viewer, "acts.done", act=act)
        return {**row, "dispatches": _dispatches(request, act)}

    @made.get("/receipts/{uuid:act}", response={200: dict[str, Any]}, operation_id="read_receipt")
    def one_receipt(request: HttpRequest, act: uuid.UUID) -> dict[str, Any]:
        """Return the receipt (記録証明) of an act; `sakimori receipt verify` checks it offline."""
        receipt: dict[str, Any] = reading.read_one(viewer_of(request), "acts.done", act=act)["receipt"]
        return receipt

    return made


def _dispatches(request: HttpRequest, act: uuid.UUID) -> list[dict[str, Any]]:
    return rows_or_none(viewer_of(request), "acts.dispatches", act=act) or []
