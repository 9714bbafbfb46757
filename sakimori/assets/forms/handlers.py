"""What the door calls for the filings beside the first notification: changes, substitutes, corrections, templates."""

import uuid
from collections.abc import Mapping
from typing import Any

from sakimori import proofs
from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.acts.models import Dispatch
from sakimori.assets import correcting, filing, items, otherwise, renaming, sums
from sakimori.assets import payloads as p
from sakimori.assets.forms import drafts
from sakimori.assets.forms import payloads as f
from sakimori.assets.models import Computer, FilledForm, Notification, PlanItem
from sakimori.assets.supervision import meeting
from sakimori.assets.upkeep import changes, outlines
from sakimori.assets.upkeep.queries import QUERIES
from sakimori.record import Bound, Handler
from sakimori.text import Text, and_more

_PASS_ON = "kyokaho.notice.pass_on"  # noqa: S105 - a rule of the law


def _change(ctx: Context, payload: f.FileChange) -> Bound:
    notification = _changed(ctx, payload)
    ctx.send(notification.minister, carrying=[notification])
    return Bound("assets.notification", notification.id)


def _change_otherwise(ctx: Context, payload: f.FileChangeOtherwise) -> Bound:
    """Keep a change notification that left on paper, by mail or over a portal; its arrival is recorded later."""
    notification = _changed(ctx, payload)
    ctx.change(notification, status="sent", channel=payload.channel, filed_at=payload.sent_at)
    return Bound("assets.notification", notification.id)


def _changed(ctx: Context, payload: f.FileChange) -> Notification:
    organisation = ctx.actor.acting_organisation
    minister = filing.designation_of(ctx, organisation, payload.facility_category).minister_id
    computers = _with_changes(ctx, payload)
    before = payload.outline_before.model_dump() if payload.outline_before else None
    notification = filing.record(ctx, organisation, minister, payload, what="change", outline_before=before)
    _lay_down(ctx, notification, payload)
    changes.mark_filed(ctx, computers, notification.id)
    if payload.outline_before is not None:
        outlines.mark_filed(ctx, organisation, payload.facility_category, notification.id)
    return notification


def _lay_down(ctx: Context, notification: Notification, payload: f.FileChange) -> None:
    rows = [
        (row.after.clause, row.after.product, row.after.maker) if row.after else ("", "", "") for row in payload.rows
    ]
    before = [
        {**row.before.model_dump(), **({"category": row.category_before} if row.category_before else {})}
        for row in payload.rows
    ]
    items.place(ctx, notification, rows, before)


def _with_changes(ctx: Context, payload: f.FileChange) -> list[uuid.UUID]:
    """Return the computers whose waiting changes the rows tell, old and new; refuse a row that tells none."""
    waiting: dict[bytes, list[uuid.UUID]] = {}
    for row in QUERIES["assets.changes_to_notify"].run(ctx.actor, facility_category=payload.facility_category):
        waiting.setdefault(_as_told(drafts.changed(row)), []).append(row["computer"])
    found = []
    for told in payload.rows:
        computers = waiting.get(_as_told(told), [])
        if not computers:
            raise PreconditionError(
                Text(
                    f"登録簿に、届け出るこの変更がありません: {told.before.maker} {told.before.product}",
                    f"The register has no such change to notify: {told.before.maker} {told.before.product}",
                ),
                where="rows",
                mend=filing.ANEW if waiting else filing.NOTHING_LEFT,
            )
        found.append(computers.pop(0))
    return found


def _as_told(row: f.ChangedRow) -> bytes:
    return proofs.canonical(row.model_dump(mode="json"))


def _change_arrived(ctx: Context, payload: p.Arrived) -> Bound:
    dispatch, notification = _dispatched(ctx, payload)
    if payload.accepted:
        changes.mark_arrived(ctx, notification.id, dispatch.acknowledgement or {}, dispatch.arrived_at)
    else:
        changes.mark_waiting(ctx, notification.id)
    return Bound("assets.notification", notification.id)


