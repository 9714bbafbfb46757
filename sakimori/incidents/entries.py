"""Reports that came another way, at the office they came to: entered with evidence, linked, withdrawn.

An entry is a report like any other, so that lists and clocks are true whatever the channel; it counts from the time it
arrived. Where the same report also comes by envelope, that copy says more: the entry gives way to it.
"""

import uuid
from datetime import datetime
from typing import Any

from sakimori import law
from sakimori.acts import attaching, clock
from sakimori.acts.context import Context
from sakimori.acts.errors import ConflictError, PreconditionError, RefusedError
from sakimori.acts.models import Obligation
from sakimori.incidents import addressing, clocks
from sakimori.incidents import payloads as p
from sakimori.incidents.models import Case, Report
from sakimori.parties.models import Designation
from sakimori.record import Bound
from sakimori.text import Text

ENVELOPE = "envelope"
SETTLED = {"first": (clocks.FIRST,), "full": (clocks.FULL,), "supplement": ()}


def record(ctx: Context, payload: p.RecordEntry) -> Bound:
    """Enter a report; what it settles counts as of its arrival, and a first report starts the clock of the full one."""
    operator, office = ctx.organisation(payload.operator), ctx.organisation(ctx.actor.acting_organisation)
    first = _first_copy(ctx, payload, office.id)
    case = _case_of(ctx, payload) or (first.case if first else ctx.act)
    earlier = Report.objects.filter(
        world=ctx.world.name, case=case, reporter=operator.id, addressee=office.id, lane=addressing.KYOKAHO
    )
    aware = payload.aware_at.isoformat() if payload.aware_at else None
    report = ctx.create(
        Report,
        owner=operator.id,
        act=ctx.act,
        lane=addressing.KYOKAHO,
        stage=payload.what,
        version=earlier.count() + 1,
        case=case,
        reporter=operator.id,
        addressee=office.id,
        category={"stage": payload.what},
        outline={"name": operator.name_ja, "corporate_number": operator.corporate_number},
        event={"summary": payload.summary} | ({"aware_at": aware} if aware else {}),
        computers=[one.model_dump() for one in payload.computers],
        reason=payload.note,
        filed_at=payload.arrived_at,
        received_at=payload.arrived_at,
        channel=payload.channel,
        reference=payload.reference,
        transcribed=bool(payload.summary or payload.computers),
        same_as=first.id if first else None,
        status="superseded" if first else "current",
    )
    if first is None:
        earlier.filter(status="current").exclude(id=report.id).update(status="superseded")
    attaching.bind(ctx, payload.attachments, Bound("incidents.report", report.id), owner=operator.id)
    _count(ctx, payload, case, counted=first is None)
    return clocks.subject(case)


def _count(ctx: Context, payload: p.RecordEntry, case: uuid.UUID, *, counted: bool) -> None:
    """Settle what the report settles, and start the thirty days that a first report leaves."""
    evidence = {
        "channel": payload.channel,
        "reference": payload.reference,
        "attachments": payload.attachments,
        "arrived_at": payload.arrived_at.isoformat(),
    }
    if counted:
        for rule in SETTLED[payload.what]:
            ctx.settle(rule, case, bearer=payload.operator, evidence=evidence, at=payload.arrived_at)
    begun = Obligation.objects.filter(
        world=ctx.world.name, rule=clocks.FULL, subject=case, bearer=payload.operator
    ).exists()
    if payload.aware_at is None or payload.what != "first" or begun or not counted:
        ctx.waive(clocks.FULL, "the awareness is not stated, or the clock has been counted")
        running = clocks.owed(ctx, clocks.FULL, case, payload.operator)
        if running is not None:
            clocks.show(ctx, running, [ctx.actor.acting_organisation])
        return
    shown_to = [ctx.actor.acting_organisation]
    clocks.begin(ctx, clocks.FULL, case, payload.operator, payload.aware_at, shown_to=shown_to)


