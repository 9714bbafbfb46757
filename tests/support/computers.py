"""The fixture of computers whose answers are argued from the order's text (`tests/assets/fixtures/computers.yaml`)."""

import csv
import io
import uuid
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sakimori.assets.scoping import FacilityFacts
from sakimori.assets.wording import COLUMNS, CONNECTIONS, FLAGS, SERVES, UNITS
from sakimori.law.businesses import businesses
from tests.support.deployment import WORLD

FILE = Path(__file__).parent.parent / "assets" / "fixtures" / "computers.yaml"
_MAKER, _PRODUCT = "架空製作所", "架空装置"


@cache
def _read():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def today():
    """Return the day of asking where a computer names no other."""
    return _read()["asked_on"]


def facilities():
    """Return what is recorded of each facility, by its name in the fixture."""
    return {
        name: FacilityFacts(
            given["designated"], given.get("successor", False), given.get("in_place_since"),
            given.get("order_changed_on"), given.get("successor_start"),
        )
        for name, given in _read()["facilities"].items()
    }  # fmt: skip


def computers():
    """Return the computers of the fixture, each with `facts` as the law's tables ask for them."""
    found = []
    for given in _read()["computers"]:
        one = {"asked_on": today(), "name": given["key"], "maker": _MAKER, "product": _PRODUCT, **given}
        one["facts"] = _facts(given)
        found.append(one)
    return found


def _facts(given):
    unknown = given.get("unknown", [])
    yes = given.get("holds", [])
    facts = {}
    for column in FLAGS:
        name = column.field
        if name in yes:
            facts[name] = True
        elif unknown != "all" and name not in unknown:
            facts[name] = False
    if "line" in given:
        facts["connection"] = given["line"]
    if given.get("serves", "others") != "unknown":
        facts["serves"] = given.get("serves", "others")
    if "designated_item" in given:
        facts["designated_item"] = given["designated_item"]
    return facts


def listed(on: date) -> list[dict[str, Any]]:
    """Return the computers that a list can carry and that are asked about on a day."""
    answered = {name for name, given in _read()["facilities"].items() if "successor_start" in given}
    return [
        one
        for one in computers()
        if one["asked_on"] == on and "designated_item" not in one["facts"] and one["facility"] not in answered
    ]


def facility_name(name: str) -> str:
    """Return what the register calls a facility of the fixture."""
    return f"見本設備 {name}"


def facility_id(name: str, minister: uuid.UUID) -> uuid.UUID:
    """Return the id that `register` gives a facility of the fixture."""
    return uuid.uuid5(minister, name)


def enrol(operator: uuid.UUID, minister: uuid.UUID) -> None:
    """Enrol the fixture's facilities as an operator's, through the door (database needed)."""
    from sakimori.acts import batches, door
    from sakimori.record import SYSTEM
    from sakimori.web import founding

    kind, system = "parties.register.found", SYSTEM(WORLD)
    batch = batches.stage(kind, register(operator, minister), by=system)
    door.commit(door.Request(kind, {"title": "試験"}, system, caused_by=founding.founding_act(), batch=batch.id))


def register(operator: uuid.UUID, minister: uuid.UUID) -> list[dict[str, Any]]:
    """Return the rows of a founding register that enrol the fixture's facilities as an operator's."""
    rows = []
    kinds = [business.key for business in businesses() if business.key != "electricity"]
    for business, (name, given) in zip(kinds, _read()["facilities"].items(), strict=False):
        designation = str(uuid.uuid5(operator, name))
        rows.append(
            {
                "thing": "designation", "id": designation, "organisation": str(operator), "minister": str(minister),
                "business_type": business, "designated_on": str(given["designated"]),
                "successor": given.get("successor", False),
            }
        )  # fmt: skip
        days = {key: str(given[key]) for key in ("in_place_since", "order_changed_on") if key in given}
        rows.append(
            {
                "thing": "facility", "id": str(facility_id(name, minister)), "organisation": str(operator),
                "designation": designation, "name": facility_name(name), "category": f"区分 {name}", **days,
            }
        )  # fmt: skip
    return rows


def as_csv(rows: Iterable[dict[str, Any]], facility: Callable[[str], str] = lambda name: name) -> bytes:
    """Return computers of the fixture as a person's list; `facility` says what the list calls a facility."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.headings[0] for column in COLUMNS])
    for one in rows:
        cells = {name: one[name] for name in ("key", "name", "maker", "product")}
        cells |= {"facility": facility(one["facility"]), "introduced_on": one["introduced"].isoformat()}
        cells["unit"] = UNITS[one["unit"]][0]
        for name, words in (("connection", CONNECTIONS), ("serves", SERVES)):
            if name in one["facts"]:
                cells[name] = words[one["facts"][name]][0]
        flags = {column.field for column in FLAGS}
        cells |= {name: "○" if value else "×" for name, value in one["facts"].items() if name in flags}
        writer.writerow([cells.get(column.field, "") for column in COLUMNS])
    return out.getvalue().encode()
