"""The machine's way to file a report: one entry in, the filings it makes out, proposed to the second person.

`/api/v1/incidents/`. Acts and readings of this room have their generated operations beside it. A token drafts: a person
adopts the proposals before anybody can confirm them.
"""

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Header, Router, Status

from sakimori.incidents import entry
from sakimori.pages import viewer_of

router = Router(tags=["incidents"])
_KEY: Any = Header(None, alias="Idempotency-Key", description="冪等キー / a repeated call is done once")  # type: ignore[type-arg]
_FAULTS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 405, 409, 413, 422, 429, 500), dict[str, Any])


def _plain(one: entry.Prepared) -> dict[str, Any]:
    addressees = [str(addressee) for addressee in one.addressees]
    return {"lane": one.lane, "kind": one.kind, "payload": one.payload, "addressees": addressees}


@router.get("/projection", response={200: dict[str, Any], **_FAULTS}, summary="どこへ何が届くか / Where each part goes")
def projection(request: HttpRequest) -> dict[str, Any]:
    """Return, for every part of an entry, the lanes (laws) that receive it and its place in that filing."""
    viewer_of(request)
    return {"parts": {source: dict(places) for source, places in entry.PLACES.items()}}


@router.post(
    "/cases/{case}/entries/{stage}/look",
    response={200: list[dict[str, Any]], **_FAULTS},
    summary="出ていく中身を確かめる / See what would leave",
)
def look(request: HttpRequest, case: uuid.UUID, stage: entry.Stage, body: entry.Entry) -> list[dict[str, Any]]:
    """Return what an entry would send to whom; nothing is done."""
    return [_plain(one) for one in entry.prepare(viewer_of(request), case, body, stage)]


@router.post(
    "/cases/{case}/entries/{stage}",
    response={202: list[dict[str, Any]], **_FAULTS},
    summary="報告を提案する / Propose the reports of an entry",
)
def propose(
    request: HttpRequest, case: uuid.UUID, stage: entry.Stage, body: entry.Entry, idempotency_key: str | None = _KEY
) -> Status[list[dict[str, Any]]]:
    """Propose every filing of an entry: all of them or none. Returns the proposals' ids beside what they would send."""
    viewer = viewer_of(request)
    prepared = entry.prepare(viewer, case, body, stage)
    made = entry.propose(viewer, case, body, stage, key=idempotency_key or "", client="api")
    return Status(202, [{**_plain(one), "proposal": str(two.id)} for one, two in zip(prepared, made, strict=True)])
