"""Which changes of a computer must be notified, by when, and what is still to be notified (強化法4条3項, 命令3条).

A handler that changes computers hands each change to `Noted`; it asks the law's table, keeps the change, and starts the
clock. Changes of one computer that are not filed yet are one notification, due by the earliest of their days.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets.correcting import MENDED, WRONG
from sakimori.assets.models import Computer, ComputerChange, Duty, Notification, OutlineChange
from sakimori.assets.upkeep import asking, netting, outlines, settings
from sakimori.assets.upkeep.asking import CHANGE_RULES, UNDONE, Answer, Clock
from sakimori.assets.upkeep.netting import Waiting
from sakimori.parties.models import Facility
from sakimori.record import Bound

__all__ = ["CHANGE_RULES", "UNDONE", "Noted", "difference", "snapshot"]
TOLD = netting.TOLD
_WATCHED = (
    *TOLD, "facility", "name", "version", "serial", "address", "responsible", "unit", "asset_tag", "position",
    "asset_owner", "support_end", "host", "introduced_on", "facts", "status",
)  # fmt: skip
_ITEMS = {"appliance": "whole", "cloud": "service"}
MERGED, CHANGED_BACK = "merged_by", "changed_back"
"""Why the clock of a change ends though nothing was filed: another clock is sooner, or the change was undone."""
_AT_ONCE = 500
_PRIVATE = {"private": ["private_inventory"]}


def snapshot(computer: Computer) -> dict[str, Any]:
    """Return the fields of a computer whose changes are kept, as they are before it changes."""
    return {name: getattr(computer, name) for name in _WATCHED}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what differs, as plain data: field → [old, new]."""
    return {
        name: [_plain(before[name]), _plain(after[name])]
        for name in _WATCHED
        if name in before and name in after and before[name] != after[name]
    }


def _other_unit(unit: list[Any] | None) -> bool:
    """Return whether what is notified as one item became another thing: a device, programs on it, a service.

    命令2条1項: the product name of a device is that of its hardware, of the others that of each program or the service;
    whether the name notified before is still the one to notify is then a question, never a guess.
    """
    return unit is not None and _ITEMS.get(unit[0], "part") != _ITEMS.get(unit[1], "part")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, uuid.UUID) else value


