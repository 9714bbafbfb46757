"""Decision tables of the regimes: rows are data (`data/tables/*.yaml`), this is the small interpreter.

`decide(table, facts, on)` answers with an outcome, the reasons (each with its article and what would change it), and,
where a missing fact matters, questions instead of a guess.

Rules of the interpreter:
- policy `first`: the first row whose conditions hold gives the outcome; rows that hold as well are listed after it. If
  an earlier row is undecided for want of a fact and would give another outcome, the answer is open. `otherwise` answers
  when no row holds.
- policy `all`: every row whose conditions hold is a finding; undecided rows are asked about, without shaking the
  findings.
- a row counts only on days on which it is valid, and (with `known`) only if we knew of it by then.
- a constant (number or day) has dated values of its own.

Example:
    >>> from datetime import date
    >>> decide("kyokaho.notify.change", {"maker_name_changed": True}, date(2026, 11, 20)).outcome
    'change'
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from sakimori.law.decisions._facts import checked
from sakimori.law.decisions._model import (
    CONFIDENCES,
    NOT_IN_FORCE,
    OPEN,
    Decision,
    FactSpec,
    Hit,
    Question,
    Reason,
    Row,
    Table,
)
from sakimori.law.decisions._read import read_table
from sakimori.law.decisions._words import fill, say
from sakimori.law.errors import LawError
from sakimori.law.lawbook import LawBook, book
from sakimori.text import Text

__all__ = [
    "NOT_IN_FORCE",
    "OPEN",
    "Decision",
    "FactSpec",
    "Hit",
    "Question",
    "Reason",
    "Table",
    "TableBook",
    "UnknownTableError",
    "decide",
    "table",
    "table_book",
    "tables",
]

DATA = Path(__file__).parent / "data" / "tables"
_READ_OUT = 3  # more outcomes than these are counted, not read out
_DAYS_KEPT = 1000  # a day asked about is a key of the cache, which must not grow without end
_NOTHING: Mapping[str, object] = MappingProxyType({})


class UnknownTableError(LawError):
    """No decision table of that name."""

    code = "law.unknown_table"


class TableBook:
    """A set of decision tables, each parsed when first asked for. Immutable once read.

    `content` maps file names (`<table>.yaml`) to bytes; `parameter` gives the value of a parameter of the law book on a
    day, for constants that name one instead of a value of their own.
    """

    def __init__(self, content: Mapping[str, bytes], parameter: Callable[[str, date], object]) -> None:
        self._content = content
        self._parameter = parameter
        self._tables: dict[str, Table] = {}
        self._active: dict[tuple[str, date, date | None], tuple[tuple[Row, ...], Mapping[str, object]]] = {}

    def keys(self) -> tuple[str, ...]:
        """Return the names of all tables, sorted."""
        return tuple(sorted(name.removesuffix(".yaml") for name in self._content))

    def table(self, key: str) -> Table:
        """Return one table; UnknownTableError names those that resemble the key."""
        if key not in self._tables:
            keys = self.keys()
            if key not in keys:
                raise _unknown_table(key, keys)
            self._tables[key] = read_table(f"{key}.yaml", self._content[f"{key}.yaml"])
        return self._tables[key]

    def decide(self, key: str, facts: Mapping[str, object], on: date, known: date | None = None) -> Decision:
        """Return the decision of one table on one day, as known on `known` (default: all we know now)."""
        table = self.table(key)
        given = checked(table, facts)
        if on < table.valid_from or (table.valid_until and on > table.valid_until):
            return _not_in_force(table, on)
        rows, constants = self._rows(table, on, known)
        scope = {**constants, **given}
        if table.policy == "all":
            return _all_rows(table, rows, scope, on)
        return _first_row(table, rows, scope, on)

    def _rows(self, table: Table, on: date, known: date | None) -> tuple[tuple[Row, ...], Mapping[str, object]]:
        found = self._active.get((table.key, on, known))
        if found is None:
            rows = tuple(
                row
                for row in table.rows
                if _valid(row.valid_from, row.valid_until, on) and (known is None or row.known_since <= known)
            )
            constants: dict[str, object] = {}
            for name, values in table.constants.items():
                for constant in values:
                    if constant.parameter:
                        constants[name] = self._parameter(constant.parameter, on)
                    elif _valid(constant.valid_from, constant.valid_until, on):
                        constants[name] = constant.value
            if len(self._active) >= _DAYS_KEPT:
                self._active.clear()
            found = self._active[(table.key, on, known)] = (rows, constants)
        return found


def _valid(start: date, until: date | None, on: date) -> bool:
    return start <= on and (until is None or on <= until)


def _first_row(table: Table, rows: Iterable[Row], facts: Mapping[str, object], on: date) -> Decision:
    undecided: list[Row] = []
    held: list[Row] = []
    for row in rows:
        answer = row.when.test(facts)
        if answer:
            if not row.excluded_by.intersection(other.key for other in held):
                held.append(row)
            if row.stops:
                break
        elif answer is None and not held:
            undecided.append(row)
    first = held[0] if held else table.otherwise
    possible = dict.fromkeys([*(row.outcome for row in undecided), first.outcome])
    values = _shared([*undecided, first])
    hits = tuple(_hit(table, row, facts) for row in held) or (() if undecided else (_hit(table, first, facts),))
    differ = table.exact and any(row.values != first.values for row in undecided)
    if len(possible) > 1 or differ:
        return _answer(
            table,
            OPEN,
            on,
            label=Text("まだ決められません。", "Not decided yet."),
            reasons=(_open_reason(table, possible),),
            questions=_questions(table, undecided, facts),
            hits=hits,
            values=values,
            possible=tuple(possible),
            confidence=_worst(row.confidence for row in [*undecided, first]),
        )
    shown = hits or (_hit(table, first, facts),)
    return _answer(
        table,
        first.outcome,
        on,
        label=table.outcomes[first.outcome],
        reasons=tuple(hit.reason for hit in shown if hit.outcome == first.outcome),
        questions=(),
        hits=shown,
        values=values,
        possible=(first.outcome,),
        confidence=_worst(row.confidence for row in [*undecided, first]),
    )


def _all_rows(table: Table, rows: Iterable[Row], facts: Mapping[str, object], on: date) -> Decision:
    undecided: list[Row] = []
    held: list[Row] = []
    for row in rows:
        answer = row.when.test(facts)
        if answer and row.excluded_by:
            answer = _unless(row, held, undecided)
        if answer:
            held.append(row)
        elif answer is None:
            undecided.append(row)
    findings = {(row.outcome, tuple(row.values.items())) for row in held}
    undecided = [row for row in undecided if (row.outcome, tuple(row.values.items())) not in findings]
    hits = tuple(_hit(table, row, facts) for row in held)
    last = table.otherwise
    reasons = tuple(hit.reason for hit in hits)
    if undecided:
        outcome = OPEN
        label = Text("まだ決められない点があります。", "Some points are not decided yet.")
        possible = tuple(dict.fromkeys(row.outcome for row in [*held, *undecided]))
        reasons = (*reasons, _open_reason(table, dict.fromkeys(row.outcome for row in undecided)))
    elif hits:
        outcome = "given"
        labels = tuple(dict.fromkeys(hit.label for hit in hits))
        label = Text("、".join(part.ja for part in labels), "; ".join(part.en for part in labels))
        possible = tuple(dict.fromkeys(hit.outcome for hit in hits))
    else:
        outcome, label, possible = last.outcome, table.outcomes[last.outcome], (last.outcome,)
        reasons = (_hit(table, last, facts).reason,)
    return _answer(
        table,
        outcome,
        on,
        label=label,
        reasons=reasons,
        questions=_questions(table, undecided, facts),
        hits=hits,
        values=_NOTHING,
        possible=possible,
        confidence=_worst(row.confidence for row in [*held, *undecided] or [last]),
    )


def _unless(row: Row, held: list[Row], undecided: list[Row]) -> bool | None:
    """Return whether a row that holds still counts beside the rows that exclude it; None while one is undecided."""
    if row.excluded_by.intersection(other.key for other in held):
        return False
    return None if row.excluded_by.intersection(other.key for other in undecided) else True


def _answer(
    table: Table,
    outcome: str,
    on: date,
    *,
    label: Text,
    reasons: tuple[Reason, ...],
    questions: tuple[Question, ...],
    hits: tuple[Hit, ...],
    values: Mapping[str, object],
    possible: tuple[str, ...],
    confidence: str,
) -> Decision:
    for caution in table.cautions:
        if on >= caution.start:
            confidence = _worst((confidence, caution.confidence))
            reasons = (*reasons, Reason(caution.text, table.article, None, None))
    return Decision(
        table=table.key,
        outcome=outcome,
        reasons=reasons,
        open_questions=questions,
        basis=_basis(reasons),
        on=on,
        label=label,
        hits=hits,
        values=values,
        possible=possible,
        confidence=confidence,
    )


def _hit(table: Table, row: Row, facts: Mapping[str, object]) -> Hit:
    change = fill(row.would_change, table, facts) if row.would_change else None
    reason = Reason(fill(row.text, table, facts), row.article, row.fact, change)
    return Hit(row.key, row.outcome, table.outcomes[row.outcome], reason, row.values, row.confidence)


def _shared(rows: list[Row]) -> Mapping[str, object]:
    if len(rows) == 1:
        return rows[0].values
    common = dict(rows[0].values)
    for row in rows[1:]:
        common = {key: value for key, value in common.items() if key in row.values and row.values[key] == value}
    return MappingProxyType(common)


def _questions(table: Table, rows: Iterable[Row], facts: Mapping[str, object]) -> tuple[Question, ...]:
    names = dict.fromkeys(name for row in rows for name in row.when.needs(facts))
    return tuple(table.facts[name].missing for name in names if name in table.facts)


def _open_reason(table: Table, outcomes: Iterable[str]) -> Reason:
    labels = [table.outcomes[outcome] for outcome in outcomes]
    if len(labels) <= _READ_OUT:
        listed = Text(
            "".join(f"「{label.ja.rstrip('。')}」" for label in labels),
            "; ".join(label.en.rstrip(".") for label in labels),
        )
    else:
        listed = Text(f"{len(labels)}通り", f"{len(labels)} outcomes")
    return Reason(
        Text(
            f"答えのない問いがあるため、まだ決められません。残る可能性は、{listed.ja}です。",
            f"Not decided yet, because some questions have no answer. Still possible: {listed.en}.",
        ),
        table.article,
        None,
        Text("下の問いに答えると決まります。", "Answering the questions below decides it."),
    )


def _not_in_force(table: Table, on: date) -> Decision:
    start, day = say(table.valid_from), say(on)
    reason = Reason(
        Text(
            f"{day.ja}には、この定めは施行されていません(施行は{start.ja})。",
            f"On {day.en} these provisions are not in force (they are from {start.en}).",
        ),
        table.article,
        None,
        None,
    )
    return Decision(
        table=table.key,
        outcome=NOT_IN_FORCE,
        reasons=(reason,),
        open_questions=(),
        basis=_basis((reason,)),
        on=on,
        label=Text("施行されていません。", "Not in force."),
        hits=(),
        values=_NOTHING,
        possible=(NOT_IN_FORCE,),
        confidence="certain",
    )


def _basis(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the single article references of the reasons (each can be given to `law.article`), in order."""
    return tuple(dict.fromkeys(ref for reason in reasons for ref in reason.article.split("、")))


