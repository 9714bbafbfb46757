"""An addressee that this system does not reach: the evidence that a filing arrived by paper, mail or portal.

A sent act settles nothing until it has arrived. Where no envelope can get there, the sender records the evidence (a
stamp, a number, a scan), and this sets off what the addressee's signed acknowledgement would have set off.
"""

import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from sakimori.acts import attaching
from sakimori.acts.attaching import EVIDENCE, Attachments
from sakimori.acts.context import Context
from sakimori.acts.models import Delivery, Dispatch
from sakimori.record import Bound, Payload
from sakimori.text import Text


class ConfirmDispatch(Payload):
    """A filing that arrived by other means: how, when, and the evidence."""

    dispatch: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "acts.dispatches"})]
    channel: Literal["counter", "post", "email", "portal", "other"]
    arrived_at: AwareDatetime
    reference: Annotated[str, Field(max_length=200, description=EVIDENCE)] = ""
    attachments: Attachments


def confirm(ctx: Context, payload: ConfirmDispatch) -> Bound:
    """Record the arrival; the envelope that did not get through is not sent any more."""
    from sakimori.acts import registry  # noqa: PLC0415 - the registry loads the handlers, which load this module

    dispatch = ctx.get(Dispatch, payload.dispatch, sender=ctx.actor.acting_organisation)
    _require_fit(ctx, dispatch, payload)
    about = Bound("acts.dispatch", dispatch.id)
    attaching.bind(ctx, payload.attachments, about)
    ctx.change(
        dispatch,
        status="arrived",
        channel=payload.channel,
        sent_at=dispatch.sent_at or payload.arrived_at,
        arrived_at=payload.arrived_at,
        acknowledgement={
            "outcome": "accepted",
            "by": str(ctx.act),
            "channel": payload.channel,
            "reference": payload.reference,
            "attachments": payload.attachments,
            "arrived_at": payload.arrived_at.isoformat(),
        },
    )
    Delivery.objects.filter(envelope=dispatch.id, status="waiting").update(status="done", done_at=ctx.now)
    follow_up = registry.arrivals().get(dispatch.kind)
    if follow_up is not None:
        ctx.follow(follow_up, {"dispatch": str(dispatch.id), "accepted": True})
    return about


def _require_fit(ctx: Context, dispatch: Dispatch, payload: ConfirmDispatch) -> None:
    checks = (
        (dispatch.status == "arrived", "dispatch", "既に到達しています。", "It has arrived already."),
        (payload.arrived_at > ctx.now, "arrived_at", "日時が未来です。", "That day and time lie in the future."),
        (payload.arrived_at < dispatch.created_at.replace(second=0, microsecond=0), "arrived_at",
         "到達が承認より前です。", "It cannot have arrived before it was approved."),
        (not (payload.reference or payload.attachments), "reference",
         "到達の証拠（番号又はファイル）がありません。", "There is no evidence of the arrival: a number or a file."),
    )  # fmt: skip
    for wrong, where, ja, en in checks:
        if wrong:
            mend = Text("受付印や受付番号を確かめてください。", "Check the stamp, or the number the office gave.")
            raise ctx.refuse("acts.arrival", Text(ja, en), where=where, mend=mend)
