"""What must hold before an office asks, orders, demands or allows, and before an operator answers."""

from typing import Any

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError, RefusedError
from sakimori.assets.models import Matter, Notification
from sakimori.assets.supervision import matters
from sakimori.assets.supervision import payloads as p
from sakimori.parties.models import Designation
from sakimori.text import Text, and_more


def matter_fits(ctx: Context, payload: Any) -> RefusedError | None:
    """Refuse a filing that did not arrive here, or has no such row, a day that is over, a correction of nothing."""
    filing = matters.filing_of(ctx, payload.filing, payload.operator) if payload.filing is not None else None
    if payload.filing is not None and filing is None:
        return _refusal(
            "filing",
            "この届出は、この事業者からこの大臣に届いたものではありません。",
            "That filing did not come from this operator to this minister.",
        )
    if filing is not None and (after := _after(filing)) is not None:
        return PreconditionError(
            Text(
                "この届出は訂正により差し替えられています。",
                "A correction has taken the place of this filing.",
            ),
            code="assets.replaced",
            where="filing",
            mend=Text(
                f"訂正の届出（{after.filed_at.astimezone(clock.TOKYO):%Y-%m-%d %H:%M}）のページから始めてください。",
                f"Begin from the page of the correction ({after.filed_at.astimezone(clock.TOKYO):%Y-%m-%d %H:%M}).",
            ),
        )
    if isinstance(payload, p.AskCorrection) and payload.filing is None:
        return _refusal("filing", "補正を求める届出を選んでください。", "Choose the filing to be corrected.")
    for name in ("due_on", "limit"):
        day = getattr(payload, name, None)
        if day is not None and day <= ctx.today:
            return _refusal(name, "期日は明日以後にしてください。", "The day must lie after today.")
    return _rows_exist(filing, payload.rows) if filing is not None else None


def _after(filing: Notification) -> Notification | None:
    """Return the correction that has arrived in the place of a filing here, if one stands."""
    if filing.replaced_by is None:
        return None
    found: Notification | None = (
        Notification.objects.filter(world=filing.world, id=filing.replaced_by, side="minister")
        .exclude(status__in=("withdrawn", "linked"))
        .first()
    )
    return found


def _rows_exist(filing: Notification, rows: list[p.NamedRow]) -> RefusedError | None:
    """Refuse the number of a row that the filing does not have; of one kept on paper the paper's count, if any, tells.

    A row without a number stays as it is: what is missing in a filing is named so.
    """
    if not filing.transcribed and not filing.count:
        return None
    wrong = [(line, one.row) for line, one in enumerate(rows, start=1) if one.row and one.row > filing.count]
    if not wrong:
        return None
    line, number = wrong[0]
    more = and_more(len(wrong) - 1)
    few = "row" if filing.count == 1 else "rows"
    return PreconditionError(
        Text(
            f"{line}行目に挙げた届出の行{number}はありません。この届出は{filing.count}行です{more.ja}。",
            f"Line {line} names row {number}, which is not there: the filing has {filing.count} {few}{more.en}.",
        ),
        code="assets.matter",
        where="rows",
        mend=Text(
            "届出にある行の番号を書くか、番号を空欄にして製品名で示してください。",
            "Write the number of a row of the filing, or leave it empty and name the product.",
        ),
    )


def order_fits(ctx: Context, payload: p.IssueOrder) -> RefusedError | None:
    """Refuse an order whose record of the hearing says nothing, or whose hearing lies in the future."""
    hearing = payload.hearing
    if hearing.way == "not_held":
        if not hearing.why_not:
            return _refusal(
                "hearing.why_not",
                "意見を聴かない理由を書いてください。",
                "Say why there was no opportunity to be heard.",
            )
    else:
        if hearing.held_on is None:
            return _refusal("hearing.held_on", "意見を聴いた日を入れてください。", "Enter the day of the hearing.")
        if not hearing.statement:
            return _refusal(
                "hearing.statement",
                "事業者が述べたこと（述べなかったときはその旨）を書いてください。",
                "Write down what the operator stated, or that it stated nothing.",
            )
    if refused := _hearing_days(ctx, hearing):
        return refused
    if payload.what == "correct" and payload.filing is None:
        return _refusal("filing", "訂正を命じる届出を選んでください。", "Choose the filing to be corrected.")
    return None


def _hearing_days(ctx: Context, hearing: p.Hearing) -> RefusedError | None:
    for name in ("notified_on", "held_on"):
        day = getattr(hearing, name)
        if day is not None and day > ctx.today:
            return _refusal(f"hearing.{name}", "未来の日付です。", "That day lies in the future.")
    if hearing.notified_on and hearing.held_on and hearing.held_on < hearing.notified_on:
        return _refusal(
            "hearing.held_on",
            "意見を聴いた日が、その通知の日より前です。",
            "The hearing cannot lie before the day it was notified.",
        )
    return None


def opinion_fits(ctx: Context, payload: p.StateOpinion) -> RefusedError | None:
    """Refuse an opinion to somebody who is not the operator's minister, or about what was never passed on."""
    designated = Designation.objects.filter(
        world=ctx.world.base, organisation_id=payload.operator, minister_id=payload.minister
    )
    if not designated.exists():
        return _refusal("minister", "この事業者を所管する大臣ではありません。", "That minister is not this operator's.")
    if payload.filing is not None and matters.filing_of(ctx, payload.filing, payload.operator) is None:
        return _refusal("filing", "この届出は通知されていません。", "That filing has not been passed on.")
    return None


def own_matter(ctx: Context, payload: p.Answer) -> RefusedError | None:
    """Refuse to answer what was not put to this operator, or is over, or is no question of that sort."""
    found = Matter.objects.filter(
        world=ctx.world.name, number=payload.number, side="addressee", addressee=ctx.actor.acting_organisation
    ).first()
    if found is None:
        return NotFoundError(str(payload.number))
    if found.sort not in matters.ANSWERED_BY[ctx.kind.name] or found.status != "open":
        return _refusal("number", "回答済みか、回答を要しません。", "It has been answered, or needs no answer.")
    return None


def map_until(ctx: Context, payload: p.AllowMap) -> RefusedError | None:
    """Refuse a permission that ends before it begins."""
    if payload.until < ctx.today:
        return _refusal("until", "期限は今日以後にしてください。", "It must end today or later.")
    return None


def _refusal(where: str, ja: str, en: str) -> PreconditionError:
    return PreconditionError(
        Text(ja, en),
        code="assets.matter",
        where=where,
        mend=Text("その欄を直してください。", "Mend that field."),
    )


PREDICATES = {
    "assets_matter_fits": matter_fits,
    "assets_order_fits": order_fits,
    "assets_opinion_fits": opinion_fits,
    "assets_own_matter": own_matter,
    "assets_map_until": map_until,
}
