"""Step 5 of the loop: the catalogue is matched, the analysis provided, a warning released, delivered and answered."""

from collections import Counter
from pathlib import Path
from typing import Any

from sakimori.acts import batches, door, proposals, reading
from sakimori.matching.kev import KevEntry, read_catalogue
from sakimori.sample import kev
from sakimori.sample.organisations import identifier
from sakimori.sample.steps.floor import viewer

FILES = {"before": "kev/kev-2025-01.json", "after": "kev/kev-2025-05.json"}


def load(organisation: str, world: str, data: str | None, state: str) -> dict[str, Any]:
    """Load one state of the KEV catalogue (real where `data` names the directory, else our fictitious one)."""
    analyst = viewer(organisation, "analyst", world)
    catalogue = read_catalogue(Path(data, FILES[state]).read_bytes() if data else kev.catalogue(state))
    batch = batches.stage("analysis.advisories.load", (_row(entry) for entry in catalogue.entries), by=analyst)
    done = door.perform(
        "analysis.advisories.load",
        {"source": "CISA KEV", "version": catalogue.version or state},
        by=analyst,
        batch=batch.id,
    )
    touched = reading.read(analyst, "analysis.advisories", load=done.act)
    return {"act": str(done.act), "receipt": done.receipt, "entries": batch.count, "new": len(touched)}


def _row(entry: KevEntry) -> dict[str, Any]:
    return {
        "identifier": entry.cve,
        "title": entry.name,
        "vendor": entry.vendor,
        "product": entry.product,
        "summary": entry.description,
        "action": entry.action,
        "published": entry.added.isoformat(),
        "known_exploited": True,
        "ransomware": entry.ransomware,
    }


def match(organisation: str, world: str, load: str) -> dict[str, Any]:
    """Match one load with everything notified; return the findings in numbers and by advisory."""
    analyst = viewer(organisation, "analyst", world)
    done = door.perform("analysis.matching.run", {"load": load}, by=analyst)
    findings = reading.read(analyst, "analysis.findings", run=done.act)
    return {
        "receipt": done.receipt,
        "findings": findings,
        "reach": Counter(row["reach"] for row in findings),
        "grades": Counter(row["grade"] for row in findings),
    }


def provide(organisation: str, world: str, minister: str, findings: list[str], text: str) -> dict[str, Any]:
    """Provide findings and the reported indicators to a minister as an analysis (38条1項)."""
    officer = viewer(organisation, "officer", world)
    indicators = [str(row["id"]) for row in reading.read(officer, "incidents.indicators")]
    done = door.perform(
        "analysis.assessment.provide",
        {
            "minister": str(identifier("organisation", minister)),
            "title": "悪用が確認された脆弱性と届出製品の照合結果",
            "text": text,
            "findings": findings,
            "indicators": indicators,
        },
        by=officer,
    )
    return {"receipt": done.receipt, "indicators": len(indicators)}


def release(organisation: str, world: str, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Release a warning by two persons of the issuer: the officer re-enters the content, the decider confirms."""
    officer, decider = viewer(organisation, "officer", world), viewer(organisation, "decider", world)
    proposal = proposals.propose(kind, payload, by=officer)
    done = proposals.confirm(proposal.id, by=decider)
    return {
        "warning": str(done.subject.id),
        "receipt": done.receipt,
        "proposer": officer.name,
        "confirmer": decider.name,
    }


def recipients(organisation: str, world: str, warning: str) -> list[dict[str, Any]]:
    """Return to whom a warning went, what arrived and what was answered, as its issuer sees it."""
    return reading.read(viewer(organisation, "officer", world), "warnings.recipients", warning=warning)


def received(organisation: str, world: str) -> list[dict[str, Any]]:
    """Return the warnings an operator received."""
    return reading.read(viewer(organisation, "reporter", world), "warnings.received")


def answer(organisation: str, world: str, number: str, answer: str, note: str) -> dict[str, Any]:
    """Answer a warning."""
    done = door.perform(
        "warnings.answer.give",
        {"number": number, "answer": answer, "note": note},
        by=viewer(organisation, "reporter", world),
    )
    return {"receipt": done.receipt}
