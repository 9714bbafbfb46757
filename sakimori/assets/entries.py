"""Notifications that came another way, on the minister's side: entered with evidence, withdrawn; reminders.

An entry stands beside what came by envelope, so that "who has filed, who is late" is true whatever the channel. It
counts from the time of arrival, as a filing of its own until a person says that it is a copy of another (`linking`).
What it settles its rows say, or a person (`settling`); a wrong entry is withdrawn with its reason, and that is open
again.
"""

from typing import Any

from django.conf import settings

from sakimori import law
from sakimori.acts import attaching, clock, incoming
from sakimori.acts.context import Context
from sakimori.acts.errors import ConflictError, PreconditionError, RefusedError
from sakimori.assets import items, linking, renaming, settling, sums
from sakimori.assets import payloads as p
from sakimori.assets.models import Notification, Reminder
from sakimori.assets.otherwise import ENVELOPE, require_evidence
from sakimori.assets.supervision import finding, meeting, replacing
from sakimori.assets.upkeep import telling
from sakimori.parties.models import Designation, Organisation
from sakimori.record import Bound
from sakimori.text import Text


def record(ctx: Context, payload: p.RecordEntry) -> Bound:
    """Enter a filing; the obligations that it meets here are settled as of its arrival."""
    minister = ctx.actor.acting_organisation
    require_evidence(ctx, payload.reference, payload.attachments)
    rows, before = renaming.told(ctx, payload)
    first = linking.first_copy(ctx, payload, minister)
    evidence = {
        "channel": payload.channel,
        "reference": payload.reference,
        "attachments": payload.attachments,
        "arrived_at": payload.arrived_at.isoformat(),
        "entered_by": str(ctx.act),
        **({"covers": payload.covers} if payload.covers and not rows else {}),
    }
    operator = ctx.organisation(payload.operator)
    notification = ctx.create(
        Notification,
        act=ctx.act,
        side="minister",
        organisation=operator.id,
        owner=operator.id,
        minister=minister,
        outline={"name": operator.name_ja, "corporate_number": operator.corporate_number},
        facility_category=payload.facility_category,
        count=len(rows) or payload.count or 0,
        filed_at=payload.arrived_at,
        arrived_at=payload.arrived_at,
        status="linked" if first else "stated_none" if payload.what == "none" else "received",
        what=payload.what,
        channel=payload.channel,
        reference=payload.reference,
        transcribed=payload.contents == "typed",
        same_as=first.id if first else None,
        note=payload.note,
        corrects=payload.corrects,
        evidence=evidence,
    )
    replacing.replace(ctx, notification)
    items.place(ctx, notification, rows, before)
    about = Bound("assets.notification", notification.id)
    attaching.bind(ctx, payload.attachments, about, owner=operator.id)
    linking.start_passing_on(ctx, notification)
    if not first:
        settling.settle(ctx, notification)
    telling.waive_clocks(ctx)
    finding.arrived(ctx, notification, cites=payload.answers, told=payload.count or 0)
    _tell(
        ctx, operator, about, Text("書面等による届出の到達が記録されました", "Your notification on paper was entered")
    )
    return about


def _tell(ctx: Context, operator: Organisation, about: Bound, title: Text) -> None:
    """Tell the operator, where its inbox is here; another deployment has its own record of what it sent."""
    if operator.deployment == settings.SAKIMORI_DEPLOYMENT["name"]:
        ctx.tell("operator", operator.id, title, about=about)
    else:
        ctx.waive("notify:operator", "its inbox is elsewhere")


def withdraw(ctx: Context, payload: p.WithdrawEntry) -> Bound:
    """Withdraw a wrong entry: it stays, marked; obligations it settled are open again; copies of it count again."""
    entry = ctx.get(Notification, payload.notification, side="minister", minister=ctx.actor.acting_organisation)
    if entry.channel == ENVELOPE or entry.status == "withdrawn":
        raise ctx.refuse(
            "assets.no_entry",
            Text(
                "取り消せるのは、ここで入力され、まだ取り消されていないものだけです。",
                "Only what was entered here, and not withdrawn yet, can be withdrawn.",
            ),
            where="notification",
        )
    why = {"reason": payload.reason, "by": str(ctx.act)}
    settling.take_back(ctx, entry, why)
    ctx.reopen(entry.act, why)
    meeting.unmeet(ctx, entry.act)
    ctx.settle(linking.PASS_ON, entry.id, bearer=entry.minister, evidence={"withdrawn": str(ctx.act)})
    ctx.change(entry, status="withdrawn", note=payload.reason, same_as=None)
    linking.count_again(ctx, entry)
    telling.waive_clocks(ctx)
    replacing.restore(ctx, entry)
    about = Bound("assets.notification", entry.id)
    if entry.passed_on_at is None:
        ctx.waive("notify:prime_minister", "it was never passed on")
    sums.recount(ctx, entry.organisation)
    for office in Organisation.objects.filter(world=ctx.world.base, type="cabinet_office"):
        if entry.passed_on_at is not None:
            title = Text("通知された届出の入力が取り消されました", "An entry that was passed on has been withdrawn")
            ctx.tell("prime_minister", office.id, title, about=about, derived_from=[entry])
    title = Text("書面等による届出の到達の記録が取り消されました", "The entry of your notification was withdrawn")
    _tell(ctx, ctx.organisation(entry.organisation), about, title)
    return about


