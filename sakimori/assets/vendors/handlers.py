"""What the door calls for requests to vendors: asking, answering, taking over, leaving aside, withdrawing."""

import uuid
from datetime import date
from typing import Any

from django.db.models import Q

from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError
from sakimori.assets.models import Computer, VendorItem, VendorRequest
from sakimori.assets.upkeep.applying import Applying
from sakimori.assets.upkeep.days import require_coming
from sakimori.assets.vendors import answering, facts, travelling
from sakimori.assets.vendors import payloads as p
from sakimori.assets.vendors.queries import ASKED_OF, reached
from sakimori.parties.models import Organisation
from sakimori.record import Bound, Handler
from sakimori.text import Text


def _ask(ctx: Context, payload: p.AskVendor) -> Bound:
    own = ctx.actor.acting_organisation
    vendor = _vendor(ctx, payload)
    require_coming(ctx, payload.due_on, "due_on")
    computers = {
        one.id: one
        for one in Computer.objects.filter(
            world=ctx.world.name, organisation=own, id__in=[row.computer for row in payload.rows]
        ).exclude(status="retired")
    }
    for place, row in enumerate(payload.rows):
        _require_row(ctx, row, computers, place)
    count = VendorRequest.objects.filter(world=ctx.world.name, organisation=own).count()
    request = ctx.create(
        VendorRequest,
        organisation=own,
        vendor=vendor.id if vendor else None,
        vendor_name=vendor.name_ja if vendor else payload.vendor_name,
        number=f"Q{ctx.today.year}-{count + 1:04d}",
        act=ctx.act,
        asked_at=ctx.now,
        due_on=payload.due_on,
        note=payload.note,
        channel=_channel(vendor),
    )
    # Product, maker and kind are outside the private group of the register: they, and no other field, are copied.
    rows = (
        {
            "request": request,
            "position": place,
            "computer": computers[row.computer],
            "product": computers[row.computer].product,
            "maker": computers[row.computer].maker,
            "unit": computers[row.computer].unit,
            "asks": list(dict.fromkeys(row.asks)),
        }
        for place, row in enumerate(payload.rows, start=1)
    )
    ctx.create_many(VendorItem, rows)
    about = Bound("assets.vendor_request", request.id)
    if vendor is None:
        ctx.waive("notify:vendor", "the request goes as a file")
    elif travelling.is_elsewhere(vendor):
        ctx.waive("notify:vendor", travelling.ELSEWHERE)
        travelling.follow(ctx, request)
    else:
        title = travelling.asked_title(payload.due_on)
        ctx.tell("vendor", vendor.id, title, about=Bound("assets.asked", request.id))
    return about


def _channel(vendor: Organisation | None) -> str:
    if vendor is None:
        return "file"
    return "envelope" if travelling.is_elsewhere(vendor) else "site"


def _vendor(ctx: Context, payload: p.AskVendor) -> Organisation | None:
    if payload.vendor is None:
        if not payload.vendor_name:
            raise ctx.refuse(
                "assets.no_vendor",
                Text("供給者が選ばれていません。", "No vendor was chosen."),
                where="vendor",
                mend=Text("供給者を選ぶか、名称を書いてください。", "Choose a vendor, or write its name."),
            )
        return _called(ctx, payload.vendor_name)
    vendor = ctx.organisation(payload.vendor)
    if vendor.type not in ASKED_OF:
        raise ctx.refuse(
            "assets.no_vendor",
            Text("供給者・委託先として登録された組織ではありません。", "That organisation is no vendor or contractor."),
            where="vendor",
            mend=Text("名称だけを書いて、ファイルで尋ねてください。", "Write its name only, and ask by file."),
        )
    if vendor.deployment not in reached(ctx.world.name):
        raise ctx.refuse(
            "assets.vendor_elsewhere",
            Text(
                "この供給者のアカウントは、ここから届かない設置にあります。",
                "That vendor has its account on a deployment that is not reached from here.",
            ),
            where="vendor",
            mend=Text("名称だけを書いて、ファイルで尋ねてください。", "Write its name only, and ask by file."),
        )
    return vendor


def _called(ctx: Context, name: str) -> Organisation | None:
    """Return the only vendor reached from here that has exactly this name or corporate number, else None."""
    here = Organisation.objects.filter(
        Q(name_ja=name) | Q(name_en=name) | Q(corporate_number=name),
        world=ctx.world.base, type__in=ASKED_OF, deployment__in=reached(ctx.world.name),
    )  # fmt: skip
    found = list(here[:2])
    return found[0] if len(found) == 1 else None


def _require_row(ctx: Context, row: p.AskedRow, computers: dict[uuid.UUID, Computer], place: int) -> None:
    if row.computer not in computers:
        raise ctx.refuse(
            "assets.not_there",
            Text("登録簿にない、または廃止した電子計算機です。", "That computer is not in use in your register."),
            where=f"rows.{place}.computer",
        )
    strange = [name for name in row.asks if name not in facts.askable()]
    if strange:
        raise ctx.refuse(
            "assets.no_question",
            Text(f"「{strange[0]}」は尋ねられる事項ではありません。", f"“{strange[0]}” cannot be asked."),
            where=f"rows.{place}.asks",
        )


