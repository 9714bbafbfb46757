"""Everybody the matrix asks: one organisation of every type, one person in every role, on side A or on none.

Side A is the operator `power` with its minister `meti`; side B the operator `rail` with its minister `mlit`. The
viewers asked are all of side A or of neither; the things they ask for are A's, B's, and nobody's.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tests.support import deployment
from tests.support.deployment import NAME, ORGANISATIONS, ROLES, WORLD, fixed

if TYPE_CHECKING:
    from sakimori.record import Viewer

EVERY_TYPE = (
    "operator", "vendor", "contractor", "ministry", "regional_bureau", "cabinet_office", "committee", "ppc", "police",
    "defence", "sector_body", "carrier", "ipa", "nict", "jpcert", "council_associate", "foreign_government",
)  # fmt: skip
EVERY_ROLE = (
    "reporter", "approver", "viewer", "vendor_contact", "intake", "officer", "decider", "analyst", "chair", "member",
    "secretariat", "inspector", "liaison", "administrator",
)  # fmt: skip
_HOUSED = {kind: name for name, (kind, *_) in reversed(ORGANISATIONS.items())}
_REAL_ROLES = {
    **ROLES,
    "contractor": ("vendor_contact",), "defence": ("liaison",), "ipa": ("liaison",), "nict": ("liaison",),
    "jpcert": ("liaison",), "council_associate": ("liaison",), "foreign_government": ("liaison",),
}  # fmt: skip


def organisation_of(kind: str) -> str:
    """Return the name of the organisation of a type that the matrix asks: `power`, `meti`, … or one added here."""
    return _HOUSED.get(kind, f"any-{kind}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked: an organisation type and a role."""

    type: str
    role: str

    def __str__(self) -> str:
        return f"{self.type}/{self.role}"

    @property
    def organisation(self) -> str:
        """Return the organisation's name."""
        return organisation_of(self.type)

    def viewer(self, world: str = WORLD) -> "Viewer":
        """Return this person as a viewer."""
        from sakimori.record import Viewer

        return Viewer(fixed(f"{self.organisation}.{self.role}"), fixed(self.organisation), self.type, self.role, world)


def pairs() -> list[Asked]:
    """Return every pair of organisation type and role there could be, sensible or not."""
    return [Asked(kind, role) for kind in EVERY_TYPE for role in EVERY_ROLE]


def people() -> list[Asked]:
    """Return the pairs that exist in real life: those who get pages and API to see."""
    return [Asked(kind, role) for kind in EVERY_TYPE for role in _REAL_ROLES[kind]]


def enrol() -> None:
    """Enrol the test parties, and whoever is missing for every pair to exist, through the door."""
    from django.db import transaction

    from sakimori.acts import batches, door
    from sakimori.parties.models import Membership
    from sakimori.record import SYSTEM, open_door
    from sakimori.web import founding

    deployment.enrol()
    there = {(name, role) for name, (kind, *_) in ORGANISATIONS.items() for role in ROLES[kind]}
    rows: list[dict[str, object]] = [
        {
            "thing": "organisation", "id": str(fixed(organisation_of(kind))), "type": kind, "name_ja": f"架空{kind}",
            "name_en": f"Fictitious {kind}", "deployment": NAME, "fictitious": True,
        }
        for kind in EVERY_TYPE
        if organisation_of(kind) not in ORGANISATIONS
    ]  # fmt: skip
    seats = []
    for asked in pairs():
        if (asked.organisation, asked.role) in there:
            continue
        person = str(fixed(f"{asked.organisation}.{asked.role}"))
        rows.append({"thing": "person", "id": person, "name_ja": f"架空 {asked.role}", "fictitious": True})
        seats.append(asked)
    system = SYSTEM(WORLD)
    batch = batches.stage("parties.register.found", rows, by=system)
    request = door.Request(
        "parties.register.found", {"title": "試験"}, system, caused_by=founding.founding_act(), batch=batch.id
    )
    door.commit(request)
    with transaction.atomic(), open_door("roles no act gives: the door must refuse their holders all the same"):
        for asked in seats:
            Membership.objects.create(
                person_id=fixed(f"{asked.organisation}.{asked.role}"), organisation_id=fixed(asked.organisation),
                role=asked.role, valid_from=date(2026, 4, 1), world=WORLD,
            )  # fmt: skip
