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
from pydantic import BaseModel

from sakimori import law
from sakimori.acts import authority, clock, door, registry
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, ProposalError
from sakimori.acts.models import Act, Batch, Idempotency, Proposal
from sakimori.parties.models import Person
from sakimori.record import SYSTEM, Bound, Viewer
from sakimori.record.turn import turn
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
    """Propose an act and return the open proposal; refused at once where the act itself would be refused."""
    wanted, data = law.kind(kind), door.plain(payload)
    authority.require(wanted, by, drafting=True)
    made = door.commit(
        door.Request(
            "acts.proposal.make",
            {"kind": kind, "payload": data, "batch": str(batch) if batch else None},
            by,
            client,
            idempotency_key,
        )
    )
    return Proposal.objects.get(id=made.subject.id)


def check(kind: str, payload: Mapping[str, Any], *, by: Viewer, batch: uuid.UUID | None = None) -> None:
    """Refuse as the door would: kind in force, payload of the form, every predicate; nothing is changed."""
    world, now = clock.world(by.world), clock.now(by.world)
    wanted = law.kind(kind)
    authority.require_in_force(wanted, world, now.date())
    parsed = door.parse(wanted, registry.handler(wanted), payload)
    staged = Batch.objects.filter(id=batch, world=by.world).first() if batch else None
    context = Context(wanted, by, uuid.uuid4(), world, now, now, batch=staged)
    for name in wanted.predicates:
        refusal = registry.predicates()[name](context, parsed)
        if refusal is not None:
            raise refusal


def confirm(proposal: uuid.UUID, *, by: Viewer, idempotency_key: str = "", client: str = "") -> door.Performed:
    """Confirm a proposal as its second person and return the receipt of the act.

    Raises `ProposalError` when it is settled (told by whom and when), expired, altered, or the proposer's own. Of two
    who confirm at once, one wins and the other is told; the same person's same call again is given the first receipt.
    """
    with turn(), transaction.atomic():
        repeated = _repeated(proposal, by, idempotency_key, client)
        if repeated is not None:
            return repeated
        found = _open(proposal, by)
        if found.person == by.person:
            raise ProposalError(
                Text("自分の提案は自分で確認できません。", "You cannot confirm your own proposal."),
                where=str(proposal),
                mend=Text("別の権限者に確認を依頼してください。", "Ask another authorised person to confirm."),
            )
        if found.person is None and law.kind(found.kind).second_person != "none":
            raise ProposalError(
                Text(
                    "トークンの下書きは、まず人が引き受ける必要があります。",
                    "A token's draft must be adopted by a person first.",
                ),
                code="act.draft",
                where=str(proposal),
            )
        return door.commit(
            door.Request(
                found.kind,
                found.payload,
                _standing_in(by, found),
                client,
                idempotency_key,
                occurred_at=found.occurred_at,
                batch=found.batch,
                proposal=found,
            )
        )


def adopt(proposal: uuid.UUID, *, by: Viewer) -> door.Performed:
    """Take on a token's draft as one's own proposal."""
    return door.commit(door.Request("acts.proposal.adopt", {"proposal": str(proposal)}, by))


def refuse(proposal: uuid.UUID, reason: str, *, by: Viewer) -> door.Performed:
    """Refuse or withdraw an open proposal, with a reason."""
    return door.commit(door.Request("acts.proposal.refuse", {"proposal": str(proposal), "reason": reason}, by))


def expire(world: str, now: datetime) -> int:
    """Let proposals lapse whose time is over (the system's own act); return how many."""
    due = Proposal.objects.filter(world=world, status="open", expires_at__lte=now)
    count = 0
    for proposal in due:
        made_by = Act.objects.get(subject=proposal.id, kind="acts.proposal.make").id
        door.commit(
            door.Request("acts.proposal.expire", {"proposal": str(proposal.id)}, SYSTEM(world), caused_by=made_by)
        )
        count += 1
    return count


def _open(proposal: uuid.UUID, by: Viewer) -> Proposal:
    found: Proposal | None = Proposal.objects.select_for_update().filter(id=proposal, world=by.world).first()
    if found is None or by.acting_organisation not in (found.organisation, found.on_behalf_of):
        raise NotFoundError(str(proposal))
    if found.status != "open":
        raise _settled(found)
    if found.expires_at <= clock.now(by.world):
        raise ProposalError(
            Text(
                f"この提案は {_said(found.expires_at)} に期限切れです。",
                f"This proposal expired at {_said(found.expires_at)}.",
            ),
            code="act.proposal_expired",
            where=str(proposal),
            mend=Text("改めて提案してください。", "Propose it again."),
        )
    if door.payload_digest(found.kind, found.payload, found.batch) != found.digest:
        raise ProposalError(
            Text("提案の内容が変わっています。", "The proposal's contents have changed."), where=str(proposal)
        )
    return found


def _repeated(proposal: uuid.UUID, by: Viewer, key: str, client: str) -> door.Performed | None:
    """Return what this very call did before: a button pressed twice is no second confirmation."""
    if not key or by.person is None:
        return None
    done = Idempotency.objects.filter(world=by.world, client=f"{by.token or by.person}/{client}"[:100], key=key).first()
    settled = Proposal.objects.filter(id=proposal, world=by.world, settled_person=by.person, status="confirmed").first()
    if done is None or settled is None or settled.act != done.act:
        return None
    act = Act.objects.get(id=done.act)
    return door.Performed(act.id, act.kind, Bound(act.subject_type, act.subject), act.receipt, repeated=True)


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
