"""Taking in: requests for approval onto the docket, and notices of the handling, each checked against our own record.

A notice that does not agree with what the committee decided is taken in all the same, with the points of disagreement:
the committee must learn of it, so nothing is turned away at the door but what cannot be read.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from sakimori import proofs
from sakimori.acts.context import Context
from sakimori.measures.queries import AskApproval
from sakimori.oversight import payloads as p
from sakimori.oversight.models import Decision, HandlingNotice, Matter
from sakimori.record import Bound, Payload
from sakimori.record.viewer import NOBODY
from sakimori.selection import AuthorityError, read_authority
from sakimori.selection.receipt import within
from sakimori.text import Text

M = TypeVar("M", bound=Payload)
_TOLD = {
    "selection": Text("自動選別の通知が届きました（30条）", "A notice of an automatic selection has arrived (Art 30)"),
    "retention_extended": Text("保存期間延長の通知が届きました（30条）", "A notice of retention has arrived (Art 30)"),
    "erasure": Text("消去の通知が届きました（30条）", "A notice of an erasure has arrived (Art 30)"),
}  # fmt: skip


def receive_request(ctx: Context, payload: p.Receive) -> Bound:
    """Put a request for approval onto the docket and start the committee's clock (without delay, 18)."""
    committee = _require(ctx, payload)
    asked = _read(ctx, AskApproval, payload.document["payload"])
    matter = ctx.create(
        Matter,
        committee=committee,
        requester=payload.sender,
        request=payload.document["subject"]["id"],
        number=_number(ctx, committee),
        basis=asked.basis,
        asked=asked.model_dump(mode="json"),
        received_at=ctx.now,
    )
    about = Bound("oversight.matter", matter.id)
    ctx.start("measures.approval", bearer=committee, about=about, begins=ctx.now)
    ctx.tell(
        "committee",
        committee,
        Text("承認の求めが届きました（18条）", "A request for approval has arrived (Art 18)"),
        about=about,
    )
    return about


def receive_notice(ctx: Context, payload: p.Receive) -> Bound:
    """Keep a notice under 30 and what our own record says about it."""
    committee = _require(ctx, payload)
    told = _read(ctx, p.Handled, payload.document["payload"])
    decision = (
        Decision.objects.filter(
            world=ctx.world.name,
            matter__committee=committee,
            matter__requester=payload.sender or NOBODY,
            matter__number=told.authority,
            authority__isnull=False,
        )
        .select_related("matter")
        .first()
    )
    notice = ctx.create(
        HandlingNotice,
        committee=committee,
        sender=payload.sender,
        what=told.what,
        handling=told.handling,
        matter=decision.matter if decision else None,
        authority=told.authority,
        happened_at=told.happened_at,
        received_at=ctx.now,
        kept_flows=told.kept_flows,
        retained_until=told.retained_until,
        receipt_digest=told.receipt_digest or "",
        receipt=told.receipt,
        findings=list(_findings(told, decision, rehearsal=ctx.world.rehearsal)),
    )
    about = Bound("oversight.notice", notice.id)
    ctx.tell("committee", committee, _TOLD[told.what], about=about)
    return about


def _require(ctx: Context, payload: p.Receive) -> uuid.UUID:
    """Return the committee addressed; only the Prime Minister's office sends it these."""
    if ctx.organisation(payload.addressee).type != "committee":
        raise ctx.refuse("oversight.misdirected", Text("宛先が違います。", "This is not for this addressee."))
    if payload.sender is None or ctx.organisation(payload.sender).type != "cabinet_office":
        raise ctx.refuse(
            "oversight.sender", Text("差出人は内閣府ではありません。", "The sender is not the Cabinet Office.")
        )
    return payload.addressee


def _number(ctx: Context, committee: uuid.UUID) -> str:
    """Return the next number of the docket; the committee's row is locked, so two requests never share one."""
    year = ctx.today.year
    before = Matter.objects.filter(world=ctx.world.name, committee=committee, received_at__year=year).count()
    stamp = "REHEARSAL-" if ctx.world.rehearsal else ""
    return f"{stamp}{year}-{before + 1:03}"


def _read(ctx: Context, model: type[M], given: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in fault["loc"]) for fault in error.errors())
        raise ctx.refuse(
            "oversight.payload",
            Text(f"様式に誤りがあります: {places}", f"It is not of the form: {places}"),
            where=places,
        ) from None


def _findings(told: p.Handled, decision: Decision | None, *, rehearsal: bool) -> Iterator[str]:
    """Yield what does not agree: words of `FINDINGS` in the queries."""
    if decision is None:
        yield "authority_unknown"
        return
    if told.what != "selection":
        return
    if told.receipt is None:
        yield "receipt_missing"
        return
    try:
        authority = read_authority(decision.authority).authority
    except AuthorityError:  # of a form no engine takes any more
        yield "authority_differs"
        return
    named = told.receipt.get("authority")
    if not isinstance(named, dict) or named.get("digest") != authority.digest:
        yield "authority_differs"
    if not within(told.receipt, authority):
        yield "outside_period"
    if bool(told.receipt.get("stamp")) != rehearsal:
        yield "other_world"
    if told.receipt.get("kept_flows") != told.kept_flows:
        yield "counts_differ"
    if proofs.digest(proofs.canonical(told.receipt)) != told.receipt_digest:
        yield "digest_differs"
