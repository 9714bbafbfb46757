"""A ransomware case at the power operator, as tests need it: from awareness to reports that arrived."""

import uuid
from datetime import datetime
from types import SimpleNamespace

from sakimori.acts import door, reading, sequencer, transport
from sakimori.acts.models import Obligation
from sakimori.incidents import entry
from tests.support.deployment import viewer
from tests.support.scenes import remembered

AWARE = "2026-11-20T09:30:00+09:00"
OCCURRED = "2026-11-20T02:10:00+09:00"
SERVER = {"clause": "rei1-3-1", "product": "CENTUM VP", "maker": "横河電機"}
FIREWALL = {"clause": "meirei1-1-3", "product": "FortiOS", "maker": "Fortinet"}
HARM = {"harmed": True}
LEAK = {
    "personal_data": True,
    "leaked": True,
    "strongly_protected": False,
    "entrusted": False,
    "wrongful_purpose": True,
}


@remembered
def aware(by=None, **changed):
    """Record an awareness and return the case's id."""
    payload = {
        "title": "監視制御サーバーの暗号化",
        "aware_at": AWARE,
        "aware_by": "運転当直 架空太郎",
        "aware_how": "監視画面の異常",
        "attack": "ransomware",
        "occurred_at": OCCURRED,
        "described": [SERVER],
        **changed,
    }
    return door.perform("incidents.awareness.record", payload, by=by or viewer("power", "reporter")).subject.id


@remembered
def triage(case, by=None, facts=None, **more):
    """Decide the case and return the triage as the operator reads it."""
    by = by or viewer("power", "reporter")
    door.perform("incidents.case.triage", {"case": str(case), "facts": HARM if facts is None else facts, **more}, by=by)
    return reading.read_one(by, "incidents.case", case=case)["triages"][-1]


def filled(**changed):
    """Return the form as the reporter fills it, once."""
    told = {
        "outline": {"name": "架空電力", "contact": {"name": "架空花子", "phone": "00-0000"}},
        "event": {"summary": "サーバー1台が暗号化された", "state": "contained", "service_level": "kept"},
        "technical": {
            "description": "VPN装置から侵入",
            "vulnerabilities": ["CVE-2024-21762"],
            "indicators": ["203.0.113[.]7", "hxxps://evil[.]example/a", "d" * 64],
            "ransomware": {"extension": ".locked", "kinds": ["encryption"], "intrusion": "vpn"},
        },
        "response": {"measures": "回線を遮断した"},
        "remarks": {"text": "なし", "nco_consent": True},
        "personal": {"outline": "顧客名簿", "persons": 1200},
        "police": {"wish": "捜査に協力する"},
    }
    return entry.Entry.model_validate({**told, **changed})


@remembered
def file(case, stage="first", operator="power", lanes=("kyokaho", "appi", "police"), **changed):
    """File by two persons and return the receipts of the acts."""
    made = entry.propose(viewer(operator, "reporter"), case, filled(**changed), stage, lanes=lanes)
    return entry.confirm(viewer(operator, "approver"), [one.id for one in made])


@remembered
def carry():
    """Let the log take everything in and every envelope arrive."""
    for _ in range(3):
        sequencer.drain()
        transport.run_once()


@remembered
def reported(stage="first", **more):
    """Bring a case as far as a report that arrived; return its id and the filings' receipts."""
    case = aware()
    triage(case, personal=LEAK, consult_police=True, **more)
    done = file(case)
    carry()
    if stage == "full":
        done += file(case, "full")
        carry()
    return SimpleNamespace(case=case, done=done)


def when(text):
    """Return a written time."""
    return datetime.fromisoformat(text)


def as_uuid(value):
    """Return a value as a UUID."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def status(rule):
    """Return the states of the obligations of a rule, in the order they began."""
    return list(Obligation.objects.filter(rule=rule).order_by("begins").values_list("status", flat=True))
