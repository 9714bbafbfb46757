"""The page of a mistake in the register: what was never so of a computer, why; and the way on to a correction."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from sakimori.acts import reading
from sakimori.assets.correcting import WRONG
from sakimori.assets.forms import compared
from sakimori.assets.scoping import SCOPE_FACTS
from sakimori.assets.upkeep import saying as words
from sakimori.pages import viewer_of
from sakimori.pages.stepping import Step, stepped
from sakimori.pages.submitting import require
from sakimori.record import Viewer

MEND = "assets.computer.mend"
_TEXTS = ("maker", "product", "unit", "name", "introduced_on")
_FACTS = (*SCOPE_FACTS, "serves", "designated_item")
_FLAGS = {True: "yes", False: "no"}


@require_http_methods(["GET", "HEAD", "POST"])
def mend_computer(request: HttpRequest, computer: uuid.UUID) -> HttpResponse:
    """Put right what was never so: the form begins with what is recorded, only what differs is mended."""
    viewer = viewer_of(request)
    require(MEND, viewer)
    row = reading.read_one(viewer, "assets.computer", computer=computer)
    back = reverse("assets:computer", args=[computer])
    facts = {name: row["facts"].get(name) for name in _FACTS}

    def only_mended(payload: dict[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in payload.items() if name != "facts"}
        differs = {name: value for name, value in told.items() if name not in _TEXTS or value != _now(row, name)}
        given = {name: value for name, value in payload.get("facts", {}).items() if value != facts[name]}
        return differs | ({"facts": given} if given else {})

    waiting = reading.read(viewer, "assets.changes", computer=computer, status="waiting")
    changes = [(str(one["id"]), _said(one)) for one in waiting if one["event"] == "changed"]
    first = {name: _now(row, name) for name in _TEXTS}
    first |= {f"facts.{name}": _FLAGS.get(value, value) for name, value in facts.items() if value is not None}
    step = Step(
        MEND,
        {"computer": str(computer)},
        hidden=frozenset() if changes else frozenset({"no_change"}),
        first=first,
        options={"no_change": [("", ""), *changes]},
        complete=only_mended,
        done=lambda _: f"{back}?mended=1",
    )
    return stepped(request, step, "assets/upkeep/mend.html", {"row": row, "back": back})


def _now(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    return value.isoformat() if name == "introduced_on" else str(value or "")


def _said(change: Mapping[str, Any]) -> str:
    return f"{change['changed_on'].isoformat()} {words.told(change['fields'])}"


def mistakes(viewer: Viewer, row: Mapping[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return how a computer was notified wrongly: the filing and where it is corrected; None where it was not."""
    if row["notification"] is None or not any(one["status"] == WRONG for one in changes):
        return None
    found = next(iter(reading.read(viewer, "assets.notifications", notification=row["notification"])), None)
    if found is None:
        return None
    arrived = found["status"] == "arrived"
    return {"arrived": arrived, "filing": found["id"], "url": compared.address(found) if arrived else ""}


urlpatterns = [path("computers/<uuid:computer>/mend/", mend_computer, name="mend_computer")]
