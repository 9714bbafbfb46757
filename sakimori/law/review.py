"""The law book for reading: one page per language, unknowns first, every value with article, dates, source, confidence.

Plain HTML without scripts or outside resources, so that a ministry's lawyer can read, search, print and annotate it
anywhere. The same law data give the same bytes.
"""

from collections.abc import Iterator
from datetime import date
from html import escape

from sakimori.law import listing
from sakimori.law.clocks import deadline
from sakimori.law.lawbook import LawBook
from sakimori.text import Text

GROUPS = {
    "article": Text("条文と施行日", "Articles and commencement"),
    "parameter": Text("数値", "Numbers"),
    "rule": Text("期限の規定(時計)", "Clocks"),
    "kind": Text("行為の種類", "Act kinds"),
    "restriction": Text("取扱制限", "Labels"),
    "table": Text("判定表", "Decision tables"),
    "constant": Text("判定表の数値", "Numbers of the decision tables"),
}
_HEAD = (
    Text("キー", "Key"),
    Text("内容", "What"),
    Text("値", "Value"),
    Text("根拠", "Article"),
    Text("施行", "In force"),
    Text("確度", "Confidence"),
    Text("注", "Note"),
)
_CONFIDENCE = {
    "certain": Text("確か", "certain"),
    "likely": Text("おそらく", "likely"),
    "unknown": Text("未詳", "unknown"),
}
_STYLE = (
    "body{font-family:sans-serif;line-height:1.6;margin:2rem auto;max-width:75rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 2rem}th,td{border:1px solid #767676;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}th{background:#f2f2f2}td:first-child{word-break:break-all}"
    ".no{background:#fff4e5}@media print{body{max-width:none;margin:0;font-size:9pt}tr{break-inside:avoid}}"
)


def page(book: LawBook, on: date, language: str) -> str:
    """Return the whole book as one HTML page in `language` (ja or en), as it stands on that day."""
    rows = list(listing.rows(book, on))
    title = Text("防人 法令データ集", "Sakimori: the law as data").pick(language)
    parts = [
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>{escape(title)}</h1>",
        _paragraph(_lead(book, on), language),
        *_contents(rows, language),
        *_section("unknown", Text("未詳のもの", "What is unknown"), [row for row in rows if row.unknown], language),
    ]
    for group, heading in GROUPS.items():
        parts.extend(_section(group, heading, [row for row in rows if row.group == group], language))
    parts.extend(_examples(book, on, language))
    parts.append(_sources(book, language))
    parts.append("</body></html>\n")
    return "".join(parts)


def _lead(book: LawBook, on: date) -> Text:
    return Text(
        f"{on.isoformat()}現在。データの要約値 {book.digest}。法的助言ではありません。"
        "誤りは条文を添えてお知らせください。",
        f"As of {on.isoformat()}. Digest of the data: {book.digest}. Not legal advice. Report errors with the article.",
    )


def _paragraph(text: Text, language: str) -> str:
    return f"<p>{escape(text.pick(language))}</p>"


def _contents(rows: list[listing.Row], language: str) -> Iterator[str]:
    yield "<nav><ul>"
    unknown = Text("未詳のもの", "What is unknown").pick(language)
    yield f'<li><a href="#unknown">{escape(unknown)}</a> ({sum(row.unknown for row in rows)})</li>'
    for group, heading in GROUPS.items():
        count = sum(row.group == group for row in rows)
        yield f'<li><a href="#{group}">{escape(heading.pick(language))}</a> ({count})</li>'
    yield "</ul></nav>"


def _section(anchor: str, heading: Text, rows: list[listing.Row], language: str) -> Iterator[str]:
    yield f'<h2 id="{anchor}">{escape(heading.pick(language))}</h2><table><thead><tr>'
    yield "".join(f'<th scope="col">{escape(cell.pick(language))}</th>' for cell in _HEAD)
    yield "</tr></thead><tbody>"
    for row in rows:
        force = Text("はい", "yes") if row.in_force else Text("いいえ", "no")
        note = row.note.pick(language) if row.note else ""
        confidence = _CONFIDENCE[row.confidence].pick(language)
        cells = (row.title.pick(language), row.value, row.article, force.pick(language), confidence, note)
        mark = "" if row.in_force and not row.unknown else ' class="no"'
        yield f'<tr{mark}><th scope="row">{escape(row.key)}</th>'
        yield "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table>"


def _examples(book: LawBook, on: date, language: str) -> Iterator[str]:
    heading = Text("計算の例", "Worked examples").pick(language)
    yield f'<h2 id="examples">{escape(heading)}</h2><dl>'
    for rule in book.rules():
        answer = deadline(book, rule.key, on)
        due = answer.due.isoformat() if answer.due else "-"
        yield f"<dt>{escape(rule.title.pick(language))} ({escape(rule.key)}): {escape(due)}</dt>"
        lines = (*answer.derivation, *((answer.reason,) if answer.reason else ()))
        yield "".join(f"<dd>{escape(line.pick(language))}</dd>" for line in lines)
    yield "</dl>"


def _sources(book: LawBook, language: str) -> str:
    heading = Text("出典", "Sources").pick(language)
    items = "".join(
        f"<li>{escape(source.key)}: {escape(source.title.pick(language))} {escape(source.address or '')}</li>"
        for source in book.sources.values()
    )
    return f'<h2 id="sources">{escape(heading)}</h2><ul>{items}</ul>'
