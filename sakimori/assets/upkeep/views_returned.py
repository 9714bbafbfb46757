"""A stocktake's list that came back as a file: every fault of it, or what it says; recorded when somebody says so."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from sakimori.acts import clock, door, reading
from sakimori.acts.errors import ConflictError, NotFoundError
from sakimori.assets import drafting, saying
from sakimori.assets.models import SourceFile
from sakimori.assets.tables import RowFault
from sakimori.assets.upkeep import returning, sheets, stocktaking
from sakimori.assets.upkeep import saying as words
from sakimori.errors import SakimoriError
from sakimori.pages import viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.submitting import require
from sakimori.record import Viewer
from sakimori.text import Text

ANSWER = "assets.stocktake.answer"
_KEPT = "stocktake"


@require_http_methods(["GET", "HEAD", "POST"])
def stocktake_return(request: HttpRequest, stocktake_list: uuid.UUID) -> HttpResponse:
    """Take in a list that came back: every fault of it, or what it says; nothing is recorded before one says so."""
    viewer = viewer_of(request)
    require(ANSWER, viewer)
    row = reading.read_one(viewer, "assets.stocktake_lists", stocktake_list=stocktake_list)
    error: SakimoriError | None = None
    faults: Sequence[Mapping[str, Any]] = ()
    asked = request.POST.get("file", "") or request.GET.get("file", "")
    if request.method == "POST":
        try:
            if asked and not request.FILES:
                return HttpResponseRedirect(_record(request, viewer, stocktake_list, asked))
            found = _read(request, viewer, stocktake_list)
            if isinstance(found, str):
                return HttpResponseRedirect(found)
            faults = found
        except SakimoriError as refused:
            error = refused
    kept = sheets.kept(viewer, _KEPT, asked) if asked else None
    if kept is not None and error is not None:
        faults = _again(viewer, stocktake_list, kept)
    context = {
        "row": row,
        "facility": drafting.facility_names(viewer).get(row["facility"], ""),
        "kept": kept,
        "said": _shown(kept.choices, set(request.POST.getlist("use"))) if kept and not faults else None,
        "answered_for": request.POST.get("answered_for", row["responsible"] or ""),
        "faults": faults,
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
    }
    failed = status_of(error) if error else 422 if faults else 200
    return render(request, "assets/upkeep/return.html", context, status=failed)


def _shown(choices: Mapping[str, Any], use: set[str]) -> dict[str, Any]:
    rows = [{**one, "what": saying.say(words.EVENT, one["event"])} for one in choices["shown"]]
    conflicts = [
        {**one, "label": saying.say(words.FIELD, one["field"]), "name": _name(one), "used": _name(one) in use}
        for one in choices.get("conflicts", [])
    ]
    return {**choices, "conflicts": conflicts, "shown": rows[:200], "more": max(0, len(rows) - 200), "count": len(rows)}


def _name(conflict: Mapping[str, str]) -> str:
    return f"{conflict['computer']}/{conflict['field']}"


def _read(request: HttpRequest, viewer: Viewer, stocktake_list: uuid.UUID) -> str | Sequence[Mapping[str, Any]]:
    """Return the address of what a file says, or its faults."""
    name, data = sheets.chosen(request)
    grid = returning.lines(data)
    said, payload = _compared(viewer, stocktake_list, grid)
    if said.faults:
        return _told(said.faults)
    kept = sheets.keep(viewer, _KEPT, name, data, payload, grid)
    return f"{reverse('assets:stocktake_return', args=[stocktake_list])}?file={kept}"


def _compared(
    viewer: Viewer, stocktake_list: uuid.UUID, grid: sheets.Grid
) -> tuple[returning.Returned, dict[str, Any]]:
    """Return what the lines of a file say of the register as it is now, and that as it is kept."""
    rows = reading.read(viewer, "assets.stocktake_rows", stocktake_list=stocktake_list)
    changed = reading.read(viewer, "assets.stocktake_changes", stocktake_list=stocktake_list)
    said = returning.compared(grid, rows, clock.today(viewer.world), changed)
    listed = stocktaking.listed(row["id"] for row in rows)
    return said, {
        "list": str(stocktake_list), "computers": len(rows), "listed": listed, "changes": said.changes,
        "retired": said.retired, "shown": said.shown, "new": said.new, "conflicts": said.conflicts,
        "already": said.already, "stale": said.stale,
    }  # fmt: skip


def _told(faults: Sequence[RowFault]) -> list[Mapping[str, Any]]:
    language = saying.language()
    return [
        {
            "line": one.line or "–",
            "column": one.column,
            "what": one.what.pick(language),
            "mend": one.mend.pick(language),
        }
        for one in faults
    ]


def _again(viewer: Viewer, stocktake_list: uuid.UUID, kept: SourceFile) -> Sequence[Mapping[str, Any]]:
    """Compare a file that was refused with the register as it is now; return what is wrong with it by now."""
    grid = sheets.grid_of(kept)
    if grid is None or kept.choices.get("list") != str(stocktake_list):
        return ()
    said, payload = _compared(viewer, stocktake_list, grid)
    if not said.faults:
        kept.choices = payload
        kept.save(update_fields=["choices"])
    return _told(said.faults)


def _record(request: HttpRequest, viewer: Viewer, stocktake_list: uuid.UUID, file: str) -> str:
    kept = sheets.kept(viewer, _KEPT, file)
    said = kept.choices
    if said["list"] != str(stocktake_list):
        raise NotFoundError(str(kept.id))
    if "listed" not in said:  # kept by an earlier version, which did not say which computers it was about
        raise ConflictError(
            Text("この一覧は前の版で読まれました。", "This list was read by an earlier version."),
            mend=Text("ファイルを選び直してください。", "Choose the file again."),
        )
    row = reading.read_one(viewer, "assets.stocktake_lists", stocktake_list=stocktake_list)
    new = "、".join(said["new"])
    payload = {
        "stocktake_list": str(stocktake_list),
        "computers": said["computers"],
        "listed": said["listed"],
        "changes": _with_chosen(said, set(request.POST.getlist("use"))),
        "retired": said["retired"],
        "answered_for": request.POST.get("answered_for", "").strip() or row["responsible"] or kept.name,
        "note": f"新しいもの: {new}" if new else "",
    }
    door.perform(ANSWER, payload, by=viewer, idempotency_key=f"stocktake-{kept.id}", client="web")
    kept.delete()
    return f"{reverse('assets:stocktake_list', args=[stocktake_list])}?done=1"


def _with_chosen(said: Mapping[str, Any], use: set[str]) -> list[dict[str, Any]]:
    """Return the changes of a file with those of its conflicts in which the file was chosen over the register."""
    changes = {one["computer"]: {**one, "was": dict(one["was"])} for one in said["changes"]}
    for one in said.get("conflicts", []):
        if _name(one) in use:
            fresh = {"computer": one["computer"], "changed_on": one["day"], "was": {}}
            told = changes.setdefault(one["computer"], fresh)
            told[one["field"]], told["was"][one["field"]] = one["value"], one["now"]
    return list(changes.values())


urlpatterns = [path("stocktakes/lists/<uuid:stocktake_list>/return/", stocktake_return, name="stocktake_return")]
