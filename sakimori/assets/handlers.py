"""What the door calls for this room: filing a notification, its arrival, passing it on (`placing`: the register)."""

import uuid
from collections import Counter
from typing import Any

from pydantic import ValidationError

from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError
from sakimori.acts.models import Dispatch
from sakimori.assets import entries, items, otherwise, placing, preconditions, sums
from sakimori.assets import payloads as p
from sakimori.assets.interview import handlers as interview
from sakimori.assets.models import Computer, Notification
from sakimori.assets.supervision import finding, meeting
from sakimori.assets.supervision import handlers as supervision
from sakimori.assets.upkeep import applying
from sakimori.parties.models import Designation, Facility, Organisation
from sakimori.record import Bound, Handler
from sakimori.text import Text

CABINET_OFFICE = "cabinet_office"
_AT_ONCE = 500  # rows named in one statement: databases limit how many


def _file(ctx: Context, payload: p.FileNotification) -> Bound:
    organisation = ctx.actor.acting_organisation
    designation = _designation(ctx, organisation, payload.facility_category)
    notification = _notification(ctx, payload, organisation, designation.minister_id, side="operator")
    ctx.change(notification, status="approved")
    _mark_filed(_matching(ctx, organisation, payload), notification)
    ctx.send(designation.minister_id, carrying=[notification])
    return Bound("assets.notification", notification.id)


def _file_otherwise(ctx: Context, payload: p.FileOtherwise) -> Bound:
    """Keep what left on paper, by mail or over a portal; its arrival is recorded with evidence later."""
    organisation = ctx.actor.acting_organisation
    designation = _designation(ctx, organisation, payload.facility_category)
    notification = _notification(ctx, payload, organisation, designation.minister_id, side="operator")
    ctx.change(notification, status="sent", channel=payload.channel, filed_at=payload.sent_at)
    _mark_filed(_matching(ctx, organisation, payload), notification)
    return Bound("assets.notification", notification.id)


def _mark_filed(computers: list[uuid.UUID], notification: Notification) -> None:
    for place in range(0, len(computers), _AT_ONCE):
        Computer.objects.filter(id__in=computers[place : place + _AT_ONCE]).update(
            notification=notification.id, status="filed"
        )


def _designation(ctx: Context, organisation: uuid.UUID, category: str) -> Designation:
    facility = (
        Facility.objects.select_related("designation")
        .filter(world=ctx.world.base, organisation_id=organisation, category=category)
        .first()
    )
    if facility is None:
        raise ctx.refuse(
            "assets.facility",
            Text(
                f"「{category}」の特定重要設備は登録されていません。",
                f"You have no facility of the category “{category}”.",
            ),
            where="facility_category",
        )
    designation: Designation = facility.designation
    return designation


def _matching(ctx: Context, organisation: uuid.UUID, payload: p.FileNotification) -> list[uuid.UUID]:
    """Return the register's computers that the rows stand for; refuse rows that stand for none, or too many of them."""
    facilities = Facility.objects.filter(
        world=ctx.world.base, organisation_id=organisation, category=payload.facility_category
    ).values_list("id", flat=True)
    waiting = Computer.objects.filter(
        world=ctx.world.name, organisation=organisation, facility__in=list(facilities), notify="yes",
        notification=None, status="registered",
    )  # fmt: skip
    wanted = Counter((row.clause, row.product, row.maker) for row in payload.rows)
    found: list[uuid.UUID] = []
    for identity, clause, product, maker in waiting.values_list("id", "clause", "product", "maker").order_by("key"):
        if wanted[clause, product, maker] > 0:
            wanted[clause, product, maker] -= 1
            found.append(identity)
    left = [name for name, count in wanted.items() if count > 0]
    if left:
        clause, product, maker = left[0]
        raise PreconditionError(
            Text(
                f"登録簿に届出待ちの「{maker} {product}」（{clause}）がありません（ほか{len(left) - 1}件）。",
                f"No “{maker} {product}” ({clause}) waits to be notified in the register (and {len(left) - 1} more).",
            ),
            where="rows",
            mend=Text("届出案を作り直してください。", "Draft the notification anew."),
        )
    return found


def _notification(
    ctx: Context,
    payload: p.FileNotification,
    organisation: uuid.UUID,
    minister: uuid.UUID,
    *,
    side: str,
    act: uuid.UUID | None = None,
) -> Notification:
    notification = ctx.create(
        Notification,
        act=act or ctx.act,
        side=side,
        organisation=organisation,
        owner=organisation,
        minister=minister,
        outline=payload.outline.model_dump(),
        facility_category=payload.facility_category,
        count=len(payload.rows),
        filed_at=ctx.occurred_at,
        status="received" if side == "minister" else "prepared",
    )
    items.place(ctx, notification, [(row.clause, row.product, row.maker) for row in payload.rows])
    return notification


def _arrived(ctx: Context, payload: p.Arrived) -> Bound:
    dispatch = ctx.get(Dispatch, payload.dispatch)
    notification = Notification.objects.get(world=ctx.world.name, act=dispatch.act, side="operator")
    if not payload.accepted:
        ctx.change(notification, status="refused", evidence=dispatch.acknowledgement)
        Computer.objects.filter(notification=notification.id, status="filed").update(
            notification=None, status="registered"
        )
        return Bound("assets.notification", notification.id)
    ctx.change(notification, status="arrived", arrived_at=dispatch.arrived_at, evidence=dispatch.acknowledgement)
    otherwise.settle_duties(ctx, notification.id, dispatch.acknowledgement or {}, None)
    meeting.meet(ctx, notification)
    return Bound("assets.notification", notification.id)


