"""Taking in a list on the site: choose a file, see every fault or what would come of it, then import it whole."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import clock
from sakimori.assets import (
    drafting,
    editions,
    files,
    importing,
    intake,
    leaving,
    profiles,
    progress,
    saying,
    taking,
    views_difference,
)
from sakimori.assets.models import Upload
from sakimori.assets.payloads import MOST_LEFT_OUT
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.reading import LARGEST, too_large
from sakimori.assets.sources.shapes import Sheet, Source
from sakimori.assets.tables import Column as TableColumn
from sakimori.assets.tables import TableError
from sakimori.assets.wording import COLUMNS, CONNECTIONS, FLAGS, SERVES, UNITS
from sakimori.errors import SakimoriError
from sakimori.pages import Column, table_from, viewer_of
from sakimori.pages.csvfile import csv_response
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.tables import PAGE
from sakimori.record import Viewer
from sakimori.text import Text

_EXAMPLE = {"unit": UNITS, "connection": CONNECTIONS, "serves": SERVES}


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Show what can be taken in, or read a file; nothing is applied, the outcome has a page of its own."""
    viewer = viewer_of(request)
    intake.require(viewer)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            tell = progress.teller(viewer.acting_organisation, request.POST.get("progress", ""))
            return HttpResponseRedirect(_taken(viewer, _bytes(request), _name(request), tell))
        except SakimoriError as refused:
            error = refused
    context = {
        "error": explained(error) if error else None,
        "columns": _described(),
        "largest": LARGEST // 2**20,
        "private": _named_private(),
        "progress": uuid.uuid4().hex,  # names the waiting page only, nothing is done by it
    }
    return render(request, "assets/import.html", context, status=status_of(error) if error else 200)


@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """Say how many rows of the file that the viewer's page waits for (`?file=`) have been checked."""
    viewer = viewer_of(request)
    intake.require(viewer)
    rows = progress.done(viewer.acting_organisation, request.GET.get("file", ""))
    said = gettext("Checked so far: %(rows)s rows") % {"rows": f"{rows:,}"} if rows else ""
    return JsonResponse({"rows": rows, "said": said}, headers={"Cache-Control": "no-store"})


def _named_private() -> str:
    """Return the fields this installation does not keep, by their names; empty where it keeps all."""
    private = editions.dropped()
    return gettext(", ").join(saying.say(saying.FIELD, name) for name in editions.PRIVATE if name in private)


def _taken(viewer: Viewer, data: bytes, name: str, tell: Callable[[int], None]) -> str:
    """Read a file and return where to go on: to what the check found, or first to what its columns are."""
    source, digest = taking.read(data), hashlib.sha256(data).hexdigest()
    facilities, called = drafting.facilities_of(viewer), taking.source_name(name)
    sheet = _only_sheet(source)
    if sheet is not None:
        known = profiles.remembered(viewer, called)(sheet.heading)
        ours = legends.is_our_list(sheet.heading)
        if ours or (known is not None and legends.fits(known, sheet.heading) and not known.missing()):
            legend = legends.suggest(sheet, source.format, facilities) if known is None or ours else known
            checked = taking.checked(source, sheet, legend, facilities, clock.today(viewer.world), tell)
            # Kept, so that rows may be left out; a clean file of our own nowhere but on the operator's installation.
            needed = checked.faults or not ours or editions.holds_private_inventory()
            file = files.keep(viewer, source, name, digest).id if needed else None
            number = source.sheets.index(sheet)
            kept = intake.keep(viewer, checked, name, digest, called=called, file=file, sheet=number)
            return reverse("assets:uploaded", args=[kept.id])
    return reverse("assets:mapping", args=[files.keep(viewer, source, name, digest).id])


def _only_sheet(source: Source) -> Sheet | None:
    """Return the sheet in question; None where a person has to choose. Raises `TableError` where no sheet has rows."""
    try:
        return taking.choose_sheet(source)
    except TableError as error:
        if error.where == "sheet":
            return None
        raise


