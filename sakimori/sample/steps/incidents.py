"""Step 2 of the loop: an operator becomes aware, the law decides, one form is filed by two persons and arrives.

Called in this order: `aware`, `decide`, `file` (first, later full) at the operator; `follow` at the operator after the
envelopes were carried; `received` at every authority.
"""

import uuid
from typing import Any

from sakimori.acts import door, reading
from sakimori.incidents import entry
from sakimori.incidents.forms import Contact
from sakimori.sample.indicators import FICTITIOUS_WEAKNESS, Incident, incident
from sakimori.sample.organisations import sample_world
from sakimori.sample.steps.floor import viewer

PERSONAL = {
    "personal_data": True,
    "leaked": True,
    "strongly_protected": False,
    "entrusted": False,
    "wrongful_purpose": True,
}
ITEMS = {
    "outline": "【架空】中継サーバにあった保守員の連絡先一覧が持ち出されたおそれ",
    "data_items": "氏名、社用電話番号",
    "cause": "不正アクセス",
    "response_to_persons": "全員に連絡済み",
}
WISH = "【架空】指令サーバの所在の捜査に協力する。"


def aware(organisation: str, world: str, operators: int, weakness: str = FICTITIOUS_WEAKNESS) -> dict[str, Any]:
    """Record the awareness; return the case, its receipt and the clocks that run."""
    told, reporter = incident(sample_world(operators), weakness), viewer(organisation, "reporter", world)
    keys = {asset.key for asset in told.computers}
    register = reading.read(reporter, "assets.register")
    done = door.perform(
        "incidents.awareness.record",
        {
            "title": "遠隔保守用VPN装置からの侵入と暗号化",
            "aware_at": told.parts["event"]["aware_at"],
            "aware_by": reporter.name,
            "aware_how": told.parts["event"]["aware_how"],
            "attack": told.attack,
            "occurred_at": told.parts["event"]["occurred_at"],
            "discovered_at": told.parts["event"]["discovered_at"],
            "computers": [str(row["id"]) for row in register if row["key"] in keys],
        },
        by=reporter,
    )
    case = str(done.subject.id)
    return {"case": case, "receipt": done.receipt, "clocks": _clocks(organisation, "reporter", world, case)}


def decide(
    organisation: str, world: str, operators: int, case: str, *, personal: bool = True, police: bool = True
) -> dict[str, Any]:
    """Decide with the law's tables; return the triage with its reasons and addressees."""
    told, reporter = incident(sample_world(operators)), viewer(organisation, "reporter", world)
    done = door.perform(
        "incidents.case.triage",
        {
            "case": case,
            "facts": dict(told.facts) | {"input_by": "stranger"},
            "personal": PERSONAL if personal else None,
            "consult_police": police,
        },
        by=reporter,
    )
    row = reading.read_one(reporter, "incidents.case", case=uuid.UUID(case))
    (made,) = [one for one in row["triages"] if one["id"] == row["triage"]]
    return {**made, "receipt": done.receipt, "clocks": _clocks(organisation, "reporter", world, case)}


def file(
    organisation: str,
    world: str,
    operators: int,
    case: str,
    stage: entry.Stage = "first",
    weakness: str = FICTITIOUS_WEAKNESS,
) -> list[dict[str, Any]]:
    """Fill the form once; the reporter proposes, the approver confirms; return each filing with its addressees."""
    reporter, approver = viewer(organisation, "reporter", world), viewer(organisation, "approver", world)
    filled = _entry(incident(sample_world(operators), weakness), entry.outline_of(reporter, _contact(reporter.name)))
    prepared = entry.prepare(reporter, uuid.UUID(case), filled, stage)
    made = entry.propose(reporter, uuid.UUID(case), filled, stage)
    filed = entry.confirm(approver, [one.id for one in made])
    return [
        {
            "lane": one.lane,
            "kind": one.kind,
            "addressees": [str(addressee) for addressee in one.addressees],
            "proposer": reporter.name,
            "confirmer": approver.name,
            "act": str(done.act),
            "receipt": done.receipt,
        }
        for one, done in zip(prepared, filed, strict=True)
    ]


def follow(organisation: str, world: str, case: str) -> dict[str, Any]:
    """Return the case with the way of each filing to each addressee, and its clocks, settled ones included."""
    reporter = viewer(organisation, "reporter", world)
    row = reading.read_one(reporter, "incidents.case", case=uuid.UUID(case))
    return {"case": row, "clocks": _clocks(organisation, "reporter", world, case, status="")}


def received(organisation: str, role: str, world: str) -> dict[str, Any]:
    """Return what an authority received, and the clocks in its list."""
    reports = reading.read(viewer(organisation, role, world), "incidents.reports")
    return {"reports": reports, "clocks": _clocks(organisation, role, world)}


def _clocks(
    organisation: str, role: str, world: str, case: str | None = None, status: str = "open"
) -> list[dict[str, Any]]:
    return reading.read(
        viewer(organisation, role, world),
        "incidents.clocks",
        case=uuid.UUID(case) if case else None,
        status=status,
    )


def _contact(name: str) -> Contact:
    return Contact(name=name, department="サイバー対策室", email="csirt@power.example")


def _entry(told: Incident, outline: Any) -> entry.Entry:
    parts = told.parts
    own = {"summary", "state", "impact_business", "impact_customers", "service_level"}
    return entry.Entry.model_validate(
        {
            "outline": outline.model_dump(),
            "event": {name: value for name, value in parts["event"].items() if name in own},
            "technical": dict(parts["technical"]),
            "response": dict(parts["response"]),
            "remarks": dict(parts["remarks"]),
            "personal": ITEMS,
            "police": {"wish": WISH},
        }
    )
