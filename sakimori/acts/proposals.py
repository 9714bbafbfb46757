"""The second person: an act that needs one is proposed, waits, and is confirmed by somebody else, or lapses.

A proposal fixes kind, payload and batch by a digest and is checked at once, so that the proposer hears of faults
immediately; everything is checked again at confirmation, by the law of that day. Making, adopting, refusing and lapsing
are acts themselves. A token's proposal is a draft: a person must adopt it before it counts as anybody's.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from pydantic import BaseModel

from sakimori import law
from sakimori.acts import authority, clock, door, entering, registry
from sakimori.acts.context import Context
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, ProposalError
from sakimori.acts.models import Act, Batch, Proposal
from sakimori.parties.models import Organisation, Person
from sakimori.record import Viewer
from sakimori.record.fences import seen_as
from sakimori.record.turn import organisations_turn, turn
from sakimori.record.viewer import NOBODY
from sakimori.text import Text

_OUTCOMES = {
    "confirmed": Text("確認済みです", "confirmed"),
    "refused": Text("退けられました", "refused"),
    "expired": Text("期限切れになりました", "left to lapse"),
}


def propose(
    kind: str,
    payload: Mapping[str, Any] | BaseModel,
    *,
    by: Viewer,
    idempotency_key: str = "",
    client: str = "",
    batch: uuid.UUID | None = None,
) -> Proposal:
    """Propose an act and return the open proposal; refused at once where the act itself would be refused.

    Where the very same act is proposed by the same organisation already and still open (a second tab, a colleague),
    that proposal is returned: a second one would only be left over on the desk of whoever confirms.
    """
    data = entering.plain(payload)
    wanted = {"kind": kind, "payload": data, "batch": str(batch) if batch else None}
    request = door.Request("acts.proposal.make", wanted, by, client, idempotency_key)
    with turn(), transaction.atomic():
        if not by.is_system:
            organisations_turn(by.world, by.acting_organisation)
        same = _open_already(kind, data, by, batch) if door.earlier(request) is None else None
        found = same.id if same else door.commit(request).subject.id
    door.committed()
    return Proposal.objects.get(id=found)


def _open_already(kind: str, payload: Mapping[str, Any], by: Viewer, batch: uuid.UUID | None) -> Proposal | None:
    """Return the open proposal of exactly this act in the same name, where the caller might make it himself.

    A token's draft is nobody's proposal yet, so drafts and people's proposals never stand in for each other.
    """
    staged = Batch.objects.filter(id=batch, organisation=by.acting_organisation).first() if batch else None
    if batch is not None and staged is None:
        return None
    same = Proposal.objects.filter(
        world=by.world,
        kind=kind,
        digest=digest(kind, payload, staged),
        organisation=by.organisation,
        on_behalf_of=by.on_behalf_of,
        status="open",
        expires_at__gt=clock.now(by.world),
        person__isnull=by.person is None,
    )
    earliest = same.order_by("proposed_at")
    found = next((one for one in earliest if one.person is None or _proposer_stands(law.kind(kind), one)), None)
    if found is not None:
        with seen_as(by):
            check(kind, payload, by=by, batch=batch)
    return found


def check(kind: str, payload: Mapping[str, Any], *, by: Viewer, batch: uuid.UUID | None = None) -> Batch | None:
    """Refuse as the door would: actor, kind in force, payload of the form, batch, every predicate; change nothing.

    Returns the staged batch the act would take in, or None.
    """
    world, now = clock.world(by.world), clock.now(by.world)
    wanted = law.kind(kind)
    authority.require(wanted, by, drafting=True)
    authority.require_in_force(wanted, world, now.date())
    parsed = entering.parse(wanted, registry.handler(wanted), payload)
    staged = door.staged(kind, batch, by=by)
    context = Context(wanted, by, uuid.uuid4(), world, now, now, batch=staged)
    for name in wanted.predicates:
        refusal = registry.predicates()[name](context, parsed)
        if refusal is not None:
            raise refusal
    return staged


def digest(kind: str, payload: Mapping[str, Any], batch: Batch | None) -> str:
    """Return the digest that fixes what is proposed: kind, payload, and the rows of the batch by their Merkle root."""
    if batch is None:
        return entering.payload_digest(kind, payload, None)
    return entering.payload_digest(kind, payload, batch.id, root=batch.root)


def confirm(proposal: uuid.UUID, *, by: Viewer, idempotency_key: str = "", client: str = "") -> door.Performed:
    """Confirm a proposal as its second person and return the receipt of the act.

    Raises `ProposalError` when it is settled (told by whom and when), expired, altered, the confirmer's own, or its
    proposer may not propose it any more. Of two who confirm at once, one wins and the other is told; the same person's
    same call again is given the first receipt.
    """
    with turn(), transaction.atomic():
        actor = _standing_in(by, _visible(Proposal.objects.all(), proposal, by))
        organisations_turn(actor.world, actor.acting_organisation)
        found = _visible(Proposal.objects.select_for_update(), proposal, by)
        request = door.Request(
            found.kind,
            found.payload,
            actor,
            client,
            idempotency_key,
            occurred_at=found.occurred_at,
            batch=found.batch,
            proposal=found,
        )
        performed = door.earlier(request)
        if performed is None:
            _require_open(found, actor)
            _require_two(found, actor)
            performed = door.commit(request)
    door.committed()
    return performed


def adopt(proposal: uuid.UUID, *, by: Viewer) -> door.Performed:
    """Take on a token's draft as one's own proposal."""
    return door.commit(door.Request("acts.proposal.adopt", {"proposal": str(proposal)}, by))


def refuse(proposal: uuid.UUID, reason: str, *, by: Viewer) -> door.Performed:
    """Refuse or withdraw an open proposal, with a reason."""
    return door.commit(door.Request("acts.proposal.refuse", {"proposal": str(proposal), "reason": reason}, by))


def expire(world: str, now: datetime) -> int:
    """Let proposals lapse whose time is over (the system's own act); return how many."""
    count = 0
    due = Proposal.objects.filter(world=world, status="open", expires_at__lte=now)
    for proposal in due.values_list("id", flat=True):
        made_by = Act.objects.get(subject=proposal, kind="acts.proposal.make").id
        try:
            door.perform_system("acts.proposal.expire", {"proposal": str(proposal)}, world=world, authorised_by=made_by)
        except NotFoundError:
            continue  # somebody settled it meanwhile
        count += 1
    return count


def _visible(proposals: QuerySet[Proposal], proposal: uuid.UUID, by: Viewer) -> Proposal:
    found = proposals.filter(id=proposal, world=by.world).first()
    if found is None or by.acting_organisation not in (found.organisation, found.on_behalf_of):
        raise NotFoundError(str(proposal))
    return found


def _require_open(found: Proposal, by: Viewer) -> None:
    if found.status != "open":
        raise _settled(found)
    if found.expires_at <= clock.now(by.world):
        raise ProposalError(
            Text(
                f"この提案は {_said(found.expires_at)} に期限切れです。",
                f"This proposal expired at {_said(found.expires_at)}.",
            ),
            code="act.proposal_expired",
            where=str(found.id),
            mend=Text("改めて提案してください。", "Propose it again."),
        )
    batch = Batch.objects.filter(id=found.batch).first() if found.batch else None
    if digest(found.kind, found.payload, batch) != found.digest:
        raise ProposalError(
            Text("提案の内容が変わっています。", "The proposal's contents have changed."), where=str(found.id)
        )


def _require_two(found: Proposal, by: Viewer) -> None:
    """Refuse unless two people stand behind the act: who confirms, and a proposer who could still propose it today."""
    kind = law.kind(found.kind)
    if by.token is not None or by.person is None:
        raise NotAuthorisedError(
            Text("トークンは人ではありません。確認はできません。", "A token is not a person: it cannot confirm."),
            where=kind.name,
        )
    if found.person == by.person:
        raise ProposalError(
            Text("自分の提案は自分で確認できません。", "You cannot confirm your own proposal."),
            where=str(found.id),
            mend=Text("別の権限者に確認を依頼してください。", "Ask another authorised person to confirm."),
        )
    if found.person is None and kind.second_person != "none":
        raise ProposalError(
            Text(
                "トークンの下書きは、まず人が引き受ける必要があります。",
                "A token's draft must be adopted by a person first.",
            ),
            code="act.draft",
            where=str(found.id),
        )
    if found.person is not None and not _proposer_stands(kind, found):
        raise ProposalError(
            Text(
                "提案した人は、この行為を提案できる役割をもう持っていません。",
                "The proposer no longer holds a role that may propose this act.",
            ),
            code="act.proposer",
            where=str(found.id),
            mend=Text("権限のある人が改めて提案してください。", "Let somebody authorised propose it anew."),
        )


def _proposer_stands(kind: law.ActKind, found: Proposal) -> bool:
    base, today = clock.world(found.world).base, clock.today(found.world)
    organisation = Organisation.objects.filter(id=found.organisation or NOBODY, world=base).first()
    if organisation is None:
        return False
    roles = authority.roles_of(found.person, organisation.id, base, today)
    if not any(authority.allowed_by_role(kind, organisation.type, role) for role in roles):
        return False
    if found.on_behalf_of in (None, organisation.id):
        return True
    return kind.name in authority.delegated(found.on_behalf_of, organisation.id, base, today)


def _settled(found: Proposal) -> ProposalError:
    """Return the refusal that says by whom and when a proposal was settled, and how."""
    how = _OUTCOMES.get(found.status, Text(found.status, found.status))
    person = Person.objects.filter(id=str(found.settled_person or NOBODY), world=clock.world(found.world).base).first()
    by = Text(f"{person.name_ja}が", f" by {person.name_en or person.name_ja}") if person else Text("", "")
    at = _said(found.settled_at) if found.settled_at else ""
    return ProposalError(
        Text(f"この提案は {at} に{by.ja}{how.ja}。", f"This proposal was {how.en} at {at}{by.en}."),
        where=str(found.id),
        mend=Text("結果を確認してください。新たに提案することもできます。", "See the outcome, or propose anew."),
    )


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(clock.TOKYO):%Y-%m-%d %H:%M}"


def _standing_in(by: Viewer, proposal: Proposal) -> Viewer:
    """Return the confirming viewer acting in the same name as the proposer did."""
    if proposal.on_behalf_of is None or by.organisation == proposal.on_behalf_of:
        return by
    return Viewer(
        by.person, by.organisation, by.organisation_type, by.role, by.world, proposal.on_behalf_of, by.token, by.name
    )
