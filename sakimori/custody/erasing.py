"""Retention: extending it, ending it early, and erasing (25). Erasing deletes the records; the acts about them stay."""

import uuid

from django.db.models import QuerySet

from sakimori.acts import clock, door
from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError
from sakimori.custody import notices
from sakimori.custody import payloads as p
from sakimori.custody.models import SelectedRecord, Selection
from sakimori.custody.selecting import MAXIMUM, longest, own_selection
from sakimori.errors import SakimoriError
from sakimori.record import SYSTEM, Bound
from sakimori.record.fences import seen_as
from sakimori.text import Text

EXTENSION = "custody.extension.max"
ERASE = "custody.erase"


def extend(ctx: Context, payload: p.ExtendRetention) -> Bound:
    """Set a later last day: the running clock gives way to the extension's, and the committee is told."""
    selection = own_selection(ctx, payload.selection)
    current = selection.retained_until
    about = Bound("custody.selection", selection.id)
    for rule in (MAXIMUM, EXTENSION):
        ctx.settle(rule, selection.id, evidence={"extended_until": payload.retained_until.isoformat()})
    full = payload.retained_until == longest(EXTENSION, current, ctx.today)
    ctx.start(
        EXTENSION,
        bearer=selection.organisation,
        about=about,
        begins=current,
        facts=None if full else {"shortened": payload.retained_until},
    )
    ctx.change(selection, retained_until=payload.retained_until, extended=selection.extended + 1)
    notices.begin(ctx, selection, "retention_extended")
    return about


def end(ctx: Context, payload: p.EndRetention) -> Bound:
    """End retention early; erasure follows at once, in the same transaction."""
    selection = own_selection(ctx, payload.selection)
    about = Bound("custody.selection", selection.id)
    ctx.change(selection, status="ended", ended_early_at=ctx.now, end_reason=payload.reason)
    ctx.settle("custody.early_end", selection.id)
    ctx.start(ERASE, bearer=selection.organisation, about=about, begins=ctx.now)
    ctx.follow("custody.information.erase", {"selection": str(selection.id)})
    return about


def erase(ctx: Context, payload: p.Erase) -> Bound:
    """Delete every record of the selection and have the committee told; nothing of their contents is left here."""
    selection = ctx.get(Selection, payload.selection)
    about = Bound("custody.selection", selection.id)
    SelectedRecord.objects.filter(world=ctx.world.name, selection=selection).delete()
    ctx.change(selection, status="erased", erased_at=ctx.now)
    for rule in (ERASE, MAXIMUM, EXTENSION):
        ctx.settle(rule, selection.id, evidence={"erased_at": ctx.now.isoformat()})
    notices.begin(ctx, selection, "erasure")
    return about


def run_due(world: str) -> int:
    """Erase every selection of a world whose retention is over (the system's own act); return how many.

    The act that set or last extended the retention authorises it. Called by the deployment's worker.
    """
    with seen_as(SYSTEM(world)):
        due = [(selection.id, _authorising(selection)) for selection in _over(world)]
    for selection, authorised_by in due:
        door.perform_system(
            "custody.information.erase", {"selection": str(selection)}, world=world, authorised_by=authorised_by
        )
    return len(due)


def _over(world: str) -> QuerySet[Selection]:
    return Selection.objects.filter(world=world, status="retained", retained_until__lt=clock.today(world))


def _authorising(selection: Selection) -> uuid.UUID:
    last = selection.handlings.exclude(what="erasure").order_by("-happened_at").first()
    return last.act if last else selection.act


# --- preconditions ----------------------------------------------------------------------------------------------------


def is_kept(ctx: Context, payload: p.EndRetention | p.ExtendRetention) -> SakimoriError | None:
    """The information is still held."""
    if own_selection(ctx, payload.selection).status == "retained":
        return None
    return PreconditionError(
        Text("既に保存が終わっています。", "It is no longer retained."),
        code="custody.not_kept",
        where=str(payload.selection),
        article="強化法25(4)",
    )


def extension_within_limit(ctx: Context, payload: p.ExtendRetention) -> SakimoriError | None:
    """25(2): while it is retained, to a later day, no further than one extension may reach."""
    gone = is_kept(ctx, payload)
    if gone is not None:
        return gone
    current = own_selection(ctx, payload.selection).retained_until
    if current < ctx.today:
        return PreconditionError(
            Text("保存期間は既に満了しています。", "The retention is over already."),
            code="custody.expired",
            where="retained_until",
            article="強化法25(4)",
        )
    last = longest(EXTENSION, current, ctx.today)
    if current < payload.retained_until <= last:
        return None
    return PreconditionError(
        Text(f"延長は {last} までです。", f"It may be extended to {last} at most."),
        code="custody.retention",
        where="retained_until",
        article="強化法25(2)",
    )


def retention_over(ctx: Context, payload: p.Erase) -> SakimoriError | None:
    """The system erases only what was ended early or has expired."""
    selection = ctx.get(Selection, payload.selection)
    if selection.status == "ended" or (selection.status == "retained" and selection.retained_until < ctx.today):
        return None
    return PreconditionError(
        Text("まだ保存期間内です。", "It is still to be retained."),
        code="custody.still_retained",
        where=str(selection.id),
        article="強化法25(4)",
    )
