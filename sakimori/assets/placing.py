"""Placing computers under the law: a list taken in, and what `upkeep.applying` does with one that changed."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets import drafting, editions
from sakimori.assets import payloads as p
from sakimori.assets.models import Computer, Duty, Finding
from sakimori.assets.scoping import DUE_RULES, Assessment, FacilityFacts, assess
from sakimori.parties.models import Facility
from sakimori.record import Bound

_TEXTS = (
    "key", "name", "maker", "product", "unit", "version", "serial", "address", "responsible", "asset_tag", "position",
    "asset_owner", "host", "cpe", "purl",
)  # fmt: skip


def take_in(ctx: Context, payload: p.ImportRegister) -> Bound:
    """Take a staged list into the register; one duty a clock, one finding a distinct answer of the law."""
    place = Place(ctx)
    ctx.create_many(Computer, place.computers(ctx.items(), payload.source))
    place.start_clocks()
    return Bound("assets.import", ctx.act)


class Place:
    """Finds for each computer its answer of the law, the finding that keeps it, and the duty whose clock it shares.

    Computers are placed first; then clocks start, and clocks of duties that nothing is left of end.
    """

    def __init__(self, ctx: Context, organisation: uuid.UUID | None = None) -> None:
        self.ctx = ctx
        self.organisation = organisation or ctx.actor.acting_organisation
        self.facilities: dict[uuid.UUID, FacilityFacts] = {}
        self.duties: dict[tuple[uuid.UUID, str, date], Duty] = {}
        self.findings: dict[str, Finding] = {}
        self.left: set[uuid.UUID] = set()

    def computers(self, rows: Iterable[Mapping[str, Any]], source: str) -> Iterator[dict[str, Any]]:
        """Yield the fields of each computer of a staged list from one source."""
        for row in rows:  # each was validated by the act's own precondition, in the same transaction
            editions.require_kept(row)
            facility, introduced = _facility_id(row["facility"]), _day(row["introduced_on"])
            facts = {name: value for name, value in row["facts"].items() if value is not None}
            answer = assess(facts, row["product"], row["maker"], introduced, self._facility(facility), self.ctx.today)
            end = row.get("support_end")
            yield {
                **{name: row.get(name, "") for name in _TEXTS},
                "facility": facility,
                "introduced_on": introduced,
                "support_end": _day(end) if end else None,
                "organisation": self.organisation,
                "source": source,
                "facts": facts,
                **self._placed(answer, facility),
            }

    def anew(self, computer: Computer, changed: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a computer's new place under the law, with what changed taken into account."""
        asked = ("facts", "product", "maker", "introduced_on", "facility")
        now = {name: changed.get(name, getattr(computer, name)) for name in asked}
        facility = self._facility(now["facility"])
        answer = assess(now["facts"], now["product"], now["maker"], now["introduced_on"], facility, self.ctx.today)
        placed = self._placed(answer, now["facility"], starts=computer.status == "registered")
        if computer.duty_id is not None and "duty" in placed and placed["duty"] != computer.duty:
            self.left.add(computer.duty_id)
        return placed

    def end_clocks(self) -> None:
        """Settle the obligation of every duty that computers left and of which nothing is to be notified any more."""
        for duty in Duty.objects.filter(world=self.ctx.world.name, id__in=self.left):
            if not duty.computers.filter(notify="yes").exclude(status__in=("notified", "retired")).exists():
                self.ctx.settle(duty.rule, duty.id, bearer=self.organisation, evidence={"nothing_left": True})

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
            self.facilities[facility] = drafting.facility_facts(self.ctx.get(Facility, facility), self.ctx.world.name)
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


@lru_cache(maxsize=1024)
def _facility_id(text: str) -> uuid.UUID:
    return uuid.UUID(text)


@lru_cache(maxsize=8192)
def _day(text: str) -> date:
    return date.fromisoformat(text)
