"""Requests to vendors that have their own installation: by envelope there, and the answers back.

What travels of a request is what a vendor sees on its desk and nothing else: product, maker and kind of the rows asked
about, the questions, the day, a word. The act of asking names computers of the register, so it stays; an act of the
system, which names it as its cause, goes in its place.
"""

import uuid
from datetime import date
from typing import Annotated

from django.conf import settings
from pydantic import Field

from sakimori.acts import incoming
from sakimori.acts.context import Context
from sakimori.acts.models import Act, Dispatch
from sakimori.assets.models import VendorItem, VendorRequest
from sakimori.assets.payloads import Receive
from sakimori.assets.supervision.payloads import Reached
from sakimori.assets.vendors import answering, facts
from sakimori.assets.vendors import payloads as p
from sakimori.parties.models import Organisation
from sakimori.record import Bound, Handler, Payload
from sakimori.text import Text

SEND, RECALL, URGE = "assets.vendor.send", "assets.vendor.recall", "assets.vendor.urge"
_ASKED = ("vendor", "contractor")
ELSEWHERE = "its inbox is on its own installation"


class CarriedRow(Payload):
    """A row as the vendor sees it."""

    position: Annotated[int, Field(ge=1, le=p.MOST_ROWS)]
    product: Annotated[str, Field(max_length=200)]
    maker: Annotated[str, Field(max_length=200)]
    unit: Annotated[str, Field(max_length=20)]
    asks: Annotated[list[p.Fact], Field(min_length=1, max_length=30)]


class RecallRequest(Payload):
    """A request that is withdrawn: whose it was, and whom it had gone to."""

    issuer: uuid.UUID
    addressee: uuid.UUID
    request: uuid.UUID


class CarryRequest(RecallRequest):
    """A request as it travels."""

    number: Annotated[str, Field(min_length=1, max_length=20)]
    due_on: date
    note: p.Note = ""
    rows: Annotated[list[CarriedRow], Field(min_length=1, max_length=p.MOST_ROWS)]


def is_elsewhere(organisation: Organisation) -> bool:
    """Return whether an organisation has its account on another deployment."""
    return bool(organisation.deployment != settings.SAKIMORI_DEPLOYMENT["name"])


def follow(ctx: Context, request: VendorRequest) -> None:
    """Have a request that has just been made travel to its vendor's installation."""
    told = CarryRequest(
        issuer=request.organisation,
        addressee=request.vendor,
        request=request.id,
        number=request.number,
        due_on=request.due_on,
        note=request.note,
        rows=[
            CarriedRow(position=one.position, product=one.product, maker=one.maker, unit=one.unit, asks=one.asks)
            for one in request.items.order_by("position")
        ],
    )
    ctx.follow(SEND, told.model_dump(mode="json"))


def urge(ctx: Context, request: VendorRequest) -> None:
    """Have a reminder of a request travel the way the request went."""
    told = RecallRequest(issuer=request.organisation, addressee=request.vendor, request=request.id)
    ctx.follow(URGE, told.model_dump(mode="json"))


def recall(ctx: Context, request: VendorRequest) -> None:
    """Have the word that a request is withdrawn travel after it."""
    told = RecallRequest(issuer=request.organisation, addressee=request.vendor, request=request.id)
    ctx.follow(RECALL, told.model_dump(mode="json"))


def _send(ctx: Context, payload: RecallRequest) -> Bound:
    """Send a request, a reminder, or the word that it is withdrawn, to the vendor it is recorded for, and no other."""
    request = ctx.get(VendorRequest, payload.request, organisation=payload.issuer, vendor=payload.addressee)
    ctx.send(payload.addressee)
    return Bound("assets.vendor_request", request.id)


def _reach(ctx: Context, payload: Reached) -> Bound:
    """Note at the operator's whether the vendor's installation took the request in."""
    dispatch = ctx.get(Dispatch, payload.dispatch)
    request = VendorRequest.objects.select_for_update().get(
        world=ctx.world.name, vendor=dispatch.addressee, id=_subject_of(dispatch)
    )
    ctx.change(request, channel="arrived" if payload.accepted else "refused")
    return Bound("assets.vendor_request", request.id)


def _subject_of(dispatch: Dispatch) -> uuid.UUID:
    found: uuid.UUID = Act.objects.values_list("subject", flat=True).get(id=dispatch.act, world=dispatch.world)
    return found


