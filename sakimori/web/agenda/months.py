"""`/calendar/`: a month on one page, with what falls due on each day and the days on which offices are closed."""

import calendar
import uuid
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from sakimori import law
from sakimori.acts import clock, reading
from sakimori.law.calendars import Calendar
from sakimori.law.eras import era
from sakimori.law.errors import ImpossibleDateError
from sakimori.pages import viewer_of
from sakimori.pages.charts import Bar, bars
from sakimori.record import Viewer
from sakimori.web import names, rooms
from sakimori.web.speaking import language, titled

_WEEKS = calendar.Calendar(firstweekday=calendar.SUNDAY)
_BARS = 6
_SPAN = 12 * 20  # months each way: nobody plans further, and every calendar ends somewhere


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that falls due: `state` is open, late, settled; `mine` whether the viewer's organisation owes it."""

    id: uuid.UUID
    title: str
    due: date
    state: str
    ending: str
    mine: bool
    bearer: str
    link: str
    line: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month's grid."""

    day: date
    inside: bool
    now: bool
    closed: str
    entries: list[Entry]


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """Show the month asked for (`?month=2026-12`), this month where none or none that can be read is."""
    viewer = viewer_of(request)
    today = clock.today(viewer.world)
    first = _asked(request.GET.get("month", ""), today)
    entries = due(viewer, today)
    dates = _WEEKS.monthdatescalendar(first.year, first.month)
    weeks = [[_day(day, first, today, entries) for day in week] for week in dates]
    return render(
        request,
        "agenda/calendar.html",
        {
            "weeks": weeks,
            "heads": [date_format(day.day, "D") for day in weeks[0]],
            "first": first,
            "title": _title(first),
            "entries": [one for one in entries if (one.due.year, one.due.month) == (first.year, first.month)],
            "before": _step(first, -1, today),
            "after": _step(first, 1, today),
            "this": _first(_number(today)),
            "late": sum(one.state == "late" and one.mine for one in entries),
            "next": next((one for one in entries if one.state == "open" and one.mine), None),
            "picture": _picture(entries, today),
            "ahead": _ahead(entries, today),
        },
    )


def due(viewer: Viewer, today: date) -> list[Entry]:
    """Return everything with a due day that this viewer owes or watches, the earliest first."""
    rows = [row for row in reading.read(viewer, "acts.obligations", status="") if row["due_on"]]
    called = names.organisations(viewer, [row["bearer"] for row in rows])
    entries = [
        Entry(
            row["id"],
            titled(row),
            row["due_on"],
            "settled" if row["status"] != "open" else "late" if row["due_on"] < today else "open",
            row["ending"],
            row["mine"],
            called.get(row["bearer"], ""),
            rooms.subject_url(row["subject_type"], row["subject"], viewer),
            reverse("matter", args=[row["subject"]]),
        )
        for row in rows
    ]
    return sorted(entries, key=lambda one: (one.due, one.title))


def _asked(typed: str, today: date) -> date:
    try:
        asked = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return _first(_number(today))
    return asked if abs(_number(asked) - _number(today)) <= _SPAN else _first(_number(today))


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first(number: int) -> date:
    """Return the first day of a month counted from the year 0."""
    return date.fromisoformat(f"{number // 12:04}-{number % 12 + 1:02}-01")


def _step(first: date, by: int, today: date) -> date | None:
    """Return the first day of a neighbouring month, None beyond what the calendar shows."""
    number = _number(first) + by
    if abs(number - _number(today)) > _SPAN:
        return None
    return _first(number)


def _title(first: date) -> str:
    if language() == "ja":
        return f"{first.year}年{first.month}月（{era(first).partition('年')[0]}年）"
    return date_format(first, "F Y")


def _day(day: date, first: date, today: date, entries: list[Entry]) -> Day:
    return Day(
        day,
        day.month == first.month,
        day == today,
        _closed(law.book().calendars["jp_national"], day),
        [one for one in entries if one.due == day],
    )


def _closed(office: Calendar, day: date) -> str:
    """Return why offices are closed on a day; weekends are seen anyway, and days beyond the calendar say nothing."""
    try:
        found = office.closed(day)
    except ImpossibleDateError:
        return ""
    weekend = day.weekday() in (calendar.SATURDAY, calendar.SUNDAY)
    return "" if found is None or weekend else found.name.pick(language())


def _ahead(entries: list[Entry], today: date) -> list[Bar]:
    """Return how much falls due in each of the coming months: what has ended, is open and late."""
    found = []
    for ahead in range(_BARS):
        number = _number(today) + ahead
        of_month = [one for one in entries if _number(one.due) == number]
        label = _title(_first(number)).partition("（")[0]
        found.append(Bar(label, [sum(one.state == state for one in of_month) for state in ("settled", "open", "late")]))
    return found


def _picture(entries: list[Entry], today: date) -> SafeString:
    parts = [("settled", gettext("ended")), ("open", gettext("open")), ("late", gettext("overdue"))]
    return bars(
        gettext("What falls due in the coming months"),
        gettext("The table below says the same."),
        parts,
        _ahead(entries, today),
    )
