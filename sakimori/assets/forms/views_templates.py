"""Official templates: hand one in, say where the items go, look at what would be written, have it filled.

A template is foreign bytes: it is opened, never run, and refused with a reason. Which one was filled with what is kept
by an act.
"""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sakimori import law
from sakimori.acts import authority, clock, door, filenames, reading
from sakimori.acts.errors import NotFoundError
from sakimori.assets import drafting, letters, saying
from sakimori.assets.forms import cellmap, drafts, templates, versions, workbook
from sakimori.assets.forms.versions import FormVersion
from sakimori.assets.models import FilledForm, FormTemplate
from sakimori.errors import SakimoriError
from sakimori.pages import viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.record import Viewer
from sakimori.text import Text

FILL = "assets.form.fill"
_MOST = 50  # templates an organisation keeps (house rule)


def _own(viewer: Viewer) -> Any:
    return FormTemplate.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)


def _form(request: HttpRequest) -> str:
    asked = request.POST.get("form", "") or request.GET.get("form", "")
    return asked if asked in versions.names() else "notification"


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List the templates handed in; POST takes another one in."""
    viewer = viewer_of(request)
    authority.require(law.kind(FILL), viewer)
    error: SakimoriError | None = None
    if request.method == "POST":
        try:
            taken = _take(viewer, request)
            return HttpResponseRedirect(f"{reverse('assets:form', args=[taken.id])}?{_source(request)}")
        except SakimoriError as refused:
            error = refused
    day, language = clock.today(viewer.world), saying.language()
    titles = {name: versions.version(name, day) for name in versions.names()}
    context = {
        "templates": [
            {"id": one.id, "name": one.name, "digest": one.digest, "at": one.uploaded_at, "ready": bool(one.cells),
             "form": titles[one.form].title.pick(language)}
            for one in _own(viewer).order_by("-uploaded_at").defer("content")[:_MOST]
        ],
        "forms": [
            (name, f"{form.title.pick(language)} / {form.official.pick(language)}") for name, form in titles.items()
        ],
        "form": _form(request),
        "source": _source(request),
        "category": request.GET.get("category", "") or request.POST.get("category", ""),
        "proposal": request.GET.get("proposal", "") or request.POST.get("proposal", ""),
        "largest": workbook.LARGEST // 2**20,
        "filled": list(
            FilledForm.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
            .order_by("-filled_at")
            .values("template_name", "template", "letter", "copies", "filled_at", "act")[:20]
        ),
        "error": explained(error) if error else None,
    }  # fmt: skip
    return render(request, "assets/forms/templates.html", context, status=status_of(error) if error else 200)


def _source(request: HttpRequest) -> str:
    """Return what is to be filled in, as the query of an address: a draft's category, or a proposal."""
    found = {
        name: value[:300]
        for name in ("category", "proposal")
        if (value := request.POST.get(name, "") or request.GET.get(name, ""))
    }
    return urlencode(found)


def _take(viewer: Viewer, request: HttpRequest) -> FormTemplate:
    chosen = request.FILES.get("file")
    if chosen is None:
        raise workbook.refused(
            "ファイルが選ばれていません。",
            "No file was chosen.",
            Text("様式の Excel ファイルを選んでください。", "Choose the form's Excel file."),
        )
    if (chosen.size or 0) > workbook.LARGEST:
        workbook.opened(bytes(workbook.LARGEST + 1))  # says that it is too large
    name = filenames.checked(chosen.name or "")
    content = chosen.read()
    workbook.opened(content)
    if _own(viewer).count() >= _MOST:
        raise workbook.refused(
            f"様式は{_MOST}個まで保存できます。",
            f"At most {_MOST} templates are kept.",
            Text("使わないものを削除してください。", "Delete one that is not used."),
        )
    taken, _ = FormTemplate.objects.get_or_create(
        world=viewer.world,
        organisation=viewer.acting_organisation,
        form=_form(request),
        digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "person": viewer.person,
            "name": name[:200],
            "content": content,
            "uploaded_at": clock.now(viewer.world),
        },
    )
    return taken


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, template: uuid.UUID) -> HttpResponse:
    """Show where the items of a template go; POST keeps the cell map, fills the template, or deletes it."""
    viewer = viewer_of(request)
    authority.require(law.kind(FILL), viewer)
    found = _own(viewer).filter(id=template).first()
    if found is None:
        raise NotFoundError(str(template))
    form = versions.version(found.form, clock.today(viewer.world))
    action = request.POST.get("action", "")
    if action == "delete":
        found.delete()
        return HttpResponseRedirect(reverse("assets:forms"))
    error: SakimoriError | None = None
    try:
        if action in ("keep", "fill"):
            found.cells = cellmap.read(_typed(request, form)).as_dict()
            found.save(update_fields=["cells"])
        if action == "fill":
            return _filled(request, viewer, found, form)
        if action == "keep":
            return HttpResponseRedirect(f"{reverse('assets:form', args=[found.id])}?{_source(request)}")
    except SakimoriError as refused:
        error = refused
    cells = _typed(request, form) if error else found.cells or {}
    context = {
        "template": found,
        "form": form,
        "basis": (form.article,),
        "sheets": workbook.sheets(workbook.opened(bytes(found.content))),
        "lost": [one.pick(saying.language()) for one in workbook.not_kept(bytes(found.content))],
        "cells": cells,
        "single": [_line(one, (cells.get("single") or {}).get(one.path, "")) for one in form.single],
        "columns": [
            _line(one, ((cells.get("table") or {}).get("columns") or {}).get(one.path, "")) for one in form.table
        ],
        "table_": cells.get("table") or {},
        "source": _source(request),
        "category": request.GET.get("category", "") or request.POST.get("category", ""),
        "proposal": request.GET.get("proposal", "") or request.POST.get("proposal", ""),
        "categories": sorted(drafting.waiting_categories(viewer)) if found.form == "notification" else [],
        **_shown(request, viewer, found, form),
    }
    if error is not None:
        context |= {"error": explained(error), "where": error.where}
    return render(request, "assets/forms/template.html", context, status=status_of(error) if error else 200)


