"""The floor's own readings: inbox, obligations, proposals, acts done, who opened what."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from sakimori import law
from sakimori.acts import attaching, authority, keeping
from sakimori.acts.listed import ids_listed
from sakimori.acts.models import (
    Act,
    ActContent,
    Attachment,
    Delivery,
    Dispatch,
    Head,
    Leaf,
    Notice,
    Obligation,
    Proposal,
    ReadRecord,
    ReadSubject,
    Watch,
)
from sakimori.acts.outcomes import outcome
from sakimori.record import Listing, Query, Viewer

_READINGS = 20  # readings of one thing by one organisation looked through before the next is searched
ANY = frozenset({("any", "any")})
ADMINISTRATOR = frozenset({("any", "administrator")})


def _needed(viewer: Viewer) -> Q:
    """Return the condition that rows are of kinds the viewer may handle for whom it stands in; all for its own."""
    given = authority.given(viewer)
    return Q() if given is None else Q(kind__in=sorted(given))


def _inbox(
    viewer: Viewer,
    *,
    unopened: bool = False,
    opened: bool = False,
    about: str = "",
    but: str = "",
    notice: uuid.UUID | None = None,
) -> Iterable[dict[str, Any]]:
    """Notices to this organisation, the newest first; `about` some things only, or all `but` those (ids, by comma)."""
    notices = Notice.objects.filter(world=viewer.world, addressee=viewer.acting_organisation)
    given = authority.given(viewer)
    if given is not None:
        rooms = {kind.partition(".")[0] for kind in given}
        notices = notices.filter(kind__in=[kind.name for kind in law.kinds() if kind.room in rooms])
    if unopened:
        notices = notices.filter(opened_at=None)
    if opened:
        notices = notices.exclude(opened_at=None)
    if about:
        notices = notices.filter(subject__in=ids_listed(about))
    if but:
        notices = notices.exclude(subject__in=ids_listed(but))
    if notice is not None:
        notices = notices.filter(id=notice)
    return notices.order_by("-created_at", "id").values(
        "id", "kind", "title_ja", "title_en", "basis", "subject_type", "subject", "created_at", "opened_at"
    )


def _obligations(
    viewer: Viewer,
    *,
    status: str = "open",
    whose: str = "",
    subject: uuid.UUID | None = None,
    act: uuid.UUID | None = None,
) -> Iterable[dict[str, Any]]:
    """What the viewer's organisation owes or watches; with `act`, only what that act of its own started or settled.

    whose: `own` (what it owes itself), `others` (what it watches), or both.
    """
    own = Q(bearer=viewer.acting_organisation)
    watched = Exists(Watch.objects.filter(obligation=OuterRef("pk"), organisation=viewer.acting_organisation))
    wanted = {"own": own, "others": watched & ~own}.get(whose, own | watched)
    owed = Obligation.objects.filter(wanted, world=viewer.world)
    given = authority.given(viewer)
    if given is not None:
        kinds = [law.kind(name) for name in sorted(given)]
        owed = owed.filter(rule__in=[rule for kind in kinds for rule in (*kind.fulfils, *kind.settles)])
    if status:
        owed = owed.filter(status=status)
    if subject is not None:
        owed = owed.filter(subject=subject)
    if act is not None:
        owed = owed.filter(Q(started_by=act) | Q(settled_by=act))
    return owed.order_by("due_on", "rule", "id").values(
        "id", "rule", "title_ja", "title_en", "bearer", "subject_type", "subject", "begins", "due_on", "due_at",
        "is_target", "derivation", "law_digest", "status", "settled_at", "evidence", "started_by", "settled_by",
    )  # fmt: skip


def _whose(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = viewer.acting_organisation
    return [{**row, "mine": row["bearer"] == own, "ending": outcome(row)} for row in rows]


def _proposals(
    viewer: Viewer, *, status: str = "open", proposal: uuid.UUID | None = None, waits_for: str = ""
) -> Iterable[dict[str, Any]]:
    """An organisation's proposals; an administrator, who has no access to contents, sees those for administrators.

    waits_for: `me` (those that this viewer is asked to confirm), `others` (the rest), or all.
    """
    mine = Q(organisation=viewer.acting_organisation) | Q(on_behalf_of=viewer.acting_organisation)
    found = Proposal.objects.filter(mine, _needed(viewer), world=viewer.world)
    if viewer.role == "administrator":
        role = (viewer.organisation_type, viewer.role)
        found = found.filter(kind__in=[kind.name for kind in law.kinds() if authority.allowed_by_role(kind, *role)])
    if status:
        found = found.filter(status=status)
    if proposal is not None:
        found = found.filter(id=proposal)
    if waits_for in ("me", "others"):
        mine_to_do = _to_confirm(viewer)
        found = found.filter(mine_to_do) if waits_for == "me" else found.exclude(mine_to_do)
    return found.order_by("-proposed_at", "id").values(
        "id", "kind", "payload", "batch", "digest", "person", "token", "proposed_at", "expires_at", "status",
        "settled_person", "settled_at", "reason", "act",
    )  # fmt: skip


def _to_confirm(viewer: Viewer) -> Q:
    """Return the condition that the viewer's role confirms a proposal and that it is not the viewer's own."""
    role = (viewer.organisation_type, viewer.role)
    kinds = [kind.name for kind in law.kinds() if authority.allowed_by_role(kind, *role, confirming=True)]
    return Q(kind__in=kinds, status="open") & ~Q(person=viewer.person)


def _own_acts(viewer: Viewer) -> QuerySet[Act]:
    """An organisation's acts; an administrator, who has no access to contents, sees those of administrators only."""
    mine = Q(organisation=viewer.acting_organisation) | Q(on_behalf_of=viewer.acting_organisation)
    done: QuerySet[Act] = Act.objects.filter(mine, _needed(viewer), world=viewer.world)
    return done.filter(role=viewer.role) if viewer.role == "administrator" else done