def _receive(ctx: Context, payload: p.Receive) -> Bound:
    if payload.sender is None:
        raise ctx.refuse("assets.sender", Text("届出者が分かりません。", "The filing organisation is not known."))
    filed = _filed(ctx, payload.document)
    minister = ctx.organisation(payload.addressee)
    designated = Designation.objects.filter(
        world=ctx.world.base, organisation_id=payload.sender, minister=minister, withdrawn_on=None
    ).first()
    if designated is None:
        raise ctx.refuse(
            "assets.not_designated",
            Text(
                "届出者はこの大臣の所管する特別社会基盤事業者ではありません。",
                "The sender is not designated under this minister.",
            ),
        )
    act = uuid.UUID(str(payload.document["id"]))
    notification = _notification(ctx, filed, payload.sender, minister.id, side="minister", act=act)
    ctx.change(notification, arrived_at=ctx.now)
    about = Bound("assets.notification", notification.id)
    _link_to_entry(ctx, notification, filed)
    finding.arrived(ctx, notification)
    ctx.tell(
        "minister",
        minister.id,
        Text("届出が届きました（強化法4条1項）", "A notification has arrived (Art 4(1))"),
        about=about,
    )
    if notification.status == "linked":
        ctx.waive("kyokaho.notice.pass_on", "a second copy of what was entered before")
    else:
        ctx.start("kyokaho.notice.pass_on", bearer=minister.id, about=about, begins=ctx.today)
    return about


def _link_to_entry(ctx: Context, notification: Notification, filed: p.FileNotification) -> None:
    """Link what came by envelope to the same filing that was entered from paper before; it counts once."""
    before = entries.copies(
        ctx.world.name, notification.minister, notification.organisation, filed.facility_category, "notification"
    ).exclude(channel=otherwise.ENVELOPE)
    first = entries.same_rows(ctx, before, [(row.clause, row.product, row.maker) for row in filed.rows])
    if first is not None:
        ctx.change(notification, status="linked", same_as=first.id)


def _filed(ctx: Context, document: dict[str, Any]) -> p.FileNotification:
    try:
        return p.FileNotification.model_validate(document.get("payload"))
    except ValidationError as error:
        raise ctx.refuse(
            "assets.form",
            Text("届出が決められた形ではありません。", "The notification is not of the form asked for."),
            where=".".join(str(part) for part in error.errors()[0]["loc"]),
            mend=Text("届出案を作り直してください。", "Draft the notification anew."),
        ) from None


def _pass_on(ctx: Context, payload: p.PassOn) -> Bound:
    notification = ctx.get(Notification, payload.notification, minister=ctx.actor.acting_organisation, side="minister")
    if notification.status != "received":
        raise ctx.refuse("assets.passed_on", Text("この届出は既に通知済みです。", "It has been passed on already."))
    about = Bound("assets.notification", notification.id)
    for office in Organisation.objects.filter(world=ctx.world.base, type=CABINET_OFFICE):
        ctx.tell(
            "prime_minister",
            office.id,
            Text("届出の通知を受けました（強化法4条2項）", "A notification was passed on (Art 4(2))"),
            about=about,
            derived_from=[notification],
        )
    ctx.change(notification, status="passed_on", passed_on_at=ctx.now)
    sums.recount(ctx, notification.organisation)
    ctx.settle("kyokaho.notice.pass_on", notification.id, bearer=ctx.actor.acting_organisation)
    return about


HANDLERS = {
    **supervision.HANDLERS,
    **interview.HANDLERS,
    "assets.register.import": Handler(p.ImportRegister, placing.take_in),
    "assets.computer.change": Handler(p.ChangeComputer, applying.change),
    "assets.computer.retire": Handler(p.RetireComputer, applying.retire),
    "assets.notification.file": Handler(p.FileNotification, _file),
    "assets.notification.arrive": Handler(p.Arrived, _arrived),
    "assets.notification.receive": Handler(p.Receive, _receive),
    "assets.notification.pass_on": Handler(p.PassOn, _pass_on),
    "assets.notification.file_otherwise": Handler(p.FileOtherwise, _file_otherwise),
    "assets.notification.confirm_arrival": Handler(p.ConfirmArrival, otherwise.confirm_arrival),
    "assets.notification.undo_otherwise": Handler(p.UndoOtherwise, otherwise.undo),
    "assets.entry.record": Handler(p.RecordEntry, entries.record),
    "assets.entry.link": Handler(p.LinkEntry, entries.link),
    "assets.entry.withdraw": Handler(p.WithdrawEntry, entries.withdraw),
    "assets.reminder.send": Handler(p.SendReminder, entries.send_reminder),
    "assets.reminder.receive": Handler(p.Receive, entries.receive_reminder),
}
PREDICATES = {**preconditions.PREDICATES, **supervision.PREDICATES}
RECEIVERS = {
    **supervision.RECEIVERS,
    "assets.notification.file": "assets.notification.receive",
    "assets.reminder.send": "assets.reminder.receive",
}
ON_ARRIVAL = {**supervision.ON_ARRIVAL, "assets.notification.file": "assets.notification.arrive"}
