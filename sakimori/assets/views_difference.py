"""How a list differs from the register: what is new, what changed with old and new, what the list no longer names.

Where another source says otherwise the person decides, field by field or row by row; the decision is kept for the next
file of the source. Nothing is retired by itself: what is missing is offered.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from sakimori import law
from sakimori.assets import drafting, intake, leaving, profiles, saying
from sakimori.assets.models import Upload
from sakimori.assets.refusing import DayError
from sakimori.assets.sources import differences
from sakimori.assets.sources.differences import FACTS, KEEP, TAKE, Difference
from sakimori.assets.sources.values import day_written
from sakimori.errors import SakimoriError
from sakimori.pages import Column, table_from
from sakimori.pages.refusals import explained, status_of
from sakimori.record import Viewer
from sakimori.text import Text

_BY_ROW = 200  # conflicts that are asked row by row; beyond, field by field
_SHOWS = ("changes", "new", "missing")


def perform(request: HttpRequest, viewer: Viewer, upload: Upload) -> None:
    """Apply a difference as the form decides it; `intake` asks for the day where a computer changes."""
    decisions = {
        key.removeprefix("decide-"): value
        for key, value in request.POST.items()
        if key.startswith("decide-") and value in (TAKE, KEEP)
    }
    typed = request.POST.get("changed_on", "").strip()
    changed_on = day_written(typed)
    if typed and changed_on is None:
        raise DayError(
            Text(f"変更日「{typed[:40]}」を読めません。", f"“{typed[:40]}” is no day."),
            where="changed_on",
            mend=Text("2026-10-01 の形で書いてください。", "Write it as 2026-10-01."),
        )
    plain = {name: str(value) for name, value in decisions.items()}
    intake.perform(viewer, upload, client="web", decisions=plain, changed_on=changed_on)
    if "remember" in request.POST:
        called = upload.outcome.get("source") or upload.source
        profiles.prefer(viewer, called, {name: value for name, value in plain.items() if ":" not in name})


def shown(request: HttpRequest, viewer: Viewer, upload: Upload, error: SakimoriError | None) -> HttpResponse:
    """Show the difference, one of its parts at a time, and the decisions it wants."""
    found = differences.unpacked(bytes(upload.difference or b""))
    called = str(upload.outcome.get("source") or upload.source)
    counts = {"changes": len(found.changes), "new": len(found.new), "missing": len(found.missing)}
    show = request.GET.get("show", "")
    if show not in _SHOWS:
        show = next((name for name in _SHOWS if counts[name]), "changes")
    may_leave_out = upload.file is not None
    table = _table(request, viewer, found, show, called, may_leave_out=may_leave_out)
    if isinstance(table, HttpResponse):
        return table
    context = {
        "upload": upload,
        "called": called,
        "unchanged": found.unchanged,
        "counts": counts,
        "tabs": [(name, label, counts[name], name == show) for name, label in _tabs()],
        "show": show,
        "may_leave_out": may_leave_out and show != "missing" and counts[show],
        "table": table,
        "conflicts": _conflicts(request, viewer, found, called),
        "by_row": _by_row(request, viewer, found, called),
        "may_apply": bool(found.new or found.changes),
        "told": _told(found),
        "changed_on": request.POST.get("changed_on", ""),
        "left_out": upload.outcome.get("left_out", []),
        "remarks": [saying.both({"ja": ja, "en": en}) for ja, en in upload.remarks],
        "rule": law.rule("kyokaho.notice.change").title.pick(saying.language()),
        "error": explained(error) if error else None,
    }
    return render(request, "assets/sources/difference.html", context, status=status_of(error) if error else 200)


def _tabs() -> list[tuple[str, str]]:
    return [("changes", gettext("Changed")), ("new", gettext("New")), ("missing", gettext("Not in the list any more"))]


def _told(found: Difference) -> int:
    """Return in how many computers something changes that a notification says (命令2条5項)."""
    return sum(1 for change in found.changes if {"maker", "product"} & change.fields.keys())


def _conflicts(request: HttpRequest, viewer: Viewer, found: Difference, called: str) -> list[dict[str, Any]]:
    """Return each field that another source gives otherwise, with what was decided before."""
    before = profiles.precedence(viewer, called)
    return [
        {
            "name": name,
            "label": _field(name),
            "count": count,
            "value": request.POST.get(f"decide-{name}") or before.get(name, ""),
        }
        for name, count in found.conflicts(called).items()
    ]


def _by_row(request: HttpRequest, viewer: Viewer, found: Difference, called: str) -> list[dict[str, Any]]:
    names = drafting.facility_names(viewer)
    rows = [
        {
            "id": f"{change.line}:{name}",
            "line": change.line,
            "key": change.key,
            "label": _field(name),
            "old": _value(name, old, names),
            "new": _value(name, new, names),
            "origin": _origin(origin),
            "value": request.POST.get(f"decide-{change.line}:{name}", ""),
        }
        for change in found.changes
        for name, (old, new, origin) in change.fields.items()
        if differences.other(origin, called)
    ]
    return rows if len(rows) <= _BY_ROW else []


def _table(
    request: HttpRequest, viewer: Viewer, found: Difference, show: str, called: str, *, may_leave_out: bool
) -> Any:
    if show == "changes":
        return _changes(request, viewer, found, called, may_leave_out=may_leave_out)
    if show == "new":
        columns = [
            *([leaving.column()] if may_leave_out else []),
            Column("line", gettext("Line"), number=True),
            *(Column(name, saying.say(saying.FIELD, name)) for name in ("key", "name", "maker", "product")),
        ]
        rows: list[Mapping[str, Any]] = [{**row, "line": row["_line"]} for row in found.new]
        caption, empty = gettext("New in the register"), gettext("The list names no new computer.")
    else:
        columns = [
            _key_column(),
            *(Column(name, saying.say(saying.FIELD, name)) for name in ("name", "product")),
        ]  # fmt: skip
        rows = list(found.missing)
        caption, empty = gettext("Not in the list any more"), gettext("The list names every computer it brought in.")
    return table_from(request, rows, columns, caption=caption, filename=show, empty=empty)


def _key_column() -> Column:
    return Column(
        "key", saying.say(saying.FIELD, "key"), link=lambda row: reverse("assets:computer", args=[row["computer"]])
    )


def _changes(request: HttpRequest, viewer: Viewer, found: Difference, called: str, *, may_leave_out: bool) -> Any:
    names = drafting.facility_names(viewer)
    rows: list[dict[str, Any]] = [
        {
            "line": change.line,
            "key": change.key,
            "computer": change.computer,
            "by": saying.say(saying.FIELD, change.by),
            "field": _field(name),
            "old": _value(name, old, names),
            "new": _value(name, new, names),
            "origin": _origin(origin) if differences.other(origin, called) else "",
        }
        for change in found.changes
        for name, (old, new, origin) in change.fields.items()
    ]
    for place, row in enumerate(rows):
        row["place"] = place
    return table_from(
        request,
        rows,
        [
            *([leaving.column([row["line"] for row in rows])] if may_leave_out else []),
            Column("line", gettext("Line"), number=True),
            _key_column(),
            Column("by", gettext("Recognised by")),
            Column("field", gettext("Field")),
            Column("old", gettext("In the register")),
            Column("new", gettext("In this list")),
            Column("origin", gettext("Another source said so")),
        ],
        caption=gettext("What changes"),
        filename="changes",
        empty=gettext("Nothing changes in computers that the register has."),
    )  # fmt: skip


def _field(name: str) -> str:
    return saying.say(saying.FIELD, name.removeprefix(FACTS))


def _origin(origin: str) -> str:
    return gettext("answered on the site") if origin == differences.ANSWERED else origin


def _value(name: str, value: Any, names: Mapping[Any, str]) -> str:
    if value in (None, ""):
        return "–"
    if name == "facility":
        return next((called for one, called in names.items() if str(one) == value), str(value))
    if name == "unit":
        return saying.say(saying.UNIT, value)
    if isinstance(value, bool):
        return "○" if value else "×"
    return str(value)