def _acts(
    viewer: Viewer, *, subject: uuid.UUID | None = None, act: uuid.UUID | None = None, limit: int | None = 200
) -> Iterable[dict[str, Any]]:
    """Acts done, the newest first: the latest ones (`limit`); all of them, for reading page by page, with None."""
    done: Any = _own_acts(viewer)
    if subject is not None:
        done = done.filter(subject=subject)
    if act is not None:
        done = done.filter(id=act)
    newest = done.order_by("-number")
    found: Iterable[dict[str, Any]] = (newest if limit is None else newest[: max(limit, 0)]).values(
        "id", "number", "kind", "kind_version", "person", "proposed_by", "proposal", "role", "organisation",
        "on_behalf_of", "subject_type", "subject", "occurred_at", "recorded_at", "basis", "commitment", "receipt",
        "erased_by",
    )  # fmt: skip
    return found


def _content(viewer: Viewer, *, act: uuid.UUID) -> Iterable[dict[str, Any]]:
    """What an act of the viewer's organisation said, for the roles that may perform or confirm acts of its kind."""
    done = _own_acts(viewer).filter(id=act).first()
    if done is None:
        return
    kind = law.kind(done.kind)
    if not any(
        authority.allowed_by_role(kind, viewer.organisation_type, viewer.role, confirming=confirming)
        for confirming in (False, True)
    ):
        return
    for content in ActContent.objects.filter(id=act, world=viewer.world):
        document = json.loads(bytes(content.content))
        yield {"id": act, "payload": document["payload"], "batch": document["batch"]}


