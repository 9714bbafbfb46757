"""Step 4 of the loop at the Prime Minister's office: the engine is enrolled, its receipt proven, records come in."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from sakimori.acts import batches, clock, door, proposals, reading
from sakimori.acts.errors import NotAuthorisedError, RefusedError
from sakimori.custody import kept
from sakimori.custody.selecting import MAXIMUM, longest
from sakimori.sample.steps.floor import viewer


def now(world: str) -> str:
    """Return the present time in a world: when the selection begins."""
    return clock.now(world).isoformat()


def enrol_engine(organisation: str, world: str, equipment: str, public_key: str) -> dict[str, Any]:
    """Enrol the selection engine by its public key (hex), by two persons."""
    payload = {
        "name": "【架空】選別装置 1号",
        "equipment": equipment,
        "public_key": public_key,
        "valid_from": clock.today(world).isoformat(),
    }
    proposal = proposals.propose("custody.engine.enrol", payload, by=viewer(organisation, "officer", world))
    done = proposals.confirm(proposal.id, by=viewer(organisation, "decider", world))
    return {"engine": str(done.subject.id), "receipt": done.receipt}


def record(
    organisation: str, world: str, measure: str, order: str, receipt: dict[str, Any], records: str
) -> dict[str, Any]:
    """Hand in a finished selection: order, receipt, and the path of `records.parquet`; return what was recorded."""
    officer = viewer(organisation, "officer", world)
    rows = list(kept.rows_of(Path(records)))
    batch = batches.stage("custody.selection.record", rows, by=officer) if rows else None
    ended_on = datetime.fromisoformat(receipt["end"]).astimezone(clock.TOKYO).date()
    payload = {
        "measure": measure,
        "order": order,
        "receipt": receipt,
        "records": kept.digest(rows),
        "retained_until": longest(MAXIMUM, ended_on, clock.today(world)).isoformat(),
    }
    done = door.perform("custody.selection.record", payload, by=officer, batch=batch.id if batch else None)
    return {**show(organisation, world, str(done.subject.id)), "receipt": done.receipt}


def forged(
    organisation: str, world: str, measure: str, order: str, receipt: dict[str, Any], records: str
) -> dict[str, Any]:
    """Try to record the same selection with one count altered; return the refusal."""
    altered = {**receipt, "kept_flows": receipt["kept_flows"] + 1}
    try:
        record(organisation, world, measure, order, altered, records)
    except RefusedError as error:
        return error.as_dict()
    raise LookupError("the altered receipt was not refused")


def show(organisation: str, world: str, selection: str) -> dict[str, Any]:
    """Return a selection with its notices and the clocks that run about it."""
    officer = viewer(organisation, "officer", world)
    row = reading.read_one(officer, "custody.selections", selection=uuid.UUID(selection))
    clocks = reading.read(officer, "acts.obligations", subject=uuid.UUID(selection))
    return {"selection": row, "clocks": clocks}


def records(organisation: str, world: str, selection: str) -> list[dict[str, Any]]:
    """Return the kept records as an analyst of the office sees them."""
    return reading.read(viewer(organisation, "analyst", world), "custody.records", selection=uuid.UUID(selection))


def may_read(organisation: str, role: str, world: str) -> bool:
    """Return whether somebody of that organisation and role may use the reading of selected information at all."""
    try:
        reading.read(viewer(organisation, role, world), "custody.records")
    except NotAuthorisedError:
        return False
    return True


def erase(organisation: str, world: str, selection: str, reason: str) -> dict[str, Any]:
    """End the retention of a selection early: its records are erased at once, and the committee is told."""
    officer = viewer(organisation, "officer", world)
    done = door.perform("custody.retention.end", {"selection": selection, "reason": reason}, by=officer)
    return {"receipt": done.receipt}
