"""What the upkeep puts on desks: changes to notify, the stocktake, vendors' answers; a vendor's own requests."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from sakimori.acts import clock
from sakimori.assets.upkeep.views_stocktakes import next_on
from sakimori.assets.vendors.views import vendor_of
from sakimori.assets.vendors.views_asked import operator_of
from sakimori.pages import rows_or_none
from sakimori.pages.desks import SOON, Block, Item, urgency
from sakimori.record import Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_VENDORS = every_role("vendor", "contractor", roles=("vendor_contact",))


def _left(viewer: Viewer, day: date | None) -> int | None:
    return None if day is None else (day - clock.today(viewer.world)).days


def _changes(viewer: Viewer) -> Sequence[Item] | None:
    """How many computers changed in what was notified, and by when the first must be notified."""
    rows = rows_or_none(viewer, "assets.change_sums")
    if rows is None:
        return None
    sums = rows[0]
    if not sums["computers"]:
        return []
    days = _left(viewer, sums["due_on"])
    told = ngettext("%(n)d computer has changed", "%(n)d computers have changed", sums["computers"])
    return [
        Item(
            told % {"n": sums["computers"]},
            f"{reverse('assets:changes')}?state=waiting",
            urgency=urgency(days),
            due=sums["due_on"],
            days=days,
            basis="強化法4(3)",
            tag=gettext("to be notified"),
        )
    ]


def _stocktake(viewer: Viewer) -> Sequence[Item] | None:
    """The stocktake under way with the lists not answered; else the next one, once it is near."""
    rows = rows_or_none(viewer, "assets.stocktakes")
    settings = rows_or_none(viewer, "assets.upkeep_settings")
    if rows is None or settings is None:
        return None
    running = next((row for row in rows if row["status"] == "open"), None)
    if running is not None:
        days = _left(viewer, running["answer_by"])
        silent = running["lists_in"] - running["answered"]
        told = ngettext("%(n)d list is not answered yet", "%(n)d lists are not answered yet", silent) % {"n": silent}
        return [
            Item(
                running["title"],
                reverse("assets:stocktake", args=[running["id"]]),
                told,
                urgency=urgency(days) if silent else "waiting",
                due=running["answer_by"],
                days=days,
                is_target=True,
                tag="" if silent else gettext("close it"),
            )
        ]
    following = next_on(rows, settings[0]["stocktake_months"])
    days = _left(viewer, following)
    if days is None or days > SOON:
        return []
    return [
        Item(
            gettext("The next stocktake"), reverse("assets:stocktakes"), urgency=urgency(days), due=following,
            days=days, is_target=True, tag=gettext("start it"),
        )
    ]  # fmt: skip


def _vendors(viewer: Viewer) -> Sequence[Item] | None:
    """Requests to vendors: those with answers to look at, and those still waiting."""
    rows = rows_or_none(viewer, "assets.vendor_requests")
    if rows is None:
        return None
    items = []
    for row in rows:
        if row["status"] not in ("open", "answered"):
            continue
        days = _left(viewer, row["due_on"])
        told = ngettext("%(n)d answer to look at", "%(n)d answers to look at", row["to_take"]) % {"n": row["to_take"]}
        items.append(
            Item(
                f"{row['number']} {vendor_of(row)}",
                reverse("assets:vendor_request", args=[row["id"]]),
                told if row["to_take"] else "",
                urgency="waiting" if row["to_take"] else urgency(days),
                due=row["due_on"],
                days=days,
                is_target=True,
                tag="" if row["to_take"] else gettext("waiting for the vendor"),
            )
        )
    return items


def _asked(viewer: Viewer) -> Sequence[Item] | None:
    """What operators ask this vendor and it has not answered whole."""
    rows = rows_or_none(viewer, "assets.requests_to_us", status="open")
    if rows is None:
        return None
    items = []
    for row in rows:
        days = _left(viewer, row["due_on"])
        left = row["rows"] - row["answered"]
        items.append(
            Item(
                f"{row['number']} {operator_of(row)}",
                reverse("assets:asked_request", args=[row["id"]]),
                ngettext("%(n)d row to answer", "%(n)d rows to answer", left) % {"n": left},
                urgency=urgency(days),
                due=row["due_on"],
                days=days,
                is_target=True,
                tag=gettext("to be answered"),
            )
        )
    return items


BLOCKS = (
    Block(
        "assets.changes",
        gettext_noop("Changes to notify"),
        gettext_noop("No change waits to be notified."),
        _changes,
        _OPERATORS,
        ("assets:changes", gettext_noop("All changes")),
        counted=False,
    ),
    Block(
        "assets.stocktakes",
        gettext_noop("Stocktake"),
        gettext_noop("No stocktake is under way or due."),
        _stocktake,
        _OPERATORS,
        ("assets:stocktakes", gettext_noop("Stocktakes")),
    ),
    Block(
        "assets.vendor_requests",
        gettext_noop("Answers of vendors"),
        gettext_noop("No request to a vendor is open."),
        _vendors,
        _OPERATORS,
        ("assets:vendor_requests", gettext_noop("Requests to vendors")),
    ),
    Block(
        "assets.asked",
        gettext_noop("Requests from operators"),
        gettext_noop("No operator asks you for anything just now."),
        _asked,
        _VENDORS,
        ("assets:asked", gettext_noop("All requests")),
    ),
)
