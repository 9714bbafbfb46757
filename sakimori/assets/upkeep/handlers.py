"""What the door calls for the upkeep, and what the worker does by the clock."""

from django.db.models import Q

from sakimori.acts import attaching
from sakimori.acts.context import Context
from sakimori.assets.models import Computer, ComputerChange, UpkeepSetting
from sakimori.assets.upkeep import mending, rederiving, reminding, stocktaking
from sakimori.assets.upkeep import payloads as p
from sakimori.assets.upkeep.changes import UNDONE, Noted, end_empty
from sakimori.record import Bound, Handler
from sakimori.text import Text


def _settle(ctx: Context, payload: p.Settle) -> Bound:
    """Keep the settings, and answer anew which disposals and undone changes recorded so far must be notified."""
    if payload.answered_on is not None and payload.answered_on > ctx.today:
        raise ctx.refuse("assets.future", Text("未来の日付です。", "That day lies in the future."), where="answered_on")
    own = ctx.actor.acting_organisation
    setting = ctx.create(
        UpkeepSetting,
        organisation=own,
        act=ctx.act,
        recorded_at=ctx.now,
        stocktake_months=payload.stocktake_months,
        file_disposals=payload.file_disposals,
        file_returned=payload.file_returned,
        answer=payload.answer,
        answered_on=payload.answered_on,
    )
    about = Bound("assets.upkeep_setting", setting.id)
    attaching.bind(ctx, payload.attachments, about)
    _anew(ctx)
    return about


def _anew(ctx: Context) -> None:
    """Ask the law again what the settings bear on: disposals, and changes undone before they were notified.

    Nothing that is filed is touched. A clock starts, or one that nothing else holds ends.
    """
    noted = Noted(ctx)
    duties = set()
    found = ComputerChange.objects.filter(world=ctx.world.name, organisation=ctx.actor.acting_organisation)
    asked = Q(event="retired", status__in=("recorded", "waiting")) | Q(status="recorded", decision__table=UNDONE)
    for one in found.filter(asked).select_related("computer", "duty").order_by("recorded_at", "id"):
        if one.duty_id is not None:
            duties.add(one.duty_id)
        computer: Computer = one.computer
        if one.event == "retired":
            computer.status = one.fields.get("status", [""])[0]  # as it was when it was retired: had it been notified?
        noted.again(one, computer)
    waiting = found.filter(status="waiting", computer__status__in=("filed", "notified"))
    noted.look_again(Computer.objects.filter(id__in=waiting.values("computer")).exclude(id__in=list(noted.touched)))
    noted.finish()
    end_empty(ctx, duties, {"setting": str(ctx.act)})


HANDLERS = {
    "assets.computer.mend": Handler(p.MendComputer, mending.mend),
    "assets.upkeep.settle": Handler(p.Settle, _settle),
    "assets.upkeep.remind": Handler(p.RemindDue, reminding.perform),
    "assets.register.rederive": Handler(p.Rederive, rederiving.perform),
    "assets.stocktake.start": Handler(p.StartStocktake, stocktaking.start),
    "assets.stocktake.answer": Handler(p.AnswerStocktake, stocktaking.answer),
    "assets.stocktake.remind": Handler(p.OneStocktake, stocktaking.remind),
    "assets.stocktake.close": Handler(p.CloseStocktake, stocktaking.close),
}
RECURRING = {"assets.upkeep.remind": reminding.run_due, "assets.register.rederive": rederiving.run_due}
