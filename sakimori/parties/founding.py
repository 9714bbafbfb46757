"""The founding register: the first rows of a deployment, as `parties.register.found` takes them.

Its own organisation, the authorities everybody deals with, and the first people. Where an authority is not hosted here
and nobody has said where it is, its deployment is `UNCONNECTED`: what is filed to it goes by paper, mail or portal.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sakimori.law.authorities import Authority, authorities

UNCONNECTED = "unconnected"


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Somebody to begin with: names, mail, log-in name and roles in the deployment's own organisation."""

    name_ja: str
    login: str
    name_en: str = ""
    email: str = ""
    roles: tuple[str, ...] = ("administrator",)
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    """The organisation a deployment is for; an authority is one of the law's, known by its code."""

    type: str
    name_ja: str
    name_en: str
    corporate_number: str = ""
    address: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def of_authority(one: Authority) -> OwnOrganisation:
    """Return an authority as the organisation a deployment is for."""
    return OwnOrganisation(one.type, one.name.ja, one.name.en, id=one.id)


def rows(
    deployment: str, own: OwnOrganisation, hosted: Sequence[str], people: Sequence[FirstPerson], today: date
) -> Iterator[dict[str, object]]:
    """Yield the register's rows, each after what it refers to; `hosted`: codes of the authorities hosted here."""
    codes = {one.id: one.code for one in authorities()}
    if own.id not in codes:
        yield {
            "thing": "organisation", "id": str(own.id), "type": own.type, "name_ja": own.name_ja,
            "name_en": own.name_en, "corporate_number": own.corporate_number, "address": own.address,
            "deployment": deployment,
        }  # fmt: skip
    for one in authorities():
        here = one.id == own.id or one.code in hosted
        yield {
            "thing": "organisation", "id": str(one.id), "type": one.type, "name_ja": one.name.ja,
            "name_en": one.name.en, "ministry_code": one.code if one.type == "ministry" else "",
            "deployment": deployment if here else UNCONNECTED,
        }  # fmt: skip
    for person in people:
        yield {
            "thing": "person", "id": str(person.id), "name_ja": person.name_ja, "name_en": person.name_en,
            "email": person.email,
        }  # fmt: skip
        for role in person.roles:
            yield {
                "thing": "membership", "person": str(person.id), "organisation": str(own.id), "role": role,
                "valid_from": today.isoformat(),
            }  # fmt: skip