def _worst(confidences: Iterable[str]) -> str:
    return max(confidences, key=CONFIDENCES.index)


def _unknown_table(key: str, keys: tuple[str, ...]) -> UnknownTableError:
    close = get_close_matches(key, keys, n=3, cutoff=0.4) or keys
    return UnknownTableError(
        Text(f"判定表「{key}」はありません。", f"There is no decision table {key}."),
        where=key,
        mend=Text("ある表: " + "、".join(close), "Tables there are: " + ", ".join(close)),
    )


def table_book(law: LawBook) -> TableBook:
    """Return the decision tables of one law book, with its parameters: a changed copy decides by the copy."""
    content = {
        PurePosixPath(name).name: content
        for name, content in law.files.items()
        if PurePosixPath(name).parent == PurePosixPath("tables")
    }
    return TableBook(content, lambda key, on: law.parameter(key, on).value)


@lru_cache(maxsize=1)
def _book() -> TableBook:
    return TableBook(
        {path.name: path.read_bytes() for path in DATA.glob("*.yaml")},
        lambda key, on: book().parameter(key, on).value,
    )


def tables() -> tuple[Table, ...]:
    """Return all decision tables, sorted by name."""
    tables = _book()
    return tuple(tables.table(key) for key in tables.keys())  # noqa: SIM118  (a method of ours, not a dict)


def table(key: str) -> Table:
    """Return one decision table with its facts, rows and sentences; UnknownTableError if there is none."""
    return _book().table(key)


def decide(table: str, facts: Mapping[str, object], on: date, known: date | None = None) -> Decision:
    """Return the decision of a table for these facts on that day.

    A fact left out or None is not known: if it matters the outcome is "open" and `open_questions` asks for it.
    UnknownTableError: no such table. FactError: a fact the table does not know or a value it does not allow.
    """
    return _book().decide(table, facts, on, known)
