"""What this room puts on desks: selected information whose last day comes near."""

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from sakimori.acts import clock
from sakimori.custody.queries import OFFICE
from sakimori.pages import rows_or_none
from sakimori.pages.desks import Block, Item, urgency
from sakimori.pages.tables import shown
from sakimori.record import Viewer


def _kept(viewer: Viewer) -> list[Item] | None:
    """What is kept, with its last day; the system erases it by itself after that day (強化法26条)."""
    rows = rows_or_none(viewer, "custody.clocks")
    if rows is None:
        return None
    today = clock.today(viewer.world)
    found = []
    for row in rows:
        days = (row["retained_until"] - today).days
        said = ngettext("%(count)d record kept", "%(count)d records kept", row["kept_flows"])
        found.append(
            Item(
                gettext("Selection of %(day)s") % {"day": shown(row["recorded_at"].astimezone(clock.TOKYO).date())},
                reverse("custody:selection", args=[row["id"]]),
                said % {"count": row["kept_flows"]},
                urgency=urgency(days),
                due=row["retained_until"],
                days=days,
                tag=gettext("kept no longer than this day"),
            )
        )
    return sorted(found, key=lambda one: one.order)


BLOCKS = (
    Block(
        "custody.kept",
        gettext_noop("Selected information and its last day"),
        gettext_noop("Nothing is kept."),
        _kept,
        OFFICE,
        ("custody:index", gettext_noop("All selections")),
        asks=False,
    ),
)