def _answer(ctx: Context, payload: p.AnswerRequest) -> Bound:
    """Keep what a vendor answers about its own request; nothing but what was asked."""
    own = ctx.actor.acting_organisation
    request = ctx.get(VendorRequest, payload.request, vendor=own)
    answering.require_open(ctx, request)
    answering.keep(ctx, request, payload.rows)
    if travelling.is_elsewhere(ctx.organisation(request.organisation)):
        ctx.waive("notify:operator", travelling.ELSEWHERE)
        ctx.send(request.organisation)
    else:
        answering.tell(ctx, request)
    return Bound("assets.asked", request.id)


def _record(ctx: Context, payload: p.RecordAnswer) -> Bound:
    request = ctx.get(VendorRequest, payload.request, organisation=ctx.actor.acting_organisation)
    answering.require_open(ctx, request)
    answering.keep(ctx, request, payload.rows, by=payload.answered_by)
    return Bound("assets.vendor_request", request.id)


def _item(ctx: Context, item: uuid.UUID) -> VendorItem:
    found = ctx.get(VendorItem, item, request__organisation=ctx.actor.acting_organisation)
    if found.status not in ("answered", "asked") or not found.answers:
        raise ctx.refuse(
            "assets.no_answer",
            Text("採用できる回答がありません。", "There is no answer to deal with."),
            where="item",
        )
    return found


def _take(ctx: Context, payload: p.TakeAnswer) -> Bound:
    """Take answers of one row over into the register, as a change of that computer."""
    item = _item(ctx, payload.item)
    if item.computer_id is None:  # a vendor's row, which no operator has
        raise NotFoundError(str(payload.item))
    answering.require_seen(item, payload.seen)
    usable = {name: value for name, value in item.answers.items() if value != facts.UNKNOWN}
    missing = [name for name in payload.facts if name not in usable]
    if missing:
        raise ctx.refuse(
            "assets.no_answer",
            Text("回答のない事項は採用できません。", "What was not answered cannot be taken over."),
            where="facts",
        )
    applying = Applying(ctx)
    computer = applying.computer(item.computer_id)
    told = {name: _value(name, usable[name]) for name in payload.facts if name in facts.FIELDS}
    known = {name: usable[name] for name in payload.facts if name not in facts.FIELDS}
    applying.change(computer, told, known, payload.changed_on)
    applying.finish()
    ctx.change(item, status="taken", taken=list(payload.facts))
    _close_when_done(ctx, item.request)
    return Bound("assets.computer", computer.id)


def _value(name: str, value: Any) -> Any:
    return date.fromisoformat(str(value)) if name == "support_end" else value


def _decline(ctx: Context, payload: p.DeclineAnswer) -> Bound:
    item = _item(ctx, payload.item)
    answering.require_seen(item, payload.seen)
    ctx.change(item, status="declined", reason=payload.reason)
    _close_when_done(ctx, item.request)
    return Bound("assets.vendor_request", item.request_id)


def _close_when_done(ctx: Context, request: VendorRequest) -> None:
    left = request.items.exclude(status__in=("taken", "declined")).exists()
    if not left:
        ctx.change(request, status="closed")


def _remind(ctx: Context, payload: p.RemindVendor) -> Bound:
    """Remind a vendor that has not answered, the way the request went; of one that went as a file it is recorded."""
    request = ctx.get(VendorRequest, payload.request, organisation=ctx.actor.acting_organisation)
    answering.require_open(ctx, request)
    if request.status != "open":
        raise ctx.refuse(
            "assets.answered_already",
            Text("この照会には回答があります。", "This request has been answered."),
            where="request",
            mend=Text("下の回答を確かめてください。", "Look at the answers below."),
        )
    ctx.change(request, reminded_at=ctx.now)
    if request.vendor is None or request.channel == "refused":
        ctx.waive("notify:vendor", "the request went as a file, and so does its reminder")
    elif request.channel in ("envelope", "arrived"):
        ctx.waive("notify:vendor", travelling.ELSEWHERE)
        travelling.urge(ctx, request)
    else:
        about = Bound("assets.asked", request.id)
        ctx.tell("vendor", request.vendor, travelling.reminded_title(request), about=about)
    return Bound("assets.vendor_request", request.id)


def _withdraw(ctx: Context, payload: p.WithdrawRequest) -> Bound:
    request = ctx.get(VendorRequest, payload.request, organisation=ctx.actor.acting_organisation)
    answering.require_open(ctx, request)
    ctx.change(request, status="withdrawn", reason=payload.reason)
    if request.vendor is None:
        ctx.waive("notify:vendor", "the request went as a file")
    elif request.channel in ("envelope", "arrived", "refused"):
        ctx.waive("notify:vendor", travelling.ELSEWHERE)
        travelling.recall(ctx, request)
    else:
        title = Text(f"照会{request.number}は取り下げられました", f"Request {request.number} was withdrawn")
        ctx.tell("vendor", request.vendor, title, about=Bound("assets.asked", request.id))
    return Bound("assets.vendor_request", request.id)


HANDLERS = {
    **travelling.HANDLERS,
    "assets.vendor.ask": Handler(p.AskVendor, _ask),
    "assets.vendor.answer": Handler(p.AnswerRequest, _answer),
    "assets.vendor.record": Handler(p.RecordAnswer, _record),
    "assets.vendor.take": Handler(p.TakeAnswer, _take),
    "assets.vendor.decline": Handler(p.DeclineAnswer, _decline),
    "assets.vendor.remind": Handler(p.RemindVendor, _remind),
    "assets.vendor.withdraw": Handler(p.WithdrawRequest, _withdraw),
}
RECEIVERS = travelling.RECEIVERS
ON_ARRIVAL = travelling.ON_ARRIVAL
