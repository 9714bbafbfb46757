"""The law book on the site, read only, for every role: chapter by chapter, as of any day, with terms explained."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import clock
from sakimori.errors import SakimoriError
from sakimori.law.chapters import TITLE, Chapter, chapters, lead
from sakimori.pages import viewer_of
from sakimori.text import Text
from sakimori.web.glossing import glossed
from sakimori.web.speaking import language

_FIRST = "unknown"
_WORDS = {
    "title": TITLE,
    "day": Text("この日の法による", "The law of this day"),
    "filter": Text("語を含む行", "Lines that contain"),
    "show": Text("表示", "Show"),
    "none": Text("当てはまる行はありません。", "No line matches."),
    "contents": Text("章", "Chapters"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line as the page shows it: its anchor, the key, and label and text per further column."""

    anchor: str
    key: str
    cells: list[tuple[str, SafeString]]


@dataclass(frozen=True, slots=True)
class ShownPart:
    """Lines under common columns, with the heading and lead of a decision table."""

    anchor: str
    heading: str
    lead: str
    columns: tuple[str, ...]
    lines: list[ShownLine]


@require_safe
@gzip_page  # a chapter weighs up to 330 kB, and it is the same text for everybody
def law_book(request: HttpRequest) -> HttpResponse:
    """Show one chapter of the law book (`chapter`), as of a day (`on`), lines containing a word (`q`)."""
    viewer = viewer_of(request)
    said, today = language(), clock.today(viewer.world)
    wanted, word = request.GET.get("on", "").strip(), request.GET.get("q", "").strip()
    error = ""
    try:
        day = _day(wanted) or today
        found = _chapters(said, day)
    except SakimoriError as wrong:
        error, day = wrong.explain(said), today
        found = _chapters(said, day)
    by_anchor = {chapter.anchor: chapter for chapter in found}
    shown = by_anchor.get(request.GET.get("chapter", ""), by_anchor[_FIRST])
    parts = _parts(shown, word, said)
    return render(
        request,
        "web/law.html",
        {
            "own_glossary": True,
            "words": {name: text.pick(said) for name, text in _WORDS.items()},
            "lead": lead(law.book(), day).pick(said),
            "error": error,
            "on": day.isoformat(),
            "q": word,
            "chapters": found,
            "chapter": shown,
            "parts": parts,
            "empty": not any(part.lines for part in parts),
        },
        status=400 if error else 200,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    when = law.parse_when(text)
    return when.date() if isinstance(when, datetime) else when


@lru_cache(maxsize=8)
def _chapters(said: str, day: date) -> tuple[Chapter, ...]:
    return chapters(law.book(), day, said)


def _parts(chapter: Chapter, word: str, said: str) -> list[ShownPart]:
    seen: set[str] = set()
    used: Counter[str] = Counter()
    out = []
    for part in chapter.parts:
        lines = []
        for line in part.lines:
            if word and not any(word.casefold() in cell.casefold() for cell in line.cells):
                continue
            first, *rest = line.cells
            glossary = chapter.anchor == "term"
            cells = [glossed(cell, said, set() if glossary else seen) for cell in rest]
            used[line.key] += 1  # a number that changed has several lines: only the first bears the bare key
            anchor = line.key if used[line.key] == 1 else f"{line.key}.{used[line.key]}"
            lines.append(ShownLine(anchor, first, list(zip(part.columns[1:], cells, strict=True))))
        if lines or not word:
            out.append(ShownPart(part.anchor, part.heading, part.lead, part.columns, lines))
    return out
