"""Readings of this room: the committee sees what was sent to it, and nobody else sees any of it."""

import uuid
from collections.abc import Iterable
from typing import Any

from sakimori.acts import clock
from sakimori.oversight import counts
from sakimori.oversight.models import Decision, HandlingNotice, Matter
from sakimori.oversight.payloads import Handled
from sakimori.parties.models import Membership
from sakimori.record import Listing, Query, Viewer, every_role
from sakimori.text import Text

__all__ = ["FINDINGS", "QUERIES", "Handled"]

COMMITTEE = every_role("committee", roles=("chair", "member", "secretariat", "inspector"))
FINDINGS = {
    "authority_unknown": Text("委員会はこの承認書を出していません。", "The committee gave no such authority."),
    "authority_differs": Text("承認書の内容が委員会のものと違います。", "It is not the authority the committee gave."),
    "outside_period": Text("承認した期間の外で行われています。", "It ran outside the approved period."),
    "other_world": Text("訓練と実施の別が合いません。", "Rehearsal and reality do not agree."),
    "receipt_missing": Text("選別の証明が付いていません。", "The receipt of the selection is missing."),
    "counts_differ": Text("件数が証明と合いません。", "The count is not the receipt's."),
    "digest_differs": Text("証明の要約値が合いません。", "The digest is not the receipt's."),
}  # fmt: skip
"""What may be found wrong with a notice, in words."""


def _docket(viewer: Viewer, *, status: str = "") -> Iterable[dict[str, Any]]:
    found = Matter.objects.filter(world=viewer.world, committee=viewer.acting_organisation)
    if status:
        found = found.filter(status=status)
    return found.order_by("-received_at", "id").values(
        "id", "number", "basis", "requester", "received_at", "status", "decision__decided_at", "decision__arrived_at"
    )


def _matter(viewer: Viewer, *, matter: uuid.UUID) -> Iterable[dict[str, Any]]:
    """One matter with everything that was asked."""
    return Matter.objects.filter(world=viewer.world, committee=viewer.acting_organisation, id=matter).values(
        "id", "number", "basis", "requester", "request", "asked", "received_at", "status"
    )


def _decisions(viewer: Viewer, *, matter: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """Decisions with attendance, votes and result: they stay with the committee."""
    found = Decision.objects.filter(world=viewer.world, matter__committee=viewer.acting_organisation)
    if matter is not None:
        found = found.filter(matter=matter)
    return found.order_by("-decided_at").values(
        "id", "matter_id", "matter__number", "decided_at", "present", "votes", "tally", "outcome", "conditions",
        "reason", "begins_on", "ends_on", "authority", "arrived_at",
    )  # fmt: skip


def _notices(
    viewer: Viewer, *, matter: uuid.UUID | None = None, notice: uuid.UUID | None = None
) -> Iterable[dict[str, Any]]:
    found = HandlingNotice.objects.filter(world=viewer.world, committee=viewer.acting_organisation)
    if matter is not None:
        found = found.filter(matter=matter)
    if notice is not None:
        found = found.filter(id=notice)
    return found.order_by("-received_at", "id").values(
        "id", "what", "sender", "handling", "matter_id", "authority", "happened_at", "received_at", "kept_flows",
        "retained_until", "receipt_digest", "receipt", "findings",
    )  # fmt: skip


def _body(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The committee's chair and members: whom a meeting's record may name."""
    today = clock.today(viewer.world)
    rows = Membership.objects.filter(
        world=clock.world(viewer.world).base,
        organisation_id=viewer.acting_organisation,
        role__in=("chair", "member"),
        valid_from__lte=today,
    ).select_related("person")
    for row in rows.order_by("role", "person__name_ja"):
        if row.valid_until is None or row.valid_until >= today:
            yield {"id": row.person_id, "name": row.person.name_ja, "role": row.role}


def _counts(viewer: Viewer, *, year: int | None = None) -> Iterable[dict[str, Any]]:
    today = clock.today(viewer.world)
    return counts.rows(viewer.acting_organisation, viewer.world, year or today.year, today)


_LIES = Listing(
    order=("-received_at", "id"),
    sorts=("number", "basis", "received_at", "status", "decision__decided_at", "decision__arrived_at"),
    texts=("number", "received_at", "decision__decided_at", "decision__arrived_at"),
)
_TOLD = Listing(
    order=("-received_at", "id"),
    sorts=("happened_at", "what", "authority", "kept_flows", "retained_until"),
    texts=("happened_at", "authority", "kept_flows", "retained_until"),
)
QUERIES = {
    "oversight.docket": Query("oversight.docket", _docket, COMMITTEE, listing=_LIES),
    "oversight.matter": Query("oversight.matter", _matter, COMMITTEE),
    "oversight.decisions": Query("oversight.decisions", _decisions, COMMITTEE),
    "oversight.notices": Query("oversight.notices", _notices, COMMITTEE, listing=_TOLD),
    "oversight.body": Query("oversight.body", _body, COMMITTEE, recorded=False),
    "oversight.counts": Query("oversight.counts", _counts, COMMITTEE),
}
