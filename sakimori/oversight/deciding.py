"""Deciding on a request (18, 55): the meeting is judged, the decision recorded, the authority signed and sent.

The selection authority is signed inside the decision's own transaction and travels in the act that follows it: there is
never a signed authority without a recorded decision, and how each person voted does not leave the committee.
"""

import uuid
from datetime import date

from django.db.models import Q

from sakimori.acts import keys
from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError
from sakimori.acts.models import Dispatch
from sakimori.errors import SakimoriError
from sakimori.measures.queries import APPROVED, AskApproval, content_faults, expected, times
from sakimori.oversight import meeting
from sakimori.oversight import payloads as p
from sakimori.oversight.models import Decision, Matter
from sakimori.parties.models import Membership
from sakimori.record import Bound
from sakimori.selection import Authority, key_id, read_authority, sign, verify
from sakimori.text import Text

_APPROVAL = "measures.approval"


def body(committee: uuid.UUID, base: str, today: date) -> dict[uuid.UUID, str]:
    """Return who is chair or member of the committee today, by person."""
    current = Q(valid_until=None) | Q(valid_until__gte=today)
    rows = Membership.objects.filter(
        current, world=base, organisation_id=committee, role__in=("chair", "member"), valid_from__lte=today
    )
    found = {row.person_id: row.role for row in rows.order_by("-role")}
    return found | {row.person_id: "chair" for row in rows if row.role == "chair"}


def record(ctx: Context, payload: p.RecordDecision) -> Bound:
    """Record the decision; where it approves, sign the authority; have the result sent to whoever asked."""
    matter = _matter(ctx, payload.matter)
    given = [(vote.person, vote.vote) for vote in payload.votes]
    approved = payload.outcome in APPROVED
    signed = _signed(ctx, matter, payload) if approved else None
    decision = ctx.create(
        Decision,
        matter=matter,
        decided_at=ctx.now,
        present=[str(person) for person in payload.present],
        votes=[{"person": str(person), "vote": vote} for person, vote in given],
        tally=meeting.tally(_body(ctx), given).as_dict(),
        outcome=payload.outcome,
        conditions=payload.conditions,
        reason=payload.reason,
        begins_on=payload.begins_on,
        ends_on=payload.ends_on,
        authority=signed,
    )
    ctx.change(matter, status=payload.outcome)
    ctx.settle(_APPROVAL, matter.id, evidence={"decision": str(decision.id), "outcome": payload.outcome})
    ctx.follow("oversight.decision.send", _result(matter, decision).model_dump(mode="json"))
    return Bound("oversight.matter", matter.id)


def send(ctx: Context, payload: p.Decided) -> Bound:
    """Send the decision, and the authority with it, to the office that asked."""
    matter = _matter(ctx, payload.matter)
    ctx.send(payload.addressee)
    ctx.change(matter.decision, sending=ctx.act)
    return Bound("oversight.matter", matter.id)


