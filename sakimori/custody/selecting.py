"""Recording a selection: the receipt is proven, the kept records come in under their label, retention is set."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sakimori import law
from sakimori.acts import clock, reading
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError
from sakimori.acts.models import Batch
from sakimori.custody import kept, notices, receipts
from sakimori.custody import payloads as p
from sakimori.custody.models import Engine, SelectedRecord, Selection
from sakimori.errors import SakimoriError
from sakimori.record import Bound
from sakimori.selection import read_authority
from sakimori.text import Text

MAXIMUM = "custody.retention.max"
_COLUMNS = ("first", "last", "src", "dst", "src_port", "dst_port", "protocol")


def longest(rule: str, begins: date, today: date) -> date:
    """Return the last day that rule allows, counted from `begins`."""
    due = law.deadline(rule, begins, on=today).due
    if not isinstance(due, date):  # a period always has a last day; the law book would be broken
        raise SakimoriError(Text("期間を計算できません。", "The period cannot be computed."), where=rule)
    return due


def record(ctx: Context, payload: p.RecordSelection) -> Bound:
    """Record the selection and its records, start the clock of its retention, and have the committee told."""
    engine, (start, end) = _engine(ctx, payload), receipts.times(payload.receipt)
    selection = ctx.create(
        Selection,
        organisation=ctx.actor.acting_organisation,
        measure=payload.measure,
        authority=payload.receipt["authority"]["id"],
        engine=engine,
        order=payload.order,
        receipt=payload.receipt,
        receipt_digest=receipts.digest(payload.receipt),
        records_digest=payload.records,
        started_at=start,
        ended_at=end,
        kept_flows=payload.receipt["kept_flows"],
        recorded_at=ctx.now,
        act=ctx.act,
        retained_until=payload.retained_until,
    )
    ctx.create_many(SelectedRecord, _rows(ctx, selection))
    if ctx.batch is not None:
        # The staged copy goes at once: selected information lies in the labelled table and nowhere else.
        Batch.objects.filter(id=ctx.batch.id).delete()
    ended_on = end.astimezone(clock.TOKYO).date()
    shorter = {"shortened": payload.retained_until}
    full = payload.retained_until == longest(MAXIMUM, ended_on, ctx.today)
    about = Bound("custody.selection", selection.id)
    ctx.start(MAXIMUM, bearer=selection.organisation, about=about, begins=ended_on, facts=None if full else shorter)
    notices.begin(ctx, selection, "selection")
    return about


def _rows(ctx: Context, selection: Selection) -> Iterator[dict[str, Any]]:
    for position, row in enumerate(ctx.items()):
        content = {name: value for name, value in row.items() if name not in _COLUMNS}
        yield {
            "selection": selection,
            "position": position,
            "content": content,
            "owner": selection.organisation,
            **{name: row[name] for name in _COLUMNS},
        }


def _engine(ctx: Context, payload: p.RecordSelection) -> Engine:
    """Return the enrolled engine of this office that signed the receipt while its key was good."""
    start, end = receipts.times(payload.receipt)
    signature = payload.receipt.get("signature")
    named = signature.get("key") if isinstance(signature, Mapping) else None
    for engine in Engine.objects.filter(
        world=ctx.world.name, organisation=ctx.actor.acting_organisation, key_id=str(named), withdrawn_at=None
    ):
        first, last = (moment.astimezone(clock.TOKYO).date() for moment in (start, end))
        good = engine.valid_from <= first and (engine.valid_until is None or last <= engine.valid_until)
        if good and receipts.signed_by(payload.receipt, engine.public_key):
            found: Engine = engine
            return found
    raise PreconditionError(
        Text("登録された選別装置の署名ではありません。", "It is not signed by an enrolled selection engine."),
        code="custody.signature",
        where="receipt.signature",
        article="強化法22(1)",
        mend=Text("選別装置を登録するか、証明を取り直してください。", "Enrol the engine, or obtain the receipt again."),
    )


# --- preconditions ----------------------------------------------------------------------------------------------------


def signed_by_engine(ctx: Context, payload: p.RecordSelection) -> SakimoriError | None:
    """An enrolled engine signed exactly this receipt."""
    _engine(ctx, payload)
    return None


def under_authority(ctx: Context, payload: p.RecordSelection) -> SakimoriError | None:
    """The run was done under the authority of that measure: basis, direction, equipment, period, conditions."""
    rows = reading.read(ctx.actor, "measures.authority", measure=payload.measure)
    if not rows:
        raise NotFoundError("measure")
    authority = read_authority(rows[0]["authority"]).authority
    ended_on = rows[0]["ended_on"]
    _, end = receipts.times(payload.receipt)
    if ended_on is not None and end.astimezone(clock.TOKYO).date() > ended_on:
        return PreconditionError(
            Text("終了した措置による選別です。", "The measure had already ended."),
            code="custody.measure_ended",
            where="measure",
            article="強化法17(3)",
        )
    if end > ctx.now:
        return PreconditionError(
            Text("まだ終わっていない選別です。", "The selection ends in the future."),
            code="custody.future",
            where="receipt.end",
        )
    return receipts.fault(payload.receipt, payload.order, authority, rehearsal=ctx.world.rehearsal)


def records_as_signed(ctx: Context, payload: p.RecordSelection) -> SakimoriError | None:
    """The staged records are exactly those whose digest the engine signed, all of them."""
    output = payload.receipt.get("output")
    signed = output.get("digest") if isinstance(output, Mapping) else None
    count = ctx.batch.count if ctx.batch else 0
    if signed == payload.records == kept.digest(ctx.items()) and payload.receipt.get("kept_flows") == count:
        return None
    return PreconditionError(
        Text("記録が、証明の示すものと違います。", "The records are not those the receipt speaks of."),
        code="custody.records",
        where="records",
        article="強化法22(1)",
        mend=Text("選別の出力をそのまま渡してください。", "Hand in the engine's output unchanged."),
    )


def retention_within_limit(ctx: Context, payload: p.RecordSelection) -> SakimoriError | None:
    """25(1): a last day of retention, not beyond the longest the law allows, and not before the selection ended."""
    _, end = receipts.times(payload.receipt)
    ended_on = end.astimezone(clock.TOKYO).date()
    last = longest(MAXIMUM, ended_on, ctx.today)
    if ended_on <= payload.retained_until <= last:
        return None
    return PreconditionError(
        Text(f"保存期間は {last} までです。", f"It may be retained until {last} at most."),
        code="custody.retention",
        where="retained_until",
        article="強化法25(1)",
    )


def not_recorded_yet(ctx: Context, payload: p.RecordSelection) -> SakimoriError | None:
    """A receipt is recorded once."""
    if not Selection.objects.filter(world=ctx.world.name, receipt_digest=receipts.digest(payload.receipt)).exists():
        return None
    return PreconditionError(
        Text("この選別は既に記録されています。", "This selection has been recorded already."),
        code="custody.recorded",
        where="receipt",
    )


def own_selection(ctx: Context, selection: uuid.UUID) -> Selection:
    """Return a selection of the office that acts (of any, for the system), or refuse as not found."""
    own = {} if ctx.actor.is_system else {"organisation": ctx.actor.acting_organisation}
    return ctx.get(Selection, selection, **own)
