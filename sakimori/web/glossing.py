"""Terms of the law explained where they are used.

In the law book each first use becomes a link to the glossary, with its meaning as a tooltip: a link, not a bare
`title`, so that it can be reached by keyboard and by touch. Below every other page stand the terms of its headings and
labels with definition and article (`terms_of`), to be opened by keyboard, touch or mouse, without JavaScript.
"""

import re
from functools import lru_cache
from html import unescape

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sakimori import law

_MOST = 12  # terms explained below one page
_NAMING = re.compile(r"<(h1|h2|h3|dt|th|label|legend|summary|caption)\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SHORTEST = 3  # two letters or characters (通知, 委員) are everyday words too


@lru_cache(maxsize=2)
def _pattern(language: str) -> tuple[re.Pattern[str], dict[str, law.Term]]:
    japanese = language.startswith("ja")
    found: dict[str, law.Term] = {}
    for term in law.terms():
        name = term.ja if japanese else term.en.casefold()
        if len(name) >= _SHORTEST:
            found.setdefault(name, term)
    names = "|".join(re.escape(name) for name in sorted(found, key=len, reverse=True))
    return re.compile(names if japanese else rf"\b(?:{names})\b", re.NOFLAG if japanese else re.IGNORECASE), found


def glossed(text: str, language: str, seen: set[str]) -> SafeString:
    """Return `text` as HTML with the first use of each term linked; `seen` (changed here) are terms linked before."""
    pattern, terms = _pattern(language)
    out: list[SafeString] = []
    at = 0
    for match in pattern.finditer(text):
        term = terms[match[0] if language.startswith("ja") else match[0].casefold()]
        if term.key in seen:
            continue
        seen.add(term.key)
        meaning = f"{term.ja} ({term.reading}) / {term.en}: {term.definition.pick(language)}"
        address = f"{reverse('law')}?chapter=term#{term.key}"
        link = format_html('<a class="term" href="{}" title="{}">{}</a>', address, meaning, match[0])
        out += [format_html("{}", text[at : match.start()]), link]
        at = match.end()
    out.append(format_html("{}", text[at:]))
    return mark_safe("".join(out))  # noqa: S308  (every part has been escaped above)


def terms_of(page: str, language: str) -> list[law.Term]:
    """Return the terms that headings and labels of a page (HTML) use, the longest first; a few at the most."""
    said = unescape(_TAG.sub(" ", " | ".join(match[2] for match in _NAMING.finditer(page))))
    _, terms = _pattern(language)
    japanese = language.startswith("ja")
    text = said if japanese else said.casefold()
    found = []
    for name in sorted(terms, key=len, reverse=True):
        if name not in text or not (japanese or re.search(rf"\b{re.escape(name)}\b", text)):
            continue
        found.append(terms[name])
        text = text.replace(name, "|")  # what lies within a longer term is not meant
    return found[:_MOST]