def _case_of(ctx: Context, payload: p.RecordEntry) -> uuid.UUID | None:
    """Return the case this report belongs to: of the report named, or the operator's own, kept here."""
    if payload.report is not None:
        case: uuid.UUID = ctx.get(Report, payload.report, addressee=ctx.actor.acting_organisation).case
        return case
    own = Case.objects.filter(world=ctx.world.name, organisation=payload.operator)
    if payload.aware_at is not None:
        found = [one.id for one in own if _same_minute(one.aware_at, payload.aware_at)]
        if len(found) == 1:
            own_case: uuid.UUID = found[0]
            return own_case
    return None


def _same_minute(one: datetime, other: datetime) -> bool:
    return one.astimezone(clock.TOKYO).replace(second=0, microsecond=0) == other.astimezone(clock.TOKYO).replace(
        second=0, microsecond=0
    )


def _alike(ctx: Context, reporter: uuid.UUID, addressee: uuid.UUID, stage: str, aware_at: datetime | None) -> Any:
    """Yield the live reports of this stage that tell of an awareness at the same minute."""
    if aware_at is None:
        return
    live = Report.objects.filter(
        world=ctx.world.name, reporter=reporter, addressee=addressee, stage=stage, lane=addressing.KYOKAHO, same_as=None
    ).exclude(status="withdrawn")
    for one in live:
        told = one.event.get("aware_at")
        if told and _same_minute(datetime.fromisoformat(told), aware_at):
            yield one


def _first_copy(ctx: Context, payload: p.RecordEntry, office: uuid.UUID) -> Report | None:
    return next(iter(_alike(ctx, payload.operator, office, payload.what, payload.aware_at)), None)


def give_way(ctx: Context, report: Report) -> None:
    """Let an entry of the same report give way to the copy that came by envelope; its own clock ends."""
    told = report.event.get("aware_at")
    moment = datetime.fromisoformat(told) if told else None
    for entry in _alike(ctx, report.reporter, report.addressee, report.stage, moment):
        if entry.id == report.id or entry.channel == ENVELOPE:
            continue
        ctx.change(entry, status="superseded", same_as=report.id)
        if entry.case != report.case:
            clocks.end(ctx, [clocks.FULL], entry.case, entry.reporter, {"same_as": str(report.id)})


def link(ctx: Context, payload: p.LinkEntry) -> Bound:
    """Say that an entry and another report are the same one; the other counts."""
    entry, other = _own(ctx, payload.report), ctx.get(Report, payload.same_as)
    same = ("reporter", "addressee", "stage", "lane")
    if entry.id == other.id or other.same_as or any(getattr(entry, n) != getattr(other, n) for n in same):
        raise ctx.refuse(
            "incidents.not_the_same",
            Text(
                "事業者、宛先又は段階が違う報告は、同じ報告とは記録できません。",
                "Reports of another operator, addressee or stage are not the same one.",
            ),
            where="same_as",
        )
    ctx.change(entry, status="superseded", same_as=other.id)
    if entry.case != other.case:
        clocks.end(ctx, [clocks.FULL], entry.case, entry.reporter, {"same_as": str(other.id)})
    return clocks.subject(other.case)


def withdraw(ctx: Context, payload: p.WithdrawEntry) -> Bound:
    """Withdraw a wrong entry: it stays, marked; what it settled is open again, the clock it started ends."""
    entry = _own(ctx, payload.report)
    ctx.reopen(entry.act, {"reason": payload.reason, "by": str(ctx.act)})
    started = Obligation.objects.filter(world=ctx.world.name, started_by=entry.act, rule=clocks.FULL, status="open")
    if started.exists():
        clocks.end(ctx, [clocks.FULL], entry.case, entry.reporter, {"withdrawn": str(ctx.act)})
    ctx.change(entry, status="withdrawn", reason=payload.reason)
    before = Report.objects.filter(
        world=ctx.world.name, case=entry.case, reporter=entry.reporter, addressee=entry.addressee, status="superseded",
        lane=entry.lane, same_as=None,
    ).order_by("-filed_at").first()  # fmt: skip
    if before is not None:
        ctx.change(before, status="current")
    return clocks.subject(entry.case)


