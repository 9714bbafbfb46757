"""Steps 3 and 4 of the loop at the committee: the docket, the meeting and its decision, the notices it is given."""

from typing import Any

from sakimori.acts import door, reading
from sakimori.acts.errors import RefusedError
from sakimori.sample.steps.floor import viewer


def docket(organisation: str, world: str) -> list[dict[str, Any]]:
    """Return the matters on the docket, the newest first, each with everything that was asked and the open clocks."""
    chair = viewer(organisation, "chair", world)
    found = []
    for row in reading.read(chair, "oversight.docket"):
        matter = reading.read_one(chair, "oversight.matter", matter=row["id"])
        clocks = reading.read(chair, "acts.obligations", subject=row["id"], status="")
        found.append({**row, "asked": matter["asked"], "clocks": clocks})
    return found


def _meeting(organisation: str, world: str, matter: str, members: int, against: int) -> dict[str, Any]:
    """The chair and so many members; the last `against` of them vote against."""
    people = reading.read(viewer(organisation, "chair", world), "oversight.body")
    chair = [row for row in people if row["role"] == "chair"]
    present = [*chair, *[row for row in people if row["role"] == "member"][:members]]
    no = {row["id"] for row in present[len(present) - against :]} if against else set()
    return {
        "matter": matter,
        "present": [str(row["id"]) for row in present],
        "votes": [{"person": str(row["id"]), "vote": "reject" if row["id"] in no else "approve"} for row in present],
    }


def without_quorum(organisation: str, world: str, matter: str, period: dict[str, str]) -> dict[str, Any]:
    """Try to decide with the chair and one member; return the refusal with its article."""
    decision = {**_meeting(organisation, world, matter, 1, 0), **period, "outcome": "approved"}
    try:
        door.perform("oversight.decision.record", decision, by=viewer(organisation, "chair", world))
    except RefusedError as error:
        return error.as_dict()
    raise LookupError("the meeting was not refused")


def decide(
    organisation: str,
    world: str,
    matter: str,
    period: dict[str, str],
    conditions: list[str],
    members: int = 4,
    against: int = 1,
) -> dict[str, Any]:
    """Record the meeting's decision to approve (with conditions where there are any); return decision and receipt."""
    chair = viewer(organisation, "chair", world)
    decision = {
        **_meeting(organisation, world, matter, members, against),
        **period,
        "outcome": "approved_with_conditions" if conditions else "approved",
        "conditions": conditions,
        "reason": "【架空】必要最小限度であることを確認した。",
    }
    done = door.perform("oversight.decision.record", decision, by=chair)
    return {**decisions(organisation, world)[0], "receipt": done.receipt}


def decisions(organisation: str, world: str) -> list[dict[str, Any]]:
    """Return the decisions with attendance, votes and whether they arrived, the newest first."""
    return reading.read(viewer(organisation, "chair", world), "oversight.decisions")


def notices(organisation: str, world: str) -> list[dict[str, Any]]:
    """Return what the committee was told of the handling (30条), the newest first."""
    return reading.read(viewer(organisation, "inspector", world), "oversight.notices")


def counts(organisation: str, world: str) -> list[dict[str, Any]]:
    """Return this year's counts for the report to the Diet (61条2項)."""
    return reading.read(viewer(organisation, "secretariat", world), "oversight.counts")
