"""How a clock ended: fulfilled, or without anybody having fulfilled anything; told by the evidence it ended with."""

from collections.abc import Mapping
from typing import Any

FULFILLED, OPEN = "fulfilled", "open"
_ENDED_BY: Mapping[str, str] = {
    "not_reportable": "not_reportable",
    "triage": "not_reportable",
    "corrected": "corrected",
    "withdrawn": "withdrawn",
    "same_as": "same_as",
    "nothing_left": "nothing_left",
    "never_notified": "nothing_left",
    "setting": "nothing_left",
    "changed_back": "changed_back",
    "merged_by": "replaced",
    "replaced_by": "replaced",
    "extended_until": "replaced",
}
ENDINGS = frozenset(_ENDED_BY.values())
"""Ways a clock ends without being fulfilled; their words stand in `sakimori.pages.codes` under `ending`."""


def outcome(row: Mapping[str, Any]) -> str:
    """Return `open`, `fulfilled`, or why the clock of a row (`status`, `evidence`) ended otherwise (`ENDINGS`)."""
    if row["status"] == "open":
        return OPEN
    evidence = row.get("evidence") or {}
    return next((code for key, code in _ENDED_BY.items() if key in evidence), FULFILLED)
