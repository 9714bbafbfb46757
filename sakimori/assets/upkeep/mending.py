"""Putting the register right where it was wrong from the start: no change of the computer, so no clock of one starts.

What has been notified so is then notified wrongly, and a correction tells it (`assets.correcting`); what has not been
notified leaves right the first time. A change that was recorded and never happened becomes such a mistake too.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sakimori.acts.context import Context
from sakimori.assets import correcting
from sakimori.assets.correcting import MENDED, TOLD, WRONG
from sakimori.assets.models import Computer, ComputerChange, Notification
from sakimori.assets.upkeep import payloads as p
from sakimori.assets.upkeep.applying import Applying, unchanged
from sakimori.assets.upkeep.changes import end_empty
from sakimori.record import Bound
from sakimori.text import Text

OF_CHANGE = "told_wrong"
"""The outcome of a mistake in what a change notification told: no correction is foreseen for those."""
_NOTIFIED = ("filed", "notified", "retired")


def mend(ctx: Context, payload: p.MendComputer) -> Bound:
    """Put right what the register had wrong of a computer; say what of it has been notified wrongly."""
    _require_past(ctx, payload.introduced_on)
    applying = Applying(ctx)
    computer = ctx.get(Computer, payload.computer, organisation=applying.organisation)  # one retired, too
    told = payload.model_dump(exclude={"computer", "reason", "facts", "no_change"})
    facts = payload.facts.model_dump(exclude_none=True) if payload.facts else {}
    waiting = ComputerChange.objects.filter(
        world=ctx.world.name, organisation=applying.organisation, computer=computer.id
    )
    void = {payload.no_change} if payload.no_change else set()
    _require_waiting(ctx, waiting, void)
    fields = applying.mend(computer, told, facts)
    if fields is None and not void:
        raise unchanged(ctx)
    _require_at_rest(ctx, waiting, fields or {})
    void |= _undoes(waiting, fields or {})
    duties = _void(ctx, applying, computer, waiting, void)
    applying.finish()
    _say_wrong(ctx, computer, waiting)
    end_empty(ctx, duties, {"nothing_left": True, MENDED: str(ctx.act)})
    return Bound("assets.computer", computer.id)


def _require_past(ctx: Context, introduced_on: date | None) -> None:
    if introduced_on is not None and introduced_on > ctx.today:
        raise ctx.refuse(
            "assets.future", Text("未来の日付です。", "That day lies in the future."), where="introduced_on",
            mend=Text("導入日を確かめてください。", "Check the day of introduction."),
        )  # fmt: skip


def _require_waiting(ctx: Context, changes: Any, void: Collection[uuid.UUID]) -> None:
    """Refuse to say of anything but a change of this computer that waits that it never happened."""
    if changes.filter(id__in=void, event="changed", status__in=("waiting", "recorded")).count() != len(void):
        raise ctx.refuse(
            "assets.no_such_change",
            Text(
                "この電子計算機の、まだ届け出ていない変更ではありません。",
                "That is no change of this computer that has not been notified yet.",
            ),
            where="no_change",
            mend=Text("変更の一覧で選び直してください。", "Choose it again from its changes."),
        )


def _require_at_rest(ctx: Context, changes: Any, fields: Mapping[str, Any]) -> None:
    """Refuse while a change of the same fields is on its way: whether it arrives decides what has been notified."""
    filed = changes.filter(status="filed").values_list("fields", flat=True)
    if any(name in told for told in filed for name in TOLD if name in fields):
        raise ctx.refuse(
            "assets.change_on_its_way",
            Text(
                "この項目の変更の届出が到達を待っています。到達するか断られるまで、誤りを直せません。",
                "A notification of a change of this is on its way; wait until it has arrived or was refused.",
            ),
            where="computer",
        )


def _undoes(changes: Any, fields: Mapping[str, list[Any]]) -> set[uuid.UUID]:
    """Return the changes that wait and never happened, because what they changed is put back as it was before them."""
    waiting = list(changes.filter(status="waiting", event="changed").order_by("recorded_at", "id"))
    first: dict[str, Any] = {}
    for one in waiting:
        for name in TOLD:
            if name in one.fields:
                first.setdefault(name, one.fields[name][0])
    back = {name for name, old in first.items() if name in fields and fields[name][1] == old}
    return {one.id for one in waiting if (told := set(TOLD) & set(one.fields)) and told <= back}


def _void(
    ctx: Context, applying: Applying, computer: Computer, changes: Any, void: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Say of changes that they never happened, and look at the others anew; return the duties they counted towards."""
    if not void:
        return set()
    duties = set(changes.filter(status="waiting").values_list("duty", flat=True)) - {None}
    said = {
        "outcome": MENDED,
        "decision": {"voided_by": str(ctx.act)},
        "status": "recorded",
        "duty": None,
        "due_on": None,
    }
    changes.filter(id__in=void).update(event=MENDED, **said)
    changes.filter(status="waiting").update(duty=None, due_on=None)  # each by its own day, without those
    applying.noted.look_again([computer])
    return duties


def _say_wrong(ctx: Context, computer: Computer, changes: Any) -> None:
    """Say of what was put right whether it has been notified wrongly, by the first notification or by a change."""
    if computer.notification is None or computer.status not in _NOTIFIED:
        return
    filing = ctx.get(Notification, computer.notification)
    happened: dict[str, str] = {}
    for one in changes.filter(recorded_at__gte=correcting.since(filing)).order_by("recorded_at", "id"):
        if one.event != MENDED:
            told = one.status if one.status in ("waiting", "filed", "notified") else ""
            happened |= dict.fromkeys({*TOLD} & set(one.fields), told) if told else {}
            continue
        if one.status != "recorded":
            continue
        named = {*TOLD} & set(one.fields) | ({"notify"} & set(one.fields) if not happened else set())
        if named - set(happened):
            ComputerChange.objects.filter(id=one.id).update(status=WRONG)
        elif any(happened.get(name) == "notified" for name in named):
            ComputerChange.objects.filter(id=one.id).update(outcome=OF_CHANGE)
    _drop_if_right(changes)


def _drop_if_right(changes: Any) -> None:
    """Say of mistakes that cancel out that nothing is to be corrected: what was notified is right."""
    wrong = changes.filter(status=WRONG).order_by("recorded_at", "id")
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for fields in wrong.values_list("fields", flat=True):
        for name in (*TOLD, "notify"):
            if name in fields:
                first.setdefault(name, fields[name][0])
                last[name] = fields[name][1]
    if first == last:
        wrong.update(status="recorded")
