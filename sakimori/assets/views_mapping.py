"""What the columns of a file are: our suggestion, decided by a person, kept for the next file of the source."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.assets import drafting, editions, files, importing, intake, profiles, progress, saying, taking
from sakimori.assets.models import SourceFile
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.legend import LEFT_OUT, Legend
from sakimori.assets.sources.reading import FORMATS
from sakimori.assets.sources.shapes import Sheet, told_apart
from sakimori.errors import SakimoriError
from sakimori.pages import viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.record import Viewer
from sakimori.text import Text

_SAMPLES = 3
_SHOWN = 40
_LONGEST = 300
_LONGEST_NAME = 200
_PAGE = 50
_FACTS = ("connection", "serves")


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, file: uuid.UUID) -> HttpResponse:
    """Show what each column would be; POST reads the file so, and keeps the decision for the next one."""
    viewer = viewer_of(request)
    intake.require(viewer)
    found = files.find(viewer, file)
    number = _sheet_number(request, found)
    sheet = files.sheet_of(found, number)
    facilities = drafting.facilities_of(viewer)
    typed = "".join(letter for letter in request.POST.get("source", "") if letter.isprintable()).strip()
    called = typed or taking.source_name(found.name)
    error: SakimoriError | None = None
    if request.method == "POST":
        legend = _posted(request, sheet)
        strange = legends.strange_words(sheet, legend, facilities)
        if not _unasked(request, strange) and "again" not in request.POST:
            try:
                _require_short(typed, legend)
                tell = progress.teller(viewer.acting_organisation, request.POST.get("progress", ""))
                upload = _read(viewer, _Told(found, number, sheet, legend, called), facilities, tell)
                return HttpResponseRedirect(reverse("assets:uploaded", args=[upload]))
            except SakimoriError as refused:
                error = refused
    else:
        legend = _suggested(viewer, found, sheet, facilities, called)
        strange = legends.strange_words(sheet, legend, facilities)
    context = {
        "file": found,
        "format": FORMATS[found.format].pick(saying.language()),
        "sheets": _sheets(found, number),
        "number": number,
        "remarks": [saying.both({"ja": ja, "en": en}) for ja, en in found.remarks]
        + [note.pick(saying.language()) for note in sheet.notes],
        "columns": _columns(sheet, legend),
        "fields": _fields(),
        "private_here": editions.holds_private_inventory(),
        "fixed": _fixed(viewer, legend),
        "words": _words(strange, legend, viewer),
        "asked": bool(strange) and request.method == "POST" and error is None,
        "hidden_rows": len(sheet.hidden_lines),
        "take_hidden": legend.hidden,
        "row_count": len(sheet.rows),
        "chosen_rows": len(found.choices.get(str(number), {})),
        "missing": [saying.say(saying.FIELD, name) for name in legend.missing()],
        "source": called,
        "progress": uuid.uuid4().hex,
        "error": explained(error) if error else None,
    }
    return render(request, "assets/sources/mapping.html", context, status=status_of(error) if error else 200)


@dataclass(frozen=True, slots=True)
class _Told:
    """A sheet of a file and what was said of it."""

    file: SourceFile
    number: int
    sheet: Sheet
    legend: Legend
    called: str


def _require_short(called: str, legend: Legend) -> None:
    """Raise where a name typed for the source, or what holds throughout the file, is longer than it may be."""
    told = [(called, _LONGEST_NAME, Text("一覧の名前", "what you call this source"))]
    told += [(value, _LONGEST, saying.FIELD.get(name, Text(name, name))) for name, value in legend.fixed.items()]
    for value, longest, label in told:
        if len(value) > longest:
            raise SakimoriError(
                Text(
                    f"{label.ja}は{longest}文字までです（{len(value)}文字あります）。何も取り込んでいません。",
                    f"“{label.en}” has at most {longest} characters, and here {len(value)}; nothing was taken in.",
                ),
                code="assets.too_long",
                mend=Text("短くして、もう一度読み込んでください。", "Shorten it and read the file again."),
            )


def _read(viewer: Viewer, told: _Told, facilities: Mapping[str, str], tell: Callable[[int], None]) -> uuid.UUID:
    """Check a sheet by its legend, keep both, and return the upload's id."""
    legend = files.with_choices(told.file, told.number, told.legend)
    source = files.source_of(told.file, told.sheet)
    checked = taking.checked(source, told.sheet, legend, facilities, clock.today(viewer.world), tell)
    profiles.remember(viewer, told.called, told.sheet.heading, legend)
    return intake.keep(
        viewer, checked, told.file.name, told.file.digest, called=told.called, file=told.file.id, sheet=told.number
    ).id


