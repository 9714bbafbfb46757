"""Step 3 of the loop at the Prime Minister's office: two persons ask for a measure; the authority comes back."""

import uuid
from typing import Any

from sakimori.acts import clock, door, proposals, reading
from sakimori.acts.errors import NotInForceError
from sakimori.measures.limits import last_day
from sakimori.record import Viewer
from sakimori.sample.steps.floor import viewer

KIND = "measures.request.file"


def refused_today(organisation: str, world: str, request: dict[str, Any]) -> dict[str, Any]:
    """Try to ask in the world where only the law in force counts; return the refusal with its article."""
    try:
        _propose(viewer(organisation, "officer", world), request)
    except NotInForceError as error:
        return error.as_dict()
    raise LookupError("the request was not refused")


def ask(organisation: str, world: str, request: dict[str, Any]) -> dict[str, Any]:
    """The officer proposes, the decider confirms; the request is on its way to the committee."""
    officer, decider = viewer(organisation, "officer", world), viewer(organisation, "decider", world)
    proposal = _propose(officer, request)
    done = proposals.confirm(proposal.id, by=decider)
    return {
        "measure": str(done.subject.id),
        "proposer": officer.name,
        "confirmer": decider.name,
        "begins_on": proposal.payload["begins_on"],
        "ends_on": proposal.payload["ends_on"],
        "stamp": clock.world(world).stamp,
        "receipt": done.receipt,
    }


def _propose(officer: Viewer, request: dict[str, Any]) -> Any:
    today = clock.today(officer.world)
    period = {"begins_on": today.isoformat(), "ends_on": last_day(request["basis"], today, today).isoformat()}
    return proposals.propose(KIND, {**period, **request}, by=officer)


def follow(organisation: str, world: str, measure: str) -> dict[str, Any]:
    """Return the measure as it stands at the office, with the clock of its period."""
    officer = viewer(organisation, "officer", world)
    row = reading.read_one(officer, "measures.measures", measure=uuid.UUID(measure))
    clocks = reading.read(officer, "acts.obligations", subject=uuid.UUID(measure))
    return {"measure": row, "clocks": clocks}


def authority(organisation: str, world: str, measure: str) -> dict[str, Any]:
    """Return the committee's signed selection authority in the file form that `sakimori select` reads."""
    row = reading.read_one(viewer(organisation, "officer", world), "measures.authority", measure=uuid.UUID(measure))
    found: dict[str, Any] = row["authority"]
    return found


def end(organisation: str, world: str, measure: str, reason: str) -> dict[str, Any]:
    """End a measure before its period is over."""
    officer = viewer(organisation, "officer", world)
    done = door.perform("measures.copying.end", {"measure": measure, "reason": reason}, by=officer)
    return {"receipt": done.receipt}