class Noted:
    """Collects the changes of one act and keeps them: one row a change, one duty a facility, rule and day.

    `add` after the computer has been changed; `finish` once, at the end: it looks at everything that waits for the
    computers that changed, takes out what was undone before it was notified (`netting`), starts the clocks, and waives
    those that the kind declares and nothing started.
    """

    def __init__(self, ctx: Context, organisation: uuid.UUID | None = None) -> None:
        self.ctx = ctx
        self.organisation = organisation or ctx.actor.acting_organisation
        self.facilities: dict[uuid.UUID, Facility] = {}
        self.duties: dict[tuple[uuid.UUID, str, date], Duty] = {}
        self.starting: dict[uuid.UUID, tuple[Duty, Mapping[str, object]]] = {}
        self.left: dict[uuid.UUID, str] = {}
        self.noted: dict[uuid.UUID, list[Waiting]] = {}
        self.touched: dict[uuid.UUID, Computer] = {}
        self.clocks: dict[tuple[uuid.UUID, date], Clock] = {}
        self.answer: str | None = None

    def add(
        self,
        computer: Computer,
        fields: Mapping[str, list[Any]],
        changed_on: date,
        *,
        event: str = "changed",
        reported: bool = False,
    ) -> None:
        """Keep one change, with the law's answer to whether it must be notified.

        `reported`: the new product name was reported under 推進法54条4項 and is the same (命令3条3項).
        """
        answer = self._decide(computer, fields, event=event, reported=reported)
        self._note(Waiting(computer.id, dict(fields), changed_on, event, *answer), computer)

    def again(self, kept: ComputerChange, computer: Computer) -> None:
        """Ask the law again about a change kept before and not filed; `computer` in the state it was in then."""
        one = Waiting.of(kept)
        one.outcome, one.decision = self._decide(computer, kept.fields, event=kept.event, reported=False)
        self._note(one, computer)

    def mend(self, computer: Computer, fields: Mapping[str, list[Any]]) -> None:
        """Keep that a value was put right which was never so: no change, so the law asks nothing about it."""
        self._note(Waiting(computer.id, dict(fields), self.ctx.today, MENDED, MENDED, {}), computer)

    def look_again(self, computers: Iterable[Computer]) -> None:
        """Look again at everything that waits for these computers."""
        self.touched.update((computer.id, computer) for computer in computers)

    def _note(self, one: Waiting, computer: Computer) -> None:
        self.noted.setdefault(computer.id, []).append(one)
        self.touched[computer.id] = computer

    def _decide(self, computer: Computer, fields: Mapping[str, Any], *, event: str, reported: bool) -> Answer:
        told = computer.status in ("filed", "notified")
        answer = settings.retirement_is_change(self.ctx.world.name, self.organisation) if event == "retired" else None
        return asking.changed(
            class_changed=told and "facility" in fields and self._other_category(fields["facility"]),
            clause="clause" in fields and told,
            product=told and ("product" in fields or (None if _other_unit(fields.get("unit")) else False)),
            maker="maker" in fields and told,
            reported=reported,
            retired=told and event == "retired",
            answer=answer,
            on=self.ctx.today,
        )

    def _other_category(self, facility: list[Any]) -> bool:
        return self._category(facility[0]) != self._category(facility[1])

    def _category(self, facility: Any) -> str:
        return str(self._facility(uuid.UUID(str(facility))).category)

    def _facility(self, facility: uuid.UUID) -> Facility:
        if facility not in self.facilities:
            self.facilities[facility] = self.ctx.get(Facility, facility)
        return self.facilities[facility]

    def _groups(self) -> dict[uuid.UUID, list[Waiting]]:
        """Return by computer everything that waits, kept before or new, in the order it was recorded."""
        groups: dict[uuid.UUID, list[Waiting]] = {}
        wanted = list(self.touched)
        for place in range(0, len(wanted), _AT_ONCE):
            found = ComputerChange.objects.filter(
                world=self.ctx.world.name, computer__in=wanted[place : place + _AT_ONCE], status="waiting"
            )
            for kept in found.select_related("duty").order_by("recorded_at", "id"):
                groups.setdefault(kept.computer_id, []).append(Waiting.of(kept))
        for computer, noted in self.noted.items():
            again = {one.kept.id for one in noted if one.kept is not None}
            before = [one for one in groups.get(computer, []) if one.kept is None or one.kept.id not in again]
            groups[computer] = sorted([*before, *noted], key=lambda one: one.kept is None)
        return groups

    def _settle(self, computer: uuid.UUID, group: list[Waiting], *, clocks: bool) -> None:
        """Say of everything that waits for a computer whether it still does, by which duty and which day."""
        undone = netting.undone(group, self._category)
        back_on = max((one.changed_on for one in group if netting.concerns(one, undone)), default=None)
        for one in group:
            if one.outcome == "change" and back_on is not None and netting.is_undone(one, undone):
                one.outcome, one.decision = self._returned(self.touched[computer], one, back_on)
        left = [one for one in group if one.outcome == "change"]
        duty, due_on = self._soonest(self.touched[computer], left, anew=clocks and bool(undone))
        for one in group:
            waits = one.outcome == "change"
            if one.duty is not None and (not waits or one.duty != duty):
                self.left[one.duty.id] = CHANGED_BACK if undone else MERGED if left else ""
            one.status = "waiting" if waits else "recorded"
            one.duty, one.due_on = (duty, due_on) if waits else (None, None)

    def _returned(self, computer: Computer, one: Waiting, back_on: date) -> Answer:
        """Return the law's answer about a change that was undone on a day before it was notified."""
        due_on = one.due_on or self._clock(computer.facility, one.changed_on).due_on
        if self.answer is None:
            self.answer = settings.returned_is_change(self.ctx.world.name, self.organisation) or ""
        return asking.undone(in_time=due_on is None or back_on <= due_on, answer=self.answer or None, on=self.ctx.today)

    def _soonest(self, computer: Computer, left: list[Waiting], *, anew: bool) -> tuple[Duty | None, date | None]:
        """Return the duty with the earliest day of what waits for a computer, and that day.

        `anew`: each change by its own clock, because one of those that shared a clock is gone.
        """
        held: list[tuple[date | None, Duty]] = [(one.due_on, one.duty) for one in left if one.duty and not anew]
        soonest = min(held, key=lambda one: one[0] or date.max, default=None)
        own = [self._clock(computer.facility, one.changed_on) for one in left if anew or one.duty is None]
        clock = min(own, key=lambda one: one.due_on or date.max, default=None)
        if clock is None or (soonest is not None and (soonest[0] or date.max) <= (clock.due_on or date.max)):
            return (soonest[1], soonest[0]) if soonest else (None, None)
        duty = self._duty(computer.facility, clock)
        self.starting[duty.id] = (duty, clock.facts)
        return duty, clock.due_on

    def _clock(self, facility: uuid.UUID, changed_on: date) -> Clock:
        key = (facility, changed_on)
        if key not in self.clocks:
            self.clocks[key] = asking.clock(self._facility(facility), changed_on, self.ctx.today)
        return self.clocks[key]

    def _duty(self, facility: uuid.UUID, clock: Clock) -> Duty:
        key = (facility, clock.rule, clock.begins)
        if key not in self.duties:
            of: dict[str, Any] = {"facility": facility, "rule": clock.rule, "begins": clock.begins}
            known = Duty.objects.filter(world=self.ctx.world.name, **of).first()
            self.duties[key] = known or self.ctx.create(Duty, organisation=self.organisation, **of)
        return self.duties[key]

    def keep(self, *, clocks: bool = False) -> None:
        """Keep what became of everything noted and looked at; no clock starts or ends (`left`: duties left by changes).

        Without `clocks` no change gets another clock than it has.
        """
        groups = self._groups()
        for computer, group in groups.items():
            self._settle(computer, group, clocks=clocks)
        every = [one for group in groups.values() for one in group]
        if any(one.kept is None for one in every):
            self.ctx.create_many(ComputerChange, (self._row(one) for one in every if one.kept is None))
        netting.write(self.ctx.world.name, every)

    def _row(self, one: Waiting) -> dict[str, Any]:
        return {
            "organisation": self.organisation,
            "computer": one.computer,
            "act": self.ctx.act,
            "changed_on": one.changed_on,
            "recorded_at": self.ctx.now,
            "event": one.event,
            "fields": one.fields,
            "outcome": one.outcome,
            "decision": one.decision,
            "status": one.status,
            "duty": one.duty,
            "due_on": one.due_on,
            "labels": _PRIVATE,
            "owner": self.organisation,
        }

    def finish(self) -> None:
        """Keep the rows, start the clocks that do not run yet, end those nothing is left of, waive the others."""
        self.keep(clocks=True)
        for duty, facts in self.starting.values():
            if not is_running(self.ctx, duty) and ComputerChange.objects.filter(duty=duty, status="waiting").exists():
                about = Bound("assets.duty", duty.id)
                self.ctx.start(duty.rule, bearer=self.organisation, about=about, begins=duty.begins, facts=facts)
        self.end_left(self.starting)
        started = {obligation.rule for obligation in self.ctx.started}
        declared = {start.rule for start in self.ctx.kind.starts}
        for rule in declared & set(CHANGE_RULES) - started:
            self.ctx.waive(rule, "nothing that was notified changed, or its clock runs already")

    def end_left(self, still: Collection[uuid.UUID] = ()) -> None:
        """End the clocks of the duties that changes left and of which nothing is left, but for those named."""
        for word in (MERGED, CHANGED_BACK):
            gone = {duty for duty, why in self.left.items() if why == word} - set(still)
            if gone:
                end_empty(self.ctx, gone, {word: str(self.ctx.act)})


