"""What the door calls for the authorities' side; merged into the room's own tables."""

import uuid

from sakimori.acts.context import Context
from sakimori.assets.forms import handlers as forms
from sakimori.assets.models import MapPermission, Notification
from sakimori.assets.payloads import PassOn, Receive
from sakimori.assets.supervision import matters, preconditions
from sakimori.assets.supervision import payloads as p
from sakimori.record import Bound, Handler
from sakimori.text import Text


def pass_on_chosen(ctx: Context, payload: p.PassOnChosen) -> Bound:
    """Pass the chosen notifications on to the Prime Minister: all of them, or none."""
    minister = ctx.actor.acting_organisation
    chosen = [
        ctx.get(Notification, one, minister=minister, side="minister") for one in dict.fromkeys(payload.notifications)
    ]
    gone = [one for one in chosen if one.status != "received"]
    if gone:
        raise ctx.refuse(
            "assets.passed_on",
            Text(
                f"選んだ届出のうち{len(gone)}件は、既に通知済みか、通知の対象ではありません。",
                f"{len(gone)} of those chosen have been passed on already, or are not to be.",
            ),
            where="notifications",
            mend=Text(
                "一覧を開き直し、選び直してください。何も通知していません。",
                "Open the list anew and choose again; nothing was passed on.",
            ),
        )  # fmt: skip
    for notification in chosen:
        forms.pass_on(ctx, PassOn(notification=notification.id))
    if "prime_minister" not in ctx.told:
        ctx.waive("notify:prime_minister", "no such office is enrolled here")
    return Bound("assets.notification", chosen[0].id)


def allow_map(ctx: Context, payload: p.AllowMap) -> Bound:
    """Allow the list of concentrations to be taken out as a file until a day."""
    office = ctx.actor.acting_organisation
    made: uuid.UUID = ctx.create(
        MapPermission, office=office, reason=payload.reason, until=payload.until, decided_at=ctx.now
    ).id
    return Bound("assets.map", made)


HANDLERS = {
    "assets.question.ask": Handler(p.AskQuestion, matters.give),
    "assets.correction.ask": Handler(p.AskCorrection, matters.give),
    "assets.order.issue": Handler(p.IssueOrder, matters.give),
    "assets.order.serve": Handler(p.ServeOrder, matters.serve),
    "assets.order.withdraw": Handler(p.WithdrawOrder, matters.end),
    "assets.opinion.state": Handler(p.StateOpinion, matters.give),
    "assets.material.demand": Handler(p.DemandMaterial, matters.give),
    "assets.guidance.give": Handler(p.GiveGuidance, matters.give),
    "assets.matter.receive": Handler(Receive, matters.receive),
    "assets.matter.reach": Handler(p.Reached, matters.reached),
    "assets.question.answer": Handler(p.Answer, matters.answer),
    "assets.material.give": Handler(p.GiveMaterial, matters.answer),
    "assets.material.arrive": Handler(p.Reached, matters.arrived),
    "assets.answer.receive": Handler(Receive, matters.receive_answer),
    "assets.matter.close": Handler(p.CloseMatter, matters.end),
    "assets.matter.remind": Handler(p.RemindOf, matters.remind),
    "assets.matter.reminded": Handler(Receive, matters.receive_reminder),
    "assets.closing.receive": Handler(Receive, matters.receive_end),
    "assets.notification.pass_on_chosen": Handler(p.PassOnChosen, pass_on_chosen),
    "assets.office.set": Handler(p.SetOffice, matters.set_office),
    "assets.map.allow": Handler(p.AllowMap, allow_map),
}
PREDICATES = preconditions.PREDICATES
RECEIVERS = {
    **dict.fromkeys(matters.SORTS, "assets.matter.receive"),
    "assets.question.answer": "assets.answer.receive",
    "assets.material.give": "assets.answer.receive",
    "assets.matter.close": "assets.closing.receive",
    "assets.matter.remind": "assets.matter.reminded",
    "assets.order.withdraw": "assets.closing.receive",
}
ON_ARRIVAL = {
    **dict.fromkeys(matters.SORTS, "assets.matter.reach"),
    "assets.material.give": "assets.material.arrive",
}
