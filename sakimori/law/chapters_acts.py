"""The chapters of act kinds, decision tables and terms, line by line."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from sakimori.law.decisions._model import Row, Table
from sakimori.law.decisions._spoken import Operand, condition
from sakimori.law.decisions._words import say
from sakimori.law.kinds import ActKind
from sakimori.law.lawbook import LawBook
from sakimori.law.lines import Line, Part, line
from sakimori.law.terms import Term
from sakimori.law.vocabulary import ADDRESSEE_WORDS, CONFIDENCE_WORDS, SECOND_WORDS, actor, measured, within
from sakimori.text import Text

_SLOT = re.compile(r"\{([a-z0-9_~]+)\}")
WHO = {
    "operator": Text("事業者", "operator"),
    "record": Text("記録", "the record"),
    "ministry": Text("所管省庁", "the ministry"),
}


def kind_lines(book: LawBook, on: date, language: str) -> Iterator[Line]:
    """Yield a line per act kind in its latest version."""
    for kind in book.kinds():
        force = book.in_force(kind.in_force_by, on)
        basis = ", ".join(kind.basis)
        if not force:
            basis += Text(f" — {kind.in_force_by}は未施行", f" — {kind.in_force_by} is not in force").pick(language)
        cells = (
            f"{kind.name} v{kind.version}",
            kind.title.pick(language),
            basis,
            _who(kind, language),
            " / ".join(part.pick(language) for part in _effects(book, kind)) or "-",
            " ".join(part.pick(language) for part in _remarks(kind)),
        )
        yield line(kind.name, cells, marked=not force or kind.text_unknown)


def _who(kind: ActKind, language: str) -> str:
    actors = ", ".join(actor(one.organisation, one.role).pick(language) for one in kind.actors)
    second = SECOND_WORDS[kind.second_person]
    said = Text(f"二人目: {second.ja}", f"second person: {second.en}").pick(language)
    return actors if kind.second_person == "none" else f"{actors} / {said}"


def _effects(book: LawBook, kind: ActKind) -> Iterator[Text]:
    def title(rule: str) -> Text:
        return book.rule(rule).title

    for rule in (*kind.fulfils, *kind.settles):
        yield Text(f"果たす:「{title(rule).ja}」", f"fulfils: {title(rule).en}")
    for start in kind.starts:
        bearer = ADDRESSEE_WORDS[start.bearer]
        yield Text(f"始める:「{title(start.rule).ja}」({bearer.ja})", f"starts: {title(start.rule).en} ({bearer.en})")
    for notify in kind.notifies:
        rule_title = title(notify.within) if notify.within in book.rule_versions else None
        when, to = within(notify.within, rule_title), ADDRESSEE_WORDS[notify.to]
        yield Text(f"知らせる: {to.ja}({when.ja}、{notify.basis})", f"tells: {to.en} ({when.en}, {notify.basis})")
    for group, labels in kind.restricts.items():
        names = [book.restriction(label).title for label in labels]
        yield Text(
            f"制限を付ける: {group}に{'、'.join(name.ja for name in names)}",
            f"labels {group}: {', '.join(name.en for name in names)}",
        )
    for label in kind.releases:
        name = book.restriction(label).title
        yield Text(f"制限を解く: {name.ja}", f"releases: {name.en}")


def _remarks(kind: ActKind) -> Iterator[Text]:
    if kind.text_unknown:
        yield Text("条文未読。", "Text not read.")
    if kind.bulk:
        yield Text("まとめて行える。", "May be done in bulk.")
    if kind.token:
        yield Text("機械も常設の権限で行える。", "A machine may do it under a standing authority.")
    if kind.house_rule is not None:
        yield kind.house_rule


def table_parts(book: LawBook, table: Table, on: date, language: str) -> Iterator[Part]:
    """Yield the questions of one decision table, then its rows with their conditions in words."""
    asks = (Text("事実", "Fact"), Text("問い", "Question"), Text("答え", "Answers"), Text("答える者", "Who answers"))
    yield Part(
        f"table.{table.key}",
        f"{table.title.pick(language)} ({table.key})",
        table.article,
        tuple(column.pick(language) for column in asks),
        tuple(_asked(table, language)),
    )
    rows = (
        *(Text("行", "Row"), Text("条件", "When"), Text("結論", "Then"), Text("理由", "Because")),
        *(Text("変わるとき", "What would change it"), Text("根拠", "Article"), Text("確度", "Confidence")),
    )
    yield Part(
        "",
        "",
        "",
        tuple(column.pick(language) for column in rows),
        tuple(_ruled(book, table, on, language)),
    )


def _asked(table: Table, language: str) -> Iterator[Line]:
    for spec in table.facts.values():
        answers = [label.pick(language) for label in spec.allowed.values()]
        kind = {"date": Text("日付", "a day"), "count": Text("数", "a number"), "text": Text("文字", "text")}.get(
            spec.kind
        )
        said = " | ".join(answers) or (kind.pick(language) if kind else Text("はい|いいえ", "yes | no").pick(language))
        cells = (spec.name, spec.question.pick(language), said, WHO[spec.whom].pick(language))
        yield line(f"{table.key}/{spec.name}", cells)


def _ruled(book: LawBook, table: Table, on: date, language: str) -> Iterator[Line]:
    def value(name: str) -> tuple[object, str] | None:
        values = table.constants.get(name)
        if not values:
            return None
        constant = values[-1]
        if constant.parameter is None:
            return constant.value, constant.unit
        parameter = book.parameter(constant.parameter, on)
        return parameter.value, parameter.unit

    def with_unit(name: str) -> Text | None:
        found = value(name)
        return measured(*found) if found else None

    def bare(name: str) -> Text | None:
        found = value(name)
        return say(found[0]) if found else None

    for row in table.rows:
        yield _row_line(table, row, condition(table, row.when, with_unit), bare, on, language)
    yield _row_line(table, table.otherwise, Text("どれにも当たらない", "none of the above"), bare, on, language)


def _named(text: Text, operand: Operand) -> Text:
    """Return a row's sentence with constants filled in and facts by their names, in angle brackets."""

    def shown(slot: re.Match[str], at: int) -> str:
        found = operand(slot[1])
        return found[at] if found else f"<{slot[1].replace('~', ' / ')}>"

    return Text(*(_SLOT.sub(partial(shown, at=at), text[at]) for at in range(len(text))))


def _row_line(table: Table, row: Row, when: Text, operand: Operand, on: date, language: str) -> Line:
    past = row.valid_until is not None and row.valid_until < on
    confidence = CONFIDENCE_WORDS[row.confidence].pick(language)
    cells = (
        row.key,
        when.pick(language),
        table.outcomes[row.outcome].pick(language),
        _named(row.text, operand).pick(language),
        _named(row.would_change, operand).pick(language) if row.would_change else "-",
        row.article,
        confidence,
    )
    return line(f"{table.key}/{row.key}", cells, marked=past or row.confidence == "unknown")


def term_lines(found: Iterable[Term], language: str) -> Iterator[Line]:
    """Yield a line per term."""
    for term in found:
        sure = f"{CONFIDENCE_WORDS[term.confidence].pick(language)} · {term.source}"
        cells = (term.ja, term.reading, term.en, term.definition.pick(language), term.article, sure)
        yield line(term.key, cells, marked=term.confidence == "unknown")
