"""What this room puts on desks: requests the committee has not decided, and approvals that run out."""

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from sakimori.acts import clock
from sakimori.measures.queries import APPROVED, OFFICE
from sakimori.pages import rows_or_none
from sakimori.pages.desks import SOON, Block, Item, urgency
from sakimori.pages.finding import Find
from sakimori.pages.words import choice
from sakimori.record import Viewer


def _open(viewer: Viewer) -> list[Item] | None:
    """Measures under way: asked for, or approved with their last day."""
    rows = rows_or_none(viewer, "measures.measures")
    if rows is None:
        return None
    today = clock.today(viewer.world)
    found = []
    for row in rows:
        link = reverse("measures:measure", args=[row["id"]])
        basis = f"強化法{row['basis']}"
        if row["status"] in ("filed", "arrived"):
            tag = gettext("the committee has not decided yet")
            found.append(Item(gettext("Request for approval"), link, since=row["filed_at"], basis=basis, tag=tag))
        elif row["status"] in APPROVED and row["valid_until"]:
            days = (row["valid_until"] - today).days
            tag = gettext("runs out soon") if days <= SOON else gettext("approved")
            found.append(
                Item(
                    gettext("Measure %(number)s") % {"number": row["number"]},
                    link,
                    urgency=urgency(days) if days <= SOON else "",
                    due=row["valid_until"],
                    days=days,
                    basis=basis,
                    tag=tag,
                )
            )
    return found


FINDS = (
    Find(
        "measures.measures",
        gettext_noop("Measures"),
        "measures.measures",
        lambda row: (
            gettext("Measure %(number)s") % {"number": row["number"]}
            if row["number"]
            else gettext("Request for approval")
        ),
        lambda row: reverse("measures:measure", args=[row["id"]]),
        lambda row: choice(row["status"]),
    ),
)
BLOCKS = (
    Block(
        "measures.open",
        gettext_noop("Measures under way"),
        gettext_noop("No measure is asked for or approved."),
        _open,
        OFFICE,
        ("measures:index", gettext_noop("All measures")),
    ),
)
