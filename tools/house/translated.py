"""Every word on a page is translated: templates hold no bare words, and the Japanese catalogues miss no message.

Messages are written in English and translated by gettext; sentences made at run time are `Text` in both languages.
"""

import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tools.house.source import Finding, Source

_KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CATALOGUE = "/locale/ja/LC_MESSAGES/django.po"
_NO_WORDS = re.compile(
    r"\{% comment.*?%\}.*?\{% endcomment %\}"
    r"|\{% blocktrans(?:late)?\b.*?%\}.*?\{% endblocktrans(?:late)? %\}"
    r"|<(?:script|style|svg|code|kbd)\b.*?</(?:script|style|svg|code|kbd)>"
    r"|<!--.*?-->|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
_SPOKEN_ATTRIBUTE = re.compile(r"\s(?:alt|title|placeholder|aria-label|aria-description)=\"([^\"]*)\"")
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_ENTITY = re.compile(r"&\w+;|&#\d+;")
_WORD = re.compile(r"[A-Za-z]{2,}|[\u3040-\u30ff\u4e00-\u9fff]+")
# Names that are the same in every language: the product, and each language's own name.
_NAMES = frozenset({"Sakimori", "防人", "日本語", "English", "API", "CSV", "PDF", "JSON"})


class Message(NamedTuple):
    """One message as gettext knows it; the context is empty for most."""

    context: str
    text: str


def check_templates(source: Source) -> Iterator[Finding]:
    """Yield words that stand in a template outside any translation."""
    if not (source.is_product and source.path.endswith(".html")):
        return
    # Blank what is no text, keeping the line numbers.
    shown = _NO_WORDS.sub(lambda match: "\n" * match[0].count("\n"), source.text)
    spoken = _SPOKEN_ATTRIBUTE.sub(lambda match: f">{match[1]}<", shown)
    bare = _ENTITY.sub(" ", _TAG.sub(lambda match: " " + "\n" * match[0].count("\n"), spoken))
    for number, line in enumerate(bare.splitlines(), start=1):
        words = [word for word in _WORD.findall(line) if word not in _NAMES]
        if words:
            yield Finding(source.path, number, "untranslated", f"words outside a translation: {' '.join(words[:5])}")


def check_catalogues(sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield messages of templates and modules that no Japanese catalogue translates."""
    listed = [source for source in sources if source.is_product]
    known: set[Message] = set()
    for source in listed:
        if source.path.endswith(CATALOGUE):
            known |= _translated(source)
    for source in listed:
        for line, message in messages(source):
            if message not in known:
                yield Finding(source.path, line, "untranslated", f"no Japanese for: {message.text!r}")


def messages(source: Source) -> Iterator[tuple[int, Message]]:
    """Yield the messages one template or module asks gettext for, with their lines."""
    if source.path.endswith(".html"):
        # To the tokenizer the page's own indentation would be Python's.
        text = "\n".join(line.lstrip() for line in templatize(source.text).split("\n"))
    elif source.is_python and "gettext" in source.text:
        text = source.text
    else:
        return
    for line, found, _, context in extract("python", io.BytesIO(text.encode()), keywords=_KEYWORDS):
        single = found if isinstance(found, str) else found[0]
        if single:
            yield line, Message(context or "", single)


def _translated(source: Source) -> set[Message]:
    catalogue = read_po(io.BytesIO(source.text.encode()), locale="ja")
    found = set()
    for entry in catalogue:
        strings = entry.string if isinstance(entry.string, (list, tuple)) else [entry.string]
        single = entry.id if isinstance(entry.id, str) else entry.id[0]
        if single and all(strings) and not entry.fuzzy:
            found.add(Message(entry.context or "", single))
    return found
