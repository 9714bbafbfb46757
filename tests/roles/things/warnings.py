"""A warning of the side's minister to the side's operator, on what was notified and is exploited."""

from sakimori.acts import batches, door, proposals, reading
from sakimori.analysis.models import Assessment
from sakimori.warnings.models import IssuedWarning, Received
from tests.roles.things import Made, Secret, Side
from tests.support import warning
from tests.support.deployment import fixed, viewer


def make(side: Side) -> Made:
    """Match an advisory with the notified product, give the finding to the minister, release, let arrive."""
    analyst = viewer("cabinet", "analyst")
    row = {
        "identifier": f"CVE-1900-{ord(side.letter):04}", "title": f"ADVISORY-{side.letter}",
        "vendor": f"MAKER-{side.letter}-1", "product": f"PRODUCT-{side.letter}-1", "summary": "", "action": "",
        "published": "2026-11-01", "known_exploited": True, "ransomware": None,
    }  # fmt: skip
    batch = batches.stage("analysis.advisories.load", [row], by=analyst)
    loaded = door.perform(
        "analysis.advisories.load", {"source": "CISA KEV", "version": side.letter}, by=analyst, batch=batch.id
    )
    door.perform("analysis.matching.run", {"load": str(loaded.act)}, by=analyst)
    findings = [
        str(one["id"])
        for one in reading.read(analyst, "analysis.findings")
        if one["operator"] == fixed(side.operator) and one["reach"] == "notified"
    ]
    door.perform(
        "analysis.assessment.provide",
        {
            "minister": str(fixed(side.minister)), "title": f"ASSESSED-{side.letter}", "text": "悪用あり",
            "findings": findings,
        },
        by=viewer("cabinet", "officer"),
    )  # fmt: skip
    payload = {
        "content": {**warning.CONTENT, "title_ja": f"WARNING-{side.letter}", "advisories": [row["identifier"]]},
        "taken_out": f"TAKEN-{side.letter}",
        "findings": findings,
    }
    proposal = proposals.propose("warnings.release.make", payload, by=viewer(side.minister, "officer"))
    proposals.confirm(proposal.id, by=viewer(side.minister, "decider"))
    warning.carry()
    issued = IssuedWarning.objects.get(released_by=fixed(side.minister))
    made = Made()
    made.keep("warnings.warning", issued.id, side.minister, side.operator)
    made.keep("warnings.received", Received.objects.get(number=issued.id).id, side.operator)
    made.keep("analysis.assessment", Assessment.objects.get(minister=fixed(side.minister)).id, side.minister, "cabinet")
    made.secrets.append(Secret(f"ASSESSED-{side.letter}", frozenset({side.minister, "cabinet"})))
    made.secrets.append(Secret(f"WARNING-{side.letter}", frozenset({side.minister, side.operator})))
    made.secrets.append(Secret(f"TAKEN-{side.letter}", frozenset({side.minister})))
    return made
