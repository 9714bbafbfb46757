"""What this room puts on desks: matters the committee has to decide, and notices with something wrong in them."""

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from sakimori.oversight.queries import COMMITTEE
from sakimori.pages import rows_or_none
from sakimori.pages.desks import Block, Item
from sakimori.pages.finding import Find
from sakimori.pages.tables import shown
from sakimori.record import Viewer


def _docket(viewer: Viewer) -> list[Item] | None:
    rows = rows_or_none(viewer, "oversight.docket", status="open")
    if rows is None:
        return None
    return [
        Item(
            gettext("Matter %(number)s") % {"number": row["number"]},
            reverse("oversight:matter", args=[row["id"]]),
            urgency="waiting",
            since=row["received_at"],
            basis=f"強化法{row['basis']}",
            tag=gettext("to be decided"),
        )
        for row in rows
    ]


def _findings(viewer: Viewer) -> list[Item] | None:
    rows = rows_or_none(viewer, "oversight.notices")
    if rows is None:
        return None
    return [
        Item(
            gettext("Notice of the handling"),
            reverse("oversight:notice", args=[row["id"]]),
            ngettext("%(count)d finding", "%(count)d findings", len(row["findings"])) % {"count": len(row["findings"])},
            urgency="waiting",
            since=row["received_at"],
            tag=gettext("to be looked into"),
        )
        for row in rows
        if row["findings"]
    ]


FINDS = (
    Find(
        "oversight.docket",
        gettext_noop("Docket"),
        "oversight.docket",
        lambda row: gettext("Matter %(number)s") % {"number": row["number"]},
        lambda row: reverse("oversight:matter", args=[row["id"]]),
        lambda row: shown(row["received_at"]),
    ),
)
BLOCKS = (
    Block(
        "oversight.docket",
        gettext_noop("Docket"),
        gettext_noop("Nothing waits for a decision of the committee."),
        _docket,
        COMMITTEE,
        ("oversight:index", gettext_noop("The whole docket")),
    ),
    Block(
        "oversight.findings",
        gettext_noop("Notices with findings"),
        gettext_noop("Nothing is wrong with any notice: authorities, periods, counts and digests agree."),
        _findings,
        COMMITTEE,
        ("oversight:notices", gettext_noop("All notices of the handling")),
    ),
)
