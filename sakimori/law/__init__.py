"""The law as data: dated parameters, act kinds, clocks, decision tables, labels, terms. No Django needed.

```python
import sakimori.law as law
law.deadline("kyokaho.incident.full", date(2026, 11, 20)).due   # date(2026, 12, 21)
law.in_force("強化法17", date(2026, 11, 20))                     # False
law.parameter("kyokaho.incident.full.period").value             # 30
```

Everything is read from YAML under `data/`, checked at first use, and identified by `book().digest`.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sakimori.law import clocks as _clocks
from sakimori.law import lawbook as _lawbook
from sakimori.law import tables as _tables
from sakimori.law.decisions._model import Decision
from sakimori.law.errors import (
    FactError,
    ImpossibleDateError,
    LawDataError,
    LawError,
    UnknownArticleError,
    UnknownKindError,
    UnknownParameterError,
    UnknownRestrictionError,
    UnknownRuleError,
)
from sakimori.law.facts import parse_when
from sakimori.law.kinds import ActKind, Actor, Notify, Start
from sakimori.law.lawbook import LawBook, book
from sakimori.law.model import Article, Deadline, Parameter, Restriction, Rule
from sakimori.law.terms import Term
from sakimori.law.terms import term as _term
from sakimori.law.terms import terms as _all_terms
from sakimori.text import Text

__all__ = [
    "ActKind",
    "Actor",
    "Article",
    "Deadline",
    "Decision",
    "FactError",
    "ImpossibleDateError",
    "LawBook",
    "LawDataError",
    "LawError",
    "Notify",
    "Parameter",
    "Restriction",
    "Rule",
    "Start",
    "Term",
    "UnknownArticleError",
    "UnknownKindError",
    "UnknownParameterError",
    "UnknownRestrictionError",
    "UnknownRuleError",
    "article",
    "book",
    "cite",
    "deadline",
    "decide",
    "in_force",
    "kind",
    "kinds",
    "parameter",
    "parse_when",
    "restriction",
    "restrictions",
    "rule",
    "rules",
    "term",
    "terms",
]


def parameter(key: str, on: date | None = None, known: date | None = None) -> Parameter:
    """Return one dated value; see `LawBook.parameter`."""
    return _lawbook.book().parameter(key, on, known)


def in_force(article: str, on: date) -> bool:
    """Tell whether the article is law on that day; see `LawBook.in_force`."""
    return _lawbook.book().in_force(article, on)


def article(ref: str) -> Article:
    """Return an article with its day of commencement. Raises UnknownArticleError."""
    return _lawbook.book().article(ref)


def cite(ref: str) -> Text:
    """Return a reference as people say it: 命令4条2項 / Order Art. 4(2).

    The English short names of laws are our own (`data/instruments.yaml`). Raises UnknownArticleError.
    """
    return _lawbook.book().cite(ref)


def kind(name: str, version: int | None = None) -> ActKind:
    """Return an act kind, the latest version unless one is named. Raises UnknownKindError."""
    return _lawbook.book().kind(name, version)


def kinds() -> tuple[ActKind, ...]:
    """Return every act kind in its latest version."""
    return _lawbook.book().kinds()


def rule(key: str) -> Rule:
    """Return a clock. Raises UnknownRuleError."""
    return _lawbook.book().rule(key)


def rules() -> tuple[Rule, ...]:
    """Return every clock in its latest version."""
    return _lawbook.book().rules()


def restriction(key: str) -> Restriction:
    """Return a restriction; `need_to_know:<matter>` is found by its head. Raises UnknownRestrictionError."""
    return _lawbook.book().restriction(key)


def restrictions() -> tuple[Restriction, ...]:
    """Return every restriction."""
    return tuple(_lawbook.book().restrictions.values())


def deadline(
    rule: str,
    start: date | datetime,
    *,
    on: date | None = None,
    facts: Mapping[str, object] | None = None,
    known: date | None = None,
) -> Deadline:
    """Return when something is due, counted from `start`; see `sakimori.law.clocks.deadline`."""
    return _clocks.deadline(_lawbook.book(), rule, start, on=on, facts=facts, known=known)


def decide(table: str, facts: Mapping[str, object], on: date) -> Decision:
    """Return the decision of one decision table with its reasons; see `sakimori.law.tables`."""
    return _tables.decide(table, facts, on)


def term(key: str) -> Term:
    """Return one term of the glossary; see `sakimori.law.terms`."""
    return _term(key)


def terms() -> tuple[Term, ...]:
    """Return every term of the glossary."""
    return _all_terms()
