"""A small catalogue in the shape of CISA KEV, for where the real one is absent; fictitious and marked so.

Its CVE ids bear the year 1900, so that none can be taken for a real one. Two states, as the real catalogue has them:
`before` is loaded first, `after` is the update that brings new entries and changes one.
"""

import json
from typing import Any

from sakimori.sample.errors import SampleError
from sakimori.sample.organisations import load
from sakimori.text import Text

STATES = ("before", "after")


def catalogue(state: str) -> bytes:
    """Return the fictitious catalogue in one state, as JSON bytes in the schema of KEV.

    Raises:
        SampleError: there is no such state.
    """
    if state not in STATES:
        raise SampleError(Text("そのような版はありません", "there is no such state"), where=state)
    data = load("kev.yaml")
    reached = STATES.index(state)
    rows = [_entry(data, row, reached) for row in data["entries"] if STATES.index(row["since"]) <= reached]
    head = data["states"][state]
    document = {
        "title": data["title"],
        "catalogVersion": head["version"],
        "dateReleased": head["released"],
        "count": len(rows),
        "vulnerabilities": rows,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _entry(data: dict[str, Any], row: dict[str, Any], reached: int) -> dict[str, Any]:
    names = {"vendor": row["vendor"], "product": row["product"]}
    known = "ransomware" in row and STATES.index(row["ransomware"]) <= reached
    return {
        "cveID": row["id"],
        "vendorProject": row["vendor"],
        "product": row["product"],
        "vulnerabilityName": data["name"].format(**names),
        "dateAdded": row["added"].isoformat(),
        "shortDescription": data["description"].format(**names),
        "requiredAction": data["action"],
        "dueDate": row["due"].isoformat(),
        "knownRansomwareCampaignUse": "Known" if known else "Unknown",
        "notes": "",
        "cwes": [],
    }
