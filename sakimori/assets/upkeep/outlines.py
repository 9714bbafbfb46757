"""Changes of what a filing says of the operator (事業者の概要): what is notified, by which clock (命令3条1項, 4項).

Only the operator's name is minor (命令3条4項). That its other particulars start the clock of a change is likely, not
certain (decision 0038). A category's clock runs for its first facility; the record of the correction begins it.
"""

import uuid
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets import designated
from sakimori.assets.models import Duty, Notification, OutlineChange
from sakimori.assets.payloads import Outline
from sakimori.assets.upkeep import asking
from sakimori.parties.models import Facility
from sakimori.record import Bound

BEGINS, ENDS = "begins", "ends"
_OUT = ("arrived", "approved", "sent", "replaced")
_CORRECTION = "correction"


def told(world: str, organisation: uuid.UUID, category: str) -> Outline | None:
    """Return the outline as it was notified last in a category; None where nothing has been.

    A correction says it as it was on the day of the filing it corrects: see `_corrected`.
    """
    return _told(world, organisation, category)[0]


def _told(world: str, organisation: uuid.UUID, category: str) -> tuple[Outline | None, datetime | None]:
    last = _filings(world, organisation, category).exclude(what=_CORRECTION).order_by("-filed_at")
    found = last.values_list("outline", "filed_at").first()
    return (Outline.model_validate(found[0]), found[1]) if found and found[0] else (None, None)


def _filings(world: str, organisation: uuid.UUID, category: str) -> QuerySet[Notification]:
    return Notification.objects.filter(
        world=world, side="operator", organisation=organisation, facility_category=category, status__in=_OUT
    )


def changed(world: str, organisation: uuid.UUID, category: str) -> Outline | None:
    """Return the outline as it was before what must be notified of it changed; None where nothing of it must be."""
    first = waiting(world, organisation, category).first()
    before, since = _told(world, organisation, category)
    if first is not None:
        before, since = Outline.model_validate(first.before), first.recorded_at
    if before is None or since is None:
        return None
    now = designated.outline_of(clock.world(world).base, organisation, category)
    gone = _same(before, now) or _corrected(world, (organisation, category), since, now)
    return None if gone else before


def waiting(world: str, organisation: uuid.UUID, category: str) -> QuerySet[OutlineChange]:
    """Return the changes of a category's outline that wait to be notified, the earliest first."""
    found = OutlineChange.objects.filter(world=world, organisation=organisation, category=category, status="waiting")
    return found.order_by("recorded_at", "id")


def categories(world: str, organisation: uuid.UUID) -> list[str]:
    """Return the categories in which the outline has changed and must be notified."""
    held = Facility.objects.filter(world=clock.world(world).base, organisation_id=organisation)
    named = sorted(set(held.values_list("category", flat=True)))
    return [category for category in named if changed(world, organisation, category) is not None]


def _same(before: Outline, now: Outline) -> bool:
    """Return whether nothing but the name differs (命令3条4項)."""
    return before.model_copy(update={"name": now.name}) == now


def step(world: str, facility: Facility) -> str:
    """Return whether a clock of the facility's category `begins` or `ends` by what the records say now; else empty."""
    organisation, category = facility.organisation_id, facility.category
    same = Facility.objects.filter(world=facility.world, organisation_id=organisation, category=category)
    if same.order_by("id").values_list("id", flat=True).first() != facility.id:
        return ""
    last, since = _told(world, organisation, category)
    now = designated.outline_of(facility.world, organisation, category)
    first = waiting(world, organisation, category).first()
    if first is not None:
        gone = last is None or _same(Outline.model_validate(first.before), now)
        return ENDS if gone or _corrected(world, (organisation, category), first.recorded_at, now) else ""
    if last is None or since is None or _same(last, now) or _corrected(world, (organisation, category), since, now):
        return ""
    return BEGINS if asking.outline(on=clock.today(world)).outcome == "change" else ""


