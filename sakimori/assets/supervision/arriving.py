"""What an office sends, held against what its addressee knows itself: its facilities, its filings, its matters.

Who the sender is, and that the operator is designated under it, the door of arrivals has asked already
(`sakimori.acts.envelopes`); what it writes about the operator is compared here and not believed.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sakimori.acts import clock, envelopes
from sakimori.acts.context import Context
from sakimori.assets.models import Matter, Notification
from sakimori.assets.payloads import Receive
from sakimori.parties.models import Facility
from sakimori.text import Text

_MEND = Text("差出人の官署に確かめてください。", "Ask the office that sent it.")
Fault = tuple[str, Text]


def begun(ctx: Context, payload: Receive) -> date:
    """Return the day an office's act was done, in Tokyo; one that says it lies ahead was done when it arrived."""
    at = datetime.fromisoformat(str(payload.document["occurred_at"]))
    return min(at, ctx.now).astimezone(clock.TOKYO).date()


def require(ctx: Context, payload: Receive, given: Any, sort: str) -> None:
    """Refuse (`assets.matter`, `assets.addressee`) a matter that is not for its addressee, or contradicts what is here.

    `given` is the payload of the act in its form, `sort` the sort of matter.
    """
    addressee = given.minister if sort == "opinion" else given.operator
    if addressee != payload.addressee:
        raise ctx.refuse(
            "assets.addressee", Text("宛先が違います。", "It is meant for somebody else."), where="operator"
        )
    faults = _of_opinion(ctx, payload, given) if sort == "opinion" else _of_operator(ctx, payload, given)
    for where, what in (*_of_days(ctx, payload, given), *faults):
        raise ctx.refuse("assets.matter", what, where=where, mend=_MEND)


def _of_days(ctx: Context, payload: Receive, given: Any) -> Iterator[Fault]:
    number = uuid.UUID(str(payload.document["id"]))
    if Matter.objects.filter(world=ctx.world.name, number=number, side="addressee").exists():
        yield "id", Text("この番号の案件は既に届いています。", "A matter of this number has arrived already.")
    for name in ("due_on", "limit"):
        day = getattr(given, name, None)
        if day is not None and day <= begun(ctx, payload):
            yield name, Text("期日が、求めた日以前です。", "The day does not lie after the day it was asked.")


def _of_operator(ctx: Context, payload: Receive, given: Any) -> Iterator[Fault]:
    facilities = Facility.objects.filter(
        world=ctx.world.base, organisation_id=payload.addressee, category=given.facility_category
    )
    if facilities.exists() and not facilities.filter(designation__minister_id=payload.sender).exists():
        yield (
            "facility_category",
            Text(
                "この区分の設備に係る指定は、差出人の大臣の所管ではありません。",
                "The designation for facilities of this category is another minister's.",
            ),
        )
    yield from _of_filing(ctx, given.filing, "operator", payload.addressee, payload.sender)


def _of_opinion(ctx: Context, payload: Receive, given: Any) -> Iterator[Fault]:
    minister = ctx.organisation(payload.addressee)
    if minister.type != "ministry" or not envelopes.competent(minister, given.operator, ctx.today):
        yield "minister", Text("この事業者を所管する大臣ではありません。", "That minister is not this operator's.")
    yield from _of_filing(ctx, given.filing, "minister", given.operator, payload.addressee)


def _of_filing(
    ctx: Context, filing: uuid.UUID | None, side: str, operator: uuid.UUID, minister: uuid.UUID | None
) -> Iterator[Fault]:
    """A filing that is known here must be this operator's to this minister; one on paper may not be known here."""
    if filing is None:
        return
    known = Notification.objects.filter(world=ctx.world.name, act=filing, side=side)
    if known.exists() and not known.filter(organisation=operator, minister=minister).exists():
        yield (
            "filing",
            Text(
                "名指された届出は、この事業者がこの大臣にしたものではありません。",
                "The filing named did not come from this operator to this minister.",
            ),
        )
