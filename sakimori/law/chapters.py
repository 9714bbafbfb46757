"""The law book as chapters of lines, in one language, unknowns first: what the HTML, the PDF and the site all show.

One line is one thing to review: a dated value, a clock, a kind, a row of a decision table, a term. The same law data
and the same day give the same chapters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sakimori.law import listing
from sakimori.law.chapters_acts import kind_lines, table_parts, term_lines
from sakimori.law.clocks import deadline
from sakimori.law.lawbook import LawBook
from sakimori.law.lines import Line, Part, line
from sakimori.law.model import Article, Parameter, Rule
from sakimori.law.tables import tables
from sakimori.law.terms import terms
from sakimori.law.vocabulary import CONFIDENCE_WORDS, ORGANISATION_WORDS, measured
from sakimori.text import Text

TITLE = Text("防人 法令データ集", "Sakimori: the law as data")
_YES, _NO = Text("はい", "yes"), Text("いいえ", "no")
_KEY, _WHAT, _ARTICLE = Text("キー", "Key"), Text("内容", "What"), Text("根拠", "Article")
_FORCE, _SURE, _NOTE = Text("施行", "In force"), Text("確度と出典", "Confidence, source"), Text("注", "Note")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: an anchor, its heading and lead, and parts (most have one) that hold the lines."""

    anchor: str
    heading: str
    lead: str
    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        """The number of lines in all parts."""
        return sum(len(part.lines) for part in self.parts)


def lead(book: LawBook, on: date) -> Text:
    """Return what stands under the title: the day, the digest of the data, and how to report an error."""
    return Text(
        f"{on.isoformat()}現在。データの要約値 {book.digest}。法的助言ではありません。"
        "誤りは、キーと条文を添えてお知らせください。",
        f"As of {on.isoformat()}. Digest of the data: {book.digest}. Not legal advice. "
        "Report errors with the key and the article.",
    )


def chapters(book: LawBook, on: date, language: str) -> tuple[Chapter, ...]:
    """Return the whole book in `language` (ja or en) as it stands on that day, what is unknown first."""
    return tuple(_chapters(book, on, language))