def _bytes(request: HttpRequest) -> bytes:
    chosen = request.FILES.get("file")
    if chosen is None:
        raise TableError(
            Text("ファイルが選ばれていません。", "No file was chosen."),
            mend=Text("取り込むファイルを選んでください。", "Choose the file to import."),
        )
    if (chosen.size or 0) > LARGEST:
        raise too_large(chosen.size or 0)
    data: bytes = chosen.read()
    return data


def _name(request: HttpRequest) -> str:
    chosen = request.FILES.get("file")
    return (chosen.name if chosen else None) or ""


def _kept_columns() -> list[TableColumn]:
    """Return the columns of our own list that this installation keeps."""
    names = editions.kept(column.field for column in COLUMNS)
    return [column for column in COLUMNS if column.field in names]


def _described() -> list[tuple[str, bool, str]]:
    """Return each column: heading, whether it must be there, and what may stand in it."""
    asked = importing.questions()
    flags = {column.field for column in FLAGS}
    found = []
    for column in _kept_columns():
        said = asked[column.field].pick(saying.language()) if column.field in asked else ""
        if column.field in _EXAMPLE:
            said += gettext(" One of: %(words)s.") % {
                "words": gettext(", ").join(words[0] for words in _EXAMPLE[column.field].values())
            }
        elif column.field in flags:
            said += gettext(" ○ or ×; leave it empty where it is not known.")
        elif column.field == "introduced_on":
            said = gettext("For example 2026-10-01, 2026/10/1 or 令和8年10月1日.")
        elif column.field == "facility":
            said = gettext("The name of your facility as it is enrolled here.")
        found.append((saying.heading(column.headings[0]).pick(saying.language()), column.required, said.strip()))
    return found


@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """Return an empty list to fill in: the heading row alone."""
    intake.require(viewer_of(request))
    return csv_response(f"{gettext('computers')}.csv", [column.headings[0] for column in _kept_columns()], [])


