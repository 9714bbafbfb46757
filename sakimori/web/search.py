"""One search box over what this viewer may see: things of the rooms, acts, organisations, and the law itself.

Everything of an organisation is read through the door (`acts.parts`), so that nothing of anybody else's is found, not
even counted; the law is public. Two characters are enough in Japanese.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import clock
from sakimori.pages import rows_or_none, viewer_of
from sakimori.pages.finding import LONGEST, MOST, Find, Found, Group, has_article, kind_text, rows_of, words_of
from sakimori.pages.tables import shown
from sakimori.pages.words import label
from sakimori.record import Viewer
from sakimori.record.folding import folded
from sakimori.web import kinds, rooms
from sakimori.web.lawlinks import law_link
from sakimori.web.speaking import articles, language, titled


def _kind(name: str) -> str:
    title: str = law.kind(name).title.pick(language())
    return title


OWN = (
    Find(
        "acts.done",
        gettext_noop("Acts done"),
        "acts.done",
        lambda row: f"{_kind(row['kind'])} ({row['number']})",
        lambda row: reverse("act", args=[row["id"]]),
        lambda row: shown(row["recorded_at"]),
        kinds=("kind",),
        arguments={"limit": None},
    ),
    Find(
        "acts.inbox",
        gettext_noop("Notices"),
        "acts.inbox",
        titled,
        lambda row: reverse("notice", args=[row["id"]]),
        lambda row: shown(row["created_at"]),
        kinds=("kind",),
    ),
    Find(
        "acts.obligations",
        gettext_noop("Obligations"),
        "acts.obligations",
        titled,
        lambda row: rooms.subject_url(row["subject_type"], row["subject"]) or reverse("obligations"),
        lambda row: shown(row["due_on"]),
        organisations=("bearer",),
        arguments={"status": ""},
    ),
    Find(
        "acts.proposals",
        gettext_noop("Proposals"),
        "acts.proposals",
        lambda row: _kind(row["kind"]),
        lambda row: reverse("proposal", args=[row["id"]]),
        lambda row: shown(row["proposed_at"]),
        kinds=("kind",),
        arguments={"status": ""},
    ),
)
"""What the frame itself lets be searched."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found (`?q=`), group by group; nothing typed shows how to search."""
    viewer = viewer_of(request)
    typed = request.GET.get("q", "").strip()[:LONGEST]
    words = words_of(typed)
    groups = list(found(viewer, words)) if words else []
    return render(request, "web/search.html", {"q": typed, "groups": groups, "most": MOST, "longest": LONGEST})


def found(viewer: Viewer, words: Sequence[str]) -> Iterator[Group]:
    """Yield what this viewer may see of everything that holds all the words, sort by sort."""
    for find in (*rooms.finds(), *OWN):
        read = rows_of(find, viewer, words)
        if read is None or not read[0]:
            continue
        rows, total = read
        yield Group(
            find.name.replace(".", "-"),
            gettext(find.title),
            [_found(find, row, viewer) for row in rows],
            total,
        )
    sorts = (
        ("organisations", gettext("Organisations"), _organisations(viewer, words)),
        ("may", gettext("What you may do"), _may(viewer, words)),
        ("clocks", gettext("Clocks of the law"), _clocks(words)),
        ("kinds", gettext("Acts the law knows"), _kinds(words)),
        ("terms", gettext("Terms of the law"), _terms(words)),
    )
    for name, title, lines in sorts:
        if lines:
            yield Group(name, title, lines[:MOST], len(lines))


def _organisations(viewer: Viewer, words: Sequence[str]) -> list[Found]:
    """Organisations by name, as far as the viewer may know of them."""
    rows = rows_or_none(viewer, "parties.organisations", world=clock.world(viewer.world).base) or []
    english = language().startswith("en")
    return [
        Found(row["name_en"] if english else row["name_ja"], "", label(row["type"]))
        for row in rows
        if _all_in(words, f"{row['name_ja']} {row['name_en']}")
    ]


def _all_in(words: Sequence[str], text: str) -> bool:
    among = folded(text)
    return all(word in among for word in words)


def _named(words: Sequence[str], text: str, basis: Sequence[str]) -> bool:
    """Return whether every word stands in the text or names an article of the basis."""
    return all(word in text or has_article(basis, word) for word in words)


def _may(viewer: Viewer, words: Sequence[str]) -> list[Found]:
    return [
        Found(kind.title.pick(language()), rooms.start_url(kind.name), articles(kind.basis))
        for kind in kinds.performable(viewer)
        if kinds.not_in_force(kind, viewer) is None and _named(words, kind_text(kind), kind.basis)
    ]


def _clocks(words: Sequence[str]) -> list[Found]:
    return [
        Found(rule.title.pick(language()), law_link("rule", rule.key), rule.article)
        for rule in law.rules()
        if _named(words, folded(f"{rule.title.ja} {rule.title.en}"), [rule.article, rule.in_force_by])
    ]


def _kinds(words: Sequence[str]) -> list[Found]:
    return [
        Found(kind.title.pick(language()), law_link("kind", kind.name), articles(kind.basis))
        for kind in law.kinds()
        if not kind.system and _named(words, kind_text(kind), kind.basis)
    ]


def _terms(words: Sequence[str]) -> list[Found]:
    return [
        Found(f"{term.ja} / {term.en}", law_link("term", term.key), term.definition.pick(language()))
        for term in law.terms()
        if _named(words, folded(f"{term.ja} {term.reading} {term.en}"), [term.article])
    ]


def _found(find: Find, row: Mapping[str, Any], viewer: Viewer) -> Found:
    """Return a row as found; where its room offers the viewer nothing, it leads to the obligations instead."""
    link = find.link(row)
    link = link if rooms.is_open(link, viewer) else reverse("obligations")
    return Found(find.said(row) or gettext("(not shown)"), link, find.detail(row))