def _receive(ctx: Context, payload: Receive) -> Bound:
    """Take in at the vendor's what an operator asks it."""
    told = incoming.read(ctx, CarryRequest, payload.document)
    _require_meant(ctx, payload, told)
    if ctx.organisation(told.addressee).type not in _ASKED:
        raise ctx.refuse("assets.addressee", Text("宛先は供給者ではありません。", "The addressee is no vendor."))
    strange = [name for row in told.rows for name in row.asks if name not in facts.questions()]
    if strange or VendorRequest.objects.filter(id=told.request).exists():
        raise ctx.refuse(
            "assets.no_question",
            Text("尋ねられない事項があるか、既に届いた照会です。", "It asks what cannot be asked, or came before."),
            where="rows" if strange else "request",
        )
    request = ctx.create(
        VendorRequest,
        id=told.request,
        owner=told.issuer,
        organisation=told.issuer,
        vendor=told.addressee,
        number=told.number,
        act=uuid.UUID(str(payload.document["id"])),
        asked_at=ctx.now,
        due_on=told.due_on,
        note=told.note,
        channel="envelope",
    )
    ctx.create_many(
        VendorItem,
        (
            {"request": request, "owner": told.issuer, "computer": None, **row.model_dump(mode="json")}
            for row in told.rows
        ),
    )
    about = Bound("assets.asked", request.id)
    ctx.tell("vendor", told.addressee, asked_title(told.due_on), about=about)
    return about


def asked_title(day: date) -> Text:
    """Return the title of the notice a vendor finds."""
    return Text(
        f"製品についての照会が届いています（回答期限 {day.month}月{day.day}日）",
        f"An operator asks you about products: answer by {day}",
    )


def _asked_of(ctx: Context, payload: Receive) -> tuple[RecallRequest, VendorRequest]:
    """Return what an operator says of a request, and the vendor's own record of it."""
    told = incoming.read(ctx, RecallRequest, payload.document)
    _require_meant(ctx, payload, told)
    return told, ctx.get(VendorRequest, told.request, organisation=told.issuer, vendor=told.addressee)


def _receive_recall(ctx: Context, payload: Receive) -> Bound:
    """Take in at the vendor's that a request is withdrawn."""
    told, request = _asked_of(ctx, payload)
    ctx.change(request, status="withdrawn")
    about = Bound("assets.asked", request.id)
    title = Text(f"照会{request.number}は取り下げられました", f"Request {request.number} was withdrawn")
    ctx.tell("vendor", told.addressee, title, about=about)
    return about


def reminded_title(request: VendorRequest) -> Text:
    """Return the title of the notice by which a vendor is reminded."""
    day = request.due_on
    return Text(
        f"照会{request.number}の回答をお待ちしています（回答期限 {day.month}月{day.day}日）",
        f"A reminder: request {request.number} waits for your answer (by {day})",
    )


def _receive_urge(ctx: Context, payload: Receive) -> Bound:
    """Take in at the vendor's a reminder of a request that is open; of one that has ended nobody is reminded."""
    told, request = _asked_of(ctx, payload)
    about = Bound("assets.asked", request.id)
    if request.status == "open":
        ctx.change(request, reminded_at=ctx.now)
        ctx.tell("vendor", told.addressee, reminded_title(request), about=about)
    else:
        ctx.waive("notify:vendor", "it was answered or withdrawn before the reminder arrived")
    return about


def _require_meant(ctx: Context, payload: Receive, told: RecallRequest) -> None:
    if (told.issuer, told.addressee) != (payload.sender, payload.addressee):
        raise ctx.refuse(
            "assets.addressee", Text("宛先が違います。", "It is meant for somebody else."), where="addressee"
        )


def _receive_answer(ctx: Context, payload: Receive) -> Bound:
    """Take in at the operator's what a vendor answers about its own request; nothing but what was asked."""
    told = incoming.read(ctx, p.AnswerRequest, payload.document)
    request = ctx.get(VendorRequest, told.request, organisation=payload.addressee, vendor=payload.sender)
    answering.require_open(ctx, request)
    answering.keep(ctx, request, told.rows)
    answering.tell(ctx, request)
    return Bound("assets.vendor_request", request.id)


HANDLERS = {
    SEND: Handler(CarryRequest, _send),
    RECALL: Handler(RecallRequest, _send),
    URGE: Handler(RecallRequest, _send),
    "assets.vendor.urged": Handler(Receive, _receive_urge),
    "assets.vendor.reach": Handler(Reached, _reach),
    "assets.vendor.receive": Handler(Receive, _receive),
    "assets.vendor.recalled": Handler(Receive, _receive_recall),
    "assets.vendor.take_in": Handler(Receive, _receive_answer),
}
RECEIVERS = {
    SEND: "assets.vendor.receive",
    RECALL: "assets.vendor.recalled",
    URGE: "assets.vendor.urged",
    "assets.vendor.answer": "assets.vendor.take_in",
}
ON_ARRIVAL = {SEND: "assets.vendor.reach"}
