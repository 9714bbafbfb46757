"""The directory of filing windows (提出窓口): shown to everybody, edited by acts of who runs the deployment."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import yaml
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, clock, door, reading
from sakimori.acts.errors import NotAuthorisedError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.law.decisions.notices import minister_names
from sakimori.law.vocabulary import CONFIDENCE_WORDS
from sakimori.pages import Column, table_from, viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.words import choice
from sakimori.record import Viewer
from sakimori.record.turn import turn
from sakimori.text import Text
from sakimori.web.enrol.doing import base
from sakimori.web.enrol.showing import business_word
from sakimori.web.speaking import language

RECORD = "parties.window.record"
_LARGEST = 200_000
_COPIED = (
    "key",
    "business_type",
    "ministry_code",
    "matter",
    "office",
    "telephone",
    "email",
    "address",
    "url",
    "source",
)


def may_edit(viewer: Viewer) -> bool:
    """Return whether the law lists the viewer's role for recording windows (the door decides again)."""
    return authority.allowed_by_role(law.kind(RECORD), viewer.organisation_type, viewer.role)


@require_safe
def windows(request: HttpRequest) -> HttpResponse:
    """Show where one files, business by business, with source and confidence; unknown stays unknown."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "parties.windows", world=base(viewer), on=clock.today(viewer.world))
    edit = may_edit(viewer)
    columns = [
        Column("business_type", gettext("Business"), show=lambda row: business_word(row["business_type"])),
        Column("ministry_code", gettext("Minister"), show=_minister),
        Column("office", gettext("Office"), link=_correct if edit else None),
        Column("matter", gettext("For"), show=_matter),
        Column("telephone", gettext("Telephone"), show=lambda row: row["telephone"] or gettext("ask the ministry")),
        Column("email", gettext("Mail address"), show=lambda row: row["email"] or gettext("ask the ministry")),
        Column("source", gettext("Source"), show=_source),
        Column("valid_from", gettext("Known since")),
    ]
    table = table_from(
        request, rows, columns, caption=gettext("Filing windows"), sort="business_type", filename=gettext("windows")
    )
    if isinstance(table, HttpResponse):
        return table
    context = {"table": table, "may_edit": edit, "new": reverse("new_act", args=[RECORD])}
    return render(request, "web/enrol/windows.html", context)


def _minister(row: Mapping[str, Any]) -> str:
    found = minister_names().get(row["ministry_code"])
    return found.pick(language()) if found else str(row["ministry_code"])


def _matter(row: Mapping[str, Any]) -> str:
    said, only = choice(row["matter"]), gettext("consultation only")
    return f"{said} ({only})" if row["consult"] else said


def _source(row: Mapping[str, Any]) -> str:
    source = law.book().sources.get(row["source"])
    said = source.title.pick(language()) if source else row["source"]
    return f"{said} ({CONFIDENCE_WORDS[row['confidence']].pick(language())})"


def _correct(row: Mapping[str, Any]) -> str:
    return f"{reverse('new_act', args=[RECORD])}?{urlencode({name: row[name] for name in _COPIED if row[name]})}"


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Take in a YAML list of windows: one act each, all or none."""
    viewer = viewer_of(request)
    if not may_edit(viewer):
        raise NotAuthorisedError(
            Text("提出窓口を記録する役割ではありません。", "Your role does not record filing windows."), where=RECORD
        )
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            count = _take(viewer, _rows(request), request.POST.get("key", "")[:80])
            return HttpResponseRedirect(f"{reverse('enrol:windows')}?done={count}")
        except SakimoriError as refused:
            error = refused
    context = {"error": explained(error) if error else None, "key": fresh_key(request, error)}
    return render(request, "web/enrol/load_windows.html", context, status=status_of(error) if error else 200)


def _take(viewer: Viewer, rows: list[dict[str, Any]], key: str) -> int:
    with turn(), transaction.atomic():
        for number, row in enumerate(rows, start=1):
            try:
                door.perform(RECORD, row, by=viewer, idempotency_key=f"{key}:{number}", client="web")
            except PayloadError as error:
                first = error.fields[0]["where"] if error.fields else ""
                raise _fault(
                    Text(f"{number}件目: {error.what.ja}", f"Entry {number}: {error.what.en}"), first
                ) from None
            except SakimoriError as error:
                raise _fault(Text(f"{number}件目: {error.what.ja}", f"Entry {number}: {error.what.en}")) from None
    return len(rows)


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    chosen = request.FILES.get("file")
    if chosen is None:
        raise _fault(Text("ファイルが選ばれていません。", "No file was chosen."))
    try:
        found = yaml.safe_load(bytes(chosen.read(_LARGEST)).decode("utf-8-sig"))
        rows = [dict(one) for one in found["windows"]]
    except (ValueError, TypeError, KeyError, yaml.YAMLError, RecursionError):
        raise _fault(
            Text("YAML の「windows:」の一覧として読めません。", "This is no YAML with a list “windows:”.")
        ) from None
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()} for row in rows
    ]


def _fault(what: Text, where: str = "") -> SakimoriError:
    return SakimoriError(
        what,
        code="enrol.windows",
        where=where or None,
        mend=Text(
            "直して、もう一度選んでください。何も記録していません。",
            "Mend it and choose it again. Nothing was recorded.",
        ),
    )
