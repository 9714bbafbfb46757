"""The room's pages: warnings received with their answer, warnings issued with their recipients, releasing one.

An operator sees its own and of anybody else's not even that there are any; recipients are the issuer's to see alone.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext, gettext_noop, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, reading
from sakimori.acts.errors import NotFoundError
from sakimori.pages import Column, Nav, listed, rows_or_none, table_from, viewer_of
from sakimori.pages.names import organisations
from sakimori.pages.stepping import fresh_key
from sakimori.pages.submitting import require, submission
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.warnings.queries import ISSUERS, OPERATORS

_ANSWER = "warnings.answer.give"
_RELEASE, _PUBLISH = "warnings.release.make", "warnings.notice.publish"
_ANSWERS = {
    "": Text("未回答", "not answered yet"),
    "not_affected": Text("影響なし", "not affected"),
    "checking": Text("確認中", "checking"),
    "affected_mitigating": Text("影響あり（対処中）", "affected, being mitigated"),
    "affected_mitigated": Text("影響あり（対処済み）", "affected, mitigated"),
    "damage_found": Text("被害を確認", "damage found"),
}


def _language() -> str:
    return "ja" if (get_language() or "ja").startswith("ja") else "en"


def _answered(code: object) -> str:
    found = _ANSWERS.get(str(code or ""))
    return found.pick(_language()) if found else str(code)


def _answers(codes: Iterable[str]) -> dict[str, str]:
    return {one: _answered(one) for one in codes}


def _may(viewer: Viewer, kind: str) -> bool:
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


@require_safe
def warnings(request: HttpRequest) -> HttpResponse:
    """List the warnings an operator received, or those an office issued."""
    viewer = viewer_of(request)
    own = viewer.organisation_type == "operator"
    table = _received(request, viewer) if own else _issued(request, viewer)
    if isinstance(table, HttpResponse):
        return table
    return render(request, "warnings/warnings.html", {"table": table, "own": own})


def _title(content: Mapping[str, Any] | None) -> str:
    return str((content or {}).get(f"title_{_language()}") or "")


def _received(request: HttpRequest, viewer: Viewer) -> Any:
    return listed(
        request,
        "warnings.received",
        [
            Column("received_at", gettext("Arrived")),
            Column(
                "title",
                gettext("Warning"),
                show=lambda row: _title(row["content"]) or gettext("(not shown)"),
                link=lambda row: reverse("warnings:received", args=[row["id"]]),
                sortable=False,
            ),
            Column("sender", gettext("Sender"), names=lambda ids: organisations(viewer, ids)),
            Column("answer", gettext("Your answer"), names=_answers),
        ],
        caption=gettext("Warnings received"),
        sort="-received_at",
        empty=gettext("No warning has come in. Only those that concern your own equipment do."),
    )


def _issued(request: HttpRequest, viewer: Viewer) -> Any:
    return listed(
        request,
        "warnings.issued",
        [
            Column("released_at", gettext("Released")),
            Column(
                "title",
                gettext("Warning"),
                show=_title,
                link=lambda row: reverse("warnings:issued", args=[row["id"]]),
                sortable=False,
            ),
            Column("basis", gettext("Basis")),
            Column("advisories", pgettext("warnings", "Advisories"), sortable=False),
            Column("tlp", gettext("Marking")),
        ],
        caption=gettext("Warnings issued"),
        sort="-released_at",
        empty=gettext("No warning has been issued yet."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def received(request: HttpRequest, received: uuid.UUID) -> HttpResponse:
    """Show a warning this operator received, with the reason that concerns it; POST answers it."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "warnings.received", received=received)
    made = None
    if request.method == "POST":
        require(_ANSWER, viewer)
    if _may(viewer, _ANSWER):
        typed = {**request.POST.dict(), "f-number": str(row["number"])}
        made = submission(request, _ANSWER, {"answer": row["answer"]}, typed)
        if made.to:
            return HttpResponseRedirect(f"{reverse('warnings:received', args=[received])}?done=1")
    context = {
        "row": row,
        "content": _content(row["content"] or {}),
        "title": _title(row["content"]),
        "reason": row[f"reason_{_language()}"] or "",
        "sender": organisations(viewer, [row["sender"]]).get(row["sender"], ""),
        "answer": _answered(row["answer"]),
        "form": made.form if made else None,
        "hidden": ("number",),
        "error": made.error if made else None,
        "key": fresh_key(request, made.refusal if made else None),
    }
    return render(request, "warnings/received.html", context, status=made.status if made else 200)


def _content(content: Mapping[str, Any]) -> dict[str, Any]:
    language = _language()
    return {
        "advisories": content.get("advisories") or [],
        "what": content.get(f"what_{language}") or "",
        "measures": content.get(f"measures_{language}") or "",
        "indicators": content.get("indicators") or [],
        "basis": content.get("basis") or "",
        "tlp": content.get("tlp") or "",
    }


