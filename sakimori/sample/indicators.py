"""The incident of the sample world with its indicators, what others reported and saw, and the ranges operators own.

Fictitious throughout: documentation addresses and names only. `incident()` gives the parts of a report under the field
names of the forms, `watched()` everything an indicator can be compared with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sakimori.matching.indicators import parse_indicator
from sakimori.matching.watchlist import Watched
from sakimori.sample.errors import SampleError
from sakimori.sample.inventory import Asset, inventory
from sakimori.sample.organisations import SampleWorld, load
from sakimori.text import Text

FICTITIOUS_WEAKNESS = "CVE-1900-0007"  # of the sample's own catalogue


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident: who, where, which computers of the inventory, the facts for the law, the parts of the report.

    `parts` has event, technical (with indicators and vulnerabilities), response and remarks, as the forms name them.
    """

    operator: str
    facility: str
    attack: str
    computers: tuple[Asset, ...]
    aware_at: datetime
    occurred_at: datetime
    facts: Mapping[str, bool]
    parts: Mapping[str, Mapping[str, Any]]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What somebody else reported (`operator` set) or saw (`source` set): a few words and the indicators as written."""

    key: str
    operator: str
    source: str
    what: str
    indicators: tuple[str, ...]


def incident(world: SampleWorld, weakness: str = FICTITIOUS_WEAKNESS) -> Incident:
    """Return the sample world's incident; `weakness` is the CVE id the attackers are taken to have used.

    Raises:
        SampleError: the incident names a sort of host that its operator's inventory does not have.
    """
    data = load("incident.yaml")
    operator = data["operator"]
    designation = world.designations[operator]
    facility = next(one for one in designation.facilities if one.key == f"{operator}.{data['facility']}")
    parts = {name: dict(part) for name, part in data["report"].items()}
    parts["technical"] |= {"indicators": list(data["indicators"]), "vulnerabilities": [weakness]}
    event = parts["event"]
    return Incident(
        operator=operator,
        facility=facility.key,
        attack=data["attack"],
        computers=tuple(_first(world, operator, sort) for sort in data["computers"]),
        aware_at=datetime.fromisoformat(event["aware_at"]),
        occurred_at=datetime.fromisoformat(event["occurred_at"]),
        facts=data["facts"],
        parts=parts,
        indicators=tuple(data["indicators"]),
    )


def sightings() -> tuple[Sighting, ...]:
    """Return what other operators reported and what others saw."""
    data = load("incident.yaml")
    return tuple(
        Sighting(row["key"], row.get("operator", ""), row.get("source", ""), row["what"], tuple(row["indicators"]))
        for row in (*data["reports"], *data["observations"])
    )


def watched(world: SampleWorld) -> Iterator[Watched]:
    """Yield what indicators are compared with: operators' ranges and names (`range:…`), their reports (`report:…`)."""
    for designation in world.designations.values():
        for text in (*designation.ranges, *designation.domains):
            yield Watched(f"range:{text}", designation.operator, parse_indicator(text))
    for sighting in sightings():
        if sighting.operator:
            for text in sighting.indicators:
                yield Watched(f"report:{sighting.key}", sighting.operator, parse_indicator(text))


def _first(world: SampleWorld, operator: str, sort: str) -> Asset:
    """Return the first computer of a sort in an operator's inventory: in its first round there is one of each."""
    rows = len(load("inventory.yaml")["hosts"]) * 4  # more than the first round can have
    for asset in inventory(world, operator, rows):
        if asset.name.startswith(f"{sort} "):
            return asset
    raise SampleError(Text("そのような機器はありません", "there is no such sort of host"), where=f"{operator}: {sort}")
