"""The pages of a correction: which rows were wrong on the filing's day, why, what leaves; by envelope or on paper."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.acts.errors import NotFoundError
from sakimori.assets import correcting, designated, drafting, letters, saying
from sakimori.assets.correcting import DIFFERS, MENDED, NOT_OWED, RETIRED, Line
from sakimori.assets.forms import compared, drafts
from sakimori.assets.forms.payloads import FileCorrection
from sakimori.assets.forms.views import CORRECTION, draft_page, waiting
from sakimori.pages import viewer_of
from sakimori.pages.stepping import Step, stepped
from sakimori.record import Viewer
from sakimori.text import Text

_LONGEST = 2000  # characters of a reason, as `FileCorrection` takes them
_SHOWN = 200  # rows to choose from on the page; the others go as the register was mended
_TYPED = frozenset({"reason", "matter"})
_WHY: Mapping[str, Text] = {
    MENDED: Text("登録簿の誤りを直した行", "mended in the register"),
    NOT_OWED: Text("いま分かっている事実では、届出が要らない", "by what is known today it need not be notified"),
    RETIRED: Text("届出の日より前に廃止していた", "retired before the day of the filing"),
    DIFFERS: Text("登録簿の名称と違う", "the register never said this name"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was said on the page: why, which rows, in answer to what."""

    reason: str
    amend: list[int] | None
    matter: uuid.UUID | None
    outline: bool

    @property
    def too_long(self) -> bool:
        return len(self.reason) > _LONGEST


