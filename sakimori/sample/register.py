"""The founding register of each installation of the sample world, as `parties.register.found` takes it."""

from collections.abc import Iterator
from datetime import date

from sakimori.sample.organisations import Designation, Facility, Organisation, Person, SampleWorld, identifier


def register(world: SampleWorld, deployment: str) -> Iterator[dict[str, object]]:
    """Yield the rows for one installation, references after what they name.

    Every installation knows all organisations. Of people, designations and facilities it knows those of the
    organisations it hosts; the authority edition also knows every designation, for ministers keep that list, but no
    facility of an operator that runs its own installation.
    """
    for organisation in world.organisations.values():
        yield _organisation_row(organisation)
    hosted = {one.key for one in world.hosted_by(deployment)}
    for person in world.people.values():
        if person.organisation in hosted:
            yield from _person_rows(person, world.people_since)
    for designation in world.designations.values():
        at_home = designation.operator in hosted
        if at_home or world.deployments[deployment].edition == "authority":
            yield _designation_row(designation)
        if at_home:
            yield from (_facility_row(designation, facility) for facility in designation.facilities)


def _organisation_row(one: Organisation) -> dict[str, object]:
    return {
        "thing": "organisation",
        "id": str(one.id),
        "type": one.type,
        "name_ja": one.name.ja,
        "name_en": one.name.en,
        "corporate_number": one.corporate_number,
        "ministry_code": one.code,
        "location": one.location,
        "parent": str(identifier("organisation", one.parent)) if one.parent else None,
        "deployment": one.deployment,
        "fictitious": True,
    }


def _person_rows(one: Person, since: date) -> Iterator[dict[str, object]]:
    yield {
        "thing": "person",
        "id": str(one.id),
        "name_ja": one.name.ja,
        "name_en": one.name.en,
        "email": one.email,
        "fictitious": True,
    }
    yield {
        "thing": "membership",
        "id": str(identifier("membership", one.key)),
        "person": str(one.id),
        "organisation": str(identifier("organisation", one.organisation)),
        "role": one.role,
        "valid_from": since.isoformat(),
    }


def _designation_row(one: Designation) -> dict[str, object]:
    return {
        "thing": "designation",
        "id": str(one.id),
        "organisation": str(identifier("organisation", one.operator)),
        "business_type": one.business,
        "minister": str(identifier("organisation", one.minister)),
        "bureau": str(identifier("organisation", one.bureau)),
        "designated_on": one.designated.isoformat(),
    }


def _facility_row(designation: Designation, one: Facility) -> dict[str, object]:
    return {
        "thing": "facility",
        "id": str(one.id),
        "organisation": str(identifier("organisation", designation.operator)),
        "designation": str(designation.id),
        "name": one.name,
        "category": one.category,
        "in_place_since": one.in_place.isoformat(),
    }
