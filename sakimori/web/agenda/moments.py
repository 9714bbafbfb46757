"""A matter (事案、届出など) as one line of time: what was done, how far filings got, what is due, who looked.

Everything comes from the floor's readings, so it shows exactly what this viewer may see anyway; nothing else is asked.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from sakimori import law
from sakimori.acts import clock, reading
from sakimori.acts.errors import NotFoundError
from sakimori.acts.outcomes import FULFILLED
from sakimori.law.eras import parse_date
from sakimori.pages import rows_or_none
from sakimori.pages.words import choice
from sakimori.record import Viewer
from sakimori.web import names, rooms
from sakimori.web.speaking import articles, either, language, titled

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: `kind` is done, sent, arrived, refused, started, settled, ended, due, late, told or read."""

    at: datetime
    kind: str
    what: str
    who: str = ""
    basis: str = ""
    link: str = ""
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """One clock of the matter: from its beginning to its due day; `state` is open, late, settled or ended."""

    title: str
    begins: date
    due: date
    settled: date | None
    state: str
    basis: str
    steps: tuple[str, ...]
    is_target: bool
    bearer: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything a viewer may see of one matter, in the order of time. `acts` are rows of `acts.done`."""

    type: str
    id: uuid.UUID
    title: str
    moments: list[Moment]
    spans: list[Span]
    acts: list[dict[str, Any]]
    obligations: list[dict[str, Any]]
    today: date


def matter(viewer: Viewer, subject: uuid.UUID) -> Matter:
    """Return the matter; `NotFoundError` where nothing of it is this viewer's to see."""
    acts = rows_or_none(viewer, "acts.done", subject=subject) or []
    owed = rows_or_none(viewer, "acts.obligations", status="", subject=subject) or []
    told = [row for row in rows_or_none(viewer, "acts.inbox") or [] if row["subject"] == subject]
    if not (acts or owed or told):
        raise NotFoundError(str(subject))
    sent = [way for row in acts for way in rows_or_none(viewer, "acts.dispatches", act=row["id"]) or []]
    readers = [one for row in acts for one in rows_or_none(viewer, "acts.readers", act=row["id"]) or []]
    called = names.organisations(
        viewer,
        [
            *(row["bearer"] for row in owed),
            *(way["addressee"] for way in sent),
            *(one["organisation"] for one in readers),
        ],
    )
    today = clock.today(viewer.world)
    moments = [
        *_done(viewer, acts),
        *_ways(sent, called),
        *_clocks(owed, called, today),
        *(Moment(row["created_at"], "told", titled(row), basis=articles([row["basis"]])) for row in told),
        *_opened(readers, called),
    ]
    return Matter(
        type=(acts or owed or told)[0]["subject_type"],
        id=subject,
        title=_title(viewer, acts, owed, told),
        moments=sorted(moments, key=lambda one: one.at),
        spans=[span for row in owed if (span := _span(row, called, today))],
        acts=sorted(acts, key=lambda row: row["number"]),
        obligations=owed,
        today=today,
    )


def _opened(readers: Iterable[Row], called: Mapping[uuid.UUID, str]) -> Iterator[Moment]:
    """Each organisation's first look of a day: every one of them stands on record, but would bury what was done."""
    seen: set[tuple[uuid.UUID, date]] = set()
    for one in sorted(readers, key=lambda row: row["read_at"]):
        look = (one["organisation"], one["read_at"].astimezone(clock.TOKYO).date())
        if look not in seen:
            seen.add(look)
            yield Moment(one["read_at"], "read", gettext("Opened"), called.get(one["organisation"], ""))


def _basis(derivation: Mapping[str, Any] | None) -> str:
    return articles(filter(None, [str((derivation or {}).get("basis", ""))]))


def states() -> dict[str, str]:
    """Return what the kinds of moments and the states of clocks are called."""
    return {
        "done": gettext("Done here"),
        "sent": gettext("Sent on"),
        "arrived": gettext("Arrived there"),
        "refused": gettext("Refused there"),
        "settled": gettext("Duty settled"),
        "ended": gettext("Ended without anything owed"),
        "due": gettext("Falls due"),
        "late": gettext("Overdue"),
        "told": gettext("We were told"),
        "read": gettext("Was opened"),
        "open": gettext("Clock running"),
    }