def _dispatched(ctx: Context, payload: p.Arrived) -> tuple[Dispatch, Notification]:
    """Return a dispatch and the operator's record of what it carried, which now says whether it arrived."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    notification = Notification.objects.get(world=ctx.world.name, act=dispatch.act, side="operator")
    if payload.accepted:
        ctx.change(notification, status="arrived", arrived_at=dispatch.arrived_at, evidence=dispatch.acknowledgement)
        cited = notification.reference if notification.what == "correction" else ""
        meeting.meet(ctx, notification, uuid.UUID(cited) if cited else None)
    else:
        ctx.change(notification, status="refused", evidence=dispatch.acknowledgement)
    return dispatch, notification


def _receive_change(ctx: Context, payload: p.Receive) -> Bound:
    filed, operator, minister, act = filing.incoming(ctx, payload, f.FileChange)
    before = filed.outline_before.model_dump() if filed.outline_before else None
    notification = filing.record(ctx, operator, minister, filed, act=act, what="change", outline_before=before)
    _lay_down(ctx, notification, filed)
    return filing.announce(
        ctx,
        notification,
        Text("変更の届出が届きました（強化法4条3項）", "A change notification has arrived (Art 4(3))"),
    )


def pass_on(ctx: Context, payload: p.PassOn) -> Bound:
    """Pass a filing on to the Prime Minister (強化法4条2項, 4項); now it counts, in the place of what it changes."""
    notification = ctx.get(Notification, payload.notification, minister=ctx.actor.acting_organisation, side="minister")
    change = notification.what in renaming.CHANGES
    title = (
        Text("変更の届出の通知を受けました（強化法4条4項）", "A change notification was passed on (Art 4(4))")
        if change
        else Text("届出の通知を受けました（強化法4条2項）", "A notification was passed on (Art 4(2))")
    )
    about = filing.pass_on(ctx, notification, title)
    items.stand_anew(ctx, notification.organisation)
    sums.recount(ctx, notification.organisation)
    return about


def _substitute(ctx: Context, payload: f.FileSubstitute) -> Bound:
    organisation = ctx.actor.acting_organisation
    minister = filing.designation_of(ctx, organisation, payload.facility_category).minister_id
    named = [(row.product, row.maker) for row in payload.rows]
    parts = filing.waiting(ctx, organisation, payload.facility_category).filter(facts__part_of_facility=True)
    computers = filing.taken(parts, named, ("product", "maker"))  # 命令2条4項: 特定重要設備 or 構成設備 only
    notification = filing.record(ctx, organisation, minister, payload, **_sheet(payload))
    items.place(ctx, notification, [("", product, maker) for product, maker in named])
    filing.mark(computers, notification=notification.id, status="filed")
    ctx.send(minister, carrying=[notification])
    return Bound("assets.notification", notification.id)


def _sheet(payload: f.FileSubstitute) -> dict[str, Any]:
    return {
        "what": "substitute",
        "paper": payload.paper.model_dump(mode="json"),
        "contact": payload.contact.model_dump(),
        "reference": payload.paper.reference,
    }


def _receive_substitute(ctx: Context, payload: p.Receive) -> Bound:
    filed, operator, minister, act = filing.incoming(ctx, payload, f.FileSubstitute)
    notification = filing.record(ctx, operator, minister, filed, act=act, **_sheet(filed))
    items.place(ctx, notification, [("", row.product, row.maker) for row in filed.rows])
    return filing.announce(
        ctx,
        notification,
        Text(
            "推進法の届出書による届出が届きました（命令2条4項）",
            "A notification by a prior-review paper has arrived (Order 2(4))",
        ),
    )


def notified(ctx: Context, payload: p.Arrived) -> Bound:
    """Settle the duties of what arrived; what was refused waits again."""
    dispatch, notification = _dispatched(ctx, payload)
    if payload.accepted:
        otherwise.settle_duties(ctx, notification.id, dispatch.acknowledgement or {}, dispatch.arrived_at)
    else:
        changes.fall_back(ctx, notification)
        Computer.objects.filter(notification=notification.id, status="filed").update(
            notification=None, status="registered"
        )
    return Bound("assets.notification", notification.id)


def _correct(ctx: Context, payload: f.FileCorrection) -> Bound:
    notification = _corrected(ctx, payload)
    ctx.send(notification.minister, carrying=[notification])
    return Bound("assets.notification", notification.id)


def _correct_otherwise(ctx: Context, payload: f.FileCorrectionOtherwise) -> Bound:
    """Keep a correction that left on paper, by mail or over a portal; its arrival is recorded later, with evidence."""
    notification = _corrected(ctx, payload)
    ctx.change(notification, status="sent", channel=payload.channel, filed_at=payload.sent_at)
    return Bound("assets.notification", notification.id)


def _corrected(ctx: Context, payload: f.FileCorrection) -> Notification:
    organisation = ctx.actor.acting_organisation
    wrong = _wrong(ctx, payload)
    rows = [(row.clause, row.product, row.maker) for row in payload.rows]
    told = correcting.require(correcting.lines(wrong), rows)
    notification = filing.record(ctx, organisation, wrong.minister, payload, **_why(payload, wrong))
    filing.lay_down(ctx, notification, rows)
    correcting.mark_sent(told, notification)  # the computers stay with what arrived until this has
    return notification


def _why(payload: f.FileCorrection, wrong: Notification) -> dict[str, Any]:
    cited = str(payload.matter or "")
    return {"what": "correction", "corrects": wrong.id, "note": payload.reason, "reference": cited}


def _wrong(ctx: Context, payload: f.FileCorrection) -> Notification:
    wrong: Notification | None = Notification.objects.filter(
        world=ctx.world.name, act=payload.corrects, side="operator", organisation=ctx.actor.acting_organisation,
        what__in=("notification", "correction"), facility_category=payload.facility_category,
    ).first()  # fmt: skip
    if wrong is None or wrong.status != "arrived":
        raise ctx.refuse(
            "assets.no_wrong_one",
            Text(
                "訂正できるのは、同じ区分の、到達した届出だけです。",
                "Only a notification of the same category that has arrived can be corrected.",
            ),
            where="corrects",
            mend=Text("届出の一覧から選び直してください。", "Choose it again from the list of notifications."),
        )
    if correcting.under_way(ctx.world.name, wrong.id) is not None:
        raise ctx.refuse(
            "assets.correction_under_way",
            Text(
                "この届出の訂正は既に送られ、到達を待っています。",
                "A correction of this notification has been sent and has not arrived yet.",
            ),
            where="corrects",
            mend=Text(
                "到達してから、その訂正を訂正してください。", "Wait until it arrives, then correct that correction."
            ),
        )
    return wrong


def _correction_arrived(ctx: Context, payload: p.Arrived) -> Bound:
    """Let the correction take the wrong one's place: from now on its computers are those it tells of."""
    dispatch, notification = _dispatched(ctx, payload)
    if payload.accepted:
        otherwise.stand_in(ctx, notification, dispatch.acknowledgement or {}, dispatch.arrived_at)
    else:
        otherwise.stand_down(ctx, notification)
    return Bound("assets.notification", notification.id)