def is_running(ctx: Context, duty: Duty) -> bool:
    """Return whether the duty's clock runs."""
    return bool(
        Obligation.objects.filter(world=ctx.world.name, rule=duty.rule, subject=duty.id, status="open").exists()
    )


def end_empty(ctx: Context, duties: Iterable[uuid.UUID], evidence: Mapping[str, Any], at: Any = None) -> None:
    """Settle the clocks of change duties of which nothing waits, and nothing is on its way."""
    for duty in Duty.objects.filter(world=ctx.world.name, id__in=list(duties), rule__in=CHANGE_RULES):
        left = (ComputerChange.objects, OutlineChange.objects)
        if not any(one.filter(duty=duty, status__in=("waiting", "filed")).exists() for one in left):
            ctx.settle(duty.rule, duty.id, evidence=evidence, at=at)


def waiting_of(ctx: Context, computers: Iterable[uuid.UUID]) -> Any:
    """Return the changes of these computers that wait to be notified."""
    return ComputerChange.objects.filter(
        world=ctx.world.name,
        organisation=ctx.actor.acting_organisation,
        status="waiting",
        computer__in=list(computers),
    )


def mark_filed(ctx: Context, computers: Iterable[uuid.UUID], notification: uuid.UUID) -> int:
    """Say that what waits of these computers has been filed with a change notification; return how many rows."""
    wanted, marked = list(computers), 0
    for place in range(0, len(wanted), _AT_ONCE):
        found = waiting_of(ctx, wanted[place : place + _AT_ONCE])
        marked += found.update(status="filed", notification=notification)
    return marked


