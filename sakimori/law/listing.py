"""The law book as plain data for showing and listing: one entry by any key, and rows for `law list`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sakimori.law import sentences, tables
from sakimori.law.decisions._model import Constant, Table
from sakimori.law.decisions._model import Row as DecisionRow
from sakimori.law.errors import LawError, UnknownArticleError, nearest
from sakimori.law.kinds import ActKind
from sakimori.law.lawbook import LawBook
from sakimori.law.model import Parameter, Restriction, Rule
from sakimori.law.terms import terms
from sakimori.text import Text


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `law list`: group is article | parameter | rule | kind | restriction | table."""

    group: str
    key: str
    title: Text
    value: str
    article: str
    in_force: bool
    unknown: bool
    confidence: str
    note: Text | None


def rows(book: LawBook, on: date) -> Iterator[Row]:
    """Yield every entry of the law book as it stands on that day."""
    yield from _articles(book, on)
    for key in sorted(book.parameters):
        value = _parameter(book, key, on)
        if value is not None:
            shown = "?" if value.unknown else _shown(value.value, value.unit)
            force = value.valid_from <= on and book.in_force(value.article, on)
            unknown = value.unknown
            yield Row("parameter", key, value.title, shown, value.article, force, unknown, value.confidence, value.note)
    for rule in book.rules():
        force = rule.enabled and book.in_force(rule.in_force_by, on)
        force = force and (rule.valid_until is None or on <= rule.valid_until)
        measure = _measure(book, rule, on)
        lacks = measure == "?"
        yield Row("rule", rule.key, rule.title, measure, rule.article, force, lacks, rule.confidence, rule.note)
    for kind in book.kinds():
        force = book.in_force(kind.in_force_by, on)
        basis = ", ".join(kind.basis)
        yield Row(
            "kind",
            kind.name,
            kind.title,
            f"v{kind.version}",
            basis,
            force,
            kind.text_unknown,
            kind.confidence,
            kind.house_rule,
        )
    for label in book.restrictions.values():
        yield Row("restriction", label.key, label.title, "", label.article, True, False, "certain", label.note)
    yield from _tables(on)


def _articles(book: LawBook, on: date) -> Iterator[Row]:
    for instrument in book.instruments.values():
        for entry in instrument.commencements:
            if not entry.number:
                continue
            ref = instrument.name + entry.number + "".join(f"({sub})" for sub in entry.subs)
            found = book.article(ref)
            begins = str(entry.starts or f"? (≤ {entry.latest})")
            force = book.in_force(ref, on)
            yield Row("article", ref, found.title, begins, ref, force, found.text_unknown, entry.confidence, entry.note)


def _tables(on: date) -> Iterator[Row]:
    for table in tables.tables():
        force = table.valid_from <= on and (table.valid_until is None or on <= table.valid_until)
        yield Row("table", table.key, table.title, "", table.article, force, False, "certain", None)
        for name, values in sorted(table.constants.items()):
            value = values[-1]
            if value.parameter is None:  # a parameter has its own line
                title = Text(f"{table.title.ja} / {name}", f"{table.title.en} / {name}")
                shown, key = _shown(value.value, value.unit), f"{table.key}/{name}"
                yield Row("constant", key, title, shown, value.article, force, False, value.confidence, None)


def _parameter(book: LawBook, key: str, on: date) -> Parameter | None:
    try:
        return book.parameter(key, on)
    except LawError:
        return None


def _shown(value: object, unit: str) -> str:
    if unit in ("date", "text", "list", "day"):
        return str(value)
    if isinstance(value, int) and unit in sentences.UNITS:
        return sentences.amount(value, unit).en
    return f"{value} {unit}"


def _measure(book: LawBook, rule: Rule, on: date) -> str:
    if rule.period is None:
        return rule.word or ""
    value = _parameter(book, rule.period, on)
    return "?" if value is None or value.unknown else _shown(value.value, value.unit)


def show(book: LawBook, key: str, on: date) -> list[tuple[Text, object]]:
    """Return the entries of that key (one key may name a rule and its parameter) as (heading, plain data) pairs.

    Raises LawError when nothing has that key.
    """
    out: list[tuple[Text, object]] = []
    if key in book.rule_versions:
        out.append((Text("規定(時計)", "Rule (clock)"), _rule(book, book.rule(key, on), on)))
    if key in book.parameters:
        values = [_value(book, value, on) for value in book.parameters[key].values]
        out.append(
            (Text("数値", "Parameter"), {"key": key, "title": both(book.parameters[key].title), "values": values})
        )
    if key in book.kind_versions:
        out.append((Text("行為の種類", "Act kind"), _kind(book, book.kind(key), on)))
    if key.partition(":")[0] in book.restrictions or key in book.restrictions:
        out.append((Text("取扱制限", "Restriction"), _restriction(book.restriction(key))))
    out.extend(_table_entry(key))
    out.extend(_term_entry(key))
    if not out:
        out.extend(_article_entry(book, key, on))
    if not out:
        known = [*book.rule_versions, *book.parameters, *book.kind_versions, *book.restrictions]
        known += [table.key for table in tables.tables()]
        known += [term.key for term in terms()]
        raise LawError(
            Text(f"「{key}」という項目はありません。", f"There is no entry '{key}'."),
            code="law.unknown_key",
            where=key,
            mend=nearest(key, known),
        )
    return out


