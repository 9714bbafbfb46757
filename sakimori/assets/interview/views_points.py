"""Open points as questions, the ministry's answers to them, and the papers of the prior review with their names."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.acts import reading
from sakimori.assets import saying
from sakimori.assets.interview import ministry, substitute, topics
from sakimori.assets.interview.views import facility_of, may
from sakimori.assets.interview.words import said, short
from sakimori.assets.payloads import StagedFacts
from sakimori.pages import viewer_of
from sakimori.pages.stepping import Step, stepped
from sakimori.record import Viewer
from sakimori.text import Text

RECORD, WITHDRAW = "assets.ministry_answer.record", "assets.ministry_answer.withdraw"
PAPER, WITHDRAW_PAPER = "assets.plan_paper.record", "assets.plan_paper.withdraw"
_NAMED = 20  # computers of a point that are named
PAPERS: Mapping[str, Text] = {
    "plan": Text("導入等計画書（推進法52条1項）", "introduction plan (Art. 52(1) of the Promotion Act)"),
    "emergency": Text("緊急導入等届出書（推進法52条11項）", "emergency introduction filing (Art. 52(11))"),
}
STATUS: Mapping[str, Text] = {
    "standing": Text("有効", "stands"),
    "replaced": Text("差替え済み", "replaced by a later one"),
    "withdrawn": Text("取消し", "withdrawn"),
}
OUTCOME: Mapping[str, Text] = {
    "substitute": Text("代えられます", "may stand in"),
    "names_differ": Text("名称が同一でない", "names are not the same"),
    "own_form": Text("様式第一で届け出ます", "file Form 1"),
    "open": Text("未確定（質問あり）", "open (questions)"),
}


@require_safe
def points(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Show what is not known of a facility's computers: the question, what hangs on it, who can answer, where to."""
    viewer = viewer_of(request)
    found = facility_of(viewer, facility)
    rows = reading.read(viewer, "assets.open_points", facility=facility)
    shown = request.GET.get("show", "")
    hanging = (
        [
            (row["id"], f"{row['key']} {row['name']}")
            for row in reading.read(viewer, "assets.open_facts", facility=facility, fact=shown, count=_NAMED)
        ]
        if shown
        else []
    )
    asked = [_point(row, hanging if row["fact"] == shown else []) for row in rows]
    context = {
        "facility": found,
        "points": asked,
        "others": [one for one in asked if one["whom"] != "operator"],
        "ours": [one for one in asked if one["whom"] == "operator"],
        "doubts": [
            {**row, "said": saying.both(row["doubt"])}
            for row in reading.read(viewer, "assets.unit_doubts", facility=facility)[:_NAMED]
        ],
        "answers": [_answer(row) for row in reading.read(viewer, "assets.ministry_answers", facility=facility)],
        "may_record": may(viewer, RECORD),
        "tab": "points",
    }
    return render(request, "assets/interview/points.html", context)


def _point(row: Mapping[str, Any], hanging: list[tuple[uuid.UUID, str]]) -> dict[str, Any]:
    topic = topics.topic_of(row["fact"])
    return {
        "fact": row["fact"],
        "short": short(row["fact"]),
        "question": saying.both(row["question"]),
        "whom": _whom(row),
        "topic": topic.key if topic else "",
        "closable": row["fact"] in ministry.closable(),
        "computers": row["computers"],
        "named": hanging,
        "more": row["computers"] - len(hanging),
    }


def _whom(row: Mapping[str, Any]) -> str:
    """Return who can answer: operator, facility (its record), product (a name in doubt), record or ministry."""
    if row["fact"] == "designated_item":
        return "product"
    return str(row["whom"]) if row["fact"] in ministry.closable() else "facility"