@require_http_methods(["GET", "HEAD", "POST"])
def uploaded(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Show what an upload was found to be: its faults (also as CSV), or a preview; POST imports or discards it."""
    viewer = viewer_of(request)
    found = intake.find(viewer, upload)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_settle(request, viewer, found))
        except SakimoriError as refused:
            error = refused
            found = intake.find(viewer, upload)
    differs = found.difference is not None and not found.faulty
    if differs and not found.act:
        return views_difference.shown(request, viewer, found, error)
    table: Any = None
    if not differs:
        table = _faults(request, found) if found.faulty else _preview(request, viewer, found)
    if isinstance(table, HttpResponse):
        return table
    context = {
        "upload": found,
        "left_out": found.outcome.get("left_out", []),
        "may_leave_out": bool(found.file and not found.act),
        "every_faulty": 0 < found.faulty <= MOST_LEFT_OUT,
        "fault_count": len(intake.faults_of(found)),
        "table": table,
        "remarks": [saying.both({"ja": ja, "en": en}) for ja, en in found.remarks],
        "counts": [] if found.faulty else _counts(found.outcome),
        "waiting": found.outcome.get("counts", {}).get("notify", {}).get("yes", 0),
        "error": explained(error) if error else None,
    }
    return render(request, "assets/uploaded.html", context, status=status_of(error) if error else 200)


def _settle(request: HttpRequest, viewer: Viewer, found: Upload) -> str:
    if request.POST.get("action") == "discard":
        intake.discard(viewer, found)
        return reverse("assets:import")
    if request.POST.get("action") == "leave_out":
        return reverse("assets:uploaded", args=[leaving.again(viewer, found, request.POST.getlist("chosen"))])
    if found.difference is None:
        intake.perform(viewer, found, client="web")
    else:
        views_difference.perform(request, viewer, found)
    return f"{reverse('assets:uploaded', args=[found.id])}?done=1"


def _faults(request: HttpRequest, found: Upload) -> Any:
    language = saying.language()
    rows: list[dict[str, Any]] = [
        {
            "line": one.line,
            "column": saying.heading(one.column).pick(language),
            "what": one.what.pick(language),
            "mend": one.mend.pick(language),
        }
        for one in intake.faults_of(found)
    ]
    seen: set[int] = set()
    for row in rows:  # one box a row of the file, at its first fault
        row["tick"] = "" if row["line"] in seen or found.file is None else str(row["line"])
        row["says"] = found.outcome.get("faulty", {}).get(str(row["line"]), "") if row["line"] not in seen else ""
        seen.add(row["line"])
    says = Column("says", gettext("What stands in the row"), sortable=False)
    return table_from(
        request,
        rows,
        [
            Column(
                "leave_out",
                gettext("Leave out"),
                show=lambda row: gettext("line %(n)s") % {"n": row["line"]} if row["tick"] else "",
                tick=lambda row: str(row["tick"]),
                sortable=False,
            ),
            Column("line", gettext("Line"), number=True),
            *([] if request.GET.get("format") == "csv" else [says]),  # beside a file of its own the line says it
            Column("column", gettext("Column")),
            Column("what", gettext("What is wrong"), sortable=False),
            Column("mend", gettext("How to mend it"), sortable=False),
        ],
        caption=gettext("Faults found"),
        filename=gettext("faults"),
    )


def _preview(request: HttpRequest, viewer: Viewer, found: Upload) -> Any:
    asked = request.GET.get("page", "")
    last = max(1, -(-found.count // PAGE))
    page = min(max(1, int(asked) if asked.isdecimal() else 1), last)
    whole = request.GET.get("format") == "csv"
    start, count = (0, found.count) if whole else ((page - 1) * PAGE, PAGE)
    return table_from(
        request,
        intake.preview(viewer, found, start, count),
        [
            *([leaving.column()] if found.file and not found.act else []),
            Column("line", gettext("Line"), number=True, sortable=False),
            *(Column(name, saying.say(saying.FIELD, name), sortable=False) for name in ("key", "maker", "product")),
            _coded("scope", saying.SCOPE),
            Column(
                "clause",
                saying.say(saying.FIELD, "clause"),
                show=lambda row: saying.clause(row["clause"]),
                sortable=False,
            ),
            _coded("notify", saying.NOTIFY),
            Column("due_on", saying.say(saying.FIELD, "due_on"), sortable=False),
        ],
        caption=gettext("What each row would become"),
        total=found.count,
        filename=gettext("preview"),
    )


def _coded(name: str, words: Mapping[str, Text]) -> Column:
    return Column(name, saying.say(saying.FIELD, name), show=lambda row: saying.say(words, row[name]), sortable=False)


def _counts(outcome: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the preview's counts, heading by heading, in words."""
    counts, texts = outcome["counts"], outcome["texts"]

    def due(code: str) -> str:
        rule, _, day = code.partition("|")
        return f"{day or gettext('no number in the law')} · {law.rule(rule).title.pick(saying.language())}"

    groups = (
        ("scope", saying.say(saying.FIELD, "scope"), lambda code: saying.say(saying.SCOPE, code)),
        (
            "clause",
            saying.say(saying.FIELD, "clause"),
            lambda code: f"{saying.clause(code)} · {saying.clause_meaning(code)}",
        ),
        ("notify", saying.say(saying.FIELD, "notify"), lambda code: saying.say(saying.NOTIFY, code)),
        ("exempt", gettext("Why exempt"), lambda code: saying.both(texts[code])),
        ("due", saying.say(saying.FIELD, "due_on"), due),
        ("question", gettext("Open questions"), lambda code: saying.both(texts[code])),
    )
    return [
        (title, [(say(code), n) for code, n in counts[name].items()]) for name, title, say in groups if counts[name]
    ]
