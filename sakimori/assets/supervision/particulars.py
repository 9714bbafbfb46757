"""What the page of a matter says beside its words: files, service against the limit, what the Act provides."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sakimori import law
from sakimori.acts import clock
from sakimori.pages import rows_or_none
from sakimori.record import Viewer

_PENALTY = {"order": "kyokaho.fine.order", "demand": "kyokaho.fine.report"}


def files(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the files held here, and the digests of those an answer names that never came (an earlier version's)."""
    attached = rows_or_none(viewer, "acts.attachments", subject=row["id"]) or []
    held = {one["digest"] for one in attached}
    named = (row["answer"] or {}).get("attachments") or []
    return {"attached": attached, "missing": [one for one in named if one not in held]}


def served_late(row: Mapping[str, Any]) -> bool:
    """Return whether an order reached the operator only after the day by which it was to be followed.

    Where it was served in several ways, the first one counts.
    """
    if row["sort"] != "order" or row["due_on"] is None:
        return False
    recorded = [row["service"] or {}, *(row["content"] or {}).get("services", [])]
    times = [found for one in recorded if (found := moment(one.get("served_at"))) is not None]
    served = min(times, default=row["reached_at"])
    return served is not None and served.astimezone(clock.TOKYO).date() > row["due_on"]


def penalty(sort: str) -> dict[str, Any]:
    """Return what the Act provides where an order or a demand is not followed, and how much it is."""
    found = law.parameter(_PENALTY[sort]) if sort in _PENALTY else None
    return {"penalty": found, "amount": f"{found.value:,}" if found and isinstance(found.value, int) else ""}


def day(hearing: Mapping[str, str] | None, name: str) -> date | None:
    """Return a day of the record of a hearing; None where it says none."""
    told = (hearing or {}).get(name)
    return date.fromisoformat(told) if told else None


def moment(told: str | None) -> datetime | None:
    """Return a moment that was kept as text; None where there is none."""
    return datetime.fromisoformat(told) if told else None