def _sheet_number(request: HttpRequest, file: SourceFile) -> int:
    asked = str(request.POST.get("sheet") or request.GET.get("sheet", ""))
    if asked.isdecimal() and int(asked) < len(file.sheets):
        return int(asked)
    if asked:
        raise NotFoundError(asked)
    filled = [number for number, one in enumerate(file.sheets) if one["rows"]]
    visible = [number for number in filled if not file.sheets[number]["hidden"]]
    # A workbook opens on its cover: the sheet with most headings that we know looks like the list.
    return max(visible or filled or [0], key=lambda place: taking.known_headings(file.sheets[place]["heading"]))


def _suggested(viewer: Viewer, file: SourceFile, sheet: Sheet, facilities: Mapping[str, str], called: str) -> Legend:
    known = profiles.remembered(viewer, called)(sheet.heading)
    if known is not None and legends.fits(known, sheet.heading):
        return known
    found = legends.suggest(sheet, file.format, facilities)
    ids = {*facilities.values()}
    if "facility" not in found.columns and len(ids) == 1:
        found.fixed["facility"] = next(iter(drafting.facility_names(viewer).values()), "")
    return found


def _posted(request: HttpRequest, sheet: Sheet) -> Legend:
    """Return the legend a form says; what is none of the choices offered counts as nothing."""
    legend = Legend(hidden="hidden" in request.POST or not sheet.hidden_lines)
    for place, label in enumerate(told_apart(sheet.heading)):
        name = request.POST.get(f"column-{place}", "")
        if name in editions.kept(legends.FIELDS):
            legend.columns.setdefault(name, []).append(label)
    for name in editions.kept(legends.FIXABLE):
        value = request.POST.get(f"fixed-{name}", "").strip()
        if value:
            legend.fixed[name] = value
    for key, meant in request.POST.items():
        name, mark, word = key.removeprefix("word-").partition("-")
        if key.startswith("word-") and mark and name in legends.WORDY and isinstance(meant, str) and meant:
            legend.words.setdefault(name, {})[word] = meant
    return legend