def _dispatches(viewer: Viewer, *, act: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    sent = Dispatch.objects.filter(_needed(viewer), world=viewer.world, sender=viewer.acting_organisation)
    if act is not None:
        sent = sent.filter(act=act)
    tried = Delivery.objects.filter(channel="envelope", envelope=OuterRef("id"), status="waiting")
    files = Attachment.objects.filter(world=OuterRef("world"), act=OuterRef("act"), organisation=OuterRef("sender"))
    told = sent.annotate(hindrance=Subquery(tried.values("last_error")[:1]), with_files=Exists(files))
    rows: Iterable[dict[str, Any]] = told.order_by("-created_at").values(
        "id", "act", "kind", "addressee", "created_at", "status", "channel", "sent_at", "arrived_at",
        "acknowledgement", "refusal", "hindrance", "with_files",
    )  # fmt: skip
    return rows


def _readers(viewer: Viewer, *, act: uuid.UUID) -> Iterable[dict[str, Any]]:
    """Who opened what an act of this organisation filed: organisations and times, never another one's people."""
    mine = Q(organisation=viewer.acting_organisation) | Q(on_behalf_of=viewer.acting_organisation)
    if not Act.objects.filter(mine, _needed(viewer), world=viewer.world, id=act).exists():
        return []
    return (
        ReadRecord.objects.filter(world=viewer.world, subjects__subject=act)
        .order_by("-read_at")
        .values("id", "query", "organisation", "role", "read_at")
    )


def _opened(viewer: Viewer, *, limit: int = 20) -> Iterable[dict[str, Any]]:
    """Which other organisations opened what this one filed, the newest first: organisation, act and time."""
    own = viewer.acting_organisation
    if own is None:
        return
    wanted = _READINGS * max(limit, 0)
    found: dict[uuid.UUID, ReadSubject] = {}
    for who in ("filer", "principal"):  # one index each: the newest of both are the newest of all
        told = ReadSubject.objects.filter(world=viewer.world, **{who: own}).select_related("reading")
        found.update((one.id, one) for one in told.order_by("-read_at")[:wanted])
    newest = sorted(found.values(), key=lambda one: one.reading.read_at, reverse=True)[:wanted]
    filed = Act.objects.filter(Q(organisation=own) | Q(on_behalf_of=own), _needed(viewer), world=viewer.world)
    kinds = dict(filed.filter(id__in={one.subject for one in newest}).values_list("id", "kind"))
    seen: set[tuple[uuid.UUID, uuid.UUID | None]] = set()
    for one in newest:
        pair = (one.subject, one.reading.organisation)
        if one.subject in kinds and pair not in seen and len(seen) < limit:
            seen.add(pair)
            yield {
                "id": one.id,
                "act": one.subject,
                "kind": kinds[one.subject],
                "organisation": one.reading.organisation,
                "read_at": one.reading.read_at,
            }


def _place(viewer: Viewer, *, act: uuid.UUID) -> Iterable[dict[str, Any]]:
    """Where an own act stands in the log, and the first checkpoint that covers it; no position: it waits for one."""
    if not _own_acts(viewer).filter(id=act).exists():
        return
    position = Leaf.objects.filter(of=act).values_list("position", flat=True).first()
    covering = Head.objects.filter(size__gt=position).order_by("size").first() if position is not None else None
    yield {
        "id": act,
        "position": position,
        "size": covering.size if covering else None,
        "root": covering.root if covering else "",
        "signed_at": covering.signed_at if covering else None,
    }


_NOTICES = Listing(
    order=("-created_at", "id"),
    sorts=("created_at", "title_ja", "title_en", "basis", "kind", "opened_at"),
    texts=("title_ja", "title_en", "basis", "created_at", "opened_at"),
)
_OWED = Listing(
    order=("due_on", "rule", "id"),
    sorts=("due_on", "title_ja", "title_en", "begins", "is_target", "status", "settled_at", "bearer", "rule"),
    texts=("title_ja", "title_en", "begins", "due_on", "settled_at"),
    named=("subject",),
    make=_whose,
)
_PROPOSED = Listing(
    order=("-proposed_at", "id"),
    sorts=("kind", "proposed_at", "expires_at", "status", "person"),
    texts=("proposed_at", "expires_at"),
    named=("id", "payload"),
)
_DONE = Listing(
    order=("-number",),
    sorts=("number", "kind", "role", "recorded_at", "person"),
    texts=("number", "recorded_at"),
)
QUERIES = {
    **attaching.QUERIES,
    **keeping.QUERIES,
    "acts.inbox": Query("acts.inbox", _inbox, ANY, recorded=False, listing=_NOTICES),
    "acts.obligations": Query("acts.obligations", _obligations, ANY, recorded=False, listing=_OWED),
    "acts.proposals": Query("acts.proposals", _proposals, ANY | ADMINISTRATOR, recorded=False, listing=_PROPOSED),
    "acts.done": Query("acts.done", _acts, ANY | ADMINISTRATOR, recorded=False, listing=_DONE),
    "acts.content": Query("acts.content", _content, ANY | ADMINISTRATOR, recorded=False),
    "acts.dispatches": Query("acts.dispatches", _dispatches, ANY, recorded=False),
    "acts.readers": Query("acts.readers", _readers, ANY, recorded=False),
    "acts.opened": Query("acts.opened", _opened, ANY, recorded=False),
    "acts.place": Query("acts.place", _place, ANY | ADMINISTRATOR, recorded=False),
}
