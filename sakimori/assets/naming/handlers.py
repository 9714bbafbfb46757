"""The acts on names: one decision for every computer of a spelling, and its undoing."""

from typing import Any

from sakimori.acts.context import Context
from sakimori.assets.models import Computer, NameDecision, OperatorProduct
from sakimori.assets.naming.payloads import DecideName, UndoName
from sakimori.assets.naming.spelling import keys_of
from sakimori.record import Bound, Handler
from sakimori.text import Text


def _decide(ctx: Context, payload: DecideName) -> Bound:
    _require_written(ctx, payload)
    maker_key, product_key = keys_of(payload.maker, payload.product)
    standing = NameDecision.objects.filter(
        world=ctx.world.name,
        organisation=ctx.actor.acting_organisation,
        maker_key=maker_key,
        product_key=product_key,
        status="decided",
    ).first()
    if standing is not None:
        said = f"{standing.vendor} {standing.official}".strip()
        raise ctx.refuse(
            "assets.name_decided",
            Text(
                f"この表記は既に「{said or '該当なし'}」と決められています。",
                f"This spelling is decided already: “{said or 'none fits'}”.",
            ),
            where="product",
            mend=Text("変えるには、その決定を先に取り消してください。", "To change it, undo that decision first."),
        )
    made = ctx.create(
        NameDecision,
        **payload.model_dump(),
        organisation=ctx.actor.acting_organisation,
        maker_key=maker_key,
        product_key=product_key,
        decided_by=ctx.act,
        decided_at=ctx.now,
    )
    return Bound("assets.name", made.id)


def _require_written(ctx: Context, payload: DecideName) -> None:
    """Refuse a spelling nothing is written in: a decision about nothing would wait unseen for something to come."""
    told = {"world": ctx.world.name, "maker": payload.maker, "product": payload.product}
    known: Any = (
        Computer.objects.filter(**told, organisation=ctx.actor.acting_organisation)
        if ctx.actor.organisation_type == "operator"
        else OperatorProduct.objects.filter(**told)
    )
    if not known.exists():
        raise ctx.refuse(
            "assets.name_unknown",
            Text("この表記の電子計算機はありません。", "No computer is written like this."),
            where="product",
            mend=Text("一覧から選んでください。", "Choose one of the list."),
        )


def _undo(ctx: Context, payload: UndoName) -> Bound:
    found = ctx.get(NameDecision, payload.decision, organisation=ctx.actor.acting_organisation)
    if found.status != "decided":
        raise ctx.refuse(
            "assets.name_undone",
            Text("この決定は既に取り消されています。", "This decision is undone already."),
            where="decision",
        )
    ctx.change(found, status="undone", undone_by=ctx.act)
    return Bound("assets.name", found.id)


HANDLERS = {
    "assets.name.decide": Handler(DecideName, _decide),
    "assets.name.undo": Handler(UndoName, _undo),
}
