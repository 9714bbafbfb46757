"""The steps of the guided run and how far each has got, read from what is recorded: leaving loses nothing."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from sakimori.acts import clock, reading
from sakimori.parties.administration import runs_here
from sakimori.parties.founding import UNCONNECTED
from sakimori.parties.models import Organisation
from sakimori.parties.queries import viewers_of
from sakimori.record import Viewer
from sakimori.web.enrol.doing import base

DONE, OPEN, LATER = "done", "open", "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its key in the address, its title, and whether the run can go on without it."""

    key: str
    title: str
    needed: bool = True


STEPS = (
    Step("organisation", gettext_noop("Organisation")),
    Step("designations", gettext_noop("Designations")),
    Step("facilities", gettext_noop("Facilities")),
    Step("peers", gettext_noop("Authorities and peers"), needed=False),
    Step("people", gettext_noop("People and roles")),
    Step("mandates", gettext_noop("Leave to file"), needed=False),
    Step("summary", gettext_noop("Summary")),
)
_OPERATORS_ONLY = {"designations", "facilities", "mandates"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the navigation shows it: `state` is done, open, or later (it can wait)."""

    key: str
    title: str
    state: str
    word: str
    here: bool


def steps_for(viewer: Viewer) -> tuple[Step, ...]:
    """Return the steps of the viewer's kind of organisation."""
    left_out = set() if viewer.organisation_type == "operator" else set(_OPERATORS_ONLY)
    if not runs_here(viewer.organisation, base(viewer)):
        left_out.add("peers")  # whom a deployment talks to is the business of who runs it
    return tuple(step for step in STEPS if step.key not in left_out)


def hosts_operators(viewer: Viewer) -> bool:
    """Return whether the viewer's organisation enrols operators without an installation here: who runs an authority."""
    authority = viewer.organisation_type in ("ministry", "cabinet_office")
    return authority and runs_here(viewer.organisation, base(viewer))


def facts(viewer: Viewer) -> dict[str, Any]:
    """Return what is recorded of the viewer's organisation, as the steps ask for it."""
    world, today = base(viewer), clock.today(viewer.world)
    own = Organisation.objects.get(id=viewer.acting_organisation, world=world)
    designations = [
        row
        for row in reading.read(viewer, "parties.designations", world=world)
        if row["organisation_id"] == own.id and row["withdrawn_on"] is None
    ]
    return {
        "own": own,
        "today": today,
        "designations": designations,
        "facilities": reading.read(viewer, "parties.facilities", world=world),
        "roster": reading.read(viewer, "parties.roster", world=world, on=today),
        "mandates": reading.read(viewer, "parties.mandates", world=world, on=today),
        "peers": reading.read(viewer, "parties.peers", world=world),
        "unconnected": Organisation.objects.filter(
            world=world, deployment=UNCONNECTED, id__in=[row["minister_id"] for row in designations]
        ),
    }


def holders(found: dict[str, Any], role: str) -> set[Any]:
    """Return who holds a role in the organisation today."""
    return {row["person"] for row in found["roster"] if row["role"] == role}


def enough_people(found: dict[str, Any]) -> bool:
    """Return whether one person can confirm what another one prepares; an administrator may take that up himself."""
    approvers = holders(found, "approver")
    prepare = holders(found, "reporter") | holders(found, "administrator") | approvers
    return bool(approvers) and len(prepare) > 1


def states(viewer: Viewer, found: dict[str, Any]) -> dict[str, str]:
    """Return how far each step has got."""
    operator = viewer.organisation_type == "operator"
    people = enough_people(found) if operator else len(found["roster"]) > 1
    done = {
        "organisation": bool(found["own"].corporate_number) or not operator,
        "designations": bool(found["designations"]),
        "facilities": bool(found["facilities"]),
        "people": people,
        "mandates": bool(found["mandates"]),
        "peers": bool(found["peers"]),
    }
    needed = [step.key for step in steps_for(viewer) if step.needed and step.key != "summary"]
    done["summary"] = all(done[key] for key in needed)
    waits = {step.key: OPEN if step.needed else LATER for step in STEPS}
    return {key: DONE if is_done else waits[key] for key, is_done in done.items()}


def landing(person: uuid.UUID) -> str:
    """Return where somebody begins who has just joined: set-up for an operator's administrator while it is open."""
    world = str(settings.SAKIMORI_DEPLOYMENT["default_world"])
    mine = viewers_of(person, world, clock.world(world).base, clock.today(world))
    for one in mine:
        if len(mine) == 1 and (one.organisation_type, one.role) == ("operator", "administrator"):
            return reverse("enrol:start")
    return str(settings.LOGIN_REDIRECT_URL)


def first_open(viewer: Viewer, found: dict[str, Any]) -> str:
    """Return the step to go on with: the first needed one that is open, else the summary."""
    state = states(viewer, found)
    return next((step.key for step in steps_for(viewer) if state[step.key] == OPEN), "summary")


def after(viewer: Viewer, key: str) -> str:
    """Return the key of the step after one; the last leads to itself."""
    keys = [step.key for step in steps_for(viewer)]
    place = keys.index(key)
    return keys[min(place + 1, len(keys) - 1)]


def shown(viewer: Viewer, found: dict[str, Any], here: str) -> list[Shown]:
    """Return the steps for the navigation."""
    state = states(viewer, found)
    words = {DONE: gettext("done"), OPEN: gettext("to do"), LATER: gettext("can wait")}
    return [
        Shown(step.key, gettext(step.title), state[step.key], words[state[step.key]], step.key == here)
        for step in steps_for(viewer)
    ]
