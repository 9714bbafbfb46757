"""What is recorded already, what follows from it, and what is still missing: the upper half of every step's page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from sakimori.law.businesses import business
from sakimori.pages.names import organisations
from sakimori.pages.words import label
from sakimori.record import Viewer
from sakimori.web.enrol import following, steps
from sakimori.web.enrol.choosing import _called
from sakimori.web.speaking import language


@dataclass(frozen=True, slots=True)
class Recorded:
    """One thing recorded: what it is called, its details, where it is corrected, and a person who has no password."""

    title: str
    details: list[str] = field(default_factory=list)
    correct: str = ""
    person: str = ""


def recorded(step: str, viewer: Viewer, found: Mapping[str, Any]) -> list[Recorded]:
    """Return what a step has recorded so far."""
    makers = {
        "designations": _designations,
        "facilities": _facilities,
        "people": _people,
        "mandates": _mandates,
        "peers": _peers,
    }
    maker = makers.get(step)
    return maker(viewer, found) if maker else []


def _correct(kind: str, **about: object) -> str:
    return f"{reverse('new_act', args=[kind])}?{urlencode(about)}"


def _designations(viewer: Viewer, found: Mapping[str, Any]) -> list[Recorded]:
    called = organisations(viewer, [row["minister_id"] for row in found["designations"]])
    return [
        Recorded(
            f"{_called(row)} · {called.get(row['minister_id'], '')}",
            [gettext("Designated on %(day)s") % {"day": row["designated_on"].isoformat()}],
            _correct("parties.designation.correct", designation=row["id"]),
        )
        for row in found["designations"]
    ]


def _facilities(viewer: Viewer, found: Mapping[str, Any]) -> list[Recorded]:
    del viewer
    return [
        Recorded(
            row["name"],
            [row["category"]],
            _correct("parties.facility.correct", facility=row["id"]),
        )
        for row in found["facilities"]
    ]


def _people(viewer: Viewer, found: Mapping[str, Any]) -> list[Recorded]:
    del viewer
    from sakimori.web.enrol.views import has_password  # noqa: PLC0415 - views import this module

    grouped: dict[Any, list[Mapping[str, Any]]] = {}
    for row in found["roster"]:
        grouped.setdefault(row["person"], []).append(row)
    return [
        Recorded(
            rows[0]["name_ja"],
            [
                label(row["role"])
                + (gettext(" until %(day)s") % {"day": row["valid_until"].isoformat()} if row["valid_until"] else "")
                for row in rows
            ],
            _correct("parties.person.correct", person=person),
            "" if has_password(person) else str(person),
        )
        for person, rows in grouped.items()
    ]


def _mandates(viewer: Viewer, found: Mapping[str, Any]) -> list[Recorded]:
    called = organisations(viewer, [row["delegate_id"] for row in found["mandates"]])
    names = {row["person"]: row["name_ja"] for row in found["roster"]}
    made = []
    for row in found["mandates"]:
        to = names.get(row["person_id"]) or called.get(row["delegate_id"], "")
        details = [f"{row['representative_title']} {row['representative']}".strip()]
        if row["deputy_for_id"]:
            details.append(gettext("deputy of %(who)s") % {"who": names.get(row["deputy_for_id"], "")})
        details += [part for part in (row["approved_by"], row["document"]) if part]
        until = row["valid_until"].isoformat() if row["valid_until"] else ""
        details.append(f"{row['valid_from'].isoformat()} – {until}")
        made.append(Recorded(to, details, _correct("parties.mandate.end", mandate=row["id"])))
    return made


def _peers(viewer: Viewer, found: Mapping[str, Any]) -> list[Recorded]:
    del viewer
    return [
        Recorded(
            row["name"],
            [label(row["edition"]), row["url"] or gettext("envelopes are carried as files")],
            _correct("parties.peer.readdress", peer=row["id"], url=row["url"]),
        )
        for row in found["peers"]
    ]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from one designation."""

    business: str
    lines: list[following.Follows]


def follows(found: Mapping[str, Any]) -> list[Consequence]:
    """Return what follows from each designation."""
    return [
        Consequence(
            _called(row),
            following.follows(row["designated_on"], successor=row["successor"], today=found["today"]),
        )
        for row in found["designations"]
    ]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something still missing: what, and where to put it right."""

    what: str
    url: str
    label: str


def missing(viewer: Viewer, found: dict[str, Any]) -> list[Missing]:
    """Return what is still missing, the most pressing first."""
    said = {
        "organisation": gettext("The corporate number is not entered yet."),
        "designations": gettext("No designation is recorded yet."),
        "facilities": gettext("No facility is recorded yet."),
        "people": gettext("Two different people are needed: one who prepares, another one who confirms."),
        "mandates": gettext("Nobody's leave to file is recorded yet. It can wait."),
    }
    state = steps.states(viewer, found)
    rows = [
        Missing(said[step.key], reverse("enrol:step", args=[step.key]), gettext(step.title))
        for step in steps.steps_for(viewer)
        if step.key in said and state[step.key] != steps.DONE
    ]
    if len(steps.holders(found, "administrator")) == 1:
        rows.append(
            Missing(
                gettext("There is one administrator only: recovering a lost log-in takes two."),
                reverse("enrol:step", args=["people"]),
                gettext("People and roles"),
            )
        )
    said_unconnected = gettext(
        "%(who)s is not connected: file by paper, mail or portal and record it, or take in its card."
    )
    rows += [
        Missing(
            said_unconnected % {"who": one.name_en if language() == "en" else one.name_ja},
            reverse("enrol:step", args=["peers"]),
            gettext("Authorities and peers"),
        )
        for one in found["unconnected"]
        if "peers" in {step.key for step in steps.steps_for(viewer)}
    ]
    return rows


def business_word(key: str) -> str:
    """Return a business in words."""
    found = business(key)
    return found.title.pick(language()) if found else key
