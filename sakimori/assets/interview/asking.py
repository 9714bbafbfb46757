"""The interview of one facility: which computers still hang on which question, in groups that take one answer.

What the register knows and what has been answered and not recorded yet are looked at together; nothing known is asked
again. Pure but for the rows it is given.
"""

import hashlib
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sakimori.assets.interview.queries import open_of
from sakimori.assets.payloads import StagedFacts
from sakimori.assets.scoping import Assessment, FacilityFacts, assess

Row = Mapping[str, Any]
Answers = Mapping[str, Mapping[str, Any]]
"""Answers not recorded yet: computer id → fact → value."""
GROUPINGS = ("product", "segment", "name", "each")
_SEGMENT = re.compile(r"^(\d+\.\d+\.\d+)\.\d+")
_NUMBERED = re.compile(r"[\s_\-（(]*[0-9０-９]+[)）号機台]*$")


@dataclass(frozen=True, slots=True)
class Placed:
    """One computer with what is known of it, recorded or answered, and what the law makes of that."""

    row: Row
    answered: Mapping[str, Any]
    answer: Assessment
    asked: frozenset[str]

    @property
    def identity(self) -> str:
        """Return the computer's id as text."""
        return str(self.row["id"])

    def known(self, fact: str) -> Any:
        """Return what the register knows of a fact, None where it does not."""
        return self.row["facts"].get(fact)


@dataclass(slots=True)
class Group:
    """Computers that take one answer together: how they are alike, and those a topic still asks about."""

    key: str
    title: str
    note: str
    computers: list[Placed] = field(default_factory=list)

    def asked(self, facts: Iterable[str]) -> list[Placed]:
        """Return the computers of which one of the facts is asked, or was answered just now."""
        wanted = set(facts)
        return [one for one in self.computers if wanted & (one.asked | one.answered.keys())]

    def values(self, fact: str) -> Counter[Any]:
        """Return what is known of a fact in the register: value → how many computers."""
        return Counter(one.known(fact) for one in self.computers if one.known(fact) is not None)

    def chosen(self, fact: str) -> Any:
        """Return the one answer given for all whom the fact is asked of, None where there is none, or several."""
        said = {one.answered.get(fact) for one in self.computers if fact in one.asked or fact in one.answered}
        return said.pop() if len(said) == 1 else None


def placed(rows: Iterable[Row], answers: Answers, facility: FacilityFacts, today: date) -> list[Placed]:
    """Return each computer with what the law makes of it, answers not recorded yet included."""
    answerable, questions = set(StagedFacts.model_fields), {}
    found = []
    for row in rows:
        said = {k: v for k, v in answers.get(str(row["id"]), {}).items() if row["facts"].get(k) is None}
        answer = assess({**row["facts"], **said}, row["product"], row["maker"], row["introduced_on"], facility, today)
        if answer.digest not in questions:
            questions[answer.digest] = frozenset(open_of(answer.content)) & answerable
        found.append(Placed(row, said, answer, questions[answer.digest]))
    return found


def grouped(computers: Iterable[Placed], by: str) -> list[Group]:
    """Return computers in groups: by product, network segment, name without its number, or each by itself."""
    groups: dict[str, Group] = {}
    for one in computers:
        title, note = _alike(one.row, by)
        key = hashlib.sha256(f"{by}\x1f{title}\x1f{note}".encode()).hexdigest()[:16]
        groups.setdefault(key, Group(key, title, note)).computers.append(one)
    return list(groups.values())


def _alike(row: Row, by: str) -> tuple[str, str]:
    if by == "segment":
        found = _SEGMENT.match(row["address"])
        return (f"{found.group(1)}.*" if found else row["address"] or "–"), ""
    if by == "name":
        return _NUMBERED.sub("", row["name"]) or row["name"], ""
    if by == "each":
        return f"{row['key']} {row['name']}", f"{row['maker']} {row['product']}"
    return row["product"], row["maker"]


def still_open(computers: Iterable[Placed]) -> list[Placed]:
    """Return the computers of which something is asked that a person here can answer."""
    return [one for one in computers if one.asked]


def by_topic(computers: Iterable[Placed], topics: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many computers each topic still asks about."""
    counted = Counter(key for one in computers for key, facts in topics.items() if not one.asked.isdisjoint(facts))
    return {key: counted[key] for key in topics}


def effect(before: Iterable[Placed], after: Iterable[Placed]) -> dict[str, list[tuple[str, int, int]]]:
    """Return how the answers change the facility: by scope, clause and duty, how many before and after."""
    first, then = list(before), list(after)
    result = {}
    for name in ("scope", "clause", "notify"):
        old, new = (Counter(str(getattr(one.answer, name)) for one in side) for side in (first, then))
        result[name] = [(code, old[code], new[code]) for code in sorted({*old, *new}) if code]
    return result


def merged(answers: Answers, computers: Iterable[str], said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the answers with what was said of these computers; a value of None takes an answer back."""
    result = {identity: dict(facts) for identity, facts in answers.items()}
    for identity in computers:
        facts = result.setdefault(identity, {})
        for fact, value in said.items():
            if value is None:
                facts.pop(fact, None)
            else:
                facts[fact] = value
        if not facts:
            del result[identity]
    return result


def packed(answers: Answers) -> dict[str, list[list[Any]]]:
    """Return answers as a draft keeps them: fact → [[value, ids], …]."""
    found: dict[str, dict[Any, list[str]]] = {}
    for identity, facts in answers.items():
        for fact, value in facts.items():
            found.setdefault(fact, {}).setdefault(value, []).append(identity)
    return {fact: [[value, ids] for value, ids in values.items()] for fact, values in found.items()}


def unpacked(kept: Mapping[str, Sequence[Sequence[Any]]]) -> dict[str, dict[str, Any]]:
    """Return the answers a draft keeps."""
    found: dict[str, dict[str, Any]] = {}
    for fact, values in kept.items():
        for value, ids in values:
            for identity in ids:
                found.setdefault(str(uuid.UUID(identity)), {})[fact] = value
    return found
