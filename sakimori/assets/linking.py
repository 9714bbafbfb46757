"""That two records at the office are of one filing: said by a person, and taken back where it was wrong.

Until somebody says so, each record is a filing of its own, with its own day for passing it on (強化法4条2項).
"""

import uuid
from typing import Any

from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.acts.models import Obligation
from sakimori.assets import copies, items, settling, sums
from sakimori.assets import payloads as p
from sakimori.assets.models import Notification
from sakimori.assets.otherwise import ENVELOPE
from sakimori.assets.upkeep import telling
from sakimori.record import Bound
from sakimori.text import Text

PASS_ON = "kyokaho.notice.pass_on"  # noqa: S105 - a rule of the law


def start_passing_on(ctx: Context, notification: Notification) -> None:
    """Start the clock of passing a filing on, from its arrival; none runs for a copy or a statement."""
    if notification.status != "received":
        ctx.waive(PASS_ON, "nothing to pass on: a second copy, or a statement without a form in law")
        return
    begins = (notification.arrived_at or ctx.now).astimezone(clock.TOKYO).date()
    about = Bound("assets.notification", notification.id)
    ctx.start(PASS_ON, bearer=notification.minister, about=about, begins=begins)


def first_copy(ctx: Context, payload: p.RecordEntry, minister: uuid.UUID) -> Notification | None:
    """Return the earlier record that an entry says it is a second copy of; None where it says none."""
    if payload.same_as is None:
        return None
    found = copies.live(ctx.world.name, minister, payload.operator, payload.facility_category, payload.what)
    named: Notification | None = found.filter(id=payload.same_as).first()
    if named is None:
        raise ctx.refuse(
            "assets.no_first",
            Text(
                "同じ届出として選ばれた記録は、この事業者・区分のものではないか、取り消されています。",
                "The record chosen as the same filing is not of this operator and category, or was withdrawn.",
            ),
            where="same_as",
        )
    return named


def link(ctx: Context, payload: p.LinkEntry) -> Bound:
    """Say that two records are of one filing; the one that is named as the first counts, with what it settled."""
    second, first = _live(ctx, payload.notification), _live(ctx, payload.same_as)
    alike = ("organisation", "facility_category", "what")
    if first.id == second.id or any(getattr(first, name) != getattr(second, name) for name in alike):
        raise ctx.refuse(
            "assets.not_the_same",
            Text(
                "事業者、区分又は種類が違う届出は、同じ届出とは記録できません。",
                "Notifications of another operator, category or sort are not the same filing.",
            ),
            where="same_as",
        )
    if second.passed_on_at is not None:
        raise ctx.refuse(
            "assets.passed_on",
            Text("総理へ通知済みの記録は、重複の側にできません。", "What was passed on cannot be the second copy."),
            where="notification",
            mend=Text("逆に選んでください。", "Choose them the other way round."),
        )
    if second.channel != ENVELOPE:
        settling.take_back(ctx, second, {"same_as": str(first.id), "by": str(ctx.act)})
    ctx.change(second, status="linked", same_as=first.id)
    for follower in _followers(ctx, second):
        ctx.change(follower, same_as=first.id)
    ctx.settle(PASS_ON, second.id, bearer=second.minister, evidence={"same_as": str(first.id)})
    _count_anew(ctx, second)
    return Bound("assets.notification", second.id)


def unlink(ctx: Context, payload: p.UnlinkEntry) -> Bound:
    """Take back that a record is a second copy: it is a filing of its own again, with what it settles and its clock."""
    mine = {"side": "minister", "minister": ctx.actor.acting_organisation}
    copy = ctx.get(Notification, payload.notification, **mine)
    if copy.status != "linked":
        raise ctx.refuse(
            "assets.no_copy",
            Text("重複として記録された届出ではありません。", "It is not recorded as a second copy."),
            where="notification",
        )
    first = copy.same_as
    ctx.change(copy, status="received", same_as=None)
    ended = Obligation.objects.filter(
        world=ctx.world.name, rule=PASS_ON, subject=copy.id, status="settled", evidence__same_as=str(first)
    ).first()
    if ended is None:  # it was entered as a copy
        start_passing_on(ctx, copy)
    else:
        ctx.reopen(ended.settled_by, {"reason": payload.reason, "by": str(ctx.act)}, about=copy.id)
        ctx.waive(PASS_ON, "its clock runs again as it did")
    settling.settle(ctx, copy)
    telling.waive_clocks(ctx)
    _count_anew(ctx, copy)
    return Bound("assets.notification", copy.id)


def count_again(ctx: Context, entry: Notification) -> None:
    """Let copies that were linked to a withdrawn entry stand on their own: the first counts, the others follow it."""
    followers = list(_followers(ctx, entry))
    if not followers:
        ctx.waive(PASS_ON, "no copy stands in for it")
        return
    first, *others = followers
    ctx.change(first, status="received", same_as=None)
    start_passing_on(ctx, first)
    settling.settle(ctx, first)
    for other in others:
        ctx.change(other, same_as=first.id)


def _followers(ctx: Context, first: Notification) -> Any:
    found = Notification.objects.filter(world=ctx.world.name, same_as=first.id, status="linked")
    return found.order_by("arrived_at")


def _count_anew(ctx: Context, notification: Notification) -> None:
    items.stand_anew(ctx, notification.organisation)
    sums.recount(ctx, notification.organisation)


def _live(ctx: Context, notification: uuid.UUID) -> Notification:
    found = ctx.get(Notification, notification, side="minister", minister=ctx.actor.acting_organisation)
    if found.status in copies.GONE:
        raise ctx.refuse(
            "assets.gone",
            Text(
                "取り消されたか、既に重複として記録された届出です。", "It was withdrawn, or is a second copy already."
            ),
            where="notification",
        )
    return found
