"""From notified products to a warning, as tests need it."""

from sakimori.acts import batches, door, proposals, reading, sequencer, transport
from tests.support.deployment import fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.scenes import remembered

ADVISORIES = (
    ("CVE-1900-0001", "Fortinet", "FortiOS", True),
    ("CVE-1900-0002", "Microsoft", "Windows", None),
    ("CVE-1900-0003", "Nobody", "Nothing", None),
)
CONTENT = {
    "advisories": ["CVE-1900-0001"],
    "title_ja": "境界装置の脆弱性",
    "title_en": "A weakness of boundary devices",
    "what_ja": "悪用が確認されています。",
    "what_en": "It is being exploited.",
    "measures_ja": "更新してください。",
    "measures_en": "Update.",
    "indicators": [{"kind": "ipv4", "value": "203.0.113.7"}],
}


@remembered
def notify() -> None:
    """Have the power operator's products notified and passed on to the Prime Minister."""
    import_register()
    file_notification()
    carry()
    (row,) = reading.read(viewer("meti", "officer"), "assets.notifications", status="received")
    door.perform("assets.notification.pass_on", {"notification": str(row["id"])}, by=viewer("meti", "officer"))


@remembered
def carry() -> None:
    """Do what the worker does until nothing is left."""
    for _ in range(4):
        sequencer.drain()
        transport.run_once()


@remembered
def match():
    """Load the advisories, match them, and return the findings."""
    analyst = viewer("cabinet", "analyst")
    rows = [
        {
            "identifier": identifier, "title": f"{vendor} {product}", "vendor": vendor, "product": product,
            "summary": "", "action": "", "published": "2026-11-01", "known_exploited": True, "ransomware": ransomware,
        }
        for identifier, vendor, product, ransomware in ADVISORIES
    ]  # fmt: skip
    batch = batches.stage("analysis.advisories.load", rows, by=analyst)
    loaded = door.perform(
        "analysis.advisories.load", {"source": "CISA KEV", "version": "test"}, by=analyst, batch=batch.id
    )
    door.perform("analysis.matching.run", {"load": str(loaded.act)}, by=analyst)
    return reading.read(analyst, "analysis.findings")


@remembered
def provide(findings):
    """Provide the findings about notified products to the power operator's minister."""
    ids = [str(row["id"]) for row in findings if row["reach"] == "notified"]
    return door.perform(
        "analysis.assessment.provide",
        {"minister": str(fixed("meti")), "title": "分析", "text": "悪用あり", "findings": ids},
        by=viewer("cabinet", "officer"),
    )


@remembered
def release(findings, **changes):
    """Release a warning on the findings by two persons of the ministry."""
    ids = [str(row["id"]) for row in findings if row["reach"] == "notified"]
    payload = {"content": CONTENT, "taken_out": "報告者と届出の内容", "findings": ids, **changes}
    proposal = proposals.propose("warnings.release.make", payload, by=viewer("meti", "officer"))
    return proposals.confirm(proposal.id, by=viewer("meti", "decider"))
