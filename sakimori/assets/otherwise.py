"""Notifications that go another way than by envelope, on the operator's side: sent, arrived with evidence, taken back.

An operator whose authority has no deployment sends paper, mail, or over a portal. Filed means arrived (民法97条1項):
sending settles nothing, the recorded evidence of arrival does.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sakimori.acts import attaching
from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.acts.models import Act
from sakimori.assets import correcting, reopening
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer, Duty, Notification, NotifiedItem
from sakimori.assets.supervision import meeting
from sakimori.assets.upkeep import changes
from sakimori.record import Bound
from sakimori.text import Text

ENVELOPE, CORRECTION = "envelope", "correction"
_AT_ONCE = 500


def settle_duties(ctx: Context, notification: uuid.UUID, evidence: Mapping[str, Any], at: datetime | None) -> None:
    """Mark the computers of an arrived notification; settle every duty of theirs that leaves nothing to notify."""
    computers = Computer.objects.filter(world=ctx.world.name, notification=notification)
    duties = set(computers.values_list("duty_id", flat=True)) - {None}
    computers.filter(status="filed").update(status="notified")
    changes.mark_arrived(ctx, notification, evidence, at)
    for duty in Duty.objects.filter(id__in=duties):
        owed = Computer.objects.filter(duty=duty, notify="yes").exclude(status__in=("notified", "retired"))
        if not owed.exists():
            ctx.settle(duty.rule, duty.id, evidence=evidence, at=at)


def confirm_arrival(ctx: Context, payload: p.ConfirmArrival) -> Bound:
    """Record that it arrived, with evidence; this settles the duties, as of the time it arrived."""
    notification = own(ctx, payload.notification)
    if notification.status != "sent":
        raise ctx.refuse(
            "assets.not_sent",
            Text("この届出は到達待ちではありません。", "This notification does not wait to arrive."),
            where="notification",
        )
    if payload.arrived_at < notification.filed_at:
        raise ctx.refuse(
            "assets.arrived_early",
            Text("到達の日時が発送より前です。", "It cannot have arrived before it was sent."),
            where="arrived_at",
            mend=Text("受付印の日時を確かめてください。", "Check the day and time on the stamp."),
        )
    require_evidence(ctx, payload.reference, payload.attachments)
    about = Bound("assets.notification", notification.id)
    attaching.bind(ctx, payload.attachments, about)
    cited = notification.reference if notification.what == CORRECTION else ""  # the request it answers, if any
    evidence = {
        "channel": notification.channel,
        "reference": payload.reference,
        "attachments": payload.attachments,
        "arrived_at": payload.arrived_at.isoformat(),
    }
    ctx.change(
        notification,
        status="arrived",
        arrived_at=payload.arrived_at,
        reference=payload.reference,
        evidence=evidence,
    )
    if notification.what == CORRECTION:
        stand_in(ctx, notification, evidence, payload.arrived_at)
    else:
        settle_duties(ctx, notification.id, evidence, payload.arrived_at)
    meeting.meet(ctx, notification, uuid.UUID(cited) if cited else None)
    return about


def stand_in(ctx: Context, correction: Notification, evidence: Mapping[str, Any], at: datetime | None) -> None:
    """Let a correction that arrived take the wrong filing's place; what it left out need not have been notified.

    What has changed since goes on waiting for its own notification (強化法4条3項).
    """
    wrong = ctx.get(Notification, correction.corrects or correction.id)
    _take_over(ctx, wrong, correction)
    ctx.change(wrong, status="replaced", replaced_by=correction.id)
    left = Computer.objects.filter(world=ctx.world.name, notification=wrong.id)
    changes.fall_back(ctx, wrong)
    left.exclude(status="retired").update(notification=None, status="registered")
    settle_duties(ctx, correction.id, evidence, at)
    correcting.mark_corrected(correction)


def _take_over(ctx: Context, wrong: Notification, correction: Notification) -> None:
    """Let the computers whose rows a correction has, as they were or put right, be its own."""
    world = ctx.world.name
    if Computer.objects.filter(world=world, notification=correction.id).exists():
        return  # it was filed when its computers were taken out of the wrong filing at once
    rows = NotifiedItem.objects.filter(world=world, notification=correction.id).values_list(
        "clause", "product", "maker"
    )
    told = correcting.told_by(correcting.lines(wrong, correction.id), rows)
    stay = [line.computer for line in (*told.kept, *told.amended) if line.computer is not None]
    for place in range(0, len(stay), _AT_ONCE):
        Computer.objects.filter(world=world, id__in=stay[place : place + _AT_ONCE]).update(notification=correction.id)


def stand_down(ctx: Context, correction: Notification) -> None:
    """Let the filing that a correction was to replace stand as it did: the correction was refused or taken back."""
    correcting.mark_wrong(correction)
    changes.mark_waiting(ctx, correction.id)  # one filed before corrections left changes alone
    mine = Computer.objects.filter(world=ctx.world.name, notification=correction.id, status="filed")
    mine.update(notification=correction.corrects, status="notified")


def require_evidence(ctx: Context, reference: str, attachments: list[str]) -> None:
    """Refuse an arrival without any evidence."""
    if reference or attachments:
        return
    raise ctx.refuse(
        "assets.evidence",
        Text("到達の証拠がありません。", "There is no evidence of the arrival."),
        where="reference",
        mend=Text(
            "受付印や受付番号、受信したメールの番号を入れるか、控えのファイルを付けてください。",
            "Give the number of the stamp, the portal or the mail, or attach a scan of it.",
        ),
    )


def undo(ctx: Context, payload: p.UndoOtherwise) -> Bound:
    """Take back a wrong record: the computers wait again, and what it settled is open again."""
    notification = own(ctx, payload.notification)
    if notification.status not in ("sent", "arrived"):
        raise ctx.refuse("assets.undone", Text("既に取り消されています。", "It has been taken back already."))
    if notification.what == CORRECTION:
        return _undo_correction(ctx, notification, payload.reason)
    for act in _acts_about(ctx, notification.id):
        ctx.reopen(act, {"reason": payload.reason, "by": str(ctx.act)})
    meeting.unmeet(ctx, notification.act)
    told = reopening.told_by(ctx, notification.id)
    changes.mark_waiting(ctx, notification.id)
    changes.fall_back(ctx, notification)
    mine = Computer.objects.filter(world=ctx.world.name, notification=notification.id).exclude(status="retired")
    computers = list(mine.values_list("id", flat=True))
    mine.update(notification=None, status="registered")
    why = {"reason": payload.reason, "by": str(ctx.act)}
    reopening.reopen_owed(ctx, notification.organisation, computers, told, why)
    ctx.change(notification, status="withdrawn", note=payload.reason)
    return Bound("assets.notification", notification.id)


def _undo_correction(ctx: Context, correction: Notification, reason: str) -> Bound:
    """Take back the record of a correction that was never sent; one that arrived stands, and is corrected in turn."""
    if correction.status == "arrived":
        raise ctx.refuse(
            "assets.correction_stands",
            Text("到達した訂正は、元の届出に代わっています。", "The correction has arrived and stands in its place."),
            where="notification",
            mend=Text("誤りは、この訂正をさらに訂正して正してください。", "Correct this correction in turn."),
        )
    stand_down(ctx, correction)
    ctx.change(correction, status="withdrawn", note=f"{correction.note}\n{reason}")
    return Bound("assets.notification", correction.id)


def _acts_about(ctx: Context, thing: uuid.UUID) -> list[uuid.UUID]:
    """Return the acts of this world about a thing (which may have settled something)."""
    return list(Act.objects.filter(world=ctx.world.name, subject=thing).values_list("id", flat=True))


def own(ctx: Context, notification: uuid.UUID) -> Notification:
    """Return an operator's own notification that went by other means, or refuse."""
    found = ctx.get(Notification, notification, side="operator", organisation=ctx.actor.acting_organisation)
    if found.channel == ENVELOPE:
        raise ctx.refuse(
            "assets.by_envelope",
            Text(
                "この届出は当システムで送られ、相手の受領の知らせで到達します。",
                "This notification went through this system; the addressee's acknowledgement records its arrival.",
            ),
            where="notification",
        )
    return found


def not_in_the_future(ctx: Context, payload: Any) -> RefusedError | None:
    """Refuse a sending or an arrival that has not happened yet."""
    for name in ("arrived_at", "sent_at", "served_at"):
        moment = getattr(payload, name, None)
        if moment is not None and moment > ctx.now:
            return PreconditionError(
                Text("日時が未来です。", "That day and time lie in the future."),
                code="assets.future",
                where=name,
                mend=Text("日時を確かめてください。", "Check the day and time."),
            )
    return None