def send_reminder(ctx: Context, payload: p.SendReminder) -> Bound:
    """Remind an operator of its notification; the word travels to its deployment."""
    minister = ctx.actor.acting_organisation
    made = ctx.create(Reminder, minister=minister, organisation=payload.operator, act=ctx.act, sent_at=ctx.now)
    ctx.send(payload.operator)
    return Bound("assets.reminder", made.id)


def receive_reminder(ctx: Context, payload: p.Receive) -> Bound:
    """Take in a reminder: a notice in the operator's inbox."""
    if incoming.read(ctx, p.SendReminder, payload.document).operator != payload.addressee:
        raise ctx.refuse(
            "assets.addressee", Text("宛先が違います。", "It is meant for somebody else."), where="operator"
        )
    about = Bound("assets.reminder", incoming.subject(ctx, payload.document))
    title = Text("特定重要電子計算機の届出についての催促（任意）", "A reminder of your notification (informal)")
    ctx.tell("operator", payload.addressee, title, about=about)
    return about


def designated_here(ctx: Context, payload: Any) -> RefusedError | None:
    """Refuse an operator that is not designated under the actor's minister."""
    found = Designation.objects.filter(
        world=ctx.world.base, organisation_id=payload.operator, minister_id=ctx.actor.acting_organisation
    )
    if found.exists():
        return None
    return PreconditionError(
        Text(
            "この大臣の所管する特別社会基盤事業者ではありません。",
            "This operator is not designated under this minister.",
        ),
        code="assets.not_designated",
        where="operator",
        mend=Text("事業者を選び直してください。", "Choose the operator again."),
        article="強化法2(3)",
    )


def entry_fits(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    """Refuse an entry that contradicts itself, comes before the law, or has been made already."""
    refused = designated_here(ctx, payload)
    if refused is not None:
        return refused
    arrived = payload.arrived_at.astimezone(clock.TOKYO).date()
    unfit = _contradiction(payload)
    if not (ctx.world.rehearsal or law.in_force("強化法4(1)", arrived)):
        unfit = ("arrived_at", "その日には届出の規定は施行されていません。", "That article was not in force that day.")
    if unfit is None:
        before = replacing.refusal(ctx, payload) or renaming.refusal(ctx, payload) or _entered_already(ctx, payload)
        unfit = settling.unfit(ctx, payload)
        if before is not None or unfit is None:
            return before
    where, ja, en = unfit
    return PreconditionError(
        Text(ja, en),
        code="assets.entry",
        where=where,
        mend=Text("その欄を直してください。", "Mend that field."),
        article="強化法4(1)",
    )


def _contradiction(payload: p.RecordEntry) -> tuple[str, str, str] | None:
    """Return field, Japanese and English of what does not fit together in an entry; None where all does."""
    typed = payload.contents == "typed"
    if payload.what == "none" and (payload.rows or payload.count):
        return "rows", "「届け出るものなし」に行や台数は付きません。", "A statement of nothing to notify has no rows."
    if payload.what != "none" and not payload.facility_category:
        return "facility_category", "特定重要設備の区分を入れてください。", "Enter the facility category."
    if typed and not payload.rows:
        return "rows", "内容を入力する場合は、電子計算機の行が要ります。", "Contents typed in need rows of computers."
    if any(not (row.clause or row.product or row.maker) for row in payload.rows):
        return "rows", "何も書かれていない行があります。", "One of the rows says nothing."
    if payload.rows and not typed:
        return (
            "contents",
            "行があるのに「内容は書面のまま」です。",
            "There are rows, but the contents are said to stay on paper.",
        )
    return None


def _entered_already(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    if not payload.reference:
        return None
    again = Notification.objects.filter(
        world=ctx.world.name,
        side="minister",
        minister=ctx.actor.acting_organisation,
        organisation=payload.operator,
        channel=payload.channel,
        reference=payload.reference,
    ).exclude(status="withdrawn")
    if not again.exists():
        return None
    return ConflictError(
        Text(
            f"同じ事業者の、同じ経路・番号（{payload.reference}）の届出は既に入力されています。",
            f"This operator's notification with that channel and number ({payload.reference}) was entered before.",
        ),
        code="assets.entered",
        where="reference",
        mend=Text("届出の一覧で確かめてください。", "Check the list of notifications."),
    )
