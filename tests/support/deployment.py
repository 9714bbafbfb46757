"""A deployment for in-process tests: its description is written before Django starts, its parties through the door."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sakimori.text import Text
from sakimori.web import founding

NAME = "test"
WORLD = "sample"
REHEARSAL = "sample-rehearsal"
TODAY = "2026-11-24"


def write_home(home: Path, name: str = NAME, url: str = "http://127.0.0.1:1") -> None:
    """Found a deployment with a sample world of a fixed date and its rehearsal world in `home`."""
    founding.write_home(
        home,
        name=name,
        edition="authority",
        title=Text("試験", "Test"),
        worlds={WORLD: {"date": TODAY}, REHEARSAL: {"of": WORLD, "rehearsal": True}},
        default_world=WORLD,
        url=url,
    )
    described = home / "deployment.json"
    networks = {"webhook_networks": ["127.0.0.1/32", "::1/128"]}  # what tests listen on
    described.write_text(json.dumps(json.loads(described.read_text()) | networks), encoding="utf-8")


def fixed(name: str) -> uuid.UUID:
    """Return the same id for the same name in every test."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"sakimori-test/{name}")


ORGANISATIONS = {
    "power": ("operator", "架空電力", "Fictitious Power"),
    "rail": ("operator", "架空鉄道", "Fictitious Rail"),
    "meti": ("ministry", "経済産業大臣（架空）", "Minister A (fictitious)"),
    "mlit": ("ministry", "国土交通大臣（架空）", "Minister B (fictitious)"),
    "bureau": ("regional_bureau", "架空経済産業局", "Fictitious bureau"),
    "cabinet": ("cabinet_office", "内閣府（架空）", "Cabinet Office (fictitious)"),
    "committee": ("committee", "監理委員会（架空）", "Committee (fictitious)"),
    "ppc": ("ppc", "個人情報保護委員会（架空）", "PPC (fictitious)"),
    "police": ("police", "警察（架空）", "Police (fictitious)"),
    "sector": ("sector_body", "架空セプター", "Fictitious sector body"),
    "vendor": ("vendor", "架空ベンダー", "Fictitious vendor"),
    "carrier": ("carrier", "架空通信", "Fictitious carrier"),
}
ROLES = {
    "operator": ("reporter", "approver", "viewer", "administrator"),
    "ministry": ("intake", "officer", "decider", "administrator"),
    "regional_bureau": ("intake", "officer", "decider"),
    "cabinet_office": ("intake", "analyst", "officer", "decider", "administrator"),
    "committee": ("chair", "member", "secretariat", "inspector"),
    "ppc": ("liaison",),
    "police": ("liaison",),
    "sector_body": ("liaison",),
    "vendor": ("vendor_contact",),
    "carrier": ("liaison",),
}


@dataclass(frozen=True, slots=True)
class Parties:
    """The ids of the test parties, by name."""

    def organisation(self, name: str) -> uuid.UUID:
        """Return an organisation's id."""
        return fixed(name)

    def person(self, organisation: str, role: str) -> uuid.UUID:
        """Return the id of the person who holds a role in an organisation."""
        return fixed(f"{organisation}.{role}")


def register() -> list[dict[str, object]]:
    """Return the rows of the founding register: every organisation, one person a role, two designated operators."""
    rows: list[dict[str, object]] = []
    for name, (kind, ja, en) in ORGANISATIONS.items():
        parent = str(fixed("meti")) if kind == "regional_bureau" else None
        rows.append(
            {
                "thing": "organisation", "id": str(fixed(name)), "type": kind, "name_ja": ja, "name_en": en,
                "deployment": NAME, "parent": parent, "fictitious": True,
            }
        )  # fmt: skip
        for role in ROLES[kind]:
            person = str(fixed(f"{name}.{role}"))
            rows.append({"thing": "person", "id": person, "name_ja": f"{ja} {role}", "fictitious": True})
            rows.append(
                {
                    "thing": "membership", "person": person, "organisation": str(fixed(name)), "role": role,
                    "valid_from": "2026-04-01",
                }
            )  # fmt: skip
    for operator, minister, bureau, category in (
        ("power", "meti", "bureau", "発電設備の監視制御システム"),
        ("rail", "mlit", None, "列車運行管理システム"),
    ):
        rows.append(
            {
                "thing": "designation", "id": str(fixed(f"{operator}.designation")),
                "organisation": str(fixed(operator)), "business_type": "electricity" if operator == "power" else "rail",
                "minister": str(fixed(minister)), "bureau": str(fixed(bureau)) if bureau else None,
                "designated_on": "2023-11-17",
            }
        )  # fmt: skip
        rows.append(
            {
                "thing": "facility", "id": str(fixed(f"{operator}.facility")), "organisation": str(fixed(operator)),
                "designation": str(fixed(f"{operator}.designation")), "name": f"{operator} 第一", "category": category,
                "in_place_since": "2015-04-01",
            }
        )  # fmt: skip
    return rows


@contextmanager
def operator_edition() -> Iterator[None]:
    """Make the tests' home an operator's own installation for a while: it alone holds the private inventory."""
    from django.conf import settings

    before = settings.SAKIMORI_DEPLOYMENT
    settings.SAKIMORI_DEPLOYMENT = {**before, "edition": "operator"}
    try:
        yield
    finally:
        settings.SAKIMORI_DEPLOYMENT = before


def enrol() -> Parties:
    """Enrol the test parties through the door (database needed) and return their ids."""
    from sakimori.acts import batches, door
    from sakimori.record import SYSTEM

    system = SYSTEM(WORLD)
    batch = batches.stage("parties.register.found", register(), by=system)
    door.commit(
        door.Request(
            "parties.register.found", {"title": "試験"}, system, caused_by=founding.founding_act(), batch=batch.id
        )
    )
    return Parties()


def viewer(organisation: str, role: str, world: str = WORLD):
    """Return the viewer of a role in a test organisation."""
    from sakimori.record import Viewer

    kind = ORGANISATIONS[organisation][0]
    return Viewer(fixed(f"{organisation}.{role}"), fixed(organisation), kind, role, world)
