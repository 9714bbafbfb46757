"""Telling the committee promptly of each handling (30): that, when, how much, under which authority; never contents."""

from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError
from sakimori.acts.models import Dispatch
from sakimori.custody import payloads as p
from sakimori.custody.models import Handling, Selection
from sakimori.errors import SakimoriError
from sakimori.parties.models import Organisation
from sakimori.record import Bound
from sakimori.text import Text

RULE = "custody.notice"


def begin(ctx: Context, selection: Selection, what: str) -> Handling:
    """Record a handling, start the clock of its notice, and have the notice sent right after this act."""
    committee = Organisation.objects.filter(world=ctx.world.base, type="committee").first()
    if committee is None:
        raise NotFoundError("committee")
    handling = ctx.create(
        Handling, selection=selection, what=what, happened_at=ctx.now, act=ctx.act, committee=committee.id
    )
    about = Bound("custody.handling", handling.id)
    ctx.start(RULE, bearer=selection.organisation, about=about, begins=ctx.now)
    ctx.follow("custody.notice.send", _told(handling).model_dump(mode="json"))
    return handling


def _told(handling: Handling) -> p.Handled:
    selection = handling.selection
    is_selection = handling.what == "selection"
    return p.Handled(
        issuer=selection.organisation,
        addressee=handling.committee,
        what=handling.what,
        handling=handling.id,
        authority=selection.authority,
        happened_at=handling.happened_at,
        kept_flows=selection.kept_flows,
        retained_until=None if handling.what == "erasure" else selection.retained_until,
        receipt_digest=selection.receipt_digest,
        receipt=selection.receipt if is_selection else None,
    )


def send(ctx: Context, payload: p.Handled) -> Bound:
    """Send one notice to the committee."""
    handling = ctx.get(Handling, payload.handling)
    ctx.send(payload.addressee)
    ctx.change(handling, sending=ctx.act)
    return Bound("custody.selection", handling.selection_id)


def arrived(ctx: Context, payload: p.Arrived) -> Bound:
    """Settle the duty to tell, once the committee's signed acknowledgement is here."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    handling = Handling.objects.select_for_update().get(world=ctx.world.name, sending=dispatch.act)
    ctx.change(handling, arrived_at=dispatch.arrived_at, refusal=dispatch.refusal)
    if payload.accepted:
        ctx.settle(RULE, handling.id, evidence={"dispatch": str(dispatch.id)})
    return Bound("custody.selection", handling.selection_id)


def own_handling(ctx: Context, payload: p.Handled) -> SakimoriError | None:
    """What is sent says what was recorded."""
    handling = ctx.get(Handling, payload.handling)
    if handling.sending is None and payload == _told(handling):
        return None
    return PreconditionError(
        Text("通知の内容が記録と違います。", "The notice does not say what was recorded."), where=str(handling.id)
    )


def sent(ctx: Context, payload: p.Arrived) -> SakimoriError | None:
    """The acknowledgement answers a notice of ours."""
    dispatch = Dispatch.objects.filter(id=payload.dispatch, world=ctx.world.name).first()
    if dispatch is not None and Handling.objects.filter(world=ctx.world.name, sending=dispatch.act).exists():
        return None
    return PreconditionError(Text("送達の記録がありません。", "There is no such dispatch."))