def _chapters(book: LawBook, on: date, language: str) -> Iterator[Chapter]:
    def chapter(anchor: str, heading: Text, lead_text: Text, *parts: Part) -> Chapter:
        return Chapter(anchor, heading.pick(language), lead_text.pick(language), parts)

    def part(columns: tuple[Text, ...], lines: Iterator[Line]) -> Part:
        return Part("", "", "", tuple(column.pick(language) for column in columns), tuple(lines))

    yield chapter(
        "unknown",
        Text("未詳のもの", "What is unknown"),
        Text(
            "公表されていないか、読めなかったもの。推測で埋めず、所管省庁の答えを日付と出典を添えて記入します。",
            "What is not published or could not be read. Nothing is guessed; the ministry's answer is entered with its "
            "day and source.",
        ),
        part(
            (_KEY, _WHAT, _ARTICLE, Text("分かっていること", "What is known")),
            _unknown(book, on, language),
        ),
    )
    yield chapter(
        "article",
        Text("条文と施行日", "Articles and commencement"),
        Text(
            "施行日が決まっていない条は、法の定める限度の日より前には施行されていないものとして扱います。",
            "An article whose day is not fixed counts as not in force before the limit the Act sets.",
        ),
        part(
            (Text("条文", "Article"), _WHAT, Text("施行日", "From"), _FORCE, _SURE, _NOTE),
            _articles(book, on, language),
        ),
    )
    yield chapter(
        "parameter",
        Text("数値", "Numbers"),
        Text(
            "一行が一つの値です。値が変わった数値は、時期ごとに行があります。",
            "One line per value; a number that changed has a line for each time.",
        ),
        part(
            (_KEY, _WHAT, Text("値", "Value"), _ARTICLE, Text("有効期間", "Valid"), _SURE, _NOTE),
            _numbers(book, language),
        ),
    )
    yield chapter(
        "rule",
        Text("期限の規定(時計)", "Clocks"),
        Text(
            f"各行の例は{on.isoformat()}から数えたものです。", f"The example of each line counts from {on.isoformat()}."
        ),
        part(
            (_KEY, _WHAT, Text("起点と数え方", "Start and count"), _ARTICLE, Text("例", "Example"), _SURE, _NOTE),
            _clocks(book, on, language),
        ),
    )
    yield chapter(
        "kind",
        Text("行為の種類", "Act kinds"),
        Text(
            "だれが何を根拠に行い、何を果たし、どの時計を始め、だれに知らせるか。",
            "Who acts on what basis, what the act fulfils, which clocks it starts, and who must be told.",
        ),
        part(
            (
                Text("種類", "Kind"),
                _WHAT,
                _ARTICLE,
                Text("行う者、二人目", "Who may act, second person"),
                Text("果たす・始める・知らせる・制限", "Fulfils, starts, tells, labels"),
                Text("注", "Remarks"),
            ),
            kind_lines(book, on, language),
        ),
    )
    yield chapter(
        "restriction",
        Text("取扱制限", "Labels"),
        Text(
            "情報に付く制限と、それを扱える組織、解くことができる根拠。",
            "Labels, who may hold what they mark, and what releases it.",
        ),
        part(
            (_KEY, _WHAT, _ARTICLE, Text("扱える組織", "Who may hold it"), Text("解く根拠", "Released by"), _NOTE),
            _labels(book, language),
        ),
    )
    yield chapter(
        "table",
        Text("判定表", "Decision tables"),
        Text(
            "上の行から順に見ます。問いの答えがないときは、推測せずに尋ねます。",
            "Rows are read from the top. Where an answer is missing the table asks; it does not guess.",
        ),
        *(found for table in tables() for found in table_parts(book, table, on, language)),
    )
    yield chapter(
        "term",
        Text("用語", "Terms"),
        Text(
            "読みの順です。定義はこの文書の言葉で書いています。",
            "In the order of the Japanese readings; definitions are in our own words.",
        ),
        part(
            (
                Text("用語", "Term"),
                Text("読み", "Reading"),
                Text("英語", "English"),
                Text("意味", "Meaning"),
                _ARTICLE,
                _SURE,
            ),
            term_lines(terms(), language),
        ),
    )
    yield chapter(
        "source",
        Text("出典", "Sources"),
        Text("各行の「出典」の記号が指すもの。", "What the source codes stand for."),
        part(
            (_KEY, _WHAT, Text("所在", "Address")),
            (
                line(source.key, (source.key, source.title.pick(language), source.address or ""))
                for source in book.sources.values()
            ),
        ),
    )


def _sure(confidence: str, source: str, known: date, language: str) -> str:
    said = CONFIDENCE_WORDS[confidence].pick(language)
    since = Text(f"{known.isoformat()}に把握", f"known since {known.isoformat()}").pick(language)
    return f"{said} · {source} · {since}" if source else said


def _force(*, force: bool, language: str) -> str:
    return (_YES if force else _NO).pick(language)


def _unknown(book: LawBook, on: date, language: str) -> Iterator[Line]:
    for row in listing.rows(book, on):
        if row.unknown:
            known = _WHY_UNKNOWN[row.group] if row.group in _WHY_UNKNOWN else row.note or Text("", "")
            yield line(row.key, (row.key, row.title.pick(language), row.article, known.pick(language)), marked=True)


_WHY_UNKNOWN = {
    "rule": Text("期間の数が未詳です。", "The number of its period is unknown."),
    "article": Text("条文の本文を読めていません。", "The text of the article has not been read."),
    "kind": Text("根拠の条文の本文を読めていません。", "The text of the article it stands on has not been read."),
}


