"""What the register says otherwise since a filing was proposed: what of it can no longer be filed, what has come since.

Confirming it would be refused where the register no longer has what its rows stand for; the page says so beforehand.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from sakimori import law
from sakimori.acts import authority
from sakimori.acts.errors import PreconditionError
from sakimori.assets import correcting, designated, drafting, letters, saying
from sakimori.assets.forms import drafts
from sakimori.assets.models import Notification
from sakimori.pages.proposed import Note
from sakimori.record import Viewer

_NAMED = 20  # rows told one by one; the rest are counted
_Row = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """What differs: rows in words with how often, of those gone from the register and of those that came since.

    `blocked`: confirming it would be refused. `outline`: what is said of the operator has changed. `anew` is where the
    draft of today stands; empty where nothing is left to draft.
    """

    gone: list[tuple[str, int]]
    more_gone: int
    come: list[tuple[str, int]]
    more_come: int
    outline: bool
    blocked: bool
    anew: str


def of(viewer: Viewer, payload: Mapping[str, Any]) -> Stale | None:
    """Return how the draft of today differs from a proposed filing; None where it is the same."""
    proposed = Counter(_row(row) for row in payload.get("rows", []))
    today, outline, anew = _today(viewer, payload)
    gone, come = proposed - today, today - proposed
    other = outline is not None and outline != payload.get("outline")
    if not gone and not come and not other:
        return None
    return Stale(*_told(gone), *_told(come), outline=other, blocked=bool(gone), anew=anew if today else "")


def note(viewer: Viewer, row: Mapping[str, Any]) -> Note | None:
    """Return what the page of a proposal says of it before somebody decides.

    None where the register is the same, and for whoever may neither propose nor confirm it.
    """
    kind, mine = law.kind(row["kind"]), (viewer.organisation_type, viewer.role)
    if not any(authority.allowed_by_role(kind, *mine, confirming=one) for one in (False, True)):
        return None
    found = of(viewer, row["payload"])
    return Note("assets/stale.html", found, blocked=found.blocked) if found else None


def anew(viewer: Viewer, payload: Mapping[str, Any]) -> str:
    """Return where the draft of today stands of what a proposal was about; empty where nothing of it waits."""
    today, _, address = _today(viewer, payload)
    return address if today else ""


def _today(viewer: Viewer, payload: Mapping[str, Any]) -> tuple[Counter[_Row], Any, str]:
    """Return what the same filing would say today: its rows, the outline, and where its draft stands."""
    form, category = letters.form_of(payload), str(payload.get("facility_category", ""))
    asked = urlencode({"category": category})
    outline = designated.outline(viewer, category).model_dump(mode="json")
    if form == "notification":
        rows: list[dict[str, Any]] = drafting.waiting_rows(viewer, category)
        return Counter(map(_row, rows)), outline, f"{reverse('assets:drafts')}?{asked}"
    if form == "change":
        told = [row.model_dump(mode="json") for row in drafts.changed_rows(viewer, category)]
        return Counter(map(_row, told)), outline, f"{reverse('assets:change')}?{asked}"
    if form == "substitute":
        return _paper(viewer, payload, outline)
    return _correction(viewer, payload, outline)


def _paper(viewer: Viewer, payload: Mapping[str, Any], outline: Any) -> tuple[Counter[_Row], Any, str]:
    for one in drafts.substitutes(viewer):
        if one.reference and drafts.paper_of(one).model_dump(mode="json") == payload["paper"]:
            rows = [{"product": product, "maker": maker} for product, maker in one.rows]
            return Counter(map(_row, rows)), outline, reverse("assets:substitute", args=[one.paper])
    return Counter(), outline, ""


def _correction(viewer: Viewer, payload: Mapping[str, Any], outline: Any) -> tuple[Counter[_Row], Any, str]:
    wrong = Notification.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, side="operator",
        act=uuid.UUID(str(payload["corrects"])), status="arrived",
    ).first()  # fmt: skip
    if wrong is None:
        return Counter(), outline, ""
    page = "assets:correct" if wrong.channel == "envelope" else "assets:correct_otherwise"
    address = reverse(page, args=[wrong.id])
    told = [(row["clause"], row["product"], row["maker"]) for row in payload["rows"]]
    outline = payload["outline"] if payload["outline"] == wrong.outline else outline  # either, by a person's choice
    found = correcting.lines(wrong)
    try:
        correcting.require(found, told)  # which rows are put right is a person's choice
    except PreconditionError:
        today = [dict(zip(("clause", "product", "maker"), row, strict=True)) for row in correcting.rows(found)]
        return Counter(map(_row, today)), outline, address
    return Counter(map(_row, payload["rows"])), outline, address


def _row(row: Mapping[str, Any]) -> _Row:
    """Return a row as something to count by: before and after of a change, or the computer alone."""
    if "before" not in row:
        return (_item(row),)
    return (_item(row["before"]), _item(row["after"] or {}), (str(row.get("category_before") or ""),))


def _item(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(item.get(name) or "") for name in ("clause", "product", "maker"))


def _told(rows: Counter[_Row]) -> tuple[list[tuple[str, int]], int]:
    named = sorted(rows.items())
    return [(_said(row), count) for row, count in named[:_NAMED]], sum(count for _, count in named[_NAMED:])


def _said(row: _Row) -> str:
    """Return a row in words: `clause maker product`, of a change `before → after`."""
    parts = [" ".join(part for part in (saying.clause(one[0]), one[2], one[1]) if part) for one in row[:2] if any(one)]
    return " → ".join(dict.fromkeys(parts))