def _receive_correction(ctx: Context, payload: p.Receive) -> Bound:
    filed, operator, minister, act = filing.incoming(ctx, payload, f.FileCorrection)
    wrong = Notification.objects.filter(
        world=ctx.world.name, act=filed.corrects, side="minister", organisation=operator, minister=minister
    ).first()
    if wrong is None or wrong.status not in ("received", "passed_on"):
        raise ctx.refuse(
            "assets.no_wrong_one",
            Text(
                "訂正しようとする届出が、この宛先に到達していないか、差し替え済みです。",
                "The notification to be corrected never arrived here, or was replaced already.",
            ),
            where="corrects",
        )
    notification = filing.record(ctx, operator, minister, filed, act=act, **_why(filed, wrong))
    filing.lay_down(ctx, notification, [(r.clause, r.product, r.maker) for r in filed.rows])
    if wrong.status == "received":  # nobody passed the wrong one on: the correction is what will be
        ctx.settle(_PASS_ON, wrong.id, bearer=minister, evidence={"replaced_by": str(notification.id)})
        ctx.change(wrong, status="replaced", replaced_by=notification.id)
    else:
        ctx.change(wrong, replaced_by=notification.id)
    title = Text("届出の訂正が届きました", "A corrected notification has arrived")
    return filing.announce(ctx, notification, title, filed.matter)