def _articles(book: LawBook, on: date, language: str) -> Iterator[Line]:
    for instrument in book.instruments.values():
        for entry in instrument.commencements:
            ref = instrument.name + entry.number + "".join(f"({sub})" for sub in entry.subs)
            found: Article = book.article(ref)
            starts = found.in_force_from.isoformat() if found.in_force_from else "?"
            if found.in_force_from is None and found.latest is not None:
                starts = Text(f"未定(遅くとも{found.latest})", f"not fixed (by {found.latest})").pick(language)
            force = book.in_force(ref, on)
            unread = Text("本文未読", "text not read").pick(language) if found.text_unknown else ""
            note = "; ".join(part for part in (unread, found.note.pick(language) if found.note else "") if part)
            sure = _sure(found.confidence, found.source, found.known_since, language)
            title = found.title.pick(language) if entry.number else instrument.title.pick(language)
            cells = (ref, title, starts, _force(force=force, language=language), sure, note)
            yield line(ref, cells, marked=not force or found.text_unknown)


def _numbers(book: LawBook, language: str) -> Iterator[Line]:
    for key in sorted(book.parameters):
        for value in book.parameters[key].values:
            cells = (
                key,
                value.title.pick(language),
                measured(value.value, value.unit).pick(language),
                value.article,
                _valid(value, language),
                _sure(value.confidence, value.source, value.known_since, language),
                value.note.pick(language) if value.note else "",
            )
            yield line(key, cells, marked=value.unknown)


def _valid(value: Parameter | Rule, language: str) -> str:
    if value.valid_until is None:
        return Text(f"{value.valid_from}から", f"from {value.valid_from}").pick(language)
    return Text(f"{value.valid_from}から{value.valid_until}まで", f"{value.valid_from} to {value.valid_until}").pick(
        language
    )


def _clocks(book: LawBook, on: date, language: str) -> Iterator[Line]:
    for key in sorted(book.rule_versions):
        for rule in book.rule_versions[key]:
            force = (
                rule.enabled
                and book.in_force(rule.in_force_by, on)
                and (rule.valid_until is None or on <= rule.valid_until)
            )
            newest = rule is book.rule(key, on)
            example = _example(book, rule, on, language) if newest else ""
            notes = [rule.note.pick(language) if rule.note else "", "" if newest else _valid(rule, language)]
            cells = (
                key,
                rule.title.pick(language),
                _count(book, rule, language),
                rule.article,
                example,
                _sure(rule.confidence, rule.source, rule.known_since, language),
                " ".join(part for part in notes if part),
            )
            yield line(key, cells, marked=not force)


def _count(book: LawBook, rule: Rule, language: str) -> str:
    start = rule.start_means
    parts = [Text(f"起点: {start.ja}", f"from: {start.en}")]
    if rule.period is not None:
        value = book.parameters[rule.period].values[-1]
        number = measured(value.value, value.unit)
        parts.append(Text(f"{number.ja}({rule.period})", f"{number.en} ({rule.period})"))
        if value.unit in ("days", "weeks", "months", "years") and rule.form != "backward":
            parts.append(_first_day(rule))
    if rule.roll != "none":
        parts.append(
            Text("休日なら次の開庁日", "closed days: the next open day")
            if rule.roll == "forward"
            else Text("休日なら手前の開庁日", "closed days: the open day before")
        )
    return "; ".join(part.pick(language) for part in parts)


def _first_day(rule: Rule) -> Text:
    if rule.method == "same_date":
        return Text("同じ日付の日まで", "to the day of the same number")
    if rule.first_day == "counted":
        return Text("初日を数える", "first day counted")
    return Text("初日を数えない", "first day not counted")


def _example(book: LawBook, rule: Rule, on: date, language: str) -> str:
    answer = deadline(book, rule.key, on)
    due = answer.due.isoformat() if answer.due else "-"
    return f"{due}: {answer.derivation[0].pick(language)}"


def _labels(book: LawBook, language: str) -> Iterator[Line]:
    for label in book.restrictions.values():
        house = Text("当システムの定め", "house rule").pick(language) if label.house_rule else ""
        note = label.note.pick(language) if label.note else ""
        cells = (
            label.key,
            label.title.pick(language),
            label.article,
            ", ".join(ORGANISATION_WORDS[name].pick(language) for name in label.ceilings) or "-",
            ", ".join(label.released_by) or "-",
            " ".join(part for part in (house, note) if part),
        )
        yield line(label.key, cells)
