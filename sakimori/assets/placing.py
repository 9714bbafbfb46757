"""Placing computers under the law: a list taken in, or one computer of which something changed or became known."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets import drafting
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer, Duty, Finding
from sakimori.assets.scoping import DUE_RULES, Assessment, FacilityFacts, assess
from sakimori.parties.models import Facility
from sakimori.record import Bound
from sakimori.text import Text

_OWN_FIELDS = (
    "key", "name", "facility", "maker", "product", "unit", "version", "serial", "address", "responsible",
    "introduced_on",
)  # fmt: skip
_TOLD = frozenset({"maker", "product", "clause"})  # what a notification said of a computer (命令2条5項3号-5号)


def take_in(ctx: Context, payload: p.ImportRegister) -> Bound:
    """Take a staged list into the register; one duty a clock, one finding a distinct answer of the law."""
    del payload
    place = _Place(ctx)
    ctx.create_many(Computer, place.computers())
    place.start_clocks()
    return Bound("assets.import", ctx.act)


def change(ctx: Context, payload: p.ChangeComputer) -> Bound:
    """Record what changed in a computer and place it anew; a change of what was notified starts its own clock."""
    computer = ctx.get(Computer, payload.computer, organisation=ctx.actor.acting_organisation)
    if computer.status == "retired":
        raise ctx.refuse("assets.retired", Text("廃止した電子計算機です。", "This computer has been retired."))
    if payload.changed_on > ctx.today:
        raise ctx.refuse("assets.future", Text("未来の日付です。", "That day lies in the future."), where="changed_on")
    told = payload.model_dump(exclude={"computer", "changed_on", "facts"})
    changed = {name: value for name, value in told.items() if value is not None and value != getattr(computer, name)}
    known = payload.facts.model_dump(exclude_none=True) if payload.facts else {}
    if any(computer.facts.get(name) != value for name, value in known.items()):
        changed["facts"] = {**computer.facts, **known}
    if not changed:
        raise ctx.refuse("assets.unchanged", Text("変更された項目がありません。", "Nothing has changed."))
    place = _Place(ctx)
    changed |= place.anew(computer, changed)
    about = Bound("assets.computer", computer.id)
    told_before = {name: getattr(computer, name) for name in _TOLD}
    ctx.change(computer, **changed)
    if computer.status in ("filed", "notified") and any(changed.get(n, v) != v for n, v in told_before.items()):
        ctx.start("kyokaho.notice.change", bearer=computer.organisation, about=about, begins=payload.changed_on)
    else:
        ctx.waive("kyokaho.notice.change", "nothing that was notified changed")
    place.start_clocks()
    return about


class _Place:
    """Finds for each computer its answer of the law, the finding that keeps it, and the duty whose clock it shares."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.organisation = ctx.actor.acting_organisation
        self.facilities: dict[uuid.UUID, FacilityFacts] = {}
        self.duties: dict[tuple[uuid.UUID, str, date], Duty] = {}
        self.findings: dict[str, Finding] = {}

    def computers(self) -> Iterator[dict[str, Any]]:
        """Yield the fields of each computer of the staged list."""
        for content in self.ctx.items():
            row = p.StagedComputer.model_validate(content)
            facts = row.facts.model_dump(exclude_none=True)
            answer = assess(
                facts, row.product, row.maker, row.introduced_on, self._facility(row.facility), self.ctx.today
            )
            yield {
                **{name: getattr(row, name) for name in _OWN_FIELDS},
                "organisation": self.organisation,
                "facts": facts,
                **self._placed(answer, row.facility),
            }

    def anew(self, computer: Computer, changed: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a computer's new place under the law, with what changed taken into account."""
        now = {name: changed.get(name, getattr(computer, name)) for name in ("facts", "product", "maker")}
        facility = self._facility(computer.facility)
        answer = assess(now["facts"], now["product"], now["maker"], computer.introduced_on, facility, self.ctx.today)
        return self._placed(answer, computer.facility, starts=computer.status == "registered")

    def start_clocks(self) -> None:
        """Start the clock of every duty found that does not run yet; waive the others the kind declares."""
        for duty in self.duties.values():
            about = Bound("assets.duty", duty.id)
            owed = Obligation.objects.filter(world=self.ctx.world.name, rule=duty.rule, subject=duty.id, status="open")
            if not owed.exists():
                self.ctx.start(duty.rule, bearer=self.organisation, about=about, begins=duty.begins)
        started = {obligation.rule for obligation in self.ctx.started}
        for rule in set(DUE_RULES) - started:
            self.ctx.waive(rule, "no computer newly starts it")

    def _placed(self, answer: Assessment, facility: uuid.UUID, *, starts: bool = True) -> dict[str, Any]:
        duty = None
        if answer.rule is not None and answer.begins is not None and starts:
            duty = self._duty(facility, answer.rule, answer.begins)
        return {
            "scope": answer.scope,
            "clause": answer.clause,
            "trigger_group": answer.trigger_group,
            "notify": answer.notify,
            "finding": self._finding(answer),
            **({"duty": duty} if starts else {}),
        }

    def _facility(self, facility: uuid.UUID) -> FacilityFacts:
        if facility not in self.facilities:
            self.facilities[facility] = drafting.facility_facts(self.ctx.get(Facility, facility))
        return self.facilities[facility]

    def _finding(self, answer: Assessment) -> Finding:
        if answer.digest not in self.findings:
            found = Finding.objects.filter(world=self.ctx.world.name, digest=answer.digest).first()
            self.findings[answer.digest] = found or self.ctx.create(
                Finding, digest=answer.digest, content=answer.content
            )
        return self.findings[answer.digest]

    def _duty(self, facility: uuid.UUID, rule: str, begins: date) -> Duty:
        key = (facility, rule, begins)
        if key not in self.duties:
            found = Duty.objects.filter(world=self.ctx.world.name, facility=facility, rule=rule, begins=begins).first()
            self.duties[key] = found or self.ctx.create(
                Duty, organisation=self.organisation, facility=facility, rule=rule, begins=begins
            )
        return self.duties[key]
