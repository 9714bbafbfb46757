"""What the door calls for this room: the request, its arrival, the committee's answer, the end of a measure."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError
from sakimori.acts.models import Dispatch
from sakimori.errors import SakimoriError
from sakimori.measures import answers, limits
from sakimori.measures import payloads as p
from sakimori.measures.models import Measure
from sakimori.parties.models import Organisation
from sakimori.record import Bound, Handler
from sakimori.text import Text

RUNNING = p.APPROVED


def _bound(measure: Measure) -> Bound:
    return Bound("measures.measure", measure.id)


def _committee(ctx: Context) -> Organisation | None:
    found: Organisation | None = Organisation.objects.filter(world=ctx.world.base, type="committee").first()
    return found


def _file(ctx: Context, payload: p.AskApproval) -> Bound:
    committee = _committee(ctx)
    if committee is None:
        raise NotFoundError("committee")
    measure = ctx.create(
        Measure,
        organisation=ctx.actor.acting_organisation,
        committee=committee.id,
        act=ctx.act,
        filed_at=ctx.now,
        **payload.model_dump(mode="python"),
    )
    ctx.send(committee.id)
    return _bound(measure)


def _arrived(ctx: Context, payload: p.Arrived) -> Bound:
    dispatch = ctx.get(Dispatch, payload.dispatch)
    measure = Measure.objects.select_for_update().get(world=ctx.world.name, act=dispatch.act)
    if measure.status == "filed":  # the answer may have overtaken the acknowledgement of a file
        ctx.change(measure, status="arrived" if payload.accepted else "not_taken", refusal=dispatch.refusal)
    if payload.accepted:
        ctx.change(measure, arrived_at=dispatch.arrived_at)
    return _bound(measure)


def _receive(ctx: Context, payload: p.Receive) -> Bound:
    decided, measure = _decided(payload), _asked(ctx, payload)
    ctx.change(
        measure,
        status=decided.outcome,
        number=decided.number,
        committee_conditions=decided.conditions,
        reason=decided.reason,
        decided_at=decided.decided_at,
        valid_from=decided.begins_on,
        valid_until=decided.ends_on,
        authority=decided.authority,
    )
    _start_period(ctx, measure)
    said = (
        Text("委員会が承認の求めを承認しませんでした", "The committee did not approve a request")
        if decided.outcome == "refused"
        else Text("委員会が承認の求めを承認しました", "The committee approved a request")
    )
    ctx.tell("prime_minister", measure.organisation, said, about=_bound(measure))
    return _bound(measure)


def _start_period(ctx: Context, measure: Measure) -> None:
    """Start the clock of the approved period under the measure's own article; the committee may have shortened it."""
    for basis, rule in limits.PERIODS.items():
        if measure.valid_from is None or measure.valid_until is None:
            ctx.waive(rule, "not approved")
        elif basis != measure.basis:
            ctx.waive(rule, "the measure rests on another article")
        else:
            longest = limits.last_day(basis, measure.valid_from, ctx.today)
            shorter = {"shortened": measure.valid_until} if measure.valid_until < longest else None
            ctx.start(
                rule, bearer=measure.organisation, about=_bound(measure), begins=measure.valid_from, facts=shorter
            )


def _end(ctx: Context, payload: p.EndCopying) -> Bound:
    measure = ctx.get(Measure, payload.measure, organisation=ctx.actor.acting_organisation)
    ctx.change(measure, status="ended", ended_on=ctx.today, end_reason=payload.reason)
    ctx.settle(limits.PERIODS[measure.basis], measure.id, evidence={"ended_on": ctx.today.isoformat()})
    return _bound(measure)


# --- preconditions ----------------------------------------------------------------------------------------------------


def _within_the_law(ctx: Context, payload: p.AskApproval) -> SakimoriError | None:
    return next(iter(limits.faults(payload, ctx.today)), None)


def _committee_enrolled(ctx: Context, payload: p.AskApproval) -> SakimoriError | None:
    if _committee(ctx) is not None:
        return None
    return PreconditionError(
        Text("委員会が登録されていません。", "The committee is not enrolled."),
        mend=Text("組織の登録をしてください。", "Enrol it."),
    )


def _own_request(ctx: Context, payload: p.Arrived) -> SakimoriError | None:
    dispatch = Dispatch.objects.filter(id=payload.dispatch, world=ctx.world.name).first()
    if dispatch is not None and Measure.objects.filter(world=ctx.world.name, act=dispatch.act).exists():
        return None
    return PreconditionError(Text("送達の記録がありません。", "There is no such dispatch."))


def _decided(payload: p.Receive) -> p.Decided:
    try:
        return p.Decided.model_validate(payload.document["payload"])
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in fault["loc"]) for fault in error.errors())
        raise PreconditionError(
            Text(f"決定の様式に誤りがあります: {places}", f"The decision is not of the form: {places}"), where=places
        ) from None


def _asked(ctx: Context, payload: p.Receive) -> Measure:
    return ctx.get(Measure, _decided(payload).request, organisation=payload.addressee)


def _answers_own_request(ctx: Context, payload: p.Receive) -> SakimoriError | None:
    """The decision must come from the committee that was asked, about a request that still waits."""
    measure = _asked(ctx, payload)
    if payload.sender != measure.committee:
        return PreconditionError(
            Text("承認を求めた委員会からの決定ではありません。", "It is not from the committee that was asked."),
            where="sender",
            article="強化法18",
        )
    if measure.status not in ("filed", "arrived"):
        return PreconditionError(
            Text("この求めは既に決定されています。", "This request has been decided already."), where=str(measure.id)
        )
    return None


def _authority_genuine(ctx: Context, payload: p.Receive) -> SakimoriError | None:
    moment: datetime = ctx.now
    return answers.fault(_asked(ctx, payload), _decided(payload), ctx.world, moment)


def _running(ctx: Context, payload: p.EndCopying) -> SakimoriError | None:
    measure = ctx.get(Measure, payload.measure, organisation=ctx.actor.acting_organisation)
    if measure.status in RUNNING:
        return None
    return PreconditionError(
        Text("承認されて続いている措置ではありません。", "It is not an approved measure that still runs."),
        where=str(measure.id),
        article="強化法17(3)",
    )


HANDLERS: dict[str, Any] = {
    "measures.request.file": Handler(p.AskApproval, _file),
    "measures.request.arrive": Handler(p.Arrived, _arrived),
    "measures.approval.receive": Handler(p.Receive, _receive),
    "measures.copying.end": Handler(p.EndCopying, _end),
}
PREDICATES = {
    "measures_within_the_law": _within_the_law,
    "measures_committee_enrolled": _committee_enrolled,
    "measures_own_request": _own_request,
    "measures_answers_own_request": _answers_own_request,
    "measures_authority_genuine": _authority_genuine,
    "measures_running": _running,
}
RECEIVERS = {"oversight.decision.send": "measures.approval.receive"}
ON_ARRIVAL = {"measures.request.file": "measures.request.arrive"}
