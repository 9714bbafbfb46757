"""The law book for reading: one HTML page per language, unknowns first, every line with article, source and confidence.

Plain HTML without scripts or outside resources, so that a ministry's lawyer can read, search, print and annotate it
anywhere. The same law data give the same bytes.
"""

from collections.abc import Iterator
from datetime import date
from html import escape

from sakimori.law.chapters import TITLE, Chapter, chapters, lead
from sakimori.law.lawbook import LawBook
from sakimori.law.lines import Part

_STYLE = (
    "body{font-family:sans-serif;line-height:1.6;margin:2rem auto;max-width:85rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 2rem}th,td{border:1px solid #767676;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}thead th{background:#f2f2f2}"
    "tbody th{font-weight:normal;min-width:8rem}tr.no{background:#fff4e5}"
    "@media print{body{max-width:none;margin:0;font-size:8pt}tr{break-inside:avoid}}"
)


def page(book: LawBook, on: date, language: str) -> str:
    """Return the whole book as one HTML page in `language` (ja or en), as it stands on that day."""
    title = escape(TITLE.pick(language))
    found = chapters(book, on, language)
    parts = [
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>{title}</h1><p>{escape(lead(book, on).pick(language))}</p>",
        *_contents(found),
        *(text for chapter in found for text in _chapter(chapter)),
        "</body></html>\n",
    ]
    return "".join(parts)


def _contents(found: tuple[Chapter, ...]) -> Iterator[str]:
    yield "<nav><ul>"
    for chapter in found:
        yield f'<li><a href="#{chapter.anchor}">{escape(chapter.heading)}</a> ({chapter.count})</li>'
    yield "</ul></nav>"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f'<h2 id="{chapter.anchor}">{escape(chapter.heading)}</h2><p>{escape(chapter.lead)}</p>'
    for part in chapter.parts:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    if part.heading:
        yield f'<h3 id="{part.anchor}">{escape(part.heading)}</h3><p>{escape(part.lead)}</p>'
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in part.columns)
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for line in part.lines:
        mark = ' class="no"' if line.marked else ""
        first, *rest = (escape(cell) for cell in line.cells)
        yield f'<tr{mark}><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
    yield "</tbody></table>"