def contents(viewer: Viewer, act: uuid.UUID) -> list[dict[str, Any]]:
    """Return what an act of the viewer's organisation said, where its role handles the kind."""
    return reading.read(viewer, "acts.content", act=act)


def _title(viewer: Viewer, acts: list[dict[str, Any]], owed: list[dict[str, Any]], told: list[dict[str, Any]]) -> str:
    """Return what the matter is called by its room; else the duty it is about, else its first act or notice."""
    about = [*acts, *owed, *told]
    name = rooms.subject_names(viewer, about[:1]).get(str(about[0]["subject"]), "")
    if name:
        return f"{name} – {titled(owed[0])}" if owed and about[0]["subject_type"] != "incidents.case" else name
    if owed:
        return titled(owed[0])
    if acts:
        return law.kind(min(acts, key=lambda row: row["number"])["kind"]).title.pick(language())
    return titled(told[0])


def _done(viewer: Viewer, acts: list[dict[str, Any]]) -> Iterator[Moment]:
    people = names.people(viewer, [row["person"] for row in acts])
    for row in acts:
        yield Moment(
            row["recorded_at"],
            "done",
            law.kind(row["kind"]).title.pick(language()),
            people.get(row["person"], ""),
            articles(row["basis"]),
            reverse("act", args=[row["id"]]),
        )


def _ways(sent: Iterable[Row], called: Mapping[uuid.UUID, str]) -> Iterator[Moment]:
    for way in sent:
        title, to = law.kind(way["kind"]).title.pick(language()), called.get(way["addressee"], "")
        if way["sent_at"]:
            said = gettext("Sent: %(what)s (%(how)s)") % {"what": title, "how": choice(way["channel"])}
            yield Moment(way["sent_at"], "sent", said, to)
        if way["arrived_at"]:
            yield Moment(way["arrived_at"], "arrived", gettext("Arrived: %(what)s") % {"what": title}, to)
        if way["status"] == "refused" and way["sent_at"]:
            yield Moment(way["sent_at"], "refused", gettext("Refused: %(what)s") % {"what": title}, to)


def _clocks(owed: Iterable[Row], called: Mapping[uuid.UUID, str], today: date) -> Iterator[Moment]:
    for row in owed:
        bearer, basis = called.get(row["bearer"], ""), _basis(row["derivation"])
        if row["settled_at"]:
            said = f"{titled(row)} – {choice(row['ending'], 'ending')}"
            yield Moment(row["settled_at"], ended_as(row), said, bearer, basis)
        if row["due_on"] and row["status"] == "open":
            kind = "late" if row["due_on"] < today else "due"
            said = gettext("Due: %(what)s") % {"what": titled(row)}
            at = row["due_at"] or _end_of(row["due_on"])
            yield Moment(at, kind, said, bearer, basis, whole_day=row["due_at"] is None)


def ended_as(row: Row) -> str:
    """Return what kind of end a clock came to: `settled` by what was owed, or `ended` without anything owed."""
    return "settled" if row["ending"] == FULFILLED else "ended"


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=clock.TOKYO)


def _span(row: Row, called: Mapping[uuid.UUID, str], today: date) -> Span | None:
    """Return a clock with a number as a span; None for one without a due day."""
    begins = parse_date(str(row["begins"])[:10])
    if row["due_on"] is None or begins is None:
        return None
    told = row["derivation"] or {}
    settled = row["settled_at"].astimezone(clock.TOKYO).date() if row["settled_at"] else None
    state = ended_as(row) if settled or row["status"] != "open" else "late" if row["due_on"] < today else "open"
    return Span(
        title=titled(row),
        begins=begins,
        due=row["due_on"],
        settled=settled,
        state=state,
        basis=_basis(told),
        steps=tuple(either(line) for line in told.get("derivation", [])),
        is_target=row["is_target"],
        bearer=called.get(row["bearer"], ""),
    )
