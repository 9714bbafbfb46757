"""The floor's own acts: making, adopting, refusing and lapsing of proposals, opening a notice, erasing content."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from sakimori import law
from sakimori.acts import attaching, authority, elsewhere, keeping, proposals, putting_back, standing
from sakimori.acts.arriving import arrival
from sakimori.acts.context import Context
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, PreconditionError, ProposalError
from sakimori.acts.models import Act, ActContent, BatchItem, Delivery, Dispatch, Notice, Proposal
from sakimori.record import Bound, Handler, Payload, Viewer
from sakimori.text import Text


class MakeProposal(Payload):
    """An act wanted, as it would be performed."""

    kind: str
    payload: dict[str, Any]
    batch: uuid.UUID | None = None


class OneProposal(Payload):
    """A proposal."""

    proposal: uuid.UUID


class RefuseProposal(OneProposal):
    """A proposal and why it is refused or withdrawn."""

    reason: str = Field(min_length=1, max_length=2000)


class OneNotice(Payload):
    """A notice."""

    notice: uuid.UUID


class EraseContent(Payload):
    """An act whose content is erased, and on which basis."""

    act: uuid.UUID
    basis: str = Field(min_length=1, max_length=300)


class RecordArrival(Payload):
    """A dispatch that arrived, and the addressee's signed acknowledgement (or the refusal)."""

    dispatch: uuid.UUID
    acknowledgement: dict[str, Any]


class ClearLog(Payload):
    """Why and how the deployment goes on: the way, and the sizes (in leaves) it was decided by."""

    reason: str = Field(min_length=1, max_length=2000)
    way: Literal["continue", "epoch"]
    placed: int
    tiles: int
    known: int
    asserted: bool


def _make(ctx: Context, payload: MakeProposal) -> Bound:
    batch = proposals.check(payload.kind, payload.payload, by=ctx.actor, batch=payload.batch)
    expires = law.deadline("house.proposal.expiry", ctx.now).due
    made = ctx.create(
        Proposal,
        kind=payload.kind,
        payload=payload.payload,
        digest=proposals.digest(payload.kind, payload.payload, batch),
        batch=payload.batch,
        person=ctx.actor.person,
        organisation=ctx.actor.organisation,
        on_behalf_of=ctx.actor.on_behalf_of,
        token=ctx.actor.token,
        proposed_at=ctx.now,
        expires_at=expires,
    )
    return Bound("acts.proposal", made.id)


def _adopt(ctx: Context, payload: OneProposal) -> Bound:
    proposal = _own(ctx, payload.proposal)
    if proposal.person is not None or ctx.actor.person is None:
        raise ProposalError(
            Text("この提案は下書きではありません。", "This proposal is not a draft."), where=str(proposal.id)
        )
    _require_role(ctx.actor, proposal, confirming=(False,))
    ctx.change(proposal, person=ctx.actor.person)
    return Bound("acts.proposal", proposal.id)


def _refuse(ctx: Context, payload: RefuseProposal) -> Bound:
    proposal = _own(ctx, payload.proposal)
    if proposal.person != ctx.actor.person:
        _require_role(ctx.actor, proposal, confirming=(False, True))
    ctx.change(
        proposal,
        status="refused",
        settled_by=ctx.act,
        settled_person=ctx.actor.person,
        settled_at=ctx.now,
        reason=payload.reason,
    )
    return Bound("acts.proposal", proposal.id)


def _expire(ctx: Context, payload: OneProposal) -> Bound:
    proposal = ctx.get(Proposal, payload.proposal, status="open")
    if proposal.expires_at > ctx.now:
        raise ProposalError(Text("まだ期限前です。", "It has not expired yet."), where=str(proposal.id))
    ctx.change(proposal, status="expired", settled_by=ctx.act, settled_at=ctx.now)
    return Bound("acts.proposal", proposal.id)


def _own(ctx: Context, proposal: uuid.UUID) -> Proposal:
    found = ctx.get(Proposal, proposal)
    if ctx.actor.acting_organisation not in (found.organisation, found.on_behalf_of):
        raise NotFoundError(str(proposal))
    if found.status != "open":
        raise ProposalError(
            Text(f"この提案は処理済みです（{found.status}）。", f"This proposal is settled ({found.status})."),
            where=str(proposal),
        )
    return found