def _line(one: versions.Field, value: str) -> dict[str, str]:
    return {"path": one.path, "title": one.title.pick(saying.language()), "value": value}


def _typed(request: HttpRequest, form: FormVersion) -> dict[str, Any]:
    post = request.POST
    return {
        "sheet": post.get("sheet", ""),
        "single": {one.path: post.get(f"single-{one.path}", "").strip()[:12] for one in form.single},
        "table": {
            "first": post.get("first", "").strip()[:8],
            "last": post.get("last", "").strip()[:8],
            "number": post.get("number", "").strip()[:4],
            "columns": {one.path: post.get(f"column-{one.path}", "").strip()[:4] for one in form.table},
        },
        "overflow": post.get("overflow", "")[:10],
    }


def _letter(request: HttpRequest, viewer: Viewer, found: FormTemplate) -> letters.Letter | None:
    """Return what is to be filled in: the draft of a category, or a proposal; None where nothing is named."""
    data = request.POST if request.method == "POST" else request.GET
    today = clock.today(viewer.world)
    if data.get("proposal"):
        row = reading.read_one(viewer, "acts.proposals", status="", proposal=_uuid(data["proposal"]))
        letter = letters.letter(row["payload"], today)
        return letter if letter.form.form == found.form else None
    category = data.get("category", "")
    if not category or found.form not in ("notification", "change"):
        return None
    draft = drafting.draft if found.form == "notification" else drafts.changes
    return letters.letter(draft(viewer, category), today)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFoundError(text[:40]) from None


def _shown(request: HttpRequest, viewer: Viewer, found: FormTemplate, form: FormVersion) -> dict[str, Any]:
    """Return the preview of filling the template with what is asked for, as far as there is both."""
    try:
        letter = _letter(request, viewer, found)
        if letter is None or not found.cells:
            return {"letter": letter}
        cells = cellmap.read(found.cells)
        seen = templates.preview(bytes(found.content), cells, form, letter.payload, "ja")
    except SakimoriError as refused:
        return {"letter": None, "error": explained(refused), "where": refused.where}
    language = saying.language()
    return {
        "letter": letter,
        "preview": [
            {"cell": one.cell, "title": one.title.pick(language), "value": one.value, "now": one.now}
            for one in seen.placed
        ],
        "copies": seen.copies,
        "faults": [one.what.pick(language) for one in seen.faults],
    }


def _filled(request: HttpRequest, viewer: Viewer, found: FormTemplate, form: FormVersion) -> HttpResponse:
    letter = _letter(request, viewer, found)
    if letter is None:
        raise workbook.refused(
            "記入する届出が選ばれていません。",
            "Nothing was chosen to be filled in.",
            Text("届出案の区分を選んでください。", "Choose the category of a draft."),
            "category",
        )
    cells = cellmap.read(found.cells or {})
    copies = templates.fill(bytes(found.content), cells, form, letter.payload, "ja")
    payload: Mapping[str, Any] = {
        "form": found.form,
        "template": found.digest,
        "template_name": found.name,
        "cells": templates.digest_of(cells),
        "letter": letter.digest,
        "copies": len(copies),
    }
    door.perform(FILL, payload, by=viewer, client="web")
    stem = found.name.rpartition(".")[0] or found.name
    content, name = templates.bundled(copies, f"{stem}-{letter.digest[:8]}")
    response = HttpResponse(content, content_type="application/octet-stream")
    ascii_name = name.encode("ascii", "ignore").decode().strip("- ") or "form.xlsx"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{urlencode({'': name})[1:].replace('+', '%20')}"
    )
    return response
