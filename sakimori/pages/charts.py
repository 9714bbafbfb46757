"""Charts drawn on the server as SVG, without a script; each belongs beside a table that says the same.

The marks carry classes (`chart-…`, styled by `web/charts.css` for light, dark and print) and their own `<title>`; the
whole picture has a name and a description for people who hear the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH = 720
_ROW, _BAR = 34, 18
_LABELS = 190
_AXIS = 26
_LEGEND = 32
_ABREAST, _LINE = 3, 22  # parts of the legend in a line, and how far the next line is
_TICKS = 6
_RECT = '<rect class="chart-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
_LETTERS = 12  # full-width letters that fit into the column of labels


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, and how much of each part there is, in the order of the chart's parts."""

    label: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of a time line: from a day to a day; `state` names its look (open, late, settled)."""

    label: str
    begins: date
    ends: date
    state: str
    said: str


def bars(name: str, description: str, parts: Sequence[tuple[str, str]], rows: Sequence[Bar]) -> SafeString:
    """Return a chart of horizontal bars, one a row, stacked of `parts`: (class suffix, label) each.

    Lengths are to scale with the longest row; an empty chart is an empty string.
    """
    longest = max((sum(row.values) for row in rows), default=0)
    if not longest:
        return SafeString()
    room = _WIDTH - _LABELS - 50
    drawn = []
    for at, row in enumerate(rows):
        top, left = at * _ROW + 6, float(_LABELS)
        marks = []
        for (suffix, label), value in zip(parts, row.values, strict=True):
            wide = value * room / longest
            if value:
                marks.append((suffix, f"{left:.1f}", top, f"{wide:.1f}", _BAR, f"{row.label} · {label}: {value}"))
            left += wide
        drawn.append(
            format_html(
                '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>{}'
                '<text class="chart-number" x="{}" y="{}">{}</text>',
                _LABELS - 8,
                top + 14,
                _short(row.label),
                format_html_join("", _RECT, marks),
                f"{left + 6:.1f}",
                top + 14,
                sum(row.values),
            )
        )
    drawn.append(_legend(parts, len(rows) * _ROW + 10))
    return _framed(name, description, len(rows) * _ROW + _legend_height(parts), SafeString("".join(drawn)))


def stretches(name: str, description: str, rows: Sequence[Stretch], today: date) -> SafeString:
    """Return a time line: one bar a row from its first to its last day, a scale of days, and a line for today."""
    if not rows:
        return SafeString()
    first = min([today, *(row.begins for row in rows)])
    last = max([today, *(row.ends for row in rows)])
    days = max((last - first).days, 1)
    room = _WIDTH - _LABELS - 20

    def across(day: date) -> float:
        return _LABELS + (day - first).days * room / days

    height = len(rows) * _ROW + _AXIS
    drawn = [_scale(first, days, height, across(first), room)]
    for at, row in enumerate(rows):
        top, left = at * _ROW + 6, across(row.begins)
        drawn.append(
            format_html(
                '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="chart-{}" x="{}" y="{}" width="{}" height="{}" rx="3"><title>{}</title></rect>',
                _LABELS - 8,
                top + 14,
                _short(row.label),
                row.state,
                f"{left:.1f}",
                top,
                f"{max(across(row.ends) - left, 4):.1f}",
                _BAR,
                row.said,
            )
        )
    here = f"{across(today):.1f}"
    drawn.append(
        format_html(
            '<line class="chart-today" x1="{}" y1="0" x2="{}" y2="{}"><title>{}</title></line>',
            here,
            here,
            height - _AXIS,
            today.isoformat(),
        )
    )
    return _framed(name, description, height, SafeString("".join(drawn)))


def _scale(first: date, days: int, height: int, left: float, room: int) -> SafeString:
    """Return the days below a time line, at most `_TICKS` of them, with a fine line up through the rows."""
    step = max(1, -(-days // _TICKS))
    marks = [
        (
            f"{left + at * room / days:.1f}",
            height - _AXIS,
            height - 8,
            (first + timedelta(days=at)).strftime("%Y-%m-%d"),
        )
        for at in range(0, days + 1, step)
    ]
    return format_html_join(
        "",
        '<line class="chart-tick" x1="{0}" y1="0" x2="{0}" y2="{1}"/>'
        '<text class="chart-tick-label" x="{0}" y="{2}" text-anchor="middle">{3}</text>',
        marks,
    )


def _legend(parts: Sequence[tuple[str, str]], top: int) -> SafeString:
    """Return what each part's look stands for, below the bars: `_ABREAST` in a line."""
    step = _WIDTH // min(max(len(parts), 1), _ABREAST)
    places = [(at % _ABREAST * step, top + at // _ABREAST * _LINE) for at in range(len(parts))]
    return format_html_join(
        "",
        '<circle class="chart-{0}" cx="{1}" cy="{2}" r="6"/><text x="{3}" y="{4}">{5}</text>',
        [
            (suffix, left + 7, down + 6, left + 19, down + 11, label)
            for (suffix, label), (left, down) in zip(parts, places, strict=True)
        ],
    )


def _legend_height(parts: Sequence[tuple[str, str]]) -> int:
    return _LEGEND + (max(len(parts), 1) - 1) // _ABREAST * _LINE


def _short(label: str) -> str:
    """Return a label that fits; the whole of it stands in the mark's title and in the table."""
    wide = 0.0
    for at, letter in enumerate(label):
        wide += 0.55 if letter.isascii() else 1
        if wide > _LETTERS:
            return label[:at].rstrip() + "…"
    return label


def _framed(name: str, description: str, height: int, drawn: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><desc>{}</desc>{}</svg>',
        _WIDTH,
        height,
        name,
        description,
        drawn,
    )
