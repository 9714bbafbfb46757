"""One entry, several authorities: the form is filled once, and each law takes from it what is its own.

`PLACES` is the whole of the projection: for every part of the entry, where it goes in which filing, and nowhere else.
What leaves for an authority is built from these places only, so a part that is not listed for it cannot reach it. The
reporter and the second person see the filings, with their addressees, before anything is sent.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from pydantic import Field

from sakimori.acts import clock, door, proposals, reading
from sakimori.acts.errors import PreconditionError
from sakimori.acts.models import Proposal
from sakimori.incidents import clocks, deciding
from sakimori.incidents.addressing import APPI, KYOKAHO, POLICE
from sakimori.incidents.forms import AppiItems, Contact, LongText, Outline, Remarks, Response, Technical
from sakimori.parties.models import Designation, Organisation
from sakimori.record import Payload, Viewer
from sakimori.text import Text

Stage = Literal["first", "full", "supplement"]
PLACES: Mapping[str, Mapping[str, str]] = {
    "outline": {KYOKAHO: "outline", APPI: "outline", POLICE: "outline"},
    "event.summary": {KYOKAHO: "event.summary", POLICE: "consultation.summary"},
    "event.state": {KYOKAHO: "event.state", POLICE: "consultation.state"},
    "event.impact_business": {KYOKAHO: "event.impact_business"},
    "event.impact_customers": {KYOKAHO: "event.impact_customers"},
    "event.service_level": {KYOKAHO: "event.service_level"},
    "technical": {KYOKAHO: "technical", POLICE: "technical"},
    "response.measures": {KYOKAHO: "response.measures", POLICE: "consultation.measures"},
    "response.recovery": {KYOKAHO: "response.recovery"},
    "response.publication": {KYOKAHO: "response.publication"},
    "response.prevention": {KYOKAHO: "response.prevention"},
    "remarks": {KYOKAHO: "remarks"},
    "personal": {APPI: "items"},
    "police.wish": {POLICE: "consultation.wish"},
}
_KINDS = {
    (KYOKAHO, "first"): "incidents.first_report.file",
    (KYOKAHO, "full"): "incidents.full_report.file",
    (KYOKAHO, "supplement"): "incidents.report.supplement",
    (APPI, "first"): "incidents.appi_report.file",
    (APPI, "full"): "incidents.appi_report.file",
    (POLICE, "first"): "incidents.consultation.file",
}


class EntryEvent(Payload):
    """What happened, as known; the times and the computers come from the case."""

    summary: LongText = ""
    state: Literal["ongoing", "contained", "recovered", "unknown"] = "unknown"
    impact_business: LongText = ""
    impact_customers: LongText = ""
    service_level: Literal["deviated", "kept", "unknown"] = "unknown"


class EntryPolice(Payload):
    """What the operator wishes of the police."""

    wish: LongText = ""


class Entry(Payload):
    """Everything the reporter fills in, once; `reason` says what a supplement changes and goes with it only."""

    outline: Outline
    event: EntryEvent = Field(default_factory=EntryEvent)
    technical: Technical = Field(default_factory=Technical)
    response: Response = Field(default_factory=Response)
    remarks: Remarks = Field(default_factory=Remarks)
    personal: AppiItems | None = None
    police: EntryPolice | None = None
    reason: Annotated[str, Field(max_length=2000)] = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One filing as it would leave: its act kind, its payload, and who receives exactly that."""

    lane: str
    kind: str
    payload: dict[str, Any]
    addressees: tuple[uuid.UUID, ...]


def outline_of(viewer: Viewer, contact: Contact | None = None) -> Outline:
    """Return the outline of the viewer's operator from the parties on record, so that nobody types it."""
    base = clock.world(viewer.world).base
    own = Organisation.objects.get(id=viewer.acting_organisation, world=base)
    designated = Designation.objects.filter(world=base, organisation=own, withdrawn_on=None).first()
    return Outline(
        name=own.name_ja,
        corporate_number=own.corporate_number,
        business_type=designated.business_type if designated else "",
        contact=contact or Contact(name=viewer.name or own.name_ja),
    )


