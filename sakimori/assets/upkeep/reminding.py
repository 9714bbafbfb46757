"""Reminding an operator of what is due: on its desk, and by mail to its reporters and approvers (house rule).

What is due on one day is one reminder a rung, however many computers it is about. Reminders stop when everything has
been filed; where it was filed and no arrival has been recorded by the due day, those after the day still come, for only
arrival settles.
"""

import time
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from sakimori.acts import clock, door, outbox
from sakimori.acts.context import Context
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Act, Notice, Obligation
from sakimori.assets.models import Computer, ComputerChange, DueReminder
from sakimori.assets.scoping import DUE_RULES
from sakimori.assets.upkeep import ladder
from sakimori.assets.upkeep import payloads as p
from sakimori.assets.upkeep.changes import CHANGE_RULES
from sakimori.parties.models import Membership
from sakimori.record import Bound
from sakimori.text import Text

KIND = "assets.upkeep.remind"
RULES = (*DUE_RULES, *CHANGE_RULES)
MAILED = ("reporter", "approver")
_PAUSE_SECONDS = 60
_looked: dict[str, tuple[date, float]] = {}


def run_due(world: str) -> int:
    """Remind of whatever reached a rung, at most once a minute and world; return how many reminders went out."""
    today, now = clock.today(world), time.monotonic()
    seen = _looked.get(world)
    if seen is not None and seen[0] == today and now - seen[1] < _PAUSE_SECONDS:
        return 0
    _looked[world] = (today, now)
    return remind(world)


def forget() -> None:
    """Forget when this process last looked: the next look is at once."""
    _looked.clear()


def remind(world: str) -> int:
    """Remind of whatever reached a rung today; a second run on the same day finds nothing left to do."""
    today = clock.today(world)
    farthest = today + timedelta(days=max(ladder.before(), default=0))
    found = Obligation.objects.filter(
        world=world, status="open", rule__in=RULES, subject_type="assets.duty", due_on__lte=farthest
    )
    sent = 0
    for organisation, due_on in found.values_list("bearer", "due_on").distinct().order_by("bearer", "due_on"):
        sent += _one(world, organisation, due_on, today)
    return sent


def _one(world: str, organisation: uuid.UUID, due_on: date, today: date) -> int:
    rung = ladder.current(due_on, today)
    done = DueReminder.objects.filter(world=world, organisation=organisation, due_on=due_on)
    if rung is None or done.filter(rung__lte=rung).exists():
        return 0
    owed = obligations(world, organisation, due_on)
    started = Act.objects.filter(id__in=[one.started_by for one in owed]).order_by("recorded_at").first()
    if started is None:
        return 0
    since = started.recorded_at.astimezone(clock.TOKYO).date()
    if ladder.falls_due(due_on, today, since) is None or not _waits(world, owed, late=rung < 0):
        return 0
    payload = {"organisation": str(organisation), "due_on": due_on.isoformat(), "rung": rung}
    try:
        door.perform_system(KIND, payload, world=world, authorised_by=started.id)
    except RefusedError:  # another process was faster
        return 0
    return 1


def obligations(world: str, organisation: uuid.UUID, due_on: date) -> list[Obligation]:
    """Return the organisation's open obligations of this room that are due on a day."""
    found = Obligation.objects.filter(
        world=world, status="open", rule__in=RULES, subject_type="assets.duty", bearer=organisation, due_on=due_on
    )
    return list(found.order_by("rule", "id"))


def _waits(world: str, owed: Iterable[Obligation], *, late: bool) -> bool:
    """Return whether something of these duties is still to be filed; once late, also whether anything is not there."""
    duties = [one.subject for one in owed]
    not_there = ("registered", "filed") if late else ("registered",)
    computers = Computer.objects.filter(world=world, duty__in=duties, notify="yes", status__in=not_there)
    waiting = ("waiting", "filed") if late else ("waiting",)
    return bool(
        computers.exists() or ComputerChange.objects.filter(world=world, duty__in=duties, status__in=waiting).exists()
    )


def next_reminder(world: str, organisation: uuid.UUID, due_on: date | None) -> date | None:
    """Return the next day on which a reminder of this due day comes; None where none comes."""
    if due_on is None:
        return None
    today = clock.today(world)
    if not _waits(world, obligations(world, organisation, due_on), late=due_on < today):
        return None
    return ladder.upcoming(due_on, today)


def perform(ctx: Context, payload: p.RemindDue) -> Bound:
    """Put one reminder on the desk, and a mail to each reporter and approver; refused where it was given already."""
    if DueReminder.objects.filter(
        world=ctx.world.name, organisation=payload.organisation, due_on=payload.due_on, rung=payload.rung
    ).exists():
        raise ctx.refuse("assets.reminded", Text("この催促は既に行われました。", "This reminder has been given."))
    reminder = ctx.create(
        DueReminder,
        organisation=payload.organisation,
        due_on=payload.due_on,
        rung=payload.rung,
        act=ctx.act,
        reminded_at=ctx.now,
    )
    about = Bound("assets.due", reminder.id)
    ctx.tell("operator", payload.organisation, title(payload.due_on, (payload.due_on - ctx.today).days), about=about)
    notice = Notice.objects.filter(act=ctx.act, addressee=payload.organisation).first()
    if notice is not None:
        outbox.queue_mail(notice, addresses(ctx, payload.organisation))
    return about


def title(due_on: date, left: int) -> Text:
    """Return what a reminder is called: the day and how far off it is, nothing of what is due."""
    day = f"{due_on.year}年{due_on.month}月{due_on.day}日"
    if left < 0:
        return Text(
            f"届出の期限（{day}）を{-left}日過ぎています", f"A notification is {-left} day(s) overdue: {due_on}"
        )
    return Text(f"届出の期限（{day}）まであと{left}日です", f"A notification is due in {left} day(s): {due_on}")


def addresses(ctx: Context, organisation: uuid.UUID, roles: Iterable[str] = MAILED) -> list[str]:
    """Return the mail addresses of whoever holds one of the roles in the organisation today."""
    held: Any = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=ctx.today),
        world=ctx.world.base,
        organisation_id=organisation,
        role__in=list(roles),
        valid_from__lte=ctx.today,
    )
    return sorted(set(held.exclude(person__email="").values_list("person__email", flat=True)))
