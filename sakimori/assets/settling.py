"""What a filing that came another way settles of what the operator owes, as far as the operator keeps its records here.

A paper tells what it names: typed rows are matched with the computers and changes that waited when it arrived. Of a
paper that was not transcribed a person says what it covers. A duty is settled only where nothing of it is left, and
nothing is that began after the arrival (強化法4条1項, 3項).
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets import copies, reopening
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer, ComputerChange, Notification
from sakimori.assets.otherwise import ENVELOPE, settle_duties
from sakimori.assets.upkeep import changes, telling
from sakimori.parties.models import Facility

SETTLES = ("notification", "change", "substitute")
"""The filings that settle something; nothing is owed beside what was for a statement, a correction, a report."""
WAITING = "waiting"
_AT_ONCE = 500


def settle(ctx: Context, entry: Notification) -> None:
    """Settle what a filing told, as of its arrival: what the operator's own record of it says, else what it names.

    Nothing is settled by a paper without rows of which nobody could say what it covers.
    """
    if entry.what not in SETTLES or entry.channel == ENVELOPE:
        return
    rows, evidence = copies.told(ctx.world.name, entry.id), dict(entry.evidence or {})
    if not rows and evidence.get("covers") != WAITING:
        return
    sent = _own_record(ctx, entry, rows)
    if sent is not None:
        ctx.change(sent, status="arrived", arrived_at=entry.arrived_at, evidence=evidence)
        settle_duties(ctx, sent.id, evidence, entry.arrived_at)
    elif entry.what == "change":
        telling.tell(ctx, entry, _waiting_changes(ctx, entry), rows, evidence)
    else:
        _notified(ctx, entry, _named(_waiting(ctx, entry), rows, entry), evidence)


def _day(entry: Notification) -> date:
    """Return the day on which it arrived, in Tokyo."""
    return (entry.arrived_at or entry.filed_at).astimezone(clock.TOKYO).date()


def _facilities(world: str, operator: uuid.UUID, category: str) -> list[uuid.UUID]:
    found = Facility.objects.filter(world=world, organisation_id=operator, category=category)
    return list(found.values_list("id", flat=True))


def _own_record(ctx: Context, entry: Notification, rows: Sequence[copies.Row]) -> Notification | None:
    """Return the operator's own record of having sent this, where it keeps its records here.

    Of a paper that was not transcribed: the only one on its way, of as many computers as the paper says.
    """
    sent = [
        one
        for one in Notification.objects.filter(
            world=ctx.world.name, side="operator", organisation=entry.organisation, minister=entry.minister,
            facility_category=entry.facility_category, what=entry.what, status="sent",
        ).order_by("filed_at")
        if entry.arrived_at is None or one.filed_at <= entry.arrived_at
    ]  # fmt: skip
    if rows:
        wanted = copies.counted(rows)
        alike = (one for one in sent if copies.counted(copies.told(ctx.world.name, one.id)) == wanted)
        return next(alike, None)
    fitting = [one for one in sent if entry.count in (0, one.count)]
    return fitting[0] if len(fitting) == 1 else None


def _waiting(ctx: Context, entry: Notification) -> Any:
    """Return the computers that were there when it arrived and wait to be notified, the oldest first."""
    day = _day(entry)
    found = Computer.objects.filter(
        Q(duty=None) | Q(duty__begins__lte=day), world=ctx.world.name, organisation=entry.organisation, notify="yes",
        notification=None, status="registered", introduced_on__lte=day,
        facility__in=_facilities(ctx.world.base, entry.organisation, entry.facility_category),
    )  # fmt: skip
    return found.order_by("introduced_on", "key")


def _named(waiting: Any, rows: Sequence[copies.Row], entry: Notification) -> list[uuid.UUID]:
    """Return the computers of those waiting that it covers: those of its rows, or all where a person said so."""
    if not rows:
        return list(waiting.values_list("id", flat=True))
    of_paper = entry.what == "substitute"  # 命令2条4項: it names no class, and stands in for parts of the facility only
    waiting = waiting.filter(facts__part_of_facility=True) if of_paper else waiting
    left = Counter(("" if of_paper else row.clause, row.product, row.maker) for row in rows)
    found = []
    for computer, clause, product, maker in waiting.values_list("id", "clause", "product", "maker"):
        name = ("" if of_paper else clause, product, maker)
        if left[name] > 0:
            left[name] -= 1
            found.append(computer)
    return found


def _notified(ctx: Context, entry: Notification, computers: Sequence[uuid.UUID], evidence: Mapping[str, Any]) -> None:
    """Mark the computers as notified by it, and settle the duties of theirs of which nothing is left."""
    for some in _parts(computers):
        Computer.objects.filter(world=ctx.world.name, id__in=some).update(notification=entry.id, status="notified")
    for duty in reopening.duties_of(ctx, computers):
        if not reopening.is_owed(duty):
            ctx.settle(duty.rule, duty.id, bearer=entry.organisation, evidence=evidence, at=entry.arrived_at)


def _parts(things: Sequence[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    return (things[place : place + _AT_ONCE] for place in range(0, len(things), _AT_ONCE))


def _waiting_changes(ctx: Context, entry: Notification) -> dict[uuid.UUID, list[ComputerChange]]:
    """Return by computer the changes that had happened when it arrived and wait to be notified."""
    found: dict[uuid.UUID, list[ComputerChange]] = {}
    waiting = ComputerChange.objects.filter(
        world=ctx.world.name, organisation=entry.organisation, status="waiting", changed_on__lte=_day(entry),
        computer__facility__in=_facilities(ctx.world.base, entry.organisation, entry.facility_category),
    )  # fmt: skip
    for one in waiting.select_related("computer").order_by("recorded_at", "id"):
        found.setdefault(one.computer_id, []).append(one)
    return found


def take_back(ctx: Context, entry: Notification, why: Mapping[str, Any]) -> None:
    """Let what an entry settled be open again, and what it told wait again: it is withdrawn, or a second copy."""
    _unsend(ctx, entry)
    told = reopening.told_by(ctx, entry.id)
    changes.mark_waiting(ctx, entry.id)
    changes.fall_back(ctx, entry)
    mine = Computer.objects.filter(world=ctx.world.name, notification=entry.id).exclude(status="retired")
    computers = list(mine.values_list("id", flat=True))
    mine.update(notification=None, status="registered")
    settled = Obligation.objects.filter(
        world=ctx.world.name, bearer=entry.organisation, status="settled", evidence__entered_by=str(entry.act)
    )
    for act, subject in list(settled.values_list("settled_by", "subject")):  # by whatever act it came to settle it
        ctx.reopen(act, why, about=subject)
    reopening.reopen_owed(ctx, entry.organisation, computers, told, why)


def _unsend(ctx: Context, entry: Notification) -> None:
    """Let the operator's own record, if this entry made it arrive, wait for its arrival again."""
    own = Notification.objects.filter(
        world=ctx.world.name, side="operator", organisation=entry.organisation, status="arrived"
    ).exclude(channel=ENVELOPE)
    for one in own:
        if (one.evidence or {}).get("entered_by") == str(entry.act):
            Computer.objects.filter(world=ctx.world.name, notification=one.id, status="notified").update(status="filed")
            changes.mark_on_its_way(ctx, one.id)
            ctx.change(one, status="sent", arrived_at=None, evidence=None)


def unfit(ctx: Context, payload: p.RecordEntry) -> tuple[str, str, str] | None:
    """Return field, Japanese and English of what is wrong with what an entry says that it covers; None where all fits.

    It is asked of every paper without rows of an operator that keeps its records here: whether something waits in the
    operator's register is not for the office to know.
    """
    if payload.rows or payload.what not in SETTLES:
        where, ja, en = (
            "covers",
            "入力した行又は届出の種類から決まるので、空にしてください。",
            "Leave it empty: it is known.",
        )
        return (where, ja, en) if payload.covers else None
    here = ctx.organisation(payload.operator).deployment == str(settings.SAKIMORI_DEPLOYMENT["name"])
    if payload.covers or payload.same_as or not here:
        return None
    return (
        "covers",
        "書面の内容を入力しない場合は、その書面が何を届け出たものかを選んでください。",
        "Say what the paper covers, since its contents are not typed in.",
    )
