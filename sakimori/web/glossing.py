"""Terms of the law marked in a text: each first use becomes a link to the glossary with its meaning as a tooltip.

A link, not a bare `title`, so that it can be reached by keyboard and read on paper and by screen readers.
"""

import re
from functools import lru_cache

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sakimori import law

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