def _require_role(actor: Viewer, proposal: Proposal, *, confirming: tuple[bool, ...]) -> None:
    kind = law.kind(proposal.kind)
    if actor.acting_organisation != actor.organisation:
        authority.require_delegation(kind, actor)
    if not any(authority.allowed_by_role(kind, actor.organisation_type, actor.role, confirming=c) for c in confirming):
        raise NotAuthorisedError(
            Text("この提案を扱う役割ではありません。", "Your role does not handle this proposal."), where=proposal.kind
        )


def _open_notice(ctx: Context, payload: OneNotice) -> Bound:
    notice = ctx.get(Notice, payload.notice, addressee=ctx.actor.acting_organisation)
    if notice.opened_at is None:
        ctx.change(notice, opened_by=ctx.actor.person, opened_at=ctx.now)
    return Bound("acts.notice", notice.id)


def _erase(ctx: Context, payload: EraseContent) -> Bound:
    """Erase what an act said wherever the floor keeps it: with its proposal, its batch, its envelopes on the way."""
    act = ctx.get(Act, payload.act)
    erased = [act]
    if act.proposal is not None:
        erased += Act.objects.filter(world=ctx.world.name, kind="acts.proposal.make", subject=act.proposal)
        Proposal.objects.filter(id=act.proposal).update(payload={})
    ActContent.objects.filter(id__in=[one.id for one in erased], world=ctx.world.name).delete()
    for one in erased:
        ctx.change(one, erased_by=ctx.act)
    BatchItem.objects.filter(batch__used_by=act.id).delete()
    attaching.erase(ctx.world.name, [act.id])
    sent = Dispatch.objects.filter(act=act.id, world=ctx.world.name).values_list("id", flat=True)
    Delivery.objects.filter(envelope__in=list(sent)).update(body=None)
    return Bound("acts.act", act.id)


def _arrive(ctx: Context, payload: RecordArrival) -> Bound:
    dispatch = ctx.get(Dispatch, payload.dispatch)
    accepted, received = (
        payload.acknowledgement["outcome"] == "accepted",
        str(payload.acknowledgement.get("received_at")),
    )
    if dispatch.status == "arrived":
        return Bound("acts.dispatch", dispatch.id)
    ctx.change(
        dispatch,
        status="arrived" if accepted else "refused",
        arrived_at=arrival(dispatch.created_at, datetime.fromisoformat(received), ctx.now) if accepted else None,
        acknowledgement=payload.acknowledgement,
        refusal=str(payload.acknowledgement.get("reason") or "")[:500],
    )
    from sakimori.acts import registry  # noqa: PLC0415 - the registry loads this module

    follow_up = registry.arrivals().get(dispatch.kind)
    if follow_up is not None:
        ctx.follow(follow_up, {"dispatch": str(dispatch.id), "accepted": accepted})
    return Bound("acts.dispatch", dispatch.id)


def _clear_log(ctx: Context, payload: ClearLog) -> Bound:
    if not standing.is_being_cleared():
        raise PreconditionError(
            Text("この行為は、設置の機械の上でだけ行えます。", "This act is done on the deployment's machine only."),
            mend=Text("`sakimori log clear` を使ってください。", "Use `sakimori log clear`."),
        )
    putting_back.run(payload.way)
    return Bound("acts.log", ctx.act)


HANDLERS = {
    "acts.proposal.make": Handler(MakeProposal, _make),
    "acts.proposal.adopt": Handler(OneProposal, _adopt),
    "acts.proposal.refuse": Handler(RefuseProposal, _refuse),
    "acts.proposal.expire": Handler(OneProposal, _expire),
    "acts.notice.open": Handler(OneNotice, _open_notice),
    "acts.content.erase": Handler(EraseContent, _erase),
    "acts.dispatch.arrive": Handler(RecordArrival, _arrive),
    **keeping.HANDLERS,
    "acts.dispatch.confirm": Handler(elsewhere.ConfirmDispatch, elsewhere.confirm),
    "acts.log.clear": Handler(ClearLog, _clear_log),
}
PREDICATES = attaching.PREDICATES
RECEIVERS = keeping.RECEIVERS
