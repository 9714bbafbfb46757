"""What the duties, notifications and computers of this room are called: where a clock or a filing is about one."""

import uuid
from collections.abc import Iterable
from typing import Any

from sakimori.acts import clock
from sakimori.acts.listed import ids_listed
from sakimori.assets.models import Computer, Duty, Notification
from sakimori.assets.renaming import CHANGES
from sakimori.parties.models import Facility, Organisation
from sakimori.record import Query, Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_OFFICES = every_role("ministry", roles=("intake", "officer", "decider")) | every_role(
    "cabinet_office", roles=("intake", "analyst", "officer", "decider")
)


def _duties(viewer: Viewer, *, about: str = "") -> Iterable[dict[str, Any]]:
    """The facility's name of each of the viewer's own duties named in `about` (ids, by comma)."""
    own = Duty.objects.filter(
        id__in=ids_listed(about), world=viewer.world, organisation=viewer.acting_organisation
    ).values_list("id", "facility")
    facilities = _names(Facility, viewer, {facility for _, facility in own})
    for duty, facility in own:
        yield {"id": duty, "name": facilities.get(facility, "")}


def _keys(viewer: Viewer, *, about: str = "") -> Iterable[dict[str, Any]]:
    """The keys of the operator's own computers named in `about` (ids, by comma)."""
    mine = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    rows: Iterable[dict[str, Any]] = mine.filter(id__in=ids_listed(about)).values("id", "key", "labels", "owner")
    return rows


def _notifications(viewer: Viewer, *, about: str = "") -> Iterable[dict[str, Any]]:
    """The operator's name of each notification to the viewer's office named in `about` (ids, by comma).

    `settled_by` is the kind that passes this very filing on: 強化法4条2項, for a change 4項.
    """
    found = Notification.objects.filter(id__in=ids_listed(about), world=viewer.world, side="minister")
    if viewer.organisation_type == "ministry":
        found = found.filter(minister=viewer.acting_organisation)
    else:
        found = found.exclude(passed_on_at=None)
    rows = list(found.values_list("id", "organisation", "what"))
    operators = _names(Organisation, viewer, {operator for _, operator, _ in rows})
    for notification, operator, what in rows:
        passed_on = "assets.change_notification.pass_on" if what in CHANGES else "assets.notification.pass_on"
        yield {"id": notification, "name": operators.get(operator, ""), "settled_by": passed_on}


def _names(model: Any, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = model.objects.filter(id__in=list(ids), world=clock.world(viewer.world).base)
    wanted = "name_ja" if model is Organisation else "name"
    return dict(rows.values_list("id", wanted))


QUERIES = {
    "assets.keys": Query("assets.keys", _keys, _OPERATORS, {"private": ("key",)}),
    "assets.duty_names": Query("assets.duty_names", _duties, _OPERATORS, recorded=False),
    "assets.notification_names": Query("assets.notification_names", _notifications, _OFFICES, recorded=False),
}
