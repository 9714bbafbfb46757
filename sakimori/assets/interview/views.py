"""The interview's pages: the facilities, one facility topic by topic, what the answers make of it, then one act."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.assets import drafting, saying
from sakimori.assets.interview import asking, drafts, topics
from sakimori.assets.interview.topics import TOPICS, Topic
from sakimori.assets.interview.words import coded, options, said, short
from sakimori.assets.scoping import Assessment, FacilityFacts
from sakimori.errors import SakimoriError
from sakimori.pages import dates, viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.stepping import fresh_key
from sakimori.pages.tables import page_asked
from sakimori.parties.models import Facility
from sakimori.record import Viewer
from sakimori.text import Text

_PAGE = 50  # groups on one page
_NAMED = 12  # computers of a group that are named
_FACTS = {one.key: one.facts for one in TOPICS}
GROUPING: Mapping[str, Text] = {
    "product": Text("製品ごと", "by product"),
    "segment": Text("アドレスの範囲ごと", "by range of addresses"),
    "name": Text("名称ごと（番号を除く）", "by name, without its number"),
    "each": Text("1台ずつ", "one by one"),
}


def may(viewer: Viewer, kind: str = drafts.KIND) -> bool:
    """Return whether the law lists this role for an act kind (the door decides again when it is done)."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)


def facility_of(viewer: Viewer, facility: uuid.UUID) -> dict[str, Any]:
    """Return one of the viewer's own facilities; raises `NotFoundError` for any other."""
    return reading.read_one(viewer, "assets.scoping", facility=facility)


def facts_of(viewer: Viewer, facility: uuid.UUID) -> FacilityFacts:
    """Return what the records say about a facility, as the law's tables ask for it."""
    base = clock.world(viewer.world).base
    found = Facility.objects.select_related("designation").get(id=facility, world=base)
    return drafting.facility_facts(found, viewer.world)


@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """Show the operator's facilities, each with what is still open; the interview begins here."""
    viewer = viewer_of(request)
    rows = reading.read(viewer, "assets.scoping")
    waiting = {row["id"] for row in rows if drafts.draft(viewer, row["id"])}
    context = {"rows": [{**row, "waiting": row["id"] in waiting} for row in rows], "may_answer": may(viewer)}
    return render(request, "assets/interview/facilities.html", context)


@dataclass(frozen=True, slots=True)
class _State:
    """One facility as the interview stands: its computers that ask something, and what waits to be recorded."""

    facility: Mapping[str, Any]
    computers: Sequence[asking.Lot]
    answers: asking.Answers

    @property
    def topics(self) -> dict[str, int]:
        """Return how many computers each topic asks about."""
        return asking.by_topic(self.computers, _FACTS)


def _state(viewer: Viewer, facility: uuid.UUID, answers: asking.Answers | None = None) -> _State:
    found = facility_of(viewer, facility)
    waiting = drafts.answers(viewer, facility) if answers is None else answers
    rows = reading.read(viewer, "assets.scoping_computers", facility=facility, open_only=True)
    known = facts_of(viewer, facility)
    return _State(found, asking.placed(rows, waiting, known, clock.today(viewer.world)), waiting)


def _steps(state: _State, current: str = "") -> list[dict[str, Any]]:
    counted = state.topics
    return [
        {
            "key": one.key,
            "title": one.title.pick(saying.language()),
            "open": counted[one.key],
            "current": one.key == current,
        }
        for one in TOPICS
    ]


def _progress(state: _State) -> dict[str, int]:
    still = asking.still_open(state.computers)
    total = state.facility["computers"]
    return {"open": still, "total": total, "decided": total - still, "answers": len(state.answers)}