def _fill(ctx: Context, payload: f.FillForm) -> Bound:
    made = ctx.create(
        FilledForm,
        organisation=ctx.actor.acting_organisation,
        act=ctx.act,
        filled_at=ctx.now,
        **payload.model_dump(),
    )
    return Bound("assets.form", made.id)


def _substitute_holds(ctx: Context, payload: f.FileSubstitute) -> RefusedError | None:
    """Refuse names that are not, letter by letter, those of a paper that stands for a facility of the category."""
    named = PlanItem.objects.filter(
        world=ctx.world.name,
        organisation=ctx.actor.acting_organisation,
        facility__in=filing.facilities_of(ctx, ctx.actor.acting_organisation, payload.facility_category),
        paper__status="standing",
        paper__paper=payload.paper.paper,
        paper__reference=payload.paper.reference,
        paper__filed_on=payload.paper.filed_on,
    )
    known = set(named.values_list("name", "supplier"))
    missing = [row for row in payload.rows if (row.product, row.maker) not in known]
    if not missing:
        return None
    first, more = missing[0], and_more(len(missing) - 1)
    return PreconditionError(
        Text(
            f"「{first.maker} {first.product}」は、この届出書に同じ名称では書かれていません{more.ja}。",
            f"The paper does not name “{first.maker} {first.product}” in exactly these letters{more.en}.",
        ),
        code="assets.names_differ",
        where="rows",
        mend=Text(
            "届出書の名称を確かめるか、様式第一で届け出てください。",
            "Check the names in the paper, or file Form 1 instead.",
        ),
        article="命令2(4)",
    )


HANDLERS: Mapping[str, Handler] = {
    "assets.change_notification.file": Handler(f.FileChange, _change),
    "assets.change_notification.file_otherwise": Handler(f.FileChangeOtherwise, _change_otherwise),
    "assets.change_notification.arrive": Handler(p.Arrived, _change_arrived),
    "assets.change_notification.receive": Handler(p.Receive, _receive_change),
    "assets.change_notification.pass_on": Handler(p.PassOn, pass_on),
    "assets.substitute.file": Handler(f.FileSubstitute, _substitute),
    "assets.substitute.arrive": Handler(p.Arrived, notified),
    "assets.substitute.receive": Handler(p.Receive, _receive_substitute),
    "assets.correction.file": Handler(f.FileCorrection, _correct),
    "assets.correction.file_otherwise": Handler(f.FileCorrectionOtherwise, _correct_otherwise),
    "assets.correction.arrive": Handler(p.Arrived, _correction_arrived),
    "assets.correction.receive": Handler(p.Receive, _receive_correction),
    "assets.form.fill": Handler(f.FillForm, _fill),
}
PREDICATES = {"assets_substitute_holds": _substitute_holds}
_FILED = ("change_notification", "substitute", "correction")
RECEIVERS = {f"assets.{one}.file": f"assets.{one}.receive" for one in _FILED}
ON_ARRIVAL = {f"assets.{one}.file": f"assets.{one}.arrive" for one in _FILED}