def _asked(request: HttpRequest) -> _Asked:
    data = request.POST if request.method == "POST" else request.GET
    reason = data.get("f-reason", data.get("reason", "")).strip()
    named = [one for part in data.getlist("amend") for one in part.split(",")]
    amend = [int(one) for one in named if one.isascii() and one.isdigit()] if "chosen" in data else None
    try:
        matter = uuid.UUID(data.get("matter", ""))
    except ValueError:
        matter = None
    return _Asked(reason, amend, matter, data.get("outline") == "1")


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, notification: uuid.UUID) -> HttpResponse:
    """Ask which rows were wrong and why, then show what would leave; POST with digest proposes it."""
    viewer = viewer_of(request)
    authority.require(law.kind(CORRECTION), viewer, drafting=True)
    row, elsewhere = _wrong(request, viewer, notification)
    if elsewhere is not None:
        return elsewhere
    asked = _asked(request)
    fits = bool(asked.reason) and not asked.too_long
    draft = _draft(viewer, notification, asked, fits=fits)
    context = _compared(viewer, row, draft, asked)
    if request.method == "POST" and fits and "again" not in request.POST:
        letter = letters.letter(draft, clock.today(viewer.world))
        shown = {"title": gettext("Draft of a correction"), "kept": _kept(asked), "again": True, **context}
        return draft_page(request, viewer, letter, shown)
    return _ask(request, asked, context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_otherwise(request: HttpRequest, notification: uuid.UUID) -> HttpResponse:
    """Record that a correction leaves on paper, by mail or over a portal: why, what is on it, how and when it went."""
    viewer = viewer_of(request)
    kind = f"{CORRECTION}_otherwise"
    authority.require(law.kind(kind), viewer, drafting=True)
    row, elsewhere = _wrong(request, viewer, notification)
    if elsewhere is not None:
        return elsewhere
    asked = _asked(request)
    fits = bool(asked.reason) and not asked.too_long
    sent = "f-reason" in request.POST
    draft = _draft(viewer, notification, asked, fits=fits)
    compared = _compared(viewer, row, draft, asked)
    if not sent and not fits:
        return _ask(request, asked, compared)
    letter = letters.letter(draft, clock.today(viewer.world))
    table = letters.table(request, letter)
    if isinstance(table, HttpResponse):
        return table
    context = {
        **compared,
        "letter": letter,
        "table": table,
        "category": letter.category,
        "minister": drafting.minister_of(viewer, letter.category, saying.language()),
        "back": reverse("assets:notification", args=[notification]),
        "above": gettext("Notification"),
        "again": True,
        "kept": {name: value for name, value in _kept(asked).items() if name != "reason"},
    }
    given = {name: value for name, value in letter.payload.items() if name not in _TYPED}
    given |= {"matter": str(asked.matter)} if asked.matter else {}
    step = Step(kind, given, hidden=frozenset({"matter"}), first={"reason": asked.reason})
    return stepped(request, step, "assets/otherwise.html", context, sent=sent)


def _draft(viewer: Viewer, notification: uuid.UUID, asked: _Asked, *, fits: bool) -> FileCorrection:
    reason = asked.reason if fits else "-"
    return drafts.correction(viewer, notification, reason, asked.matter, asked.amend, outline_too=asked.outline)


def _wrong(
    request: HttpRequest, viewer: Viewer, notification: uuid.UUID
) -> tuple[dict[str, Any], HttpResponseRedirect | None]:
    """Return the filing to correct; where a correction has taken its place, the way to the page of that one."""
    row = reading.read_one(viewer, "assets.notifications", notification=notification)
    if row["what"] not in drafts.CORRECTABLE or row["status"] not in ("arrived", "replaced"):
        raise NotFoundError(str(notification))
    if row["status"] == "arrived":
        return row, None
    told = {name: request.GET[name] for name in ("matter",) if name in request.GET}
    return row, HttpResponseRedirect(compared.address(compared.latest(viewer, row), **told))


def _kept(asked: _Asked) -> dict[str, str]:
    kept = {"reason": asked.reason, "matter": str(asked.matter or ""), "outline": "1" if asked.outline else ""}
    if asked.amend is None:
        return kept
    return {**kept, "chosen": "1", "amend": ",".join(map(str, asked.amend))}


def _ask(request: HttpRequest, asked: _Asked, context: Mapping[str, Any]) -> HttpResponse:
    """Ask why a filing is corrected: the reason stands in what leaves, so it comes before that."""
    refused = request.method == "POST" and "again" not in request.POST
    shown = {
        "reason": asked.reason,
        "matter": asked.matter,
        "missing": refused and not asked.reason,
        "too_long": asked.too_long,
        "longest": _LONGEST,
        "typed": len(asked.reason),
    }
    return render(request, "assets/forms/correct.html", {**context, **shown}, status=422 if refused else 200)


def _compared(viewer: Viewer, row: Mapping[str, Any], draft: FileCorrection, asked: _Asked) -> dict[str, Any]:
    """Return what the page of a correction shows: the filing, what of it goes, what comes instead, what to choose."""
    out, new = drafts.difference(viewer, row["id"], draft.rows)
    found = drafts.to_correct(viewer, row["id"])
    may_be = [line for line in found if line.why]
    chosen = {line.position for line in may_be if (line.usual if asked.amend is None else line.position in asked.amend)}
    said = compared.unchanged(viewer, asked.matter, row, [(one.clause, one.product, one.maker) for one in draft.rows])
    now = designated.outline(viewer, row["facility_category"]).model_dump()
    return {
        "row": row,
        "pending": waiting(viewer, letters.letter(draft, clock.today(viewer.world))),
        "out": compared.differences(out),
        "new": compared.differences(new),
        "same": not out and not new,
        "outline": letters.outline(now) if now != (row["outline"] or {}) else [],
        "outline_too": asked.outline,
        "choices": [_choice(line, chosen) for line in may_be[:_SHOWN]],
        "others": ",".join(str(line.position) for line in may_be[_SHOWN:] if line.position in chosen),
        "since": [_choice(line, chosen) for line in found if line.since][:_SHOWN],
        "under_way": correcting.under_way(viewer.world, row["id"]),
        "unchanged": said,
    }


def _choice(line: Line, chosen: set[int]) -> dict[str, Any]:
    return {
        "position": line.position,
        "key": line.key,
        "computer": line.computer,
        "was": _named(line.was),
        "right": _named(line.right) if line.right else "",
        "why": _WHY[line.why].pick(saying.language()) if line.why else "",
        "chosen": line.position in chosen,
    }


def _named(row: tuple[str, str, str]) -> str:
    clause, product, maker = row
    return " ".join(part for part in (saying.clause(clause), maker, product) if part)
