"""Names for the ids that a viewer's own rows carry: organisations and the people of the viewer's own organisation."""

import uuid
from collections.abc import Iterable

from django.utils.translation import get_language

from sakimori.acts import clock
from sakimori.parties.models import Organisation, Person
from sakimori.record import Viewer


def organisations(viewer: Viewer, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Return the names of organisations by id; give only ids that a reading has shown to this viewer."""
    wanted = {one for one in ids if one is not None}
    field = "name_en" if (get_language() or "").startswith("en") else "name_ja"
    rows = Organisation.objects.filter(id__in=wanted, world=clock.world(viewer.world).base).values_list("id", field)
    return dict(rows)


def organisation(viewer: Viewer, one: uuid.UUID | None) -> str:
    """Return the name of one organisation, empty where there is none."""
    return organisations(viewer, [one]).get(one, "") if one else ""


def people(viewer: Viewer, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Return the names of people by id, those of the viewer's own organisation only."""
    wanted = {one for one in ids if one is not None}
    rows = Person.objects.filter(
        id__in=wanted,
        world=clock.world(viewer.world).base,
        memberships__organisation=viewer.acting_organisation,
    )
    return dict(rows.values_list("id", "name_ja").distinct())