@require_safe
def issued(request: HttpRequest, warning: uuid.UUID) -> HttpResponse:
    """Show a warning this office issued: what was said and taken out, and how far it has got with each recipient."""
    viewer = viewer_of(request)
    row = reading.read_one(viewer, "warnings.issued", warning=warning)
    rows = reading.read(viewer, "warnings.recipients", warning=warning)
    called = organisations(viewer, {one["organisation"] for one in rows})
    table = table_from(
        request,
        rows,
        [
            Column(
                "organisation",
                gettext("Recipient"),
                show=lambda one: called.get(one["organisation"], ""),
                sort=lambda one: called.get(one["organisation"], ""),
            ),
            Column("reason", gettext("Why this one"), show=lambda one: one[f"reason_{_language()}"], sortable=False),
            Column("arrived_at", gettext("Arrived")),
            Column("answer", gettext("Answer"), show=lambda one: _answered(one["answer"])),
            Column("answer_note", pgettext("warnings", "Note"), sortable=False),
            Column("answered_at", pgettext("warnings", "Answered")),
        ],
        caption=gettext("Recipients"),
        sort="organisation",
    )
    if isinstance(table, HttpResponse):
        return table
    context = {
        "row": row,
        "title": _title(row),
        "content": _content(row),
        "table": table,
        "arrived": sum(1 for one in rows if one["arrived_at"]),
        "answered": sum(1 for one in rows if one["answer"]),
        "count": len(rows),
    }
    return render(request, "warnings/issued.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest) -> HttpResponse:
    """Release a warning to the operators its findings concern (40条1項)."""
    return _release(request, _RELEASE, "notified")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Publish a notice to every operator about an exempt item (41条)."""
    return _release(request, _PUBLISH, "designated")


def _release(request: HttpRequest, kind: str, reach: str) -> HttpResponse:
    """Show the form of a release. Only what is public anyway is filled in: the rest an officer enters anew."""
    viewer = viewer_of(request)
    require(kind, viewer)
    basis = _assessment(viewer, request.GET.get("assessment", ""))
    wanted = set(basis["findings"] or []) if basis else None
    narrowed = {"assessment": basis["id"]} if basis else {}
    found = [
        one
        for one in rows_or_none(viewer, "analysis.findings", reach=reach, **narrowed) or []
        if wanted is None or str(one["id"]) in wanted
    ]
    typed = {**request.POST.dict(), "f-findings": "\n".join(request.POST.getlist("finding"))}
    made = submission(request, kind, _prefilled(viewer, found), typed)
    if made.to:
        return HttpResponseRedirect(made.to)
    called = organisations(viewer, {one["operator"] for one in found})
    sent = request.method == "POST"
    chosen = set(request.POST.getlist("finding"))
    listed = [
        {
            **one,
            "who": called.get(one["operator"], "") or gettext("everybody"),
            "usable": one["grade"] != "suggested",
            "chosen": str(one["id"]) in chosen if sent else one["grade"] != "suggested",
        }
        for one in found
    ]
    context = {
        "kind": law.kind(kind), "form": made.form, "error": made.error, "findings": listed, "basis": basis,
        "hidden": ("findings",), "key": fresh_key(request, made.refusal),
    }  # fmt: skip
    return render(request, "warnings/release.html", context, status=made.status)


def _assessment(viewer: Viewer, identity: str) -> dict[str, Any] | None:
    if not identity:
        return None
    rows = rows_or_none(viewer, "analysis.assessments") or []
    found = next((row for row in rows if str(row["id"]) == identity), None)
    if found is None:
        raise NotFoundError("assessment")
    return found


def _prefilled(viewer: Viewer, found: list[dict[str, Any]]) -> dict[str, str]:
    names = list(dict.fromkeys(str(one["advisory__identifier"]) for one in found))
    public = {
        row["identifier"]: row
        for row in rows_or_none(viewer, "analysis.advisories") or []
        if row["identifier"] in set(names)
    }
    titles = [str(public[name]["title"]) for name in names if name in public]
    actions = dict.fromkeys(str(public[name]["action"]) for name in names if name in public and public[name]["action"])
    return {
        "content.advisories": "\n".join(names),
        "content.title_en": "; ".join(titles)[:300],
        "content.measures_en": "\n".join(actions),
    }


NAV = (Nav(gettext_noop("Warnings"), "warnings:warnings", OPERATORS | ISSUERS),)
START_URLS = {
    "warnings.answer.give": "warnings:warnings",
    "warnings.release.make": "warnings:release",
    "warnings.notice.publish": "warnings:publish",
}
SUBJECT_URLS = {"warnings.warning": "warnings:issued", "warnings.received": "warnings:received"}
urlpatterns = [
    path("", warnings, name="warnings"),
    path("received/<uuid:received>/", received, name="received"),
    path("issued/<uuid:warning>/", issued, name="issued"),
    path("release/", release, name="release"),
    path("publish/", publish, name="publish"),
]
