"""A case as one line of time: what was done, how far each filing has got, what is due yet; and its clocks in words."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext, pgettext

from sakimori.acts import clock
from sakimori.pages import rows_or_none
from sakimori.pages.desks import urgency
from sakimori.pages.words import choice
from sakimori.record import Viewer
from sakimori.text import Text

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: done at `at`, or still to come where it is None; `detail` says more, `failed` that it went wrong."""

    label: str
    at: datetime | None
    detail: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock as `web/components/owed.html` shows it; `urgency` is late, soon, later, open or done."""

    title: str
    due: date | datetime | None
    days: int
    urgency: str
    is_target: bool
    basis: str
    reason: str
    steps: list[str]
    mine: bool
    bearer: str
    settled: datetime | None
    ending: str = "open"
    link: str = ""
    next_acts: tuple[()] = ()


def language() -> str:
    """Return the reader's language."""
    return get_language() or "ja"


def either(joined: object) -> str:
    """Return the reader's half of a sentence stored as `日本語 / English`."""
    japanese, slash, english = str(joined or "").partition(" / ")
    return Text(japanese, english if slash else japanese).pick(language())


def both(told: Mapping[str, str] | None) -> str:
    """Return the reader's half of a sentence stored as {"ja": …, "en": …}."""
    return Text(told["ja"], told["en"]).pick(language()) if told else ""


def names(viewer: Viewer) -> dict[uuid.UUID, str]:
    """Return the organisations the viewer may know of, by id, in the reader's language."""
    rows = rows_or_none(viewer, "parties.organisations", world=clock.world(viewer.world).base) or []
    return {row["id"]: Text(row["name_ja"], row["name_en"]).pick(language()) for row in rows}


def clocks(viewer: Viewer, case: uuid.UUID, called: Mapping[uuid.UUID, str]) -> list[Clock]:
    """Return every clock of a case in the viewer's list, open ones first."""
    rows = rows_or_none(viewer, "incidents.clocks", case=case, status="") or []
    today = clock.today(viewer.world)
    found = [_clock(row, today, called) for row in rows]
    return sorted(found, key=lambda one: (one.settled is not None, str(one.due or "9")))


def _clock(row: Mapping[str, Any], today: date, called: Mapping[uuid.UUID, str]) -> Clock:
    told = row["derivation"] or {}
    days = (row["due_on"] - today).days if row["due_on"] else None
    return Clock(
        title=Text(row["title_ja"], row["title_en"]).pick(language()),
        due=row["due_at"] or row["due_on"],
        days=days or 0,
        urgency="done" if row["settled_at"] is not None else urgency(days),
        is_target=row["is_target"],
        basis=str(told.get("basis", "")),
        reason=either(told.get("reason")),
        steps=[either(line) for line in told.get("derivation", [])],
        mine=row["mine"],
        bearer=called.get(row["bearer"], ""),
        settled=row["settled_at"],
        ending=row["ending"],
    )


def of_case(case: Mapping[str, Any], questions: Rows, readers: Rows, called: Mapping[uuid.UUID, str]) -> list[Moment]:
    """Return the operator's line of time, the oldest first; what is still on its way stands at the end."""
    told = [
        Moment(gettext("Occurred"), case["occurred_at"]) if case["occurred_at"] else None,
        Moment(gettext("Discovered"), case["discovered_at"]) if case["discovered_at"] else None,
        Moment(gettext("Became aware: the clocks begin"), case["aware_at"], case["aware_by"] or ""),
        Moment(gettext("Written down here"), case["recorded_at"]),
    ]
    moments = [one for one in told if one is not None]
    moments += [Moment(gettext("Decided"), one["decided_at"], choice(one["outcome"])) for one in case["triages"]]
    for filing in case["filings"]:
        name = filing_name(filing["lane"], filing["stage"])
        moments.append(Moment(gettext("Filed by two persons"), filing["filed_at"], name))
        moments += [_way(name, way, called) for way in filing["addressees"]]
    for question in questions:
        asker = called.get(question["asker"], "")
        moments.append(Moment(gettext("Asked"), question["asked_at"], f"{asker}: {question['text']}"))
        if question["answered_at"]:
            moments.append(Moment(pgettext("incidents", "Answered"), question["answered_at"], question["answer"]))
    for reader in readers:
        moments.append(Moment(gettext("Opened your report"), reader["read_at"], called.get(reader["organisation"], "")))
    return _ordered(moments)


def _way(name: str, way: Mapping[str, Any], called: Mapping[uuid.UUID, str]) -> Moment:
    to = called.get(way["addressee"], "")
    if way["status"] == "refused":
        return Moment(gettext("Refused"), way["sent_at"], f"{to} · {name} · {way['refusal']}", failed=True)
    return Moment(gettext("Arrived"), way["arrived_at"], f"{to} · {name}")


def of_reports(reports: Rows, questions: Rows, called: Mapping[uuid.UUID, str]) -> list[Moment]:
    """Return an authority's line of time of one case, the oldest first."""
    moments = []
    for report in reports:
        name = filing_name(report["lane"], report["stage"])
        moments.append(Moment(pgettext("incidents", "Filed"), report["filed_at"], name))
        moments.append(
            Moment(gettext("Arrived"), report["received_at"], f"{called.get(report['addressee'], '')} · {name}")
        )
    for question in questions:
        moments.append(Moment(gettext("Asked"), question["asked_at"], question["text"] or ""))
        if question["answered_at"]:
            moments.append(Moment(pgettext("incidents", "Answered"), question["answered_at"], question["answer"] or ""))
    return _ordered(moments)


def _ordered(moments: Iterable[Moment]) -> list[Moment]:
    last = datetime.max.replace(tzinfo=clock.TOKYO)
    return sorted(moments, key=lambda one: one.at or last)


def filing_name(lane: str, stage: str) -> str:
    """Return what a filing is called."""
    called = {
        ("kyokaho", "first"): gettext("First report (Art 5)"),
        ("kyokaho", "full"): gettext("Full report (Art 5)"),
        ("kyokaho", "supplement"): gettext("Supplement (Art 5)"),
        ("kyokaho", "withdrawal"): gettext("Withdrawal"),
        ("appi", "first"): gettext("First report of a leak (personal data)"),
        ("appi", "full"): gettext("Full report of a leak (personal data)"),
        ("police", "first"): gettext("Consultation of the police (voluntary)"),
    }
    return called.get((lane, stage), stage)