def _own(ctx: Context, report: uuid.UUID) -> Report:
    found = ctx.get(Report, report, addressee=ctx.actor.acting_organisation)
    if found.channel == ENVELOPE or found.status == "withdrawn" or found.same_as is not None:
        raise ctx.refuse(
            "incidents.no_entry",
            Text(
                "ここで入力され、取り消しも重複の記録もされていない報告だけが対象です。",
                "Only a report entered here, neither withdrawn nor linked yet, can be treated so.",
            ),
            where="report",
        )
    return found


def fits(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    """Refuse an entry that contradicts itself, is not for this office, or has been made already."""
    unfit = _unfit(ctx, payload)
    if unfit is None:
        return _entered_already(ctx, payload)
    where, ja, en = unfit
    return PreconditionError(
        Text(ja, en),
        code="incidents.entry",
        where=where,
        mend=Text("その欄を直してください。", "Mend that field."),
        article="強化法5",
    )


def _unfit(ctx: Context, payload: p.RecordEntry) -> tuple[str, str, str] | None:
    arrived = payload.arrived_at.astimezone(clock.TOKYO).date()
    checks = (
        (not _designated(ctx, payload.operator), "operator",
         "ここが所管する特別社会基盤事業者ではありません。", "This operator is not designated under this office."),
        (payload.arrived_at > ctx.now, "arrived_at", "日時が未来です。", "That day and time lie in the future."),
        (not (ctx.world.rehearsal or law.in_force("強化法5", arrived)), "arrived_at",
         "その日には報告の規定は施行されていません。", "That article was not in force that day."),
        (payload.aware_at is not None and not ctx.world.rehearsal
         and not law.in_force("強化法5", payload.aware_at.astimezone(clock.TOKYO).date()), "aware_at",
         "その日には報告の規定は施行されていません。", "That article was not in force that day."),
        (payload.aware_at is not None and payload.aware_at > payload.arrived_at, "aware_at",
         "認知が到達より後です。", "The awareness cannot come after the arrival."),
        (not (payload.reference or payload.attachments), "reference",
         "到達の証拠（番号又はファイル）がありません。", "There is no evidence of the arrival: a number or a file."),
        (payload.what != "first" and payload.aware_at is None and payload.report is None, "report",
         "どの事案の報告か分かりません。先の報告を選ぶか、認知の日時を入れてください。",
         "Which event is it about? Choose the earlier report, or enter the awareness."),
    )  # fmt: skip
    return next(((where, ja, en) for wrong, where, ja, en in checks if wrong), None)


def _designated(ctx: Context, operator: uuid.UUID) -> bool:
    found = Designation.objects.filter(world=ctx.world.base, organisation_id=operator, withdrawn_on=None)
    office = ctx.actor.acting_organisation
    if ctx.actor.organisation_type == "ministry":
        found = found.filter(minister_id=office)
    elif ctx.actor.organisation_type == "regional_bureau":
        found = found.filter(bureau_id=office)
    return bool(found.exists())


def _entered_already(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    again = Report.objects.filter(
        world=ctx.world.name, addressee=ctx.actor.acting_organisation, reporter=payload.operator,
        channel=payload.channel, reference=payload.reference,
    ).exclude(status="withdrawn")  # fmt: skip
    if not payload.reference or not again.exists():
        return None
    return ConflictError(
        Text(
            f"同じ事業者の、同じ経路・番号（{payload.reference}）の報告は既に入力されています。",
            f"This operator's report with that channel and number ({payload.reference}) was entered before.",
        ),
        code="incidents.entered",
        where="reference",
        mend=Text("報告の一覧で確かめてください。", "Check the list of reports."),
    )