def both(text: Text | None) -> dict[str, str] | None:
    """Return a sentence as {ja, en} for JSON, or None."""
    return None if text is None else {"ja": text.ja, "en": text.en}


def _article_entry(book: LawBook, key: str, on: date) -> list[tuple[Text, object]]:
    try:
        found = book.article(key)
    except UnknownArticleError:
        return []
    data = {
        "ref": found.ref,
        "title": both(found.title),
        "in_force": book.in_force(key, on),
        "in_force_from": _day(found.in_force_from),
        "latest": _day(found.latest),
        "basis": found.basis,
        "source": found.source,
        "confidence": found.confidence,
        "text_unknown": found.text_unknown,
        "note": both(found.note),
    }
    return [(Text("条文", "Article"), data)]


def _table_entry(key: str) -> list[tuple[Text, object]]:
    for table in tables.tables():
        if table.key == key:
            constants = {name: [_constant(value) for value in values] for name, values in table.constants.items()}
            data = {"key": key, "title": both(table.title), "article": table.article, "facts": list(table.facts)}
            found = [_decision_row(table, row) for row in (*table.rows, table.otherwise)]
            return [(Text("判定表", "Decision table"), {**data, "constants": constants, "rows": found})]
    return []


def _decision_row(table: Table, row: DecisionRow) -> dict[str, object]:
    return {
        "row": row.key,
        "outcome": row.outcome,
        "says": both(table.outcomes[row.outcome]),
        "because": both(row.text),
        "would_change": both(row.would_change),
        "article": row.article,
        "valid_from": _day(row.valid_from),
        "valid_until": _day(row.valid_until),
        "confidence": row.confidence,
    }


def _term_entry(key: str) -> list[tuple[Text, object]]:
    """Return the term of that key or Japanese word."""
    term = next((one for one in terms() if key in (one.key, one.ja)), None)
    if term is None:
        return []
    data = {
        "key": term.key,
        "ja": term.ja,
        "reading": term.reading,
        "en": term.en,
        "definition": both(term.definition),
        "article": term.article,
        "source": term.source,
        "confidence": term.confidence,
    }
    return [(Text("用語", "Term"), data)]


def _constant(value: Constant) -> dict[str, object]:
    if value.parameter is not None:
        return {"parameter": value.parameter}
    shown = value.value.isoformat() if isinstance(value.value, date) else value.value
    return {"value": shown, "unit": value.unit, "article": value.article, "valid_from": _day(value.valid_from)}


def _rule(book: LawBook, rule: Rule, on: date) -> dict[str, object]:
    return {
        "key": rule.key,
        "title": both(rule.title),
        "article": rule.article,
        "in_force": rule.enabled and book.in_force(rule.in_force_by, on),
        "in_force_by": rule.in_force_by,
        "form": rule.form,
        "measure": _measure(book, rule, on),
        "parameter": rule.period,
        "from_means": both(rule.start_means),
        "first_day": rule.first_day,
        "roll": rule.roll,
        "calendar": rule.calendar,
        "zone": rule.zone,
        "source": rule.source,
        "confidence": rule.confidence,
        "known_since": _day(rule.known_since),
        "note": both(rule.note),
    }


def _value(book: LawBook, value: Parameter, on: date) -> dict[str, object]:
    shown = value.value.isoformat() if isinstance(value.value, date) else value.value
    return {
        "value": shown,
        "unit": value.unit,
        "unknown": value.unknown,
        "article": value.article,
        "in_force": value.valid_from <= on and book.in_force(value.article, on),
        "valid_from": _day(value.valid_from),
        "valid_until": _day(value.valid_until),
        "known_since": _day(value.known_since),
        "source": value.source,
        "confidence": value.confidence,
        "note": both(value.note),
    }


def _kind(book: LawBook, kind: ActKind, on: date) -> dict[str, object]:
    return {
        "name": kind.name,
        "version": kind.version,
        "title": both(kind.title),
        "basis": list(kind.basis),
        "in_force": book.in_force(kind.in_force_by, on),
        "actors": [f"{actor.organisation}/{actor.role}" for actor in kind.actors],
        "predicates": list(kind.predicates),
        "second_person": kind.second_person,
        "second_actors": [f"{actor.organisation}/{actor.role}" for actor in kind.second_actors],
        "settles": list(kind.settles),
        "starts": [{"rule": item.rule, "bearer": item.bearer, "from": item.from_} for item in kind.starts],
        "notifies": [{"to": item.to, "within": item.within, "basis": item.basis} for item in kind.notifies],
        "restricts": {group: list(labels) for group, labels in kind.restricts.items()},
        "releases": list(kind.releases),
        "bulk": kind.bulk,
        "system": kind.system,
        "speaks_for": list(kind.speaks_for),
        "competence": kind.competence,
        "token": kind.token,
        "purpose": kind.purpose,
        "house_rule": both(kind.house_rule),
        "text_unknown": kind.text_unknown,
    }


def _restriction(label: Restriction) -> dict[str, object]:
    return {
        "key": label.key,
        "title": both(label.title),
        "article": label.article,
        "ceilings": list(label.ceilings),
        "released_by": list(label.released_by),
        "refuses": list(label.refuses),
        "parametrised": label.parametrised,
        "note": both(label.note),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
