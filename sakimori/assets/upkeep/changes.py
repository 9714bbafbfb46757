"""Which changes of a computer must be notified, by when, and what is still to be notified (強化法4条3項, 命令3条).

A handler that changes computers hands each change to `Noted`; it asks the law's table, keeps the change, and starts the
clock. Changes of one computer that are not filed yet are one notification, due by the earliest of their days.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sakimori import law
from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets.models import Computer, ComputerChange, Duty
from sakimori.assets.upkeep import settings
from sakimori.law.decisions import notices
from sakimori.parties.models import Facility
from sakimori.record import Bound

CHANGE_RULES = ("kyokaho.notice.change", "kyokaho.notice.change.facility_order")
TOLD = ("clause", "product", "maker")
"""What a notification says of a computer (命令2条5項3号-5号)."""
_WATCHED = (
    *TOLD, "facility", "name", "version", "serial", "address", "responsible", "unit", "asset_tag", "position",
    "asset_owner", "support_end", "host", "introduced_on", "facts", "status",
)  # fmt: skip
_AT_ONCE = 500
_FEW = 20  # so many computers are looked up one by one; beyond that, all that wait at once
_Due = tuple[date | None, Duty]
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


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, uuid.UUID) else value


class Noted:
    """Collects the changes of one act and keeps them: one row a change, one duty a facility, rule and day.

    `add` after the computer has been changed; `finish` once, at the end: it starts the clocks and waives those that the
    kind declares and nothing started.
    """

    def __init__(self, ctx: Context, organisation: uuid.UUID | None = None) -> None:
        self.ctx = ctx
        self.organisation = organisation or ctx.actor.acting_organisation
        self.rows: list[dict[str, Any]] = []
        self.facilities: dict[uuid.UUID, Facility] = {}
        self.duties: dict[tuple[uuid.UUID, str, date], Duty] = {}
        self.starting: dict[uuid.UUID, tuple[Duty, Mapping[str, object]]] = {}
        self.left: set[uuid.UUID] = set()
        self.owing: dict[uuid.UUID, _Due] = {}
        self.waiting: dict[uuid.UUID, list[_Due]] | None = None
        self.clocks: dict[tuple[uuid.UUID, date], tuple[Duty, date | None, Mapping[str, object]]] = {}
        self.asked = 0

    def add(
        self,
        computer: Computer,
        fields: Mapping[str, list[Any]],
        changed_on: date,
        *,
        event: str = "changed",
        reported: bool = False,
    ) -> law.Decision:
        """Keep one change and return the law's answer to whether it must be notified.

        `reported`: the new product name was reported under 推進法54条4項 and is the same (命令3条3項).
        """
        decision = self._decide(computer, fields, event=event, reported=reported)
        row: dict[str, Any] = {
            "organisation": self.organisation,
            "computer": computer,
            "act": self.ctx.act,
            "changed_on": changed_on,
            "recorded_at": self.ctx.now,
            "event": event,
            "fields": dict(fields),
            "outcome": "open" if decision.is_open else decision.outcome,
            "decision": decision.as_dict(),
            "labels": _PRIVATE,
            "owner": self.organisation,
        }
        if row["outcome"] == "change":
            row |= self._owed(computer, changed_on)
        self.rows.append(row)
        return decision

    def again(self, kept: ComputerChange, computer: Computer) -> None:
        """Ask the law again about a change kept before and not filed; `computer` in the state it was in then."""
        decision = self._decide(computer, kept.fields, event=kept.event, reported=False)
        outcome = "open" if decision.is_open else decision.outcome
        owed: dict[str, Any] = {"status": "recorded", "duty": None, "due_on": None}
        if outcome == "change":
            owed = self._owed(computer, kept.changed_on)
        self.ctx.change(kept, outcome=outcome, decision=decision.as_dict(), **owed)

    def _decide(self, computer: Computer, fields: Mapping[str, Any], *, event: str, reported: bool) -> law.Decision:
        told = computer.status in ("filed", "notified")
        answer = settings.retirement_is_change(self.ctx.world.name, self.organisation) if event == "retired" else None
        return _answer(
            class_changed=told and "facility" in fields and self._other_category(fields["facility"]),
            clause="clause" in fields and told,
            product="product" in fields and told,
            maker="maker" in fields and told,
            reported=reported,
            retired=told and event == "retired",
            answer=answer,
            on=self.ctx.today,
        )

    def _other_category(self, facility: list[Any]) -> bool:
        old, new = (self._facility(uuid.UUID(str(one))) for one in facility)
        return bool(old.category != new.category)

    def _facility(self, facility: uuid.UUID) -> Facility:
        if facility not in self.facilities:
            self.facilities[facility] = self.ctx.get(Facility, facility)
        return self.facilities[facility]

    def _owed(self, computer: Computer, changed_on: date) -> dict[str, Any]:
        """Return duty and due day of a change: its own, or those of an earlier one not filed yet that is due sooner."""
        duty, due_on, facts = self._clock(computer.facility, changed_on)
        kept, earlier = self._earlier(computer)
        if earlier is not None and (earlier[0] or date.max) <= (due_on or date.max):
            return {"status": "waiting", "duty": earlier[1], "due_on": earlier[0]}
        if earlier is not None:
            self._bring_forward(computer, kept, duty, due_on)
        self.starting[duty.id] = (duty, facts)
        self.owing[computer.id] = (due_on, duty)
        return {"status": "waiting", "duty": duty, "due_on": due_on}

    def _earlier(self, computer: Computer) -> tuple[list[uuid.UUID], _Due | None]:
        """Return the duties of what waits for a computer in the database, and the earliest of all that waits for it."""
        self.asked += 1
        found = ComputerChange.objects.filter(
            world=self.ctx.world.name, organisation=self.organisation, status="waiting", duty__isnull=False
        ).select_related("duty")
        if self.asked > _FEW and self.waiting is None:  # many computers change at once: ask for all of them
            self.waiting = {}
            for one in found:
                self.waiting.setdefault(one.computer_id, []).append((one.due_on, one.duty))
        kept: list[_Due] = (
            [(one.due_on, one.duty) for one in found.filter(computer=computer)]
            if self.waiting is None
            else self.waiting.get(computer.id, [])
        )
        every = [*kept, *([self.owing[computer.id]] if computer.id in self.owing else [])]
        return [duty.id for _, duty in kept], min(every, key=lambda one: one[0] or date.max, default=None)

    def _bring_forward(self, computer: Computer, kept: list[uuid.UUID], duty: Duty, due_on: date | None) -> None:
        """Let what waited for a computer be due by an earlier day; a duty that nothing is left of ends."""
        self.left |= set(kept)
        if computer.id in self.owing:
            self.left.add(self.owing[computer.id][1].id)
        ComputerChange.objects.filter(world=self.ctx.world.name, computer=computer, status="waiting").update(
            duty=duty, due_on=due_on
        )
        for row in self.rows:
            if row["computer"] == computer and row.get("duty"):
                row |= {"duty": duty, "due_on": due_on}

    def _clock(self, facility: uuid.UUID, changed_on: date) -> tuple[Duty, date | None, Mapping[str, object]]:
        key = (facility, changed_on)
        if key not in self.clocks:
            self.clocks[key] = self._new_clock(facility, changed_on)
        return self.clocks[key]

    def _new_clock(self, facility: uuid.UUID, changed_on: date) -> tuple[Duty, date | None, Mapping[str, object]]:
        place = self._facility(facility)
        asked = notices.DueFacts(
            event="changed",
            changed=changed_on,
            designated=place.designation.designated_on,
            newly_listed=place.order_changed_on is not None,
            listed=place.order_changed_on,
            successor=place.designation.successor,
        )
        found, _ = notices.due_rule(asked, self.ctx.today)
        rule, begins, facts = (found.rule, found.start, found.facts) if found else (CHANGE_RULES[0], changed_on, {})
        key = (facility, rule, begins)
        if key not in self.duties:
            known = Duty.objects.filter(world=self.ctx.world.name, facility=facility, rule=rule, begins=begins).first()
            self.duties[key] = known or self.ctx.create(
                Duty, organisation=self.organisation, facility=facility, rule=rule, begins=begins
            )
        due = law.deadline(rule, begins, on=self.ctx.today, facts=facts or None).due
        return self.duties[key], due if due is None else date(due.year, due.month, due.day), facts

    def finish(self) -> None:
        """Keep the rows, start the clocks that do not run yet, end those nothing is left of, waive the others."""
        self.ctx.create_many(ComputerChange, self.rows)
        for duty, facts in self.starting.values():
            if not is_running(self.ctx, duty) and ComputerChange.objects.filter(duty=duty, status="waiting").exists():
                about = Bound("assets.duty", duty.id)
                self.ctx.start(duty.rule, bearer=self.organisation, about=about, begins=duty.begins, facts=facts)
        end_empty(self.ctx, self.left - set(self.starting), {"merged_by": str(self.ctx.act)})
        started = {obligation.rule for obligation in self.ctx.started}
        declared = {start.rule for start in self.ctx.kind.starts}
        for rule in declared & set(CHANGE_RULES) - started:
            self.ctx.waive(rule, "nothing that was notified changed, or its clock runs already")


@lru_cache(maxsize=1024)
def _answer(
    *,
    class_changed: bool,
    clause: bool,
    product: bool,
    maker: bool,
    reported: bool,
    retired: bool,
    answer: str | None,
    on: date,
) -> law.Decision:
    return notices.change(
        notices.ChangeFacts(
            facility_class_changed=class_changed,
            computer_class_changed=clause,
            product_name_changed=product,
            maker_name_changed=maker,
            operator_other_changed=False,
            operator_name_changed=False,
            component_reported_same_name=reported,
            retired=retired,
            ministry_retirement_is_change=answer,
        ),
        on,
    )


def is_running(ctx: Context, duty: Duty) -> bool:
    """Return whether the duty's clock runs."""
    return bool(
        Obligation.objects.filter(world=ctx.world.name, rule=duty.rule, subject=duty.id, status="open").exists()
    )


def end_empty(ctx: Context, duties: Iterable[uuid.UUID], evidence: Mapping[str, Any], at: Any = None) -> None:
    """Settle the clocks of change duties of which nothing waits, and nothing is on its way."""
    for duty in Duty.objects.filter(world=ctx.world.name, id__in=list(duties), rule__in=CHANGE_RULES):
        if not ComputerChange.objects.filter(duty=duty, status__in=("waiting", "filed")).exists():
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
    end_empty(ctx, duties, evidence, at)


def mark_told(ctx: Context, operator: uuid.UUID, facilities: list[uuid.UUID], notification: uuid.UUID) -> None:
    """Say that a change notification that came another way told whatever waited for these facilities."""
    ComputerChange.objects.filter(
        world=ctx.world.name, organisation=operator, computer__facility__in=facilities, status__in=("waiting", "filed")
    ).update(status="notified", notification=notification)


def mark_waiting(ctx: Context, notification: uuid.UUID) -> None:
    """Say that a change notification was refused or taken back: what it told waits again."""
    ComputerChange.objects.filter(
        world=ctx.world.name, notification=notification, status__in=("filed", "notified")
    ).update(status="waiting", notification=None)
