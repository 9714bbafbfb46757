"""What this room puts on desks: what was matched last, and analyses provided to a minister."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from sakimori.acts import clock
from sakimori.analysis.queries import CABINET, MINISTRIES
from sakimori.pages import rows_or_none
from sakimori.pages.desks import Block, Item
from sakimori.pages.finding import Find
from sakimori.pages.tables import shown
from sakimori.record import Viewer


def _matched(viewer: Viewer) -> list[Item] | None:
    """How many findings there are by how sure they are; whom they concern is on the room's own page."""
    rows = rows_or_none(viewer, "analysis.state")
    if rows is None:
        return None
    words = {
        "suggested": gettext("suggestions a person has to decide on"),
        "alias": gettext("the same product under another name"),
        "exact": gettext("exactly the product notified"),
    }
    return [
        Item(
            words.get(row["grade"], row["grade"]),
            reverse("analysis:findings"),
            ngettext("%(count)d finding", "%(count)d findings", row["count"]) % {"count": row["count"]},
        )
        for row in rows
    ]


def _provided(viewer: Viewer) -> list[Item] | None:
    """Analyses the Prime Minister provided to this minister (強化法38条)."""
    rows = rows_or_none(viewer, "analysis.provided")
    if rows is None:
        return None
    return [
        Item(
            gettext("Analysis of %(day)s") % {"day": shown(row["provided_at"].astimezone(clock.TOKYO).date())},
            reverse("analysis:assessment", args=[row["id"]]),
            since=row["provided_at"],
            basis="強化法38",
            tag=gettext("consider a warning"),
        )
        for row in rows
    ]


FINDS = (
    Find(
        "analysis.advisories",
        gettext_noop("Advisories"),
        "analysis.advisories",
        lambda row: f"{row['identifier']} {row['title']}",
        lambda row: f"{reverse('analysis:advisories')}?{urlencode({'q': row['identifier']})}",
        lambda row: f"{row['vendor']} {row['product']}",
    ),
    Find(
        "analysis.assessments",
        gettext_noop("Analyses"),
        "analysis.assessments",
        lambda row: row["title"] or "",
        lambda row: reverse("analysis:assessment", args=[row["id"]]),
        lambda row: shown(row["provided_at"]),
        organisations=("minister",),
    ),
)
BLOCKS = (
    Block(
        "analysis.matched",
        gettext_noop("Advisories and notified products"),
        gettext_noop("Nothing has been matched. Load an advisory source and run the matching."),
        _matched,
        CABINET,
        ("analysis:findings", gettext_noop("All findings")),
        asks=False,
    ),
    Block(
        "analysis.provided",
        gettext_noop("Analyses provided to you"),
        gettext_noop("No analysis has been provided to this minister."),
        _provided,
        MINISTRIES,
        ("analysis:assessments", gettext_noop("All analyses")),
        asks=False,
    ),
)