def mark_arrived(ctx: Context, notification: uuid.UUID, evidence: Mapping[str, Any], at: Any = None) -> None:
    """Say that a change notification arrived, and settle the duties of which nothing else is left."""
    found = ComputerChange.objects.filter(world=ctx.world.name, notification=notification, status="filed")
    duties = set(found.values_list("duty_id", flat=True)) - {None}
    found.update(status="notified")
    end_empty(ctx, duties | outlines.mark_arrived(ctx, notification), evidence, at)


def mark_on_its_way(ctx: Context, notification: uuid.UUID) -> None:
    """Say that a change notification has not arrived after all: what it told is on its way again."""
    ComputerChange.objects.filter(world=ctx.world.name, notification=notification, status="notified").update(
        status="filed"
    )
    outlines.mark_on_its_way(ctx, notification)


def fall_back(ctx: Context, notification: Notification) -> None:
    """Ask the law again of what changed in the computers of a first notification that was refused or taken back.

    What was never notified has no change to notify (強化法4条3項): it goes with the next first notification, and the
    clock of its change ends. Called before the computers are taken out of the notification.
    """
    _never_notified(ctx, notification.organisation, {"computer__notification": notification.id})
    mended = ComputerChange.objects.filter(world=ctx.world.name, computer__notification=notification.id, status=WRONG)
    mended.update(status="recorded")  # what was never notified is not notified wrongly


def _never_notified(ctx: Context, organisation: uuid.UUID, these: Mapping[str, Any]) -> None:
    noted, duties = Noted(ctx, organisation), set()
    found = ComputerChange.objects.filter(**these, world=ctx.world.name, organisation=organisation, status="waiting")
    for one in found.select_related("computer"):
        if one.duty_id is not None:
            duties.add(one.duty_id)
        computer: Computer = one.computer
        computer.status = "registered"  # as it is from now on, and, to the addressee, has been all the time
        noted.again(one, computer)
    noted.keep()
    if duties:
        end_empty(ctx, duties, {"never_notified": str(ctx.act)})


def mark_waiting(ctx: Context, notification: uuid.UUID) -> None:
    """Say that a change notification was refused or taken back: what it told waits again.

    Unless the computer's first notification has been refused or taken back meanwhile (`fall_back`), or what it told
    has been undone since.
    """
    found = ComputerChange.objects.filter(
        world=ctx.world.name, notification=notification, status__in=("filed", "notified")
    )
    told = list(found.values_list("organisation", "computer"))
    found.update(status="waiting", notification=None)
    outlines.mark_waiting(ctx, notification)
    for organisation in {one for one, _ in told}:
        computers = [computer for one, computer in told if one == organisation]
        for place in range(0, len(computers), _AT_ONCE):
            some = computers[place : place + _AT_ONCE]
            _never_notified(ctx, organisation, {"computer__in": some, "computer__status": "registered"})
            noted = Noted(ctx, organisation)
            noted.look_again(Computer.objects.filter(id__in=some, status__in=("filed", "notified")))
            noted.keep()
            noted.end_left()
