"""What an operator decided about the files of a source, kept for the next one (desk rows of one organisation)."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from sakimori.acts import clock
from sakimori.assets.models import SourceProfile
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.legend import Legend
from sakimori.assets.taking import Remembered
from sakimori.record import Viewer


def remembered(viewer: Viewer, source: str) -> Remembered:
    """Return what finds the legend remembered for a source's headings; any source's where this one has none."""

    def find(heading: Sequence[str]) -> Legend | None:
        mine = _mine(viewer).filter(headings=legends.digest(heading)).exclude(mapping={})
        found = mine.filter(source=source).first() or mine.order_by("-saved_at").first()
        return legends.from_dict(found.mapping) if found else None

    return find


def remember(viewer: Viewer, source: str, heading: Sequence[str], legend: Legend) -> None:
    """Keep a legend for the next file of the source with these headings."""
    SourceProfile.objects.update_or_create(
        world=viewer.world,
        organisation=viewer.acting_organisation,
        source=source,
        headings=legends.digest(heading),
        defaults={"mapping": legend.as_dict(), "person": viewer.person, "saved_at": clock.now(viewer.world)},
    )


def precedence(viewer: Viewer, source: str) -> dict[str, str]:
    """Return by field whether a source prevails over the others (`take`) or not (`keep`), as decided before."""
    found = _mine(viewer).filter(source=source, headings="").first()
    return dict(found.precedence) if found else {}


def prefer(viewer: Viewer, source: str, decided: Mapping[str, str]) -> None:
    """Keep by field whether a source prevails, for the next file."""
    SourceProfile.objects.update_or_create(
        world=viewer.world,
        organisation=viewer.acting_organisation,
        source=source,
        headings="",
        defaults={
            "precedence": {**precedence(viewer, source), **decided},
            "person": viewer.person,
            "saved_at": clock.now(viewer.world),
        },
    )


def sources(viewer: Viewer) -> list[str]:
    """Return the names of the operator's sources, for choosing one again."""
    return sorted(set(_mine(viewer).values_list("source", flat=True)))


def _mine(viewer: Viewer) -> QuerySet[SourceProfile]:
    return SourceProfile.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
