"""Notifications that came another way, on the minister's side: entered with evidence, linked, withdrawn; reminders.

An entry stands beside what came by envelope, so that "who has filed, who is late" is true whatever the channel. It
counts from the time of arrival. A second copy of the same filing is linked to the first and not counted twice; a wrong
entry is withdrawn with its reason, and what it had settled is open again.
"""

import uuid
from collections import Counter
from typing import Any

from django.conf import settings

from sakimori import law
from sakimori.acts import attaching, clock, incoming
from sakimori.acts.context import Context
from sakimori.acts.errors import ConflictError, PreconditionError, RefusedError
from sakimori.assets import items, renaming, sums
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer, Duty, Notification, NotifiedItem, Reminder
from sakimori.assets.otherwise import ENVELOPE, require_evidence, settle_duties
from sakimori.assets.supervision import finding, meeting, replacing
from sakimori.assets.upkeep import changes
from sakimori.parties.models import Designation, Facility, Organisation
from sakimori.record import Bound
from sakimori.text import Text

PASS_ON = "kyokaho.notice.pass_on"  # noqa: S105 - a rule of the law
NOTICES = (
    "kyokaho.notice.existing",
    "kyokaho.notice.early_window",
    "kyokaho.notice.designated",
    "kyokaho.notice.facility_order",
    "kyokaho.notice.new",
)
GONE = ("withdrawn", "linked")
Rows = list[tuple[str, str, str]]