def prepare(
    viewer: Viewer, case: uuid.UUID, entry: Entry, stage: Stage, *, lanes: Iterable[str] = (KYOKAHO, APPI, POLICE)
) -> list[Prepared]:
    """Return the filings an entry makes for a case of the viewer's, by the decision on record.

    Raises `PreconditionError` where nobody receives any of it, `NotFoundError` where there is no such case.
    """
    row = reading.read_one(viewer, "incidents.case", case=case)
    triage = next((one for one in row["triages"] if one["id"] == row["triage"]), None)
    wanted = list(lanes)
    found = []
    for lane in (KYOKAHO, APPI, POLICE):
        named = [one for one in (triage or {}).get("addressees", []) if one["lane"] == lane]
        kind = _KINDS.get((lane, stage))
        if not named or kind is None or lane not in wanted:
            continue
        payload = _project(entry.model_dump(mode="json"), lane)
        _complete(payload, lane, stage, row, triage or {}, viewer)
        if stage == "supplement":
            payload["reason"] = entry.reason
        found.append(Prepared(lane, kind, payload, tuple(uuid.UUID(one["organisation"]) for one in named)))
    if not found:
        raise PreconditionError(
            Text("判定の結果、この報告の宛先がありません。", "By the decision on record nobody receives this."),
            code="incidents.no_addressee",
            where="case",
            mend=Text("先に報告の要否を判定してください。", "Decide first whether it must be reported."),
        )
    return found


def _project(entry: Mapping[str, Any], lane: str) -> dict[str, Any]:
    """Return the payload of a lane: what `PLACES` sends there, where it sends it."""
    payload: dict[str, Any] = {}
    for source, places in PLACES.items():
        if lane not in places:
            continue
        value: Any = entry
        for part in source.split("."):
            value = value.get(part) if value is not None else None
        if value is not None:
            *above, last = places[lane].split(".")
            spot = payload
            for part in above:
                spot = spot.setdefault(part, {})
            spot[last] = value
    return payload


def _when(moment: datetime | None) -> str | None:
    return clocks.tokyo(moment).isoformat() if moment else None


def _category(row: Mapping[str, Any]) -> str:
    """Return which of the two reports a supplement belongs to: the last one filed."""
    stages = [one["stage"] for one in row["filings"] if one["lane"] == KYOKAHO and one["status"] != "refused"]
    return "full" if "full" in stages else "first"


def _complete(
    payload: dict[str, Any], lane: str, stage: Stage, row: Mapping[str, Any], triage: Mapping[str, Any], viewer: Viewer
) -> None:
    """Add what nobody types: the case, its times, its computers, the category, the limbs found."""
    payload |= {"layout": "sakimori/1", "case": str(row["id"])}
    times = {name: _when(row[name]) for name in ("occurred_at", "discovered_at")}
    if lane == KYOKAHO:
        form = deciding.form_of(row["attack"], clock.today(viewer.world))
        payload["category"] = {"stage": _category(row) if stage == "supplement" else stage, "form": form}
        limbs = [limb for decision in triage["decisions"] for limb in decision["limbs"]]
        payload["event"] |= {
            **times,
            "aware_at": _when(row["aware_at"]),
            "aware_how": row["aware_how"],
            "limbs": list(dict.fromkeys(limbs)),
        }
        payload["computers"] = [
            {name: computer[name] for name in ("clause", "product", "maker", "category")}
            for computer in row["computers"]
            if computer["clause"]
        ]
    elif lane == APPI:
        personal = triage["personal"] or {}
        payload |= {
            "stage": stage,
            "known_at": personal.get("known_at"),
            "wrongful_purpose": personal.get("rule") == clocks.APPI_WRONGFUL,
        }
        payload.setdefault("items", {})
    else:
        payload.setdefault("consultation", {}).update(times)


def propose(
    viewer: Viewer,
    case: uuid.UUID,
    entry: Entry,
    stage: Stage,
    *,
    lanes: Iterable[str] = (KYOKAHO, APPI, POLICE),
    key: str = "",
    client: str = "",
) -> list[Proposal]:
    """Propose every filing of an entry to the second person: all of them, or none where one would be refused.

    Repeating the call with the same `key` gives the same proposals; with another content it is refused.
    """
    with transaction.atomic():
        return [
            proposals.propose(
                one.kind, one.payload, by=viewer, idempotency_key=f"{key}/{one.lane}" if key else "", client=client
            )
            for one in prepare(viewer, case, entry, stage, lanes=lanes)
        ]


def confirm(viewer: Viewer, made: Iterable[uuid.UUID]) -> list[door.Performed]:
    """Confirm the proposals of an entry as its second person: all of them, or none."""
    with transaction.atomic():
        return [proposals.confirm(one, by=viewer) for one in made]