@require_safe
def facility(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Show how far the interview of a facility is: what each topic still asks, what waits to be recorded."""
    viewer = viewer_of(request)
    state = _state(viewer, facility)
    business = str(state.facility["business_type"])
    language = saying.language()
    context = {
        "facility": state.facility,
        "steps": _steps(state),
        "next": _following(state, ""),
        "progress": _progress(state),
        "named": gettext(", ").join(one.pick(saying.language()) for one in topics.facilities_of(business)),
        "example": topics.example_of(business, TOPICS[0]).pick(language),
        "components": [one.pick(language) for one in topics.components_of(business)],
        "points": len(reading.read(viewer, "assets.open_points", facility=facility)),
        "may_answer": may(viewer),
        "tab": "interview",
    }
    return render(request, "assets/interview/facility.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, facility: uuid.UUID, topic: str) -> HttpResponse:
    """Show one topic: computers in groups, each group with its questions; POST keeps the answers and goes on."""
    viewer = viewer_of(request)
    found = topics.topic(topic)
    if found is None:
        raise Http404(topic)
    state = _state(viewer, facility)
    by = request.GET.get("by", "")
    by = by if by in asking.GROUPINGS else asking.GROUPINGS[0]
    text = request.GET.get("q", "").strip()[:200]
    shown = asking.grouped(asking.searched(state.computers, text), by)
    if request.method == "POST":
        authority.require(law.kind(drafts.KIND), viewer, drafting=True)
        said = _said(request.POST, shown, found)  # of those the search left on the page, and of no other
        state = _state(viewer, facility, drafts.keep(viewer, facility, said))
        return HttpResponseRedirect(_onward(request, state, found, by))
    groups = [group for group in shown if group.asked(found.facts)]
    groups.sort(key=lambda group: (-len(group.asked(found.facts)), group.title))
    pages = max(1, -(-len(groups) // _PAGE))
    page = min(page_asked(request.GET.get("page", "")), pages)
    context = {
        "facility": state.facility,
        "topic": _spoken(found, str(state.facility["business_type"])),
        "questions": [(fact, topics.spec(fact).question.pick(saying.language())) for fact in found.facts],
        "groups": [_group(group, found) for group in groups[(page - 1) * _PAGE : page * _PAGE]],
        "together": [(f"all-{fact}", short(fact), options(fact)) for fact in found.facts] if len(groups) > 1 else [],
        "page": page,
        "pages": pages,
        "by": by,
        "grouping": [(code, words.pick(saying.language())) for code, words in GROUPING.items()],
        "text": text,
        "steps": _steps(state, topic),
        "next": _following(state, topic),
        "progress": _progress(state),
        "may_answer": may(viewer),
        "tab": "interview",
    }
    return render(request, "assets/interview/topic.html", context)


def _spoken(topic: Topic, business: str) -> dict[str, str]:
    language = saying.language()
    return {
        "key": topic.key,
        "title": topic.title.pick(language),
        "lead": topic.lead.pick(language),
        "example": topics.example_of(business, topic).pick(language),
    }


def _group(group: asking.Group, topic: Topic) -> dict[str, Any]:
    """Return a group as the page shows it: who it is, what is known, one choice a question that is asked."""
    asked = group.asked(topic.facts)
    named = asked[:_NAMED]
    return {
        "key": group.key,
        "title": group.title,
        "note": group.note,
        "count": len(asked),
        "named": [(identity, f"{key} {name}") for identity, key, name, _ in named],
        "more": len(asked) - len(named),
        "fields": [_field(group, fact) for fact in topic.facts if group.asked((fact,))],
        "known": [
            (short(fact), said(fact, value), count)
            for fact in topic.facts
            for value, count in group.values(fact).items()
        ],
    }


def _field(group: asking.Group, fact: str) -> dict[str, Any]:
    chosen = group.chosen(fact)
    return {
        "name": f"g-{group.key}-{fact}",
        "label": short(fact),
        "options": options(fact),
        "chosen": coded(chosen),
    }


def _said(
    form: Mapping[str, str], groups: Sequence[asking.Group], topic: Topic
) -> list[tuple[list[str], dict[str, Any]]]:
    """Return what a form says of the groups it shows: the computers each fact is asked of, and the answer.

    One answer may be given for all groups shown (`all-…`); a group's own answer goes before it.
    """
    found: list[tuple[list[str], dict[str, Any]]] = []
    for group in groups:
        for fact in topic.facts:
            given = form.get(f"g-{group.key}-{fact}")
            if given == "":
                given = form.get(f"all-{fact}", "")
            if given is None or (given and given not in dict(options(fact))):
                continue
            value = {"yes": True, "no": False, "": None}.get(given, given)
            if given == "" and group.chosen(fact) is None:
                continue  # several answers, or none: leaving the field alone changes nothing
            found.append(([member[0] for member in group.asked((fact,))], {fact: value}))
    return found


def _following(state: _State, after: str) -> str:
    """Return the next topic that asks something, beginning after one; empty where none does."""
    counted, keys = state.topics, [one.key for one in TOPICS]
    start = keys.index(after) + 1 if after in keys else 0
    return next((key for key in (*keys[start:], *keys[:start]) if counted[key] and key != after), "")


def _onward(request: HttpRequest, state: _State, topic: Topic, by: str) -> str:
    identity = state.facility["id"]
    if request.POST.get("then") == "stay":
        here = {name: request.GET[name] for name in ("q", "page") if request.GET.get(name)}
        asked = urlencode({"by": by, **here, "kept": "1"})
        return f"{reverse('assets:interview', args=[identity, topic.key])}?{asked}"
    following = _following(state, topic.key)
    if not following:
        return reverse("assets:interview_review", args=[identity])
    return f"{reverse('assets:interview', args=[identity, following])}?by={by}&kept=1"


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, facility: uuid.UUID) -> HttpResponse:
    """Show what the answers that wait make of the facility; POST records them as one act, or drops them."""
    viewer = viewer_of(request)
    error: SakimoriError | None = None
    state = _state(viewer, facility)
    waiting = [one for one in state.computers if one.answered]
    if request.method == "POST":
        authority.require(law.kind(drafts.KIND), viewer, drafting=True)
        seen, key = request.POST.get("seen", ""), request.POST.get("key", "")[:100]
        try:
            if request.POST.get("action") == "drop":
                drafts.drop(viewer, facility, seen=seen)
                return HttpResponseRedirect(reverse("assets:scoping_facility", args=[facility]))
            if waiting:  # a form sent twice finds nothing left to record, and the page says so
                rows = [{"computer": one[0], "facts": dict(lot.answered)} for lot in waiting for one in lot.members]
                done = drafts.record(viewer, facility, rows, key=key, client="web", seen=seen)
                return HttpResponseRedirect(f"{reverse('assets:scoping_facility', args=[facility])}?done={done.act}")
        except SakimoriError as refused:
            error = refused
    parts = [{**lot.row, "computers": lot.members} for lot in waiting]
    before = asking.placed(parts, {}, facts_of(viewer, facility), clock.today(viewer.world))
    context = {
        "facility": state.facility,
        "effect": _effect(before, waiting),
        "count": sum(len(lot.members) for lot in waiting),
        "said": sum(len(lot.answered) * len(lot.members) for lot in waiting),
        "progress": _progress(state),
        "steps": _steps(state),
        "next": _following(state, ""),
        "kept": drafts.draft(viewer, facility),
        "seen": drafts.digest(state.answers),
        "key": fresh_key(request, error),
        "error": explained(error) if error else None,
        "may_answer": may(viewer),
        "tab": "interview",
    }
    return render(request, "assets/interview/review.html", context, status=status_of(error) if error else 200)


def _effect(before: Sequence[asking.Lot], after: Sequence[asking.Lot]) -> list[tuple[str, list[tuple[str, int, int]]]]:
    words: dict[str, tuple[str, Callable[[object], str]]] = {
        "scope": (gettext("Specified critical computer?"), partial(saying.say, saying.SCOPE)),
        "clause": (gettext("By which clause"), saying.clause),
        "notify": (gettext("Notification"), partial(saying.say, saying.NOTIFY)),
    }
    found = asking.effect(before, after)
    told = [
        (title, [(spoken(code), old, new) for code, old, new in found[name]])
        for name, (title, spoken) in words.items()
        if found[name]
    ]
    due = _due(before, after)
    return [*told, (gettext("To be notified by"), due)] if due else told


def _due(before: Sequence[asking.Lot], after: Sequence[asking.Lot]) -> list[tuple[str, int, int]]:
    """Return how many computers are due by which day, before and after."""
    counted = [Counter[date | None](), Counter[date | None]()]
    for side, lots in zip(counted, (before, after), strict=True):
        for lot in lots:
            if lot.answer.notify == "yes":
                side[due_of(lot.answer)] += len(lot.members)
    days = sorted({*counted[0], *counted[1]}, key=lambda day: (day is None, day))
    return [
        (dates.read(day, saying.language()) if day else gettext("by when is open"), counted[0][day], counted[1][day])
        for day in days
    ]


def due_of(answer: Assessment) -> date | None:
    """Return the last day to notify, None where it is open or no clock runs."""
    if answer.rule is None or answer.begins is None:
        return None
    due = law.deadline(answer.rule, answer.begins).due
    return date(due.year, due.month, due.day) if due else None


urlpatterns = [
    path("scoping/", facilities, name="scoping"),
    path("scoping/<uuid:facility>/", facility, name="scoping_facility"),
    path("scoping/<uuid:facility>/ask/<slug:topic>/", ask, name="interview"),
    path("scoping/<uuid:facility>/review/", review, name="interview_review"),
]
