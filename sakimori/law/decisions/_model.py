"""The typed model of a decision table and of its answer. Plain, frozen, without behaviour beyond showing itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._conditions import Condition
from sakimori.text import Text

OPEN = "open"
NOT_IN_FORCE = "not_in_force"
CONFIDENCES = ("certain", "likely", "unknown")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision came out so: the sentence, its article(s), the fact it turned on, and what would change it.

    Several articles are joined by 、.
    """

    text: Text
    article: str
    fact: str | None
    would_change: Text | None


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is missing and matters. `whom` is operator | record | ministry; `allowed` lists the possible answers.

    A question to the ministry is one that no published text answers: the answer is recorded, never guessed.
    """

    fact: str
    text: Text
    whom: str
    allowed: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One row whose conditions are met, with its outcome, its reason and the values it carries."""

    row: str
    outcome: str
    label: Text
    reason: Reason
    values: Mapping[str, object]
    confidence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one table.

    `outcome` is one of the table's outcomes, "open" while a missing fact matters, or "not_in_force".
    In a table of policy `all`, `outcome` is "given" or "none" and the findings are `hits`, one per row; findings
    already listed stay firm whatever the open questions turn out to be.
    `basis` are single article references, each of which `law.article` knows.
    `values` are facts about the outcome (article label, trigger group, rule key); while the outcome is open they are
    those which every outcome still possible shares. `possible` names the outcomes still possible.
    """

    table: str
    outcome: str
    reasons: tuple[Reason, ...]
    open_questions: tuple[Question, ...]
    basis: tuple[str, ...]
    on: date
    label: Text
    hits: tuple[Hit, ...]
    values: Mapping[str, object]
    possible: tuple[str, ...]
    confidence: str

    @property
    def is_open(self) -> bool:
        """Whether a missing fact still matters."""
        return bool(self.open_questions)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes of all rows met, in the order of the table."""
        return tuple(hit.outcome for hit in self.hits)

    def explain(self, language: str) -> str:
        """Return the decision as sentences to be read aloud: label, reasons, what would change them, open questions."""
        lines = [self.label.pick(language)]
        for reason in self.reasons:
            lines.append(f"{reason.text.pick(language)} ({reason.article})")
            if reason.would_change:
                lines.append(reason.would_change.pick(language))
        lines.extend(question.text.pick(language) for question in self.open_questions)
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON, every sentence in both languages."""

        def both(text: Text | None) -> dict[str, str] | None:
            return {"ja": text.ja, "en": text.en} if text else None

        return {
            "table": self.table,
            "outcome": self.outcome,
            "label": both(self.label),
            "on": self.on.isoformat(),
            "basis": list(self.basis),
            "confidence": self.confidence,
            "outcomes": list(self.outcomes),
            "possible": list(self.possible),
            "values": {key: _plain(value) for key, value in self.values.items()},
            "reasons": [
                {
                    "text": both(reason.text),
                    "article": reason.article,
                    "fact": reason.fact,
                    "would_change": both(reason.would_change),
                }
                for reason in self.reasons
            ],
            "open_questions": [
                {
                    "fact": question.fact,
                    "text": both(question.text),
                    "whom": question.whom,
                    "allowed": [{"value": value, "label": both(label)} for value, label in question.allowed],
                }
                for question in self.open_questions
            ],
        }


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return {"ja": value.ja, "en": value.en}
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact a table asks for. `kind` is bool | choice | date | count | text; `whom` says who can answer."""

    name: str
    kind: str
    whom: str
    question: Text
    allowed: Mapping[str, Text]
    missing: Question


@dataclass(frozen=True, slots=True)
class Constant:
    """A dated number or day used in conditions, with its article, source and confidence.

    `parameter` names the parameter of the law book whose value it is; `value` is then None.
    """

    name: str
    value: int | date | None
    parameter: str | None
    unit: str
    article: str
    source: str
    confidence: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One dated row of a table.

    `stops`: when it holds, later rows are not looked at.
    `excluded_by`: it does not count where one of those rows holds.
    """

    key: str
    when: Condition
    outcome: str
    article: str
    source: str
    confidence: str
    valid_from: date
    valid_until: date | None
    known_since: date
    fact: str | None
    text: Text
    would_change: Text | None
    values: Mapping[str, object]
    stops: bool
    excluded_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Caution:
    """From this day our reading of the table is at most of this confidence (a later amendment was not readable)."""

    start: date
    confidence: str
    text: Text


@dataclass(frozen=True, slots=True)
class Table:
    """One decision table as read from its file.

    `exact`: the answer is firm only if the values agree as well as the outcome (a clock and the day it runs from).
    """

    key: str
    title: Text
    article: str
    policy: str
    valid_from: date
    valid_until: date | None
    known_since: date
    facts: Mapping[str, FactSpec]
    constants: Mapping[str, tuple[Constant, ...]]
    outcomes: Mapping[str, Text]
    rows: tuple[Row, ...]
    otherwise: Row
    cautions: tuple[Caution, ...]
    exact: bool