def _unasked(request: HttpRequest, strange: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether a word of the file that is none of ours was not asked about yet, or not answered where it must be."""
    return any(
        (name in legends.NEEDED and not request.POST.get(f"word-{name}-{word}"))
        or f"word-{name}-{word}" not in request.POST
        for name, words in strange.items()
        for word in words
    )


def _sheets(file: SourceFile, number: int) -> list[dict[str, Any]]:
    return [
        {
            "number": place,
            "name": one["name"] or gettext("(no name)"),
            "rows": one["rows"],
            "hidden": one["hidden"],
            "current": place == number,
        }
        for place, one in enumerate(file.sheets)
    ]


def _columns(sheet: Sheet, legend: Legend) -> list[dict[str, Any]]:
    """Return each column: its label, some of its values, and the field it would give."""
    found = []
    given = {label: name for name, listed in legend.columns.items() for label in listed}
    for place, label in enumerate(told_apart(sheet.heading)):
        samples: dict[str, None] = {}
        for row in sheet.rows[:200]:
            value = row.cells[place].strip() if place < len(row.cells) else ""
            if value:
                samples[_seen(value)] = None
            if len(samples) >= _SAMPLES:
                break
        found.append({"place": place, "label": _seen(label), "samples": list(samples), "field": given.get(label, "")})
    return found


def _seen(value: str) -> str:
    """Return a value as a page shows it: short, and with characters that nobody sees written out."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value[:_SHOWN])
    return f"{plain}…" if len(value) > _SHOWN else plain


def _fields() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the fields on offer in groups: what every row needs, the private inventory, facts of the law."""
    facts = [name for name in legends.FIELDS if name in importing.questions() or name in _FACTS]
    needed = ["key", "name", *legends.NEEDED]
    private = [name for name in legends.FIELDS if name not in facts and name not in needed]
    return [
        (title, [(name, saying.say(saying.FIELD, name)) for name in editions.kept(names)])
        for title, names in (
            (gettext("Needed"), needed),
            (gettext("Private inventory (never leaves)"), private),
            (gettext("Facts the law asks about"), facts),
        )
        if editions.kept(names)
    ]


def _fixed(viewer: Viewer, legend: Legend) -> list[dict[str, Any]]:
    """Return what may hold for the whole file, each with its options (none: a line of text)."""
    facilities = [(name, name) for name in sorted(drafting.facility_names(viewer).values())]
    units = [(code, text.pick(saying.language())) for code, text in saying.UNIT.items()]
    found = []
    for name, options in (
        ("facility", facilities),
        ("unit", units),
        ("introduced_on", []),
        ("maker", []),
        ("connection", legends.options("connection")),
        ("serves", legends.options("serves")),
    ):
        found.append(
            {
                "name": name,
                "label": saying.say(saying.FIELD, name),
                "options": options,
                "value": legend.fixed.get(name, ""),
                "mapped": bool(legend.columns.get(name)),
                "missing": name in legend.missing(),
            }
        )
    return found


def _words(strange: Mapping[str, Mapping[str, int]], legend: Legend, viewer: Viewer) -> list[dict[str, Any]]:
    """Return words of the file that are none of ours, each with what it may mean."""
    found = []
    for name, words in strange.items():
        options = (
            [(one, one) for one in sorted(drafting.facility_names(viewer).values())]
            if name == "facility"
            else [(code, saying.say(saying.UNIT, code)) for code in saying.UNIT]
            if name == "unit"
            else legends.options(name)
        )
        told = legend.words.get(name, {})
        found.append(
            {
                "name": name,
                "label": saying.say(saying.FIELD, name),
                "needed": name in legends.NEEDED,
                "options": [*options, (LEFT_OUT, gettext("leave these rows out"))],
                "words": [
                    {
                        "word": word,
                        "shown": _seen(word) or gettext("(empty)"),
                        "count": count,
                        "value": told.get(word, ""),
                    }
                    for word, count in words.items()
                ],
            }
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def rows(request: HttpRequest, file: uuid.UUID) -> HttpResponse:
    """Show a sheet row by row, to say of each whether it is taken and as what; POST keeps a page's choices."""
    viewer = viewer_of(request)
    intake.require(viewer)
    found = files.find(viewer, file)
    number = _sheet_number(request, found)
    sheet = files.sheet_of(found, number)
    legend = _suggested(viewer, found, sheet, drafting.facilities_of(viewer), taking.source_name(found.name))
    pages = max(1, -(-len(sheet.rows) // _PAGE))
    asked = str(request.POST.get("page") or request.GET.get("page", "1"))
    page = min(max(1, int(asked) if asked.isdecimal() else 1), pages)
    back = f"{reverse('assets:mapping', args=[found.id])}?sheet={number}"
    if request.method == "POST":
        allowed = {*saying.UNIT, LEFT_OUT, ""}
        files.choose(
            found,
            number,
            {
                key.removeprefix("line-"): value
                for key, value in request.POST.items()
                if key.startswith("line-") and isinstance(value, str) and value in allowed
            },
        )
        if "done" in request.POST or page == pages:
            return HttpResponseRedirect(back)
        return HttpResponseRedirect(f"{request.path}?sheet={number}&page={page + 1}")
    chosen = found.choices.get(str(number), {})
    labels = told_apart(sheet.heading)
    places = [labels.index(one) for one in legend.columns.get("unit", ()) if one in labels]
    proposed = legend.words.get("unit", {})
    shown = [
        {
            "line": row.line,
            "cells": [_seen(cell) for cell in row.cells[:6]],
            "chosen": chosen.get(str(row.line), ""),
            "proposed": _proposal(proposed.get(legends.first_of(row.cells, places), "")),
        }
        for row in sheet.rows[(page - 1) * _PAGE : page * _PAGE]
    ]
    context = {
        "file": found, "number": number, "heading": labels[:6], "rows": shown, "page": page, "pages": pages,
        "back": back, "total": len(sheet.rows),
        "units": [(code, saying.say(saying.UNIT, code)) for code in saying.UNIT],
    }  # fmt: skip
    return render(request, "assets/sources/rows.html", context)


def _proposal(unit: str) -> str:
    return gettext("left out") if unit == LEFT_OUT else saying.say(saying.UNIT, unit)