def arrived(ctx: Context, payload: p.Arrived) -> Bound:
    """Note that the decision arrived."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    decision = Decision.objects.get(world=ctx.world.name, sending=dispatch.act)
    if payload.accepted:
        ctx.change(decision, arrived_at=dispatch.arrived_at)
    return Bound("oversight.matter", decision.matter_id)


def _matter(ctx: Context, matter: uuid.UUID) -> Matter:
    """Return a matter of the committee that acts (the system acts for the committee the matter lies with)."""
    own = {} if ctx.actor.is_system else {"committee": ctx.actor.acting_organisation}
    return ctx.get(Matter, matter, **own)


def _body(ctx: Context) -> dict[uuid.UUID, str]:
    return body(ctx.actor.acting_organisation, ctx.world.base, ctx.today)


def _result(matter: Matter, decision: Decision) -> p.Decided:
    return p.Decided(
        issuer=matter.committee,
        addressee=matter.requester,
        matter=matter.id,
        number=matter.number,
        request=matter.request,
        outcome=decision.outcome,
        conditions=decision.conditions,
        reason=decision.reason,
        decided_at=decision.decided_at,
        begins_on=decision.begins_on,
        ends_on=decision.ends_on,
        authority=decision.authority,
    )


def _meant(ctx: Context, matter: Matter, begins_on: date, ends_on: date, conditions: list[str]) -> Authority:
    asked = AskApproval.model_validate(matter.asked)
    return expected(
        number=matter.number,
        matter=str(matter.id),
        basis=asked.basis,
        equipment=asked.equipment,
        address_overrides=asked.address_overrides,
        conditions=asked.conditions,
        begins_on=begins_on,
        ends_on=ends_on,
        committee_conditions=conditions,
        rehearsal=ctx.world.rehearsal,
    )


def _signed(ctx: Context, matter: Matter, payload: p.RecordDecision) -> dict[str, object] | None:
    if payload.begins_on is None or payload.ends_on is None:
        return None
    meant = _meant(ctx, matter, payload.begins_on, payload.ends_on, payload.conditions)
    return sign(meant, keys.private("authority")).model_dump(mode="json")


# --- preconditions ----------------------------------------------------------------------------------------------------


def matter_open(ctx: Context, payload: p.RecordDecision) -> SakimoriError | None:
    """The matter lies with this committee and has not been decided."""
    matter = _matter(ctx, payload.matter)
    if matter.status == "open":
        return None
    return PreconditionError(
        Text("この求めは既に議決されています。", "This matter has been decided already."),
        code="oversight.decided",
        where=matter.number,
        article="強化法18",
    )


def quorum(ctx: Context, payload: p.RecordDecision) -> SakimoriError | None:
    """The chair and enough members were present, each listed once, and nobody else."""
    return meeting.quorum_fault(_body(ctx), payload.present, ctx.today)


def votes(ctx: Context, payload: p.RecordDecision) -> SakimoriError | None:
    """Everybody present voted once, nobody else did."""
    return meeting.votes_fault(_body(ctx), payload.present, [(one.person, one.vote) for one in payload.votes])


def majority(ctx: Context, payload: p.RecordDecision) -> SakimoriError | None:
    """What is recorded as decided is what the votes decided, and conditions stand where the outcome says so."""
    result = meeting.tally(_body(ctx), [(one.person, one.vote) for one in payload.votes])
    if result.carried != (payload.outcome in APPROVED):
        said = Text("可決", "carried") if result.carried else Text("否決", "not carried")
        return PreconditionError(
            Text(
                f"投票の結果（賛成{result.approve}・反対{result.reject}・棄権{result.abstain}、{said.ja}）と決定が合いません。",
                f"The decision does not agree with the votes ({result.approve} for, {result.reject} against, "
                f"{result.abstain} abstaining: {said.en}).",
            ),
            code="oversight.majority",
            where="outcome",
            article="強化法55(3)",
        )
    if bool(payload.conditions) != (payload.outcome == "approved_with_conditions"):
        return PreconditionError(
            Text(
                "条件は「条件付き承認」のときにだけ、必ず書きます。",
                "Conditions belong to a conditional approval, always.",
            ),
            where="conditions",
            article="強化法18",
        )
    return None


def within_the_law(ctx: Context, payload: p.RecordDecision) -> SakimoriError | None:
    """What is approved is no more than what was asked, and no more than the law allows on the day of the decision."""
    matter = _matter(ctx, payload.matter)
    if payload.outcome not in APPROVED:
        if payload.begins_on is None and payload.ends_on is None:
            return None
        return PreconditionError(
            Text("不承認に期間はありません。", "A refusal has no period."), where="begins_on", article="強化法18"
        )
    if payload.begins_on is None or payload.ends_on is None:
        return PreconditionError(
            Text("承認する期間が必要です。", "The approved period is needed."), where="begins_on", article="強化法17(3)"
        )
    asked = AskApproval.model_validate(matter.asked)
    if payload.begins_on < asked.begins_on or payload.ends_on > asked.ends_on:
        return PreconditionError(
            Text("求められた期間を超えて承認できません。", "No more can be approved than was asked for."),
            where="ends_on",
            article="強化法18",
        )
    found = [*times(asked.basis, payload.begins_on, payload.ends_on, ctx.today), *content_faults(asked)]
    return next(iter(found), None)


def as_decided(ctx: Context, payload: p.Decided) -> SakimoriError | None:
    """What is sent is the recorded decision, and its authority is ours: signed by our key, and for just that."""
    matter = _matter(ctx, payload.matter)
    decision = Decision.objects.filter(matter=matter).first()
    wrong = PreconditionError(
        Text("送ろうとしている内容が議決と違います。", "What is being sent is not what was decided."),
        code="oversight.not_as_decided",
        where=matter.number,
        article="強化法18",
    )
    if decision is None or payload != _result(matter, decision):
        return wrong
    if payload.authority is None:
        return None if decision.outcome not in APPROVED else wrong
    own = keys.private("authority").public_key()
    given = verify(read_authority(payload.authority), {key_id(own): own})
    if decision.begins_on is None or decision.ends_on is None:
        return wrong
    meant = _meant(ctx, matter, decision.begins_on, decision.ends_on, decision.conditions)
    return None if given.canonical() == meant.canonical() else wrong


def own_dispatch(ctx: Context, payload: p.Arrived) -> SakimoriError | None:
    """The acknowledgement answers a decision of ours."""
    dispatch = Dispatch.objects.filter(id=payload.dispatch, world=ctx.world.name).first()
    if dispatch is not None and Decision.objects.filter(world=ctx.world.name, sending=dispatch.act).exists():
        return None
    return PreconditionError(Text("送達の記録がありません。", "There is no such dispatch."))