def record(ctx: Context, payload: p.RecordEntry) -> Bound:
    """Enter a filing; the obligations that it meets here are settled as of its arrival."""
    minister = ctx.actor.acting_organisation
    require_evidence(ctx, payload.reference, payload.attachments)
    rows, before = renaming.told(ctx, payload)
    first = _first_copy(ctx, payload, minister, rows)
    evidence = {
        "channel": payload.channel,
        "reference": payload.reference,
        "attachments": payload.attachments,
        "arrived_at": payload.arrived_at.isoformat(),
        "entered_by": str(ctx.act),
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
    _pass_on_clock(ctx, notification)
    if not first:
        _settle(ctx, notification, rows, evidence)
    finding.arrived(ctx, notification, cites=payload.answers, told=payload.count or 0)
    _tell(
        ctx, operator, about, Text("書面等による届出の到達が記録されました", "Your notification on paper was entered")
    )
    return about


def _pass_on_clock(ctx: Context, notification: Notification) -> None:
    if notification.status != "received":
        ctx.waive(PASS_ON, "nothing to pass on: a second copy, or a statement without a form in law")
        return
    arrived = notification.arrived_at or ctx.now
    begins = arrived.astimezone(clock.TOKYO).date()
    about = Bound("assets.notification", notification.id)
    ctx.start(PASS_ON, bearer=notification.minister, about=about, begins=begins)


def _tell(ctx: Context, operator: Organisation, about: Bound, title: Text) -> None:
    """Tell the operator, where its inbox is here; another deployment has its own record of what it sent."""
    if operator.deployment == settings.SAKIMORI_DEPLOYMENT["name"]:
        ctx.tell("operator", operator.id, title, about=about)
    else:
        ctx.waive("notify:operator", "its inbox is elsewhere")


def copies(world: str, minister: uuid.UUID, operator: uuid.UUID, category: str, what: str) -> Any:
    """Return the live notifications that could be the same filing: of this operator, category and sort."""
    return Notification.objects.filter(
        world=world, side="minister", minister=minister, organisation=operator, facility_category=category, what=what
    ).exclude(status__in=GONE)


def same_rows(ctx: Context, found: Any, rows: Rows) -> Notification | None:
    """Return the first notification among those found that names exactly these computers; None where none does."""
    if not rows:
        return None
    wanted = Counter(rows)
    for one in found.filter(transcribed=True, count=len(rows)).order_by("arrived_at"):
        named = NotifiedItem.objects.filter(world=ctx.world.name, notification=one)
        if Counter(named.values_list("clause", "product", "maker")) == wanted:
            return one  # type: ignore[no-any-return]
    return None


def _first_copy(ctx: Context, payload: p.RecordEntry, minister: uuid.UUID, rows: Rows) -> Notification | None:
    found = copies(ctx.world.name, minister, payload.operator, payload.facility_category, payload.what)
    if payload.same_as is not None:
        named = found.filter(id=payload.same_as).first()
        if named is None:
            raise ctx.refuse(
                "assets.no_first",
                Text(
                    "同じ届出として選ばれた記録は、この事業者・区分のものではないか、取り消されています。",
                    "The record chosen as the same filing is not of this operator and category, or was withdrawn.",
                ),
                where="same_as",
            )
        return named  # type: ignore[no-any-return]
    return same_rows(ctx, found, rows)


def _settle(ctx: Context, notification: Notification, rows: Rows, evidence: dict[str, Any]) -> None:
    """Settle what the operator owes as far as it is known here, as of the arrival."""
    if notification.what in ("none", "correction", "component_report"):  # nothing is owed beside what was
        return
    operator, arrived = notification.organisation, notification.arrived_at
    facilities = Facility.objects.filter(
        world=ctx.world.base, organisation_id=operator, category=notification.facility_category
    ).values_list("id", flat=True)
    sent = _own_record(ctx, notification, rows)
    if notification.what == "change":
        changes.settle_told(ctx, notification, sent, list(facilities), evidence)
        return
    if sent is not None:
        ctx.change(sent, status="arrived", arrived_at=arrived, evidence=evidence)
        settle_duties(ctx, sent.id, evidence, arrived)
        return
    duties = Duty.objects.filter(world=ctx.world.name, organisation=operator, facility__in=list(facilities))
    for rule, duty in duties.filter(rule__in=NOTICES).values_list("rule", "id"):
        ctx.settle(rule, duty, bearer=operator, evidence=evidence, at=arrived)


def _own_record(ctx: Context, notification: Notification, rows: Rows) -> Notification | None:
    """Return the operator's own record of having sent this, where it keeps its records here."""
    waiting = Notification.objects.filter(
        world=ctx.world.name,
        side="operator",
        organisation=notification.organisation,
        minister=notification.minister,
        facility_category=notification.facility_category,
        what=notification.what,
        status="sent",
    ).order_by("filed_at")
    return same_rows(ctx, waiting, rows) if rows else waiting.first()


def link(ctx: Context, payload: p.LinkEntry) -> Bound:
    """Say that two records are of one filing; the earlier one counts."""
    second, first = _live(ctx, payload.notification), _live(ctx, payload.same_as)
    alike = ("organisation", "facility_category", "what")
    if first.id == second.id or any(getattr(first, name) != getattr(second, name) for name in alike):
        raise ctx.refuse(
            "assets.not_the_same",
            Text(
                "事業者、区分又は種類が違う届出は、同じ届出とは記録できません。",
                "Notifications of another operator, category or sort are not the same filing.",
            ),
            where="same_as",
        )
    if second.passed_on_at is not None:
        raise ctx.refuse(
            "assets.passed_on",
            Text("総理へ通知済みの記録は、重複の側にできません。", "What was passed on cannot be the second copy."),
            where="notification",
            mend=Text("逆に選んでください。", "Choose them the other way round."),
        )
    ctx.change(second, status="linked", same_as=first.id)
    ctx.settle(PASS_ON, second.id, bearer=second.minister, evidence={"same_as": str(first.id)})
    items.stand_anew(ctx, second.organisation)
    sums.recount(ctx, second.organisation)
    return Bound("assets.notification", second.id)


def _live(ctx: Context, notification: uuid.UUID) -> Notification:
    found = ctx.get(Notification, notification, side="minister", minister=ctx.actor.acting_organisation)
    if found.status in GONE:
        raise ctx.refuse(
            "assets.gone",
            Text(
                "取り消されたか、既に重複として記録された届出です。", "It was withdrawn, or is a second copy already."
            ),
            where="notification",
        )
    return found


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
    ctx.reopen(entry.act, why)
    meeting.unmeet(ctx, entry.act)
    ctx.settle(PASS_ON, entry.id, bearer=entry.minister, evidence={"withdrawn": str(ctx.act)})
    _take_back(ctx, entry)
    changes.mark_waiting(ctx, entry.id)
    ctx.change(entry, status="withdrawn", note=payload.reason, same_as=None)
    _count_again(ctx, entry)
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


def _take_back(ctx: Context, entry: Notification) -> None:
    """Let the operator's own record, if this entry made it arrive, wait for its arrival again."""
    own = Notification.objects.filter(
        world=ctx.world.name, side="operator", organisation=entry.organisation, status="arrived"
    ).exclude(channel=ENVELOPE)
    for one in own:
        if (one.evidence or {}).get("entered_by") == str(entry.act):
            Computer.objects.filter(world=ctx.world.name, notification=one.id, status="notified").update(status="filed")
            changes.mark_on_its_way(ctx, one.id)
            ctx.change(one, status="sent", arrived_at=None, evidence=None)


def _count_again(ctx: Context, entry: Notification) -> None:
    """Let copies that were linked to a withdrawn entry stand on their own: the first counts, the others follow it."""
    followers = list(
        Notification.objects.filter(world=ctx.world.name, same_as=entry.id, status="linked").order_by("arrived_at")
    )
    if not followers:
        ctx.waive(PASS_ON, "no copy stands in for it")
        return
    first, *others = followers
    ctx.change(first, status="received", same_as=None)
    _pass_on_clock(ctx, first)
    for other in others:
        ctx.change(other, same_as=first.id)


def send_reminder(ctx: Context, payload: p.SendReminder) -> Bound:
    """Remind an operator of its notification; the word travels to its deployment."""
    minister = ctx.actor.acting_organisation
    made = ctx.create(Reminder, minister=minister, organisation=payload.operator, act=ctx.act, sent_at=ctx.now)
    ctx.send(payload.operator)
    return Bound("assets.reminder", made.id)


def receive_reminder(ctx: Context, payload: p.Receive) -> Bound:
    """Take in a reminder: a notice in the operator's inbox."""
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
        return replacing.refusal(ctx, payload) or renaming.refusal(ctx, payload) or _entered_already(ctx, payload)
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
