"""Act kinds as people look for them: grouped by what one wants to do, each with a sentence on what follows from it.

The sentence is put together from the law book (what the act fulfils, starts, whom it tells), so that it is never more
than the law says.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, gettext_noop

from sakimori import law
from sakimori.law.vocabulary import ADDRESSEE_WORDS
from sakimori.record import Viewer
from sakimori.web import kinds, rooms
from sakimori.web.speaking import articles, language

_REPORT = gettext_noop("File, notify or report")
_ANSWER = gettext_noop("Answer or consent")
_ASK = gettext_noop("Ask or request")
_DECIDE = gettext_noop("Decide, release or pass on")
_ORDER = gettext_noop("Demand, guide or order")
_RECORD = gettext_noop("Record what happened, keep things up to date")
_UNDO = gettext_noop("Correct, withdraw or end")
_PEOPLE = gettext_noop("People, organisations, roles and keys")
WISHES: Sequence[str] = (_REPORT, _ANSWER, _ASK, _DECIDE, _ORDER, _RECORD, _UNDO, _PEOPLE)
"""What people come to do, in the order shown."""

_BY_VERB: Mapping[str, str] = {
    **dict.fromkeys(
        ("file", "refile", "supplement", "first", "detail", "monthly", "report", "notify", "send"), _REPORT
    ),
    **dict.fromkeys(("answer", "give", "consent"), _ANSWER),
    **dict.fromkeys(("ask", "request", "consult"), _ASK),
    **dict.fromkeys(
        ("decide", "make", "publish", "provide", "pass_on", "share", "share_with_nco", "set", "extend"),
        _DECIDE,
    ),
    **dict.fromkeys(("demand", "issue", "state", "opinion"), _ORDER),
    **dict.fromkeys(("correct", "withdraw", "end", "refuse", "retire", "close", "lift"), _UNDO),
}
_RULES_SAID = 2  # clocks named one by one; the law book has them all
_PEOPLE_ROOM, _GUIDANCE = "parties", "guidance"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind in a list: the kind, what follows from it, and where it is not in force the day it will be, in words."""

    kind: law.ActKind
    sentence: str
    url: str
    not_yet: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """One group of kinds: what one wants to do, and the kinds that do it."""

    title: str
    entries: list[Entry]


def wish_of(kind: law.ActKind) -> str:
    """Return the group (an English msgid of `WISHES`) a kind stands in."""
    _, thing, verb = kind.name.split(".")
    if kind.room == _PEOPLE_ROOM and thing != "consent":
        return _PEOPLE
    if thing == _GUIDANCE:
        return _ORDER
    return _BY_VERB.get(verb, _RECORD)


def by_wish(found: Iterable[law.ActKind], viewer: Viewer, word: str = "") -> list[Wish]:
    """Return kinds as entries, group by group; only those whose title, sentence or basis has the word where given."""
    entries: dict[str, list[Entry]] = {}
    for kind in found:
        entry = Entry(kind, sentence(kind), rooms.start_url(kind.name), not_yet(kind, viewer))
        if has_word(entry, word):
            entries.setdefault(wish_of(kind), []).append(entry)
    return [Wish(gettext(wish), entries[wish]) for wish in WISHES if wish in entries]


def has_word(entry: Entry, word: str) -> bool:
    """Return whether every part of what was typed stands in the entry, in either language."""
    kind = entry.kind
    text = _folded(" ".join([kind.title.ja, kind.title.en, entry.sentence, *kind.basis]))
    return all(part in text for part in _folded(word).split())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def sentence(kind: law.ActKind) -> str:
    """Return what follows from an act of the kind, as one sentence in the reader's language."""
    said = []
    fulfilled = _rules((*kind.fulfils, *kind.settles))
    if fulfilled:
        said.append(gettext("Fulfils: %(what)s.") % {"what": fulfilled})
    started = _rules(start.rule for start in kind.starts)
    if started:
        said.append(gettext("Starts the clock: %(what)s.") % {"what": started})
    told = [ADDRESSEE_WORDS[notify.to].pick(language()) for notify in kind.notifies if notify.to in ADDRESSEE_WORDS]
    if told:
        said.append(gettext("Tells: %(whom)s.") % {"whom": gettext(", ").join(dict.fromkeys(told))})
    if kind.releases:
        taken = [law.restriction(one).title.pick(language()) for one in kind.releases]
        said.append(gettext("May lift: %(what)s.") % {"what": gettext(", ").join(taken)})
    if not said:
        said.append(gettext("Is recorded in the log, with a receipt."))
    if kind.second_person != "none":
        said.append(gettext("A second person confirms it."))
    return (" " if language().startswith("en") else "").join(said)


def _rules(keys: Iterable[str]) -> str:
    titles = list(dict.fromkeys(law.rule(key).title.pick(language()) for key in keys))
    rest = len(titles) - _RULES_SAID
    if rest <= 1:
        return gettext(", ").join(titles)
    said = gettext(", ").join(titles[:_RULES_SAID])
    return gettext("%(first)s and %(count)d others") % {"first": said, "count": rest}


def not_yet(kind: law.ActKind, viewer: Viewer) -> str:
    """Return since when or until when a kind is not in force in the viewer's world; empty where it may be performed."""
    if kinds.not_in_force(kind, viewer) is None:
        return ""
    article = law.article(kind.in_force_by)
    return gettext("%(article)s is in force %(day)s.") % {
        "article": articles([kind.in_force_by]),
        "day": _day(article.in_force_from, article.latest),
    }


def _day(begins: date | None, latest: date | None) -> str:
    if begins is not None:
        return gettext("from %(day)s") % {"day": begins.isoformat()}
    if latest is not None:
        return gettext("from a day not fixed yet, %(day)s at the latest") % {"day": latest.isoformat()}
    return gettext("from a day not fixed yet")
