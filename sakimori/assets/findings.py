"""What the law's tables said of one computer, as a page shows it: answers, reasons, open questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from sakimori.assets import saying
from sakimori.assets.payloads import StagedFacts

_YES, _NO = "yes", "no"
_DERIVED = "in_scope"
_TITLES = ("scope", "notify", "due")
_DECISION = frozenset({"label", "basis", "reasons", "open_questions", "confidence"})
_REASON = frozenset({"text", "article", "would_change"})
_QUESTION = frozenset({"fact", "text", "allowed"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the sentence, its article, what would change it."""

    text: str
    article: str
    would_change: str


@dataclass(frozen=True, slots=True)
class Said:
    """One table's answer: the question it answers, the answer, reasons, whether it is open, how sure we are."""

    title: str
    answer: str
    basis: str
    reasons: list[Reason]
    open: bool
    confidence: str


@dataclass(frozen=True, slots=True)
class Question:
    """An open question: the fact asked for, the words, the answers it takes (none: only a record can answer it)."""

    fact: str
    text: str
    options: list[tuple[str, str]]


def sound(content: object) -> dict[str, Mapping[str, Any]]:
    """Return the decisions of a kept finding that are whole; what is broken in it is left out."""
    told = content if isinstance(content, Mapping) else {}
    return {str(name): one for name, one in told.items() if _is_whole(one)}


def _is_whole(decision: object) -> bool:
    if not isinstance(decision, Mapping) or not set(decision) >= _DECISION:
        return False
    parts = ((decision["reasons"], _REASON), (decision["open_questions"], _QUESTION))
    return isinstance(decision["label"], Mapping) and all(
        isinstance(told, list) and all(isinstance(one, Mapping) and needed <= set(one) for one in told)
        for told, needed in parts
    )


def decisions(content: object) -> list[Said]:
    """Return the answers in the order they were asked: in scope? to be notified? by which clock?"""
    titles = {
        "scope": gettext("Is it a specified critical computer?"),
        "notify": gettext("Must it be notified?"),
        "due": gettext("By which clock?"),
    }
    whole = sound(content)
    return [_said(titles[name], whole[name]) for name in _TITLES if name in whole]


def _said(title: str, decision: Mapping[str, Any]) -> Said:
    return Said(
        title=title,
        answer=saying.both(decision["label"]),
        basis=gettext(", ").join(decision["basis"]),
        reasons=[
            Reason(saying.both(one["text"]), one["article"], saying.both(one["would_change"]))
            for one in decision["reasons"]
        ],
        open=bool(decision["open_questions"]),
        confidence=str(decision["confidence"]),
    )


def asked(decision: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the questions of a decision that a person can answer: not whether another table is still open."""
    return [one for one in decision["open_questions"] if one["fact"] != _DERIVED]


def questions(content: object) -> list[Question]:
    """Return every open question once, in order."""
    found: dict[str, Question] = {}
    for decision in sound(content).values():
        for one in asked(decision):
            found.setdefault(one["fact"], Question(one["fact"], saying.both(one["text"]), _options(one)))
    return list(found.values())


def _options(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    field = StagedFacts.model_fields.get(question["fact"])
    if field is None:
        return []
    offered = [(str(one["value"]), saying.both(one["label"])) for one in question["allowed"]]
    if field.annotation == bool | None:
        return [(_YES, gettext("Yes")), (_NO, gettext("No"))]
    return offered


def answered(form: Mapping[str, str]) -> dict[str, object]:
    """Return the facts a form answers (fields `fact-…`); what is left blank is left out."""
    facts: dict[str, object] = {}
    for name, value in form.items():
        fact = name.removeprefix("fact-")
        if fact != name and value and fact in StagedFacts.model_fields:
            facts[fact] = {_YES: True, _NO: False}.get(value, value)
    return facts
