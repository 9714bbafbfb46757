"""The clocks of a case: started once, shown to whoever the law tells of the case, settled by arrival only.

A clock's subject is the case, by the same id on both sides. Where operator and authority live in one deployment they
share the obligation, and an authority that learns of the case becomes a watcher of it.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.acts.models import Obligation, Watch
from sakimori.record import Bound

FIRST, FULL = "kyokaho.incident.first", "kyokaho.incident.full"
APPI_FIRST, APPI_FULL, APPI_WRONGFUL = "appi.first", "appi.full", "appi.full.wrongful"


def tokyo(moment: datetime) -> datetime:
    """Return the moment in Japan time, by which days are counted."""
    return moment.astimezone(clock.TOKYO)


def subject(case: uuid.UUID) -> Bound:
    """Return what every clock, notice and act of a case is about."""
    return Bound("incidents.case", case)


def owed(ctx: Context, rule: str, case: uuid.UUID, bearer: uuid.UUID) -> Obligation | None:
    """Return the open obligation, if any."""
    found: Obligation | None = Obligation.objects.filter(
        world=ctx.world.name, rule=rule, subject=case, bearer=bearer, status="open"
    ).first()
    return found


def begin(
    ctx: Context,
    rule: str,
    case: uuid.UUID,
    bearer: uuid.UUID,
    begins: datetime,
    *,
    facts: Mapping[str, object] | None = None,
    shown_to: Iterable[uuid.UUID] = (),
) -> None:
    """Start a clock unless it runs already; then only show it to those named."""
    running = owed(ctx, rule, case, bearer)
    if running is None:
        ctx.start(rule, bearer=bearer, about=subject(case), begins=tokyo(begins), facts=facts, shown_to=shown_to)
        return
    show(ctx, running, shown_to)
    ctx.waive(rule, "it runs already")


def show(ctx: Context, obligation: Obligation, organisations: Iterable[uuid.UUID]) -> None:
    """Let organisations watch a running clock, each once."""
    watching = set(Watch.objects.filter(obligation=obligation).values_list("organisation", flat=True))
    for organisation in dict.fromkeys(organisations):
        if organisation not in watching and organisation != obligation.bearer:
            ctx.create(Watch, obligation=obligation, organisation=organisation)


def watchers(obligation: Obligation) -> set[uuid.UUID]:
    """Return who watches an obligation."""
    return set(Watch.objects.filter(obligation=obligation).values_list("organisation", flat=True))


def end(ctx: Context, rules: Iterable[str], case: uuid.UUID, bearer: uuid.UUID, why: Mapping[str, Any]) -> None:
    """Settle the open clocks of these rules for a reason other than arrival (not reportable, corrected, withdrawn)."""
    for rule in rules:
        ctx.settle(rule, case, bearer=bearer, evidence=why)
