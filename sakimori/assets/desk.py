"""What this room puts on desks: computers yet to be notified, notifications that arrived, who has notified at all."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from sakimori import law
from sakimori.acts import authority, clock
from sakimori.assets import saying
from sakimori.assets.supervision import desk as supervision
from sakimori.assets.upkeep import desk as upkeep
from sakimori.pages import rows_or_none
from sakimori.pages.desks import Block, Item, urgency
from sakimori.pages.finding import Find
from sakimori.pages.names import organisations
from sakimori.pages.tables import shown
from sakimori.record import Viewer, every_role

_TO_THE_PM = "assets.notification.pass_on"
_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_MINISTRIES = every_role("ministry", roles=("intake", "officer", "decider"))


def _register(viewer: Viewer) -> list[Item] | None:
    """How the operator's own register stands: one line a state, so that nothing open is overlooked."""
    rows = rows_or_none(viewer, "assets.summary")
    if rows is None:
        return None
    summary = rows[0]
    if not summary["all"]:
        return []
    address = reverse("assets:register")
    open_ones = summary["open"]
    found = [
        Item(
            ngettext("%(count)d computer in the register", "%(count)d computers in the register", summary["all"])
            % {"count": summary["all"]},
            address,
            gettext(", ").join(
                f"{saying.say(saying.STATUS, state)}: {count}" for state, count in sorted(summary["status"].items())
            ),
        )
    ]
    if open_ones:
        told = ngettext("%(count)d computer has an open question", "%(count)d computers have open questions", open_ones)
        found.append(Item(told % {"count": open_ones}, reverse("assets:scoping"), tag=gettext("to be answered")))
    return found


def _arrived(viewer: Viewer) -> list[Item] | None:
    """Notifications that arrived and have not been passed on to the Prime Minister (強化法4条2項)."""
    rows = rows_or_none(viewer, "assets.arrivals")
    if rows is None:
        return None
    called = organisations(viewer, {row["organisation"] for row in rows})
    passes = authority.allowed_by_role(law.kind(_TO_THE_PM), viewer.organisation_type, viewer.role)
    return [
        Item(
            gettext("Notification of “%(who)s”") % {"who": called.get(row["organisation"], "")},
            reverse("assets:notification", args=[row["id"]]),
            urgency="waiting",
            since=row["arrived_at"],
            basis="強化法4(2)",
            tag=gettext("check and pass on") if passes else gettext("to check"),
        )
        for row in rows
    ]


def _standing(viewer: Viewer) -> list[Item] | None:
    """Who of this minister's designated operators has notified, and who has not: the silent first."""
    rows = rows_or_none(viewer, "assets.standing")
    if rows is None:
        return None
    called = organisations(viewer, {row["organisation"] for row in rows})
    today = clock.today(viewer.world)
    silent = [
        Item(
            called.get(row["organisation"], ""),
            urgency=urgency((row["due_on"] - today).days) if row["due_on"] else "",
            due=row["due_on"],
            days=(row["due_on"] - today).days if row["due_on"] else None,
            basis=row["basis"],
            tag=gettext("nothing notified yet"),
        )
        for row in rows
        if row["state"] in ("waiting", "late")
    ]
    told = [
        Item(
            called.get(row["organisation"], ""),
            reverse("assets:standing"),
            ngettext("%(count)d notification", "%(count)d notifications", row["notifications"])
            % {"count": row["notifications"]},
            since=row["last_at"],
            tag=gettext("states that it has none") if row["state"] == "states_none" else "",
        )
        for row in rows
        if row["state"] not in ("waiting", "late")
    ]
    by_name = (get_language() or "ja").startswith("en")
    return [*silent, *sorted(told, key=lambda one: one.title.casefold() if by_name else one.title)]


FINDS = (
    Find(
        "assets.register",
        gettext_noop("Critical computers"),
        "assets.register",
        lambda row: f"{row['key']} {row['name']}" if row["key"] else "",
        lambda row: reverse("assets:computer", args=[row["id"]]),
        lambda row: f"{row['maker']} {row['product']}",
    ),
    Find(
        "assets.notifications",
        gettext_noop("Notifications"),
        "assets.notifications",
        lambda row: row["facility_category"] or gettext("Notification"),
        lambda row: reverse("assets:notification", args=[row["id"]]),
        lambda row: f"{shown(row['filed_at'])} {saying.say(saying.STATE, row['status'])}",
        organisations=("organisation", "minister"),
    ),
    Find(
        "assets.products",
        gettext_noop("Notified products"),
        "assets.products",
        lambda row: f"{row['maker']} {row['product']}" if row["product"] else "",
        lambda row: f"{reverse('assets:products')}?{urlencode({'q': row['product'] or ''})}",
        organisations=("organisation",),
    ),
)
NAMES = {"assets.duty": "assets.duty_names", "assets.notification": "assets.notification_names"}
BLOCKS = (
    *upkeep.BLOCKS,
    *supervision.BLOCKS,
    Block(
        "assets.register",
        gettext_noop("Critical computers"),
        gettext_noop("The register is empty. Import your list of computers: the law is applied to each of them."),
        _register,
        _OPERATORS,
        ("assets:register", gettext_noop("Open the register")),
        asks=False,
        counted=False,
    ),
    Block(
        "assets.arrived",
        gettext_noop("Notifications that have not been passed on"),
        gettext_noop("Every notification that arrived has been passed on."),
        _arrived,
        _MINISTRIES,
        ("assets:checking", gettext_noop("Notifications to check")),
    ),
    Block(
        "assets.standing",
        gettext_noop("Your sector: who has notified"),
        gettext_noop("No operator is designated to this minister here."),
        _standing,
        _MINISTRIES,
        ("assets:standing", gettext_noop("Who has filed, who is late")),
        asks=False,
    ),
)
