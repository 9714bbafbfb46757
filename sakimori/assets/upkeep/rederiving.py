"""Deriving duties anew when the records of a facility, a designation or the law itself have changed (命令2条2項, 3項).

The system looks once a day, and soon after such a record changes, whether the law's answer for any computer differs
from the one kept. Where it does, one act places them anew, on the authority of the act that changed the
record, and the operator is told.
"""

import json
import time
import uuid
from datetime import date
from typing import Any

from sakimori import law, proofs
from sakimori.acts import clock, door
from sakimori.acts.context import Context
from sakimori.acts.models import Act
from sakimori.assets import drafting
from sakimori.assets.models import Computer, Duty, FacilityDerivation
from sakimori.assets.scoping import Assessment, FacilityFacts, assess
from sakimori.assets.upkeep import outlines
from sakimori.assets.upkeep import payloads as p
from sakimori.assets.upkeep.applying import Applying
from sakimori.assets.upkeep.changes import CHANGED_BACK, end_empty
from sakimori.parties.models import Facility
from sakimori.record import Bound
from sakimori.text import Text

KIND = "assets.register.rederive"
_AT_ONCE = 500
_PAUSE_SECONDS = 20
_looked: dict[str, float] = {}
_agreed: dict[tuple[str, uuid.UUID], str] = {}


def run_due(world: str) -> int:
    """Derive anew what no longer stands as the law says, looking at most every few seconds; return how many acts."""
    now = time.monotonic()
    if now - _looked.get(world, -_PAUSE_SECONDS) < _PAUSE_SECONDS:
        return 0
    _looked[world] = now
    return derive(world)


def forget() -> None:
    """Forget what was looked at: the next look asks of every facility again."""
    _looked.clear()
    _agreed.clear()


def derive(world: str) -> int:
    """Derive anew every facility whose records or law have changed since it was last looked at."""
    done = 0
    base = clock.world(world).base
    moved = outlines.moved(world)
    placed = moved | set(Duty.objects.filter(world=world).values_list("facility", flat=True).distinct())
    for facility in Facility.objects.select_related("designation").filter(world=base, id__in=placed).order_by("id"):
        facts = drafting.facility_facts(facility, world)
        digest = _digest(facts, world)
        if _agreed.get((world, facility.id)) == digest and facility.id not in moved:
            continue
        if facility.id in moved or not stands(world, facility.id, facts):
            cause = authority_of(world, facility, outline=facility.id in moved)
            if cause is None:
                continue
            payload = {"facility": str(facility.id), "digest": digest}
            door.perform_system(KIND, payload, world=world, authorised_by=cause)
            done += 1
        _agreed[(world, facility.id)] = digest
    return done


def _digest(facts: FacilityFacts, world: str) -> str:
    """Return what the answers for a facility rest on: its records, the law book, and the day it is asked on."""
    said = {"facts": repr(facts), "law": law.book().digest, "today": clock.today(world).isoformat()}
    return proofs.digest(proofs.canonical(said))


def stands(world: str, facility: uuid.UUID, facts: FacilityFacts) -> bool:
    """Return whether every computer of a facility is kept as the law says today."""
    today = clock.today(world)
    found = Computer.objects.filter(world=world, facility=facility).exclude(status="retired")
    fields = ("facts", "product", "maker", "introduced_on", "scope", "clause", "trigger_group", "notify", "status",
              "finding__digest", "duty__rule", "duty__begins")  # fmt: skip
    for row in found.values(*fields).iterator(chunk_size=2000):
        answer = assess(row["facts"], row["product"], row["maker"], row["introduced_on"], facts, today)
        if _differs(row, answer):
            return False
    return True


def _differs(row: dict[str, Any], answer: Assessment) -> bool:
    kept = (row["scope"], row["clause"], row["trigger_group"], row["notify"], row["finding__digest"])
    if kept != (answer.scope, answer.clause, answer.trigger_group, answer.notify, answer.digest):
        return True
    clock_kept = (row["duty__rule"], row["duty__begins"])
    return row["status"] == "registered" and clock_kept != (answer.rule, answer.begins)


def authority_of(world: str, facility: Facility, *, outline: bool = False) -> uuid.UUID | None:
    """Return the act to rest on: the last one about the facility or its designation, else the last import.

    Where what a filing says of the operator has changed (`outline`), the last one about the operator too.
    """
    worlds = {world, clock.world(world).base}
    things = (facility.id, facility.designation_id, *((facility.organisation_id,) if outline else ()))
    about = Act.objects.filter(world__in=worlds, subject__in=things, kind__startswith="parties.")
    taken = Act.objects.filter(world=world, kind="assets.register.import", organisation=facility.organisation_id)
    found = about.order_by("-number").first() or taken.order_by("-number").first()
    return found.id if found else None


def perform(ctx: Context, payload: p.Rederive) -> Bound:
    """Place every computer of a facility anew, keep what changed, tell the operator."""
    facility = ctx.get(Facility, payload.facility)
    applying = Applying(ctx, facility.organisation_id)
    alike: dict[str, tuple[dict[str, Any], list[uuid.UUID]]] = {}
    found = Computer.objects.filter(world=ctx.world.name, facility=facility.id).exclude(status="retired")
    for computer in found.select_related("duty", "finding"):
        fields = applying.place.anew(computer, {})
        if all(getattr(computer, name) == value for name, value in fields.items()):
            continue
        if computer.status in ("filed", "notified") and fields["clause"] != computer.clause:
            told = {"clause": [computer.clause, fields["clause"]]}
            applying.noted.add(computer, told, ctx.today, event="rederived")
        key = json.dumps({name: str(getattr(value, "id", value)) for name, value in fields.items()}, sort_keys=True)
        alike.setdefault(key, (fields, []))[1].append(computer.id)
    for fields, computers in alike.values():
        for start in range(0, len(computers), _AT_ONCE):
            Computer.objects.filter(id__in=computers[start : start + _AT_ONCE]).update(**fields)
    left = outlines.follow(ctx, facility, _recorded_on(ctx))
    applying.finish()
    end_empty(ctx, left, {CHANGED_BACK: str(ctx.act)})
    about = _keep(ctx, payload, sum(len(computers) for _, computers in alike.values()))
    title = Text("届出の期限を計算し直しました", "The duties to notify were derived anew")
    ctx.tell("operator", facility.organisation_id, title, about=about)
    return about


def _recorded_on(ctx: Context) -> date:
    """Return the day on which what the derivation rests on was recorded."""
    cause = Act.objects.filter(id=ctx.caused_by).first() if ctx.caused_by else None
    return min(cause.recorded_at.astimezone(clock.TOKYO).date(), ctx.today) if cause else ctx.today


def _keep(ctx: Context, payload: p.Rederive, changed: int) -> Bound:
    fields: dict[str, Any] = {"digest": payload.digest, "act": ctx.act, "derived_at": ctx.now, "changed": changed}
    kept = FacilityDerivation.objects.filter(world=ctx.world.name, facility=payload.facility).first()
    if kept is None:
        kept = ctx.create(FacilityDerivation, facility=payload.facility, **fields)
    else:
        ctx.change(kept, **fields)
    return Bound("assets.derivation", kept.id)
