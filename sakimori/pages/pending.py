"""What waits to be confirmed already: shown where the same act would otherwise be offered once more."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from sakimori import law
from sakimori.acts import authority, clock, reading
from sakimori.pages.names import people
from sakimori.parties.models import Membership
from sakimori.record import Viewer

_NAMED = 5  # people named; the rest are counted


@dataclass(frozen=True, slots=True)
class Pending:
    """An open proposal: what, by whom, since when, until when, who may confirm it, where, and whether it is the same.

    `same`: its payload is what the page would propose; otherwise the records have changed since. `confirmers` are
    names, `more` how many besides; none means that nobody of the organisation can confirm it as things are.
    """

    id: uuid.UUID
    title: str
    by: str
    at: datetime
    until: datetime
    own: bool
    may_confirm: bool
    confirmers: tuple[str, ...]
    more: int
    url: str
    same: bool


def pending(
    viewer: Viewer,
    kinds: Iterable[str],
    given: Mapping[str, Any],
    payload: Mapping[str, Any] | None = None,
    page: str = "proposal",
) -> list[Pending]:
    """Return the open proposals of these kinds whose payload has what is `given`, the oldest first.

    A token's draft is nobody's proposal yet and is left out. `payload` is what the page would propose now (the part
    of it that the records decide), `page` the name of the address of a proposal.
    """
    wanted, now = set(kinds), clock.now(viewer.world)
    rows = [
        row
        for row in reading.read(viewer, "acts.proposals")
        if row["kind"] in wanted
        and row["person"] is not None
        and row["expires_at"] > now
        and all(row["payload"].get(name) == value for name, value in given.items())
    ]
    called = people(viewer, [row["person"] for row in rows])
    return [_pending(viewer, row, called.get(row["person"], ""), payload, page) for row in reversed(rows)]


def _pending(viewer: Viewer, row: Mapping[str, Any], by: str, payload: Mapping[str, Any] | None, page: str) -> Pending:
    kind = law.kind(row["kind"])
    own = row["person"] == viewer.person
    names = confirmers(viewer, kind, row["person"])
    language = "en" if (get_language() or "").startswith("en") else "ja"
    return Pending(
        row["id"],
        kind.title.pick(language),
        by,
        row["proposed_at"],
        row["expires_at"],
        own,
        not own and authority.allowed_by_role(kind, viewer.organisation_type, viewer.role, confirming=True),
        tuple(names[:_NAMED]),
        max(0, len(names) - _NAMED),
        reverse(page, args=[row["id"]]),
        all(row["payload"].get(name) == value for name, value in (payload or {}).items()),
    )


def confirmers(viewer: Viewer, kind: law.ActKind, proposer: uuid.UUID) -> list[str]:
    """Return the names of the people of the viewer's organisation who may confirm what somebody proposed."""
    today, world = clock.today(viewer.world), clock.world(viewer.world).base
    held = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        world=world,
        valid_from__lte=today,
        organisation_id=viewer.acting_organisation,
    ).exclude(person_id=proposer)
    may = [
        person
        for person, role in held.values_list("person", "role")
        if authority.allowed_by_role(kind, viewer.organisation_type, role, confirming=True)
    ]
    return sorted(set(people(viewer, may).values()))