def _answer(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row["value"]
    if value is not None and row["fact"] in StagedFacts.model_fields:
        value = said(row["fact"], value)
    return {
        **row,
        "about": short(row["fact"]) if row["fact"] else gettext("Another question"),
        "value": value,
        "state": saying.say(STATUS, row["status"]),
        "stands": row["status"] == "standing",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def record_answer(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Record what the ministry answered; `?fact=` names the point it is about and offers its values."""
    viewer = viewer_of(request)
    found = facility_of(viewer, facility)
    spec = ministry.closable().get(request.GET.get("fact", ""))
    language = saying.language()
    given: dict[str, Any] = {"facility": str(facility), "fact": spec.name if spec else ""}
    options: dict[str, list[tuple[str, str]]] = {}
    if spec is not None:
        values = ministry.options(spec)
        if values:
            nothing = ("", gettext("It gives no such value"))
            options["value"] = [nothing, *((code, words.pick(language)) for code, words in values.items())]
        if request.method != "POST" and not request.GET.get("question"):
            asked = urlencode({"fact": spec.name, "question": spec.question.pick(language)})
            return HttpResponseRedirect(f"{request.path}?{asked}")
    step = Step(
        RECORD,
        given=given,
        hidden=frozenset() if spec else frozenset({"value"}),
        options=options,
        done=lambda _: f"{reverse('assets:open_points', args=[facility])}?done=1",
    )
    return stepped(request, step, "assets/interview/step.html", _around(found, "points", "assets:open_points"))


def _around(facility: Mapping[str, Any], tab: str, back: str) -> dict[str, Any]:
    return {"facility": facility, "tab": tab, "back": reverse(back, args=[facility["id"]])}


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_answer(request: HttpRequest, facility: uuid.UUID, answer: uuid.UUID) -> HttpResponse:
    """Withdraw a wrong record of an answer, with the reason."""
    found = facility_of(viewer_of(request), facility)
    step = Step(
        WITHDRAW,
        given={"answer": str(answer)},
        done=lambda _: f"{reverse('assets:open_points', args=[facility])}?done=1",
    )
    return stepped(request, step, "assets/interview/step.html", _around(found, "points", "assets:open_points"))


@require_safe
def papers(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Show the prior-review papers, and for which computers one may stand in for Form 1 or fails to by little."""
    viewer = viewer_of(request)
    found = facility_of(viewer, facility)
    rows = reading.read(viewer, "assets.plan_papers", facility=facility)
    context = {
        "facility": found,
        "papers": [
            {**row, "title": saying.say(PAPERS, row["paper"]), "state": saying.say(STATUS, row["status"])}
            for row in rows
        ],
        "substitutes": [_shown(row) for row in reading.read(viewer, "assets.substitutes", facility=facility)],
        "may_record": may(viewer, PAPER),
        "tab": "papers",
    }
    return render(request, "assets/interview/papers.html", context)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "possible": row["outcome"] == "substitute",
        "answer": saying.say(OUTCOME, row["outcome"]),
        "title": saying.say(PAPERS, row["paper"]),
        "differences": [saying.say(substitute.KINDS, kind) for kind in row["kinds"]],
        "reasons": [saying.both(reason["text"]) for reason in row["decision"]["reasons"]],
        "pairs": [(gettext("Product name"), row["name"]), (gettext("Maker name"), row["supplier"])],
    }


def substitute_of(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return whether a paper may stand in for one computer, as its page shows it; None where none comes near."""
    found = reading.read(viewer, "assets.substitutes", facility=row["facility"], computer=row["id"])
    return _shown(found[0]) if found else None


@require_http_methods(["GET", "HEAD", "POST"])
def record_paper(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Record the names in a paper of the prior review, exactly as written; a later paper replaces an earlier one."""
    viewer = viewer_of(request)
    found = facility_of(viewer, facility)
    standing = [
        (str(row["id"]), f"{saying.say(PAPERS, row['paper'])} {row['filed_on']} {row['reference'] or ''}".strip())
        for row in reading.read(viewer, "assets.plan_papers", facility=facility)
        if row["status"] == "standing"
    ]
    step = Step(
        PAPER,
        given={"facility": str(facility)},
        hidden=frozenset() if standing else frozenset({"replaces"}),
        options={
            "paper": [("", ""), *((code, words.pick(saying.language())) for code, words in PAPERS.items())],
            "replaces": [("", gettext("It replaces none")), *standing],
        },
        done=lambda _: f"{reverse('assets:plan_papers', args=[facility])}?done=1",
    )
    context = {
        **_around(found, "papers", "assets:plan_papers"),
        "lead": gettext(
            "Copy each name of a facility or component, and its supplier, exactly as the filing has them: full and "
            "half width, blanks, dashes and the company's legal form count."
        ),
    }
    return stepped(request, step, "assets/interview/step.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_paper(request: HttpRequest, facility: uuid.UUID, paper: uuid.UUID) -> HttpResponse:
    """Withdraw a wrong record of a paper, with the reason."""
    found = facility_of(viewer_of(request), facility)
    step = Step(
        WITHDRAW_PAPER,
        given={"paper": str(paper)},
        done=lambda _: f"{reverse('assets:plan_papers', args=[facility])}?done=1",
    )
    return stepped(request, step, "assets/interview/step.html", _around(found, "papers", "assets:plan_papers"))


urlpatterns = [
    path("scoping/<uuid:facility>/open/", points, name="open_points"),
    path("scoping/<uuid:facility>/open/answer/", record_answer, name="ministry_answer"),
    path("scoping/<uuid:facility>/open/<uuid:answer>/withdraw/", withdraw_answer, name="ministry_answer_withdraw"),
    path("scoping/<uuid:facility>/papers/", papers, name="plan_papers"),
    path("scoping/<uuid:facility>/papers/new/", record_paper, name="plan_paper"),
    path("scoping/<uuid:facility>/papers/<uuid:paper>/withdraw/", withdraw_paper, name="plan_paper_withdraw"),
]