def moved(world: str) -> set[uuid.UUID]:
    """Return the facilities for whose category a clock begins or ends now (`step`); a few queries for all operators."""
    last = {
        (one["organisation"], one["facility_category"]): (one["outline"] or {}).get("corporate_number", "")
        + "/" + (one["outline"] or {}).get("business_type", "")
        for one in Notification.objects.filter(world=world, side="operator", status__in=_OUT)
        .exclude(what=_CORRECTION)
        .order_by("filed_at")
        .values("organisation", "facility_category", "outline")
    }  # fmt: skip
    open_ = set(
        OutlineChange.objects.filter(world=world, status="waiting").values_list("organisation", "category").distinct()
    )
    held = Facility.objects.select_related("designation", "organisation").filter(
        world=clock.world(world).base, organisation__in={one for one, _ in {*last, *open_}}
    )
    groups: dict[tuple[uuid.UUID, str], list[Facility]] = {}
    for facility in held.order_by("id"):
        groups.setdefault((facility.organisation_id, facility.category), []).append(facility)
    found = set()
    for key, facilities in groups.items():
        business = designated.first(one.designation for one in facilities)
        now = f"{facilities[0].organisation.corporate_number}/{business.business_type if business else ''}"
        if (key in open_ or last.get(key, now) != now) and step(world, facilities[0]):
            found.add(facilities[0].id)
    return found


def _corrected(world: str, of: tuple[uuid.UUID, str], since: datetime, now: Outline) -> bool:
    """Return whether a correction that arrived since says the outline of an operator's category as it is now."""
    found = _filings(world, *of).filter(what=_CORRECTION, status="arrived", filed_at__gte=since)
    return any(_same(Outline.model_validate(one), now) for one in found.values_list("outline", flat=True))


def follow(ctx: Context, facility: Facility, changed_on: date) -> set[uuid.UUID]:
    """Begin or end the clock of an outline as the records say; return the duties that something was taken from."""
    what = step(ctx.world.name, facility)
    if what == BEGINS:
        _begin(ctx, facility, changed_on)
    if what != ENDS:
        return set()
    gone = waiting(ctx.world.name, facility.organisation_id, facility.category)
    duties = set(gone.values_list("duty_id", flat=True))
    OutlineChange.objects.filter(id__in=list(gone.values_list("id", flat=True))).update(status="undone")
    return duties


def _begin(ctx: Context, facility: Facility, changed_on: date) -> None:
    before, since = _told(ctx.world.name, facility.organisation_id, facility.category)
    if before is None or since is None:
        return
    changed_on = max(changed_on, since.astimezone(clock.TOKYO).date())  # what was said then was so, as far as is known
    answer = asking.outline(on=ctx.today)
    found = asking.clock(facility, changed_on, ctx.today)
    of: dict[str, Any] = {"facility": facility.id, "rule": found.rule, "begins": found.begins}
    known = Duty.objects.filter(world=ctx.world.name, **of).first()
    duty = known or ctx.create(Duty, organisation=facility.organisation_id, **of)
    ctx.create(
        OutlineChange,
        organisation=facility.organisation_id,
        category=facility.category,
        duty=duty,
        act=ctx.act,
        before=before.model_dump(),
        changed_on=changed_on,
        recorded_at=ctx.now,
        decision=answer.decision,
        due_on=found.due_on,
    )
    running = Obligation.objects.filter(world=ctx.world.name, rule=duty.rule, subject=duty.id, status="open")
    if not running.exists():
        about = Bound("assets.duty", duty.id)
        ctx.start(duty.rule, bearer=facility.organisation_id, about=about, begins=duty.begins, facts=found.facts)


def mark_filed(ctx: Context, organisation: uuid.UUID, category: str, notification: uuid.UUID) -> None:
    """Say that what waits of a category's outline has been filed with a change notification."""
    waiting(ctx.world.name, organisation, category).update(status="filed", notification=notification)


def _of(ctx: Context, notification: uuid.UUID, *statuses: str) -> QuerySet[OutlineChange]:
    return OutlineChange.objects.filter(world=ctx.world.name, notification=notification, status__in=statuses)


def mark_arrived(ctx: Context, notification: uuid.UUID) -> set[uuid.UUID]:
    """Say that what a change notification told of an outline has arrived; return the duties it counts towards."""
    found = _of(ctx, notification, "filed")
    duties = set(found.values_list("duty_id", flat=True))
    found.update(status="notified")
    return duties


def mark_on_its_way(ctx: Context, notification: uuid.UUID) -> None:
    """Say that a change notification has not arrived after all."""
    _of(ctx, notification, "notified").update(status="filed")


def mark_waiting(ctx: Context, notification: uuid.UUID) -> None:
    """Say that a change notification was refused or taken back: what it told of an outline waits again."""
    _of(ctx, notification, "filed", "notified").update(status="waiting", notification=None)
