"""The interview of one facility: which computers still hang on which question, in groups that take one answer.

What the register knows and what has been answered and not recorded yet are looked at together; nothing known is asked
again. Pure but for the rows it is given.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sakimori.assets.interview.queries import open_of
from sakimori.assets.payloads import StagedFacts
from sakimori.assets.scoping import Assessment, FacilityFacts, assess

Row = Mapping[str, Any]
"""Computers of which the same is known, as `assets.scoping_computers` gives them."""
Answers = Mapping[str, Mapping[str, Any]]
"""Answers not recorded yet: computer id → fact → value."""
Member = Sequence[str]
"""One computer: id, key, name, address."""
GROUPINGS = ("product", "segment", "name", "each")
_SEGMENT = re.compile(r"^(\d+\.\d+\.\d+)\.\d+")
_NUMBERED = re.compile(r"[\s_\-（(]*[0-9０-９]+[)）号機台]*$")


@dataclass(frozen=True, slots=True)
class Lot:
    """Computers of which the same is known, recorded or answered, with what the law makes of that."""

    row: Row
    members: Sequence[Member]
    answered: Mapping[str, Any]
    answer: Assessment
    asked: frozenset[str]

    def about(self, facts: Iterable[str]) -> bool:
        """Return whether one of the facts is asked, or was answered and not recorded yet."""
        return any(fact in self.asked or fact in self.answered for fact in facts)


@dataclass(slots=True)
class Group:
    """Computers that take one answer together: how they are alike, and the lots they come from."""

    by: str
    title: str
    note: str
    lots: list[Lot] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return what a form calls the group."""
        return hashlib.sha256(f"{self.by}\x1f{self.title}\x1f{self.note}".encode()).hexdigest()[:16]

    def asked(self, facts: Iterable[str]) -> list[Member]:
        """Return the computers of which one of the facts is asked, or was answered just now."""
        wanted = tuple(facts)
        return [member for lot in self.lots if lot.about(wanted) for member in lot.members]

    def values(self, fact: str) -> Counter[Any]:
        """Return what is known of a fact in the register: value → how many computers."""
        found: Counter[Any] = Counter()
        for lot in self.lots:
            if lot.row["facts"].get(fact) is not None:
                found[lot.row["facts"][fact]] += len(lot.members)
        return found

    def chosen(self, fact: str) -> Any:
        """Return the one answer given for all whom the fact is asked of, None where there is none, or several."""
        said = {lot.answered.get(fact) for lot in self.lots if lot.about((fact,))}
        return said.pop() if len(said) == 1 else None


def placed(rows: Iterable[Row], answers: Answers, facility: FacilityFacts, today: date) -> list[Lot]:
    """Return computers with what the law makes of them, answers not recorded yet included."""
    answerable, questions = set(StagedFacts.model_fields), {}
    found = []
    for row in rows:
        for said, members in _parted(row, answers):
            answer = assess(
                {**row["facts"], **said}, row["product"], row["maker"], row["introduced_on"], facility, today
            )
            if answer.digest not in questions:
                questions[answer.digest] = frozenset(open_of(answer.content)) & answerable
            found.append(Lot(row, members, said, answer, questions[answer.digest]))
    return found


def _parted(row: Row, answers: Answers) -> Iterable[tuple[dict[str, Any], Sequence[Member]]]:
    """Yield the computers of a row by what was answered of them and is not known yet."""
    if not answers:
        yield {}, row["computers"]
        return
    parts: dict[tuple[tuple[str, Any], ...], list[Member]] = {}
    known = row["facts"]
    for member in row["computers"]:
        said = answers.get(member[0], {})
        parts.setdefault(tuple(one for one in said.items() if known.get(one[0]) is None), []).append(member)
    for said_of, members in parts.items():
        yield dict(said_of), members


def grouped(lots: Iterable[Lot], by: str) -> list[Group]:
    """Return computers in groups: by product, network segment, name without its number, or each by itself."""
    groups: dict[tuple[str, str], Group] = {}
    for lot in lots:
        parts: dict[tuple[str, str], Sequence[Member]] = {}
        if by == "product":
            parts[lot.row["product"], lot.row["maker"]] = lot.members
        else:
            split: dict[tuple[str, str], list[Member]] = {}
            for member in lot.members:
                split.setdefault(_alike(lot.row, member, by), []).append(member)
            parts.update(split)
        for (title, note), members in parts.items():
            if (title, note) not in groups:
                groups[title, note] = Group(by, title, note)
            groups[title, note].lots.append(replace(lot, members=members))
    return list(groups.values())


def _alike(row: Row, member: Member, by: str) -> tuple[str, str]:
    _, key, name, address = member
    if by == "segment":
        found = _SEGMENT.match(address)
        return (f"{found.group(1)}.*" if found else address or "–"), ""
    if by == "name":
        return _NUMBERED.sub("", name) or name, ""
    return f"{key} {name}", f"{row['maker']} {row['product']}"


def searched(lots: Iterable[Lot], text: str) -> list[Lot]:
    """Return the lots with only those computers whose key, name, address, maker or product has every word."""
    words = text.casefold().split()
    if not words:
        return list(lots)
    found = []
    for lot in lots:
        product = f"{lot.row['maker']} {lot.row['product']}".casefold()
        left = [word for word in words if word not in product]
        members = [one for one in lot.members if all(word in " ".join(one[1:]).casefold() for word in left)]
        if members:
            found.append(replace(lot, members=members))
    return found


def still_open(lots: Iterable[Lot]) -> int:
    """Return of how many computers something is asked that a person here can answer."""
    return sum(len(lot.members) for lot in lots if lot.asked)


def by_topic(lots: Iterable[Lot], topics: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many computers each topic still asks about."""
    counted = dict.fromkeys(topics, 0)
    for lot in lots:
        for key, facts in topics.items():
            if not lot.asked.isdisjoint(facts):
                counted[key] += len(lot.members)
    return counted


def effect(before: Iterable[Lot], after: Iterable[Lot]) -> dict[str, list[tuple[str, int, int]]]:
    """Return how the answers change the facility: by scope, clause and duty, how many before and after."""
    first, then = list(before), list(after)
    result = {}
    for name in ("scope", "clause", "notify"):
        old, new = Counter[str](), Counter[str]()
        for counted, side in ((old, first), (new, then)):
            for lot in side:
                counted[str(getattr(lot.answer, name))] += len(lot.members)
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


def packed(answers: Answers) -> list[list[Any]]:
    """Return answers as a draft keeps them: [[facts, ids], …], computers with the same answers together."""
    found: dict[tuple[tuple[str, Any], ...], list[str]] = {}
    for identity, facts in answers.items():
        found.setdefault(tuple(sorted(facts.items())), []).append(identity)
    return [[dict(facts), ids] for facts, ids in found.items()]


def unpacked(kept: Iterable[Sequence[Any]]) -> dict[str, dict[str, Any]]:
    """Return the answers a draft keeps."""
    return {identity: dict(facts) for facts, ids in kept for identity in ids}
